"""The commands as scripts see them: columns, formats, streams and exit codes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keepwell.cli.output import csv_into, json_into, parquet_into
from keepwell.scoring.tables import group_table, measure_table, metric_table
from keepwell.workspace import open_workspace
from keepwell.workspace.changes import between
from keepwell.workspace.templates import list_templates
from tests.cli.folder import ACCOUNTS, ANSWERS, LOGINS, MODEL, STYLES, Answer, keepwell, listing, written

FIRST = ["account_id", "score", "low", "high", "coverage", "tier"]


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small workspace, which no command may change."""
    return written(tmp_path_factory.mktemp("acme"))


@cache
def once(*arguments: object) -> Answer:
    """The answer of a command that several tests look at."""
    return keepwell(*arguments)


def rows(answer: Answer) -> list[dict[str, str]]:
    assert answer.code == 0, answer.err
    return list(csv.DictReader(io.StringIO(answer.out)))


def explained(*arguments: object) -> Any:
    found = once("explain", *arguments, "--format", "json")
    assert found.code == 0, found.err
    return json.loads(found.out)


# ---- score


def test_csv_begins_with_the_columns_that_scripts_rely_on(acme: Path) -> None:
    before = listing(acme)
    found = keepwell("score", acme, "--format", "csv")
    assert found.out.split("\n", 1)[0].split(",")[:6] == FIRST
    assert [[row[name] for name in FIRST] for row in rows(found)] == [
        ["A", "95", "95", "95", "1", "great"],
        ["B", "25", "18.75", "43.75", "0.75", "at_risk"],
        ["C", "60", "15", "90", "0.25", "insufficient evidence"],
        ["D", "", "", "", "0", "insufficient evidence"],
    ]
    assert found.err == ""
    assert listing(acme) == before


def test_a_part_without_data_has_an_empty_cell(acme: Path) -> None:
    found = {row["account_id"]: row for row in rows(once("score", acme, "--format", "csv"))}
    assert [(found[name]["usage"], found[name]["mood"]) for name in "ABCD"] == [
        ("100", "80"),
        ("25", ""),
        ("", "60"),
        ("", ""),
    ]
    assert (found["D"]["value"], found["D"]["owner"]) == ("", "")


def test_json_and_parquet_hold_what_csv_holds(acme: Path, tmp_path: Path) -> None:
    wanted = rows(once("score", acme, "--format", "csv"))
    objects = json.loads(once("score", acme, "--format", "json").out)
    file = tmp_path / "out.parquet"
    said = once("score", acme, "--format", "parquet", "--output", file)
    assert (said.code, said.out) == (0, "")
    assert alike(wanted, objects)
    assert alike(wanted, pq.read_table(file).to_pylist())


def test_the_rows_behind_hold_the_same_in_every_format(acme: Path) -> None:
    with open_workspace(acme) as workspace:
        scores = workspace.score()
        for table in (measure_table(scores), group_table(scores), metric_table(scores)):
            wanted = list(csv.DictReader(io.StringIO(made(csv_into, table).decode())))
            assert alike(wanted, json.loads(made(json_into, table)))
            assert alike(wanted, pq.read_table(io.BytesIO(made(parquet_into, table))).to_pylist())


def made(write_into: Callable[[list[pa.Table], IO[bytes]], None], *parts: pa.Table) -> bytes:
    file = io.BytesIO()
    write_into(list(parts), file)
    return file.getvalue()


def test_parts_are_written_as_one_table(acme: Path) -> None:
    with open_workspace(acme) as workspace:
        table = metric_table(workspace.score())
    for write_into in (csv_into, json_into):
        assert made(write_into, table[:3], table[3:3], table[3:]) == made(write_into, table)
    assert made(json_into, table[:0]) == b"[]\n"
    plain = json.dumps(table.to_pylist(), ensure_ascii=False, indent=1, default=lambda value: value.isoformat())
    assert made(json_into, table).decode() == plain + "\n"
    parts = pq.read_table(io.BytesIO(made(parquet_into, table[:3], table[3:])))
    assert parts.equals(table)


def alike(wanted: list[dict[str, str]], found: list[dict[str, Any]]) -> bool:
    """Whether rows of JSON or Parquet are those of the CSV, in the same order of rows and columns."""
    said = [{name: cell(value) for name, value in row.items()} for row in found]
    spaced = [{name: value.replace("T", " ") for name, value in row.items()} for row in wanted]
    return bool(said == spaced and [*said[0]] == [*wanted[0]])


def cell(value: Any) -> str:
    """A value as the CSV has it."""
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, float):
        return f"{value:.15g}"
    return "" if value is None else str(value).replace("T", " ")


def test_measures_add_up_to_the_raw_score(acme: Path) -> None:
    found = rows(once("score", acme, "--table", "measures", "--format", "csv"))
    assert [(row["account_id"], row["measure"], row["state"]) for row in found[2:4]] == [
        ("B", "health/usage", "ok"),
        ("B", "health/mood", "missing"),
    ]
    raw = {row["account_id"]: row["raw"] for row in rows(once("score", acme, "--format", "csv"))}
    for account in "ABC":
        parts = [float(row["contribution"]) for row in found if row["account_id"] == account]
        assert sum(parts) == pytest.approx(float(raw[account]), abs=1e-9)


def test_metrics_say_why_there_is_no_value(acme: Path) -> None:
    found = rows(once("score", acme, "--table", "metrics", "--format", "csv"))
    states = {(row["account_id"], row["metric"]): (row["number"], row["state"]) for row in found}
    assert states["A", "logins_28d"] == ("4", "ok")
    assert states["C", "logins_28d"] == ("", "not_connected")
    assert states["B", "mood"] == ("", "not_connected")


def test_a_file_is_written_whole_and_keeps_its_rights(acme: Path, tmp_path: Path) -> None:
    file, link = tmp_path / "scores.csv", tmp_path / "link.csv"
    file.write_text("old")
    file.chmod(0o600)
    link.symlink_to(file.name)
    assert once("score", acme, "--format", "csv", "-o", link).code == 0
    assert file.read_text("utf-8") == once("score", acme, "--format", "csv").out
    assert (file.stat().st_mode & 0o777, link.is_symlink()) == (0o600, True)
    assert sorted(tmp_path.iterdir()) == [link, file]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--output", "x.csv"], "a table for people goes to the screen; add --format csv, json or parquet"),
        (["--table", "measures"], "--table measures is for programs; add --format csv, json or parquet."),
        (["--score", "helth"], "the model has no score ‘helth’. Did you mean ‘health’?"),
        (["--known-by", "2026-06-29"], "--known-by 2026-06-29 lies before 2026-06-30, the day to score;"),
    ],
)
def test_options_that_do_not_fit(acme: Path, options: list[str], said: str) -> None:
    found = once("score", acme, *options)
    assert (found.code, found.out) == (2, "")
    assert said in found.said


@pytest.mark.parametrize("arguments", [["score", "--format", "xml"], ["score", "--nonsense"], ["scroe"], ["explain"]])
def test_wrong_use_ends_with_2(arguments: list[str]) -> None:
    found = keepwell(*arguments)
    assert (found.code, found.out) == (2, "")
    assert "Error: " in found.err


def test_another_day_and_a_later_knowledge(acme: Path) -> None:
    found = once("score", acme, "--as-of", "2026-06-04", "--known-by", "2026-06-30")
    assert found.out.startswith("Acme as of 2026-06-04, known by 2026-06-30 (version ")


def test_the_page_for_people(acme: Path) -> None:
    found = once("score", acme)
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith("Acme as of 2026-06-30 (version ")
    for line in (
        "25  Birch (B) · 2,000 EUR · Tomasz",
        "      could be 18.75–43.75, 75 % of the weight has data, firm",
        "      · Logins in four weeks: 1 (−75.0 points)",
        "      → find out why (csm, within 1 day)",
    ):
        assert line in found.out.splitlines()


# ---- explain


def test_explain_takes_its_arguments_in_both_orders(acme: Path) -> None:
    one, other = once("explain", acme, "A"), keepwell("explain", "A", acme)
    assert one == other
    assert one.out.startswith("Alder (A)\n95 as of 2026-06-30: great (firm)\n100 % of the weight has data\n")


def test_explain_in_the_workspace(acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(acme)
    assert keepwell("explain", "D").out.splitlines()[:2] == [
        "Dogwood (D)",
        "no score as of 2026-06-30: insufficient evidence",
    ]


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ("AB", "no account ‘AB’ lives on 2026-06-30. Did you mean ‘B’?"),
        ("Brich", "no account ‘Brich’ lives on 2026-06-30. Did you mean ‘Birch’?"),
        ("E", "account ‘E’ ended on 2026-02-01, so there is no score of 2026-06-30."),
    ],
)
def test_an_account_that_is_not_there(acme: Path, account: str, said: str) -> None:
    found = once("explain", acme, account)
    assert (found.code, found.out, found.said) == (2, "", f"error: {said}")


def test_an_account_can_be_called_by_its_name(acme: Path) -> None:
    assert once("explain", acme, "birch").out == once("explain", acme, "B").out


def test_explain_without_an_account(acme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = f"error: explain needs an account as well: keepwell explain {acme} ACCOUNT"
    assert (once("explain", acme).code, once("explain", acme).said) == (2, said)
    assert once("explain", acme, "A", "B").code == 2


def test_the_tree_as_json(acme: Path) -> None:
    found = explained(acme, "B")
    assert {name: found[name] for name in (*FIRST, "as_of", "standing")} == {
        "account_id": "B", "score": 25.0, "low": 18.75, "high": 43.75, "coverage": 0.75, "tier": "at_risk",
        "as_of": "2026-06-30", "standing": "firm",
    }  # fmt: skip
    assert found["next_step"] == {"step": "find out why", "owner": "csm", "due_days": 1}
    assert found["flags"] == []
    usage, mood = found["tree"]["parts"]
    assert (usage["value"], usage["effective_weight"], usage["contribution"]) == (25.0, 1.0, 25.0)
    assert (mood["state"], mood["value"], mood["effective_weight"]) == ("missing", None, 0.0)
    assert found["change"] is None


def test_an_override_of_which_nobody_knows_whether_it_holds_is_named(tmp_path: Path) -> None:
    """B has no answer: its score of 25 (in a range for want of that answer) might be 10, and the input is named."""
    acme = written(tmp_path)
    model = acme / "model.yaml"
    rule = '    overrides: [{when: "mood < 3", replace: 10, because: the CSM is alarmed}]\n    tiers:'
    model.write_text(model.read_text().replace("    tiers:", rule), encoding="utf-8")
    assert explained(acme, "B")["unsettled"] == ["Replaced by 10: the CSM is alarmed (unknown: mood)"]
    assert explained(acme, "A")["unsettled"] == []
    shown = once("explain", acme, "B").out
    assert "perhaps  Replaced by 10: the CSM is alarmed (unknown: mood)\n" in shown
    assert "could be 10–43.75 if the missing data came in; 75 % of the weight has data" in shown


ADJUST = """    adjust:
      malus:
        rules:
          - {when: "logins_28d > 3", add: -20, because: It logs in too often}
          - {metric: mood, each: -1, between: [-10, 0], because: A mood costs something}
    tiers:"""


def test_an_adjustment_names_its_rules(tmp_path: Path) -> None:
    """A: (3 × 100 + 80) / 4 = 95, less 20 and 8. What the answer of B would cost is unknown."""
    acme = written(tmp_path, {"model.yaml": MODEL.replace("    tiers:", ADJUST)})
    rules = [
        {"because": "It logs in too often", "points": -20.0},
        {"because": "A mood costs something", "points": -8.0},
    ]
    found = explained(acme, "A")
    assert (found["score"], found["lines"]) == (67.0, [{"label": "malus", "points": -28.0, "rules": rules}])
    shown = once("explain", acme, "A").out
    assert "\n−28.0  malus\n        −20.0  It logs in too often\n        −8.0  A mood costs something\n" in shown
    why = ["Malus: It logs in too often (−20.0 points)", "Malus: A mood costs something (−8.0 points)"]
    assert found["reasons"] == [*why, "Mood: 8 (−5.0 points)"]
    assert rows(once("score", acme, "--format", "csv"))[0]["reasons"] == "; ".join(found["reasons"])
    assert (
        "perhaps  malus: A mood costs something (up to −10.0 points; unknown: mood)\n" in once("explain", acme, "B").out
    )
    assert explained(acme, "D")["lines"] == []


def test_a_scale_of_its_own_stands_beside_the_score(tmp_path: Path) -> None:
    """0–5: A has 5 of 5 for its logins (weight 3) and 4 of 5 for its mood: 4.75, kept at 2."""
    model = MODEL.replace("    parts:", "    scale: [0, 5]\n    parts:")
    model = model.replace("[4, 100]", "[4, 5]").replace("[10, 100]", "[10, 5]").replace('">= 70"', '">= 3.5"')
    capped = '    overrides: [{when: "logins_28d > 3", cap: 2, because: it said so}]\n    tiers:'
    acme = written(tmp_path, {"model.yaml": model.replace("    tiers:", capped)})
    shown = once("explain", acme, "A").out
    assert shown.startswith("Alder (A)\n40 as of 2026-06-30 (2 of 0–5): at risk (firm)\n")
    assert "\n−55.0  Capped at 2 of 0–5: it said so\n" in shown
    found = explained(acme, "A")
    assert (found["score"], found["native"], found["scale"]) == (40, 2, [0, 5])
    page = once("score", acme).out.splitlines()
    assert "40 (2 of 0–5)  Alder (A) · 1,000 EUR · Ines" in page
    assert (explained(tmp_path, "D")["native"], explained(tmp_path, "D")["score"]) == (None, None)


def test_an_override_that_moves_nothing_shows_no_points(tmp_path: Path) -> None:
    """A has 95; of D, without a score, only what gives its tier is told."""
    rules = """    overrides:
      - {when: "logins_28d is null or logins_28d > 3", cap: 99, because: nobody is perfect}
      - {when: "logins_28d is null", tier: at_risk, because: nobody knows it}
    tiers:"""
    acme = written(tmp_path, {"model.yaml": MODEL.replace("    tiers:", rules)})
    assert "\n–  Capped at 99: nobody is perfect\n" in once("explain", acme, "A").out
    shown = once("explain", acme, "D").out
    assert "\n–  Tier set to at risk: nobody knows it\n" in shown
    assert "Capped" not in shown.split("Path to good")[0]


def test_a_scale_that_cannot_read_its_metric_is_no_score(tmp_path: Path) -> None:
    """What `check` calls an error is one for `score`, too: else everybody would only seem to lack the data."""
    acme = written(tmp_path)
    model = acme / "model.yaml"
    wrong = model.read_text().replace("curve: [[0, 0], [10, 100]]", "map: [[good, 100], [else, 0]]")
    model.write_text(wrong, encoding="utf-8")
    found = once("score", acme)
    assert (found.code, found.out) == (1, "")
    assert "a map reads words, and ‘mood’ is a number" in found.said


@pytest.mark.parametrize("place", ["data/logins.csv", "data/new.csv", "model.yaml", "keepwell.yaml"])
def test_a_result_never_takes_the_place_of_what_it_is_made_of(tmp_path: Path, place: str) -> None:
    acme = written(tmp_path)
    before = listing(acme)
    found = once("score", acme, "--format", "csv", "--output", acme / place)
    said = f"error: {acme / place} is a place that the workspace reads from; write the result elsewhere."
    assert (found.code, found.said) == (2, said)
    assert listing(acme) == before
    assert once("score", acme, "--format", "csv", "--output", acme / "scores.csv").code == 0


def test_parts_of_a_change_sum_to_it(acme: Path) -> None:
    """A had one login in the 28 days to 8 June, and an answer; since then three came."""
    change = explained(acme, "A", "--since", "2026-06-08")["change"]
    assert (change["since"], change["before"], change["after"]) == ("2026-06-08", 38.75, 95.0)
    assert [(part["kind"], part["label"], part["detail"]) for part in change["parts"]] == [
        ("values", "logins in four weeks", "1 → 4")
    ]
    assert sum(part["points"] for part in change["parts"]) == pytest.approx(95.0 - 38.75, abs=1e-9)
    shown = once("explain", acme, "A", "--since", "2026-06-08").out
    assert "Since 2026-06-08: 38.75 → 95 (+56.2 points)\n" in shown
    assert "    +56.2  values: logins in four weeks, 1 → 4\n" in shown


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("2026-06-30", "--since 2026-06-30 is not before 2026-06-30, the day that is explained."),
        ("2026-07-01", "--since 2026-07-01 is not before 2026-06-30, the day that is explained."),
        ("2023-12-31", "account ‘A’ begins on 2024-01-01, so there is no score of 2023-12-31."),
    ],
)
def test_an_earlier_day_that_is_none(acme: Path, since: str, said: str) -> None:
    found = once("explain", acme, "A", "--since", since)
    assert (found.code, found.out, found.said) == (2, "", f"error: {said}")


POPULATION = '    population: "mood is null or mood > 7"\n    tiers:'
"""C, who answered 6, is outside of it."""


def test_an_account_outside_of_the_population(tmp_path: Path) -> None:
    acme = written(tmp_path)
    model = acme / "model.yaml"
    model.write_text(model.read_text().replace("    tiers:", POPULATION), encoding="utf-8")
    for account in ("C", "cedar"):
        found = once("explain", acme, account)
        said = f"error: account ‘{account}’ is outside of the score's population (mood is null or mood > 7)."
        assert (found.code, found.out, found.said) == (2, "", said)


def test_an_account_that_was_outside_of_the_population_has_no_comparison(tmp_path: Path) -> None:
    """A answered 3 in March and 8 in May; C answered 6 in June, when it is outside, and 9 in March."""
    answers = ANSWERS + "A,2026-03-20,3\nC,2026-03-20,9\n"
    acme = written(tmp_path, {"model.yaml": MODEL.replace("    tiers:", POPULATION), "data/answers.csv": answers})
    found = once("explain", acme, "A", "--since", "2026-04-30")
    assert "Since 2026-04-30: no comparison, as there is no score on the earlier day.\n" in found.out
    assert explained(acme, "A", "--since", "2026-04-30")["change"] == {
        "since": "2026-04-30", "before": None, "after": 95.0, "parts": [],
    }  # fmt: skip
    with open_workspace(acme) as workspace:
        before, after = workspace.score(date(2026, 4, 30)), workspace.score()
        left = between(workspace, ["C"], before, after)["C"]
    assert (left.before, left.after, left.parts) == (90, None, ())


def test_no_score_on_the_earlier_day(acme: Path) -> None:
    found = once("explain", acme, "A", "--since", "2025-06-30")
    assert "Since 2025-06-30: no comparison, as there is no score on the earlier day.\n" in found.out


# ---- names


def test_ids_that_look_like_numbers_stay_as_they_are(tmp_path: Path) -> None:
    renamed = {"A": "007", "B": "7", "C": "1e5", "D": "12345678901234567890123"}
    files = {"data/accounts.csv": ACCOUNTS, "data/logins.csv": LOGINS}
    for old, new in renamed.items():
        files = {name: text.replace(f"\n{old},", f"\n{new},") for name, text in files.items()}
    written(tmp_path, files)
    found = {row["account_id"]: row["usage"] for row in rows(keepwell("score", tmp_path, "--format", "csv"))}
    assert found == {"007": "100", "7": "25", "1e5": "", "12345678901234567890123": ""}
    assert explained(tmp_path, "007")["account_id"] == "007"


def test_ids_with_commas_and_quotes(tmp_path: Path) -> None:
    files = {"data/accounts.csv": ACCOUNTS, "data/logins.csv": LOGINS}
    quoted = {name: text.replace("\nB,", '\n"B,""x"" ;é",') for name, text in files.items()}
    found = rows(keepwell("score", written(tmp_path, quoted), "--format", "csv"))
    assert {row["account_id"]: row["usage"] for row in found}['B,"x" ;é'] == "25"
    assert keepwell("explain", tmp_path, 'B,"x" ;é').out.startswith('Birch (B,"x" ;é)\n')


def test_names_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    """Markup, emoji codes, escape codes, line ends and changes of direction are shown, not obeyed."""
    odd = '"[b] [/x] :smile: \x1b[2J\x1b]0;\x07\x9b1m\nn \u202eo\u2028"'
    shown = "[b] [/x] :smile: \\x1b[2J\\x1b]0;\\x07\\x9b1m\\nn \\u202eo\\u2028"
    model = MODEL.replace("logins in four weeks", '"[/y] [red] \\e[31m"')
    written(tmp_path, {"data/accounts.csv": ACCOUNTS.replace("Birch", odd), "model.yaml": model})
    colored = {"NO_COLOR": "", "FORCE_COLOR": "1"}
    for arguments, colors in ((["score"], {}), (["explain", "B"], {}), (["score"], colored)):
        found = keepwell(arguments[0], tmp_path, *arguments[1:], **colors)
        assert found.code == 0
        assert shown in found.out
        assert "[/y] [red] \\x1b[31m" in found.out
        assert not set(STYLES.sub("", found.out)) & set("\x1b\x07\x9b\u202e\u2028")
        assert bool(STYLES.search(found.out)) == bool(colors)
    found = keepwell("explain", tmp_path, "\x1b[31mB")
    assert found.code == 2
    assert found.said.startswith("error: no account ‘\\x1b[31mB’ lives on 2026-06-30.")
    assert "\x1b" not in found.err


def test_a_very_long_name_is_cut(tmp_path: Path) -> None:
    written(tmp_path, {"data/accounts.csv": ACCOUNTS.replace("Birch", 5_000 * "B")})
    found = keepwell("score", tmp_path)
    assert max(map(len, found.out.splitlines())) < 120
    assert f"25  {59 * 'B'}… (B) · 2,000 EUR" in found.out
    assert 5_000 * "B" in keepwell("score", tmp_path, "--format", "csv").out


@pytest.mark.parametrize("command", [["score"], ["explain", "B"]])
def test_a_narrow_terminal_stays_readable(acme: Path, command: list[str]) -> None:
    """Lines are folded between words, no word is cut, and what is folded keeps its indent."""
    wide = once(command[0], acme, *command[1:])
    narrow = keepwell(command[0], acme, *command[1:], COLUMNS="58", TTY_COMPATIBLE="1")
    lines = [line.rstrip() for line in narrow.out.splitlines()]
    assert max(map(len, lines)) <= 58
    assert set(narrow.out.split()) == set(wide.out.split())
    if command == ["score"]:
        assert lines[lines.index("      could be 18.75–43.75, 75 % of the weight has data,") + 1] == "      firm"


# ---- demo


def test_the_demo_is_written_scored_and_shown(tmp_path: Path) -> None:
    found = keepwell("demo", tmp_path / "demo", "--accounts", "12", "--months", "1", "--seed", "3", "--no-serve")
    assert found.code == 0, found.err
    assert found.err.startswith(
        f"{tmp_path / 'demo'}: a company of 12 accounts over 1 month (seed 3); its truth is in "
    )
    assert found.out.splitlines()[1].split() == ["tier", "accounts", "share", "provisional", "value", "EUR"]
    assert {"keepwell.yaml", "model.yaml", "data", "truth"} <= {path.name for path in (tmp_path / "demo").iterdir()}


@pytest.mark.parametrize(
    "option", [["--accounts", "0"], ["--accounts", "100001"], ["--months", "61"], ["--seed", "-1"]]
)
def test_a_demo_that_cannot_be(tmp_path: Path, option: list[str]) -> None:
    found = keepwell("demo", tmp_path / "demo", *option)
    assert (found.code, found.out) == (2, "")
    assert f"Invalid value for '{option[0]}'" in found.err
    assert list(tmp_path.iterdir()) == []


# ---- init, schema, check, version


def test_templates_are_listed() -> None:
    found = keepwell("init", "--list-templates")
    assert (found.code, found.err) == (0, "")
    names = [line.split()[0] for line in found.out.splitlines()]
    assert names == [item.name for item in list_templates()]
    assert {"hbr", "bigcommerce", "self-assessment"} <= set(names)


def test_init_says_what_comes_next(tmp_path: Path) -> None:
    found = keepwell("init", tmp_path / "acme", "--template", "self-assessment")
    assert found.code == 0
    assert f"keepwell score {tmp_path / 'acme'}" in found.out
    again = keepwell("init", tmp_path / "acme")
    assert (again.code, again.out) == (2, "")
    assert "is not empty" in again.said
    unknown = keepwell("init", tmp_path / "other", "--template", "hbrr")
    assert (unknown.code, unknown.said) == (2, "error: There is no template ‘hbrr’. Did you mean ‘hbr’?")
    assert [path.name for path in tmp_path.iterdir()] == ["acme"]


@pytest.mark.parametrize("of", [[], ["model"], ["workspace"]])
def test_the_schema_is_json(of: list[str]) -> None:
    found = keepwell("schema", *of)
    assert (found.code, found.err) == (0, "")
    schema = json.loads(found.out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert ("workspace" in schema["properties"]) == (of == ["workspace"])


def test_check_tells_programs_too(acme: Path, tmp_path: Path) -> None:
    clean = keepwell("check", acme)
    assert (clean.code, clean.out, clean.err) == (0, "No findings: the model and the data are sound.\n", "")
    written(tmp_path, {"data/logins.csv": LOGINS + "ZZ,2026-06-30\nA,2026-13-01\n"})
    found = keepwell("check", tmp_path, "--format", "json")
    (finding,) = json.loads(found.out)
    assert (found.code, found.err) == (1, "")
    assert (finding["file"], finding["severity"], finding["code"]) == ("data/logins.csv", "error", "unreadable")
    assert set(finding) == {"file", "line", "severity", "code", "message"}


def test_today_is_the_day_where_none_is_named(tmp_path: Path) -> None:
    written(tmp_path, {"keepwell.yaml": "workspace: acme\nzone: Pacific/Kiritimati\n"})
    (first, *_) = rows(keepwell("score", tmp_path, "--format", "csv"))
    assert abs(date.fromisoformat(first["as_of"]) - date.today()).days <= 1  # noqa: DTZ011


def test_version() -> None:
    found = keepwell("--version")
    assert found.code == 0
    assert found.out.startswith("keepwell 0.")


@pytest.mark.parametrize("command", [["init"], ["demo", "--accounts", "5", "--months", "1"]], ids=["init", "demo"])
@pytest.mark.parametrize("there", ["mine", "mine/notes.txt"])
def test_nothing_is_written_where_something_is(tmp_path: Path, command: list[str], there: str) -> None:
    """A folder that is in use, or a file: wrong use of either command."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("precious")
    found = keepwell(command[0], tmp_path / there, *command[1:])
    assert (found.code, found.out) == (2, "")
    assert found.said.startswith("error: ")
    assert str(tmp_path / there) in found.said
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "notes.txt"]
