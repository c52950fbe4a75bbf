"""`keepwell backtest`: two files of any tool in, a verdict out; mistakes are one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.folder import STYLES, keepwell

ORDERLESS = (
    "error: words.csv: ‘green’ is a score in words whose place is not known; "
    "say all of them, worst first: --worst-first green,red,so-so."
)
UNREAD = (
    "error: colours.csv: column ‘date’, row 2: ‘31.03.2026’ is not a time (60 of 60 values are not). "
    "Dates that are not written 2026-01-31: --dates, such as --dates %d.%m.%Y."
)
COLOURS = ("red", "amber", "green")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Sixty accounts with a score of March; those with the lowest leave in May, and the healthiest does."""
    scores = ["account_id,date,score", *(f"a{n:02},2026-03-31,{n}.5" for n in range(60)), "b,2026-03-31,"]
    churn = ["account_id,date", *(f"a{n:02},2026-05-0{1 + n % 9}" for n in (*range(14), 59))]
    return written(tmp_path, "scores.csv", scores), written(tmp_path, "churn.csv", churn)


def written(folder: Path, name: str, lines: list[str]) -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def report(scores: Path, churn: Path, *flags: str) -> str:
    found = keepwell("backtest", "--scores", scores, "--outcomes", churn, "--until", "2026-06-30", *flags)
    assert (found.code, found.err) == (0, "")
    return STYLES.sub("", found.out)


def test_the_report_says_what_happened(files: tuple[Path, Path]) -> None:
    said = report(*files, "--capacity", "10")
    assert said.startswith("scores.csv: the score predicts\n")
    assert "60 accounts, scored on 2026-04-01: 60 scores, and 15 of the accounts left in the 90 days after." in said
    # 14 leavers are below all 45 who stayed, the last above all.
    assert "had the lower score in 93% of pairs (AUC 0.93, 95 %: " in said
    assert "The 10 lowest of each day: 100.0% of them left, 4.0 × the share of all; 67% of those who left" in said
    assert "a59       59.5  2026-03-31  2026-05-06          36" in said
    assert "  1 row without a score.\n" in said


def test_programs_get_everything(files: tuple[Path, Path]) -> None:
    found = json.loads(report(*files, "--format", "json", "--horizon", "60 days", "--gap", "31"))
    assert (found["last"], found["horizon"], found["gap"], found["unscored"]) == ("2026-06-30", 60, 31, 1)
    assert found["cuts"] == [{"day": "2026-03-31", "accounts": 58, "left": 13, "auc": 12 / 13}]
    assert found["verdict"] == {"said": "predicts", "needed": None}
    assert found["missed"] == [{"account": "a59", "as_of": "2026-03-31", "score": 59.5, "left_on": "2026-05-06"}]
    assert [band["left"] for band in found["bands"]] == [12, 0, 0, 0, 1]
    assert found["leaving"] == 2


def test_markdown_is_tables(files: tuple[Path, Path]) -> None:
    said = report(*files, "--format", "markdown")
    assert said.startswith("### scores.csv: the score predicts\n")
    assert "| score | scores | left | share | 95 % |\n|---|--:|--:|--:|--:|\n" in said


def test_colours_are_bands_and_other_words_need_their_order(tmp_path: Path, files: tuple[Path, Path]) -> None:
    rows = [f"a{n:02};31.03.2026;{COLOURS[n // 20].title()}" for n in range(60)]
    colours = written(tmp_path, "colours.csv", ["customer,date,colour", *(row.replace(";", ",") for row in rows)])
    failed = keepwell("backtest", "--scores", colours, "--outcomes", files[1])
    assert (failed.code, failed.said) == (1, UNREAD)
    iso = written(tmp_path, "iso.csv", colours.read_text().replace("31.03.2026", "2026-03-31").splitlines())
    said = report(iso, files[1])
    both = report(colours, files[1], "--dates", "iso", "--dates", "%d.%m.%Y")
    assert both.replace("colours.csv", "") == said.replace("iso.csv", "")
    assert [line.split()[:3] for line in said.split("Who left, by score\n")[1].splitlines()[1:4]] == [
        ["red", "20", "14"], ["amber", "20", "0"], ["green", "20", "1"]
    ]  # fmt: skip
    assert "Healthy (green) and left all the same: 1" in said
    assert "Healthy (amber) and left all the same: 1" in report(iso, files[1], "--healthy", "amber")
    words = written(tmp_path, "words.csv", iso.read_text().replace("Amber", "So-so").splitlines())
    failed = keepwell("backtest", "--scores", words, "--outcomes", files[1])
    assert (failed.code, failed.said) == (2, ORDERLESS)
    again = report(words, files[1], "--worst-first", "red, so-so, green")
    assert again.replace("words.csv", "").replace("so-so", "") == said.replace("iso.csv", "").replace("amber", "")


def test_a_score_that_is_low_for_the_healthy_is_said_to_point_the_wrong_way(
    tmp_path: Path, files: tuple[Path, Path]
) -> None:
    risk = ["account_id,date,score", *(f"a{n:02},2026-03-31,{60 - n}" for n in range(60))]
    said = report(written(tmp_path, "risk.csv", risk), files[1])
    assert said.startswith("risk.csv: the score points the wrong way\n")
    assert "those who left had the higher scores. Is high good here?" in said


def test_few_are_too_little_data_and_it_is_said_how_many_are_missing(tmp_path: Path, files: tuple[Path, Path]) -> None:
    few = written(tmp_path, "few.csv", ["account_id,date", "a01,2026-05-01", "a40,2026-05-02"])
    said = report(files[0], few).splitlines()[0]
    assert said.startswith("scores.csv: too little data to tell; about ")
    assert said.endswith(" more accounts would have to leave")
    nobody = written(tmp_path, "nobody.csv", ["account_id,date"])
    assert "too little data to tell; about " in report(files[0], nobody)


def test_an_end_that_is_only_announced_is_none_yet(tmp_path: Path, files: tuple[Path, Path]) -> None:
    announced = written(tmp_path, "announced.csv", [*files[1].read_text().splitlines(), "a30,2999-12-31"])
    found = keepwell("backtest", "--scores", files[0], "--outcomes", announced, "--format", "json")
    assert json.loads(found.out)["last"] < "2999"


@pytest.mark.parametrize(
    ("flags", "code", "said"),
    [
        (["--scores", "no.csv"], 2, "error: --scores no.csv: there is no such file."),
        (["--outcomes", "no.csv"], 2, "error: --outcomes no.csv: there is no such file."),
        (["--horizon", "3 months"], 2, "error: --horizon 3 months: write a number of days, such as 90d."),
        (["--horizon", "0d"], 2, "error: --horizon 0d: write a number of days, such as 90d."),
        (["--gap", "-1"], 2, "error: --gap -1: write a number of days, such as 90d."),
        (["--healthy", "good"], 2, "error: --healthy good: the scores are numbers; write the lowest that is healthy."),
        (["--worst-first", "a,b"], 2, "error: --worst-first is for scores in words, and these are numbers."),
        (["--until", "soon"], 2, "error: --until"),
    ],
)
def test_mistakes(files: tuple[Path, Path], flags: list[str], code: int, said: str) -> None:
    given = {"--scores": str(files[0]), "--outcomes": str(files[1])} | dict([flags])
    found = keepwell("backtest", *(part for pair in given.items() for part in pair))
    assert (found.code, found.out) == (code, "")
    assert found.said.startswith(said)


def test_files_that_lack_a_column_or_hold_what_is_no_date_are_named(tmp_path: Path, files: tuple[Path, Path]) -> None:
    lacking = written(tmp_path, "lacking.csv", ["who,date,score", "a,2026-01-01,3"])
    found = keepwell("backtest", "--scores", lacking, "--outcomes", files[1])
    names = "account, account_id, customer, customer_id, id"
    assert (found.code, found.said) == (
        1, f"error: lacking.csv: there is no column of the account; call it one of {names}."
    )  # fmt: skip
    wrong = written(tmp_path, "wrong.csv", ["account_id,date", "a,2026-01-01", "b,yesterday"])
    found = keepwell("backtest", "--scores", files[0], "--outcomes", wrong)
    assert found.code == 1
    assert found.said.startswith("error: wrong.csv: column ‘date’, row 3: ‘yesterday’ is not a time. Dates that")
