"""Input as it really arrives, through the commands: one clear sentence, the right exit code, nothing half-written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.folder import ACCOUNTS, ANSWERS, LOGINS, MODEL, PINNED, Answer, keepwell, listing, written

Files = Mapping[str, str | bytes | None]


def refused(folder: Path, files: Files, *parts: str, code: int = 1) -> None:
    """`score` and `check` say the same one sentence, with these parts in it, and leave the folder as it was."""
    written(folder, files)
    before = listing(folder)
    scored, checked = keepwell("score", folder, "--format", "csv"), keepwell("check", folder)
    assert listing(folder) == before
    assert (scored.code, scored.out) == (code, "")
    assert (checked.code, checked.err) == (code, "")
    assert checked.out.splitlines() == [scored.said, "1 error"]
    for part in parts:
        assert part in scored.said


def scored(folder: Path, files: Files) -> dict[str, str]:
    """Account → its score as the CSV has it, of a workspace with these files."""
    found = keepwell("score", written(folder, files), "--format", "csv")
    assert found.code == 0, found.err
    return {line.split(",")[0]: line.split(",")[1] for line in found.out.splitlines()[1:]}


# ---- Data


def test_an_empty_file(tmp_path: Path) -> None:
    refused(tmp_path, {"data/logins.csv": ""}, "data/logins.csv: error: the file is empty")


def test_a_header_only(tmp_path: Path) -> None:
    """No fact at all is no zero: nobody is connected, and that is said once."""
    assert scored(tmp_path, {"data/logins.csv": "account_id,at\n"}) == {"A": "80", "B": "", "C": "60", "D": ""}
    assert keepwell("score", tmp_path).err == "not connected, left out for all: health/usage\n"
    checked = keepwell("check", tmp_path)
    assert (checked.code, checked.out.splitlines()[-1]) == (0, "1 note")
    assert "data/logins.csv: note: there is a header and no row." in checked.out


def test_a_wrong_delimiter(tmp_path: Path) -> None:
    semicolons = LOGINS.replace(",", ";")
    refused(tmp_path, {"data/logins.csv": semicolons}, "data/logins.csv", "‘;’", '`delimiter: ";"`', "keepwell.yaml")
    told = {"data/logins.csv": semicolons, "keepwell.yaml": PINNED + 'tables: {logins: {delimiter: ";"}}\n'}
    assert scored(tmp_path, told)["B"] == "25"


def test_windows_1252(tmp_path: Path) -> None:
    content = ACCOUNTS.replace("Birch", "Bérch").encode("windows-1252")
    refused(
        tmp_path, {"data/accounts.csv": content}, "data/accounts.csv", "line 3 is not UTF-8", "encoding: windows-1252"
    )
    keepwell_yaml = PINNED + "tables: {accounts: {encoding: windows-1252}}\n"
    written(tmp_path, {"data/accounts.csv": content, "keepwell.yaml": keepwell_yaml})
    assert "Bérch" in keepwell("score", tmp_path, "--format", "csv").out


def test_utf_16(tmp_path: Path) -> None:
    content = ACCOUNTS.replace("Birch", "Bérch")
    refused(tmp_path, {"data/accounts.csv": content.encode("utf-16-le")}, "data/accounts.csv", "`encoding: utf-16-le`")
    written(tmp_path, {"data/accounts.csv": content.encode("utf-16")})  # with its mark it is understood
    assert "Bérch" in keepwell("score", tmp_path, "--format", "csv").out


def test_mixed_types_in_a_column(tmp_path: Path) -> None:
    mixed = ANSWERS + "B,2026-06-11,fine\n"
    refused(tmp_path, {"data/answers.csv": mixed}, "data/answers.csv", "column ‘score’, row 4: ‘fine’ is not a number")


def test_numbers_as_strings_with_separators(tmp_path: Path) -> None:
    content = ACCOUNTS.replace("2000", '"2,000.50"')
    parts = ("column ‘arr’, row 3: ‘2,000.50’ is not a number", '`thousands: ","`')
    refused(tmp_path, {"data/accounts.csv": content}, *parts)


def test_dates_in_three_formats(tmp_path: Path) -> None:
    content = "account_id,at\nA,2026-06-28\nA,29.06.2026\nB,06/30/2026\n"
    parts = ("column ‘at’, row 3: ‘29.06.2026’ is not a time (2 of 3 values are not)", "`dates: [")
    refused(tmp_path, {"data/logins.csv": content}, *parts)
    dates = 'tables: {logins: {dates: [iso, "%d.%m.%Y", "%m/%d/%Y"]}}\n'
    assert scored(tmp_path, {"data/logins.csv": content, "keepwell.yaml": PINNED + dates})["B"] == "25"


def test_impossible_dates(tmp_path: Path) -> None:
    content = LOGINS + "B,2026-06-31\n"
    parts = ("data/logins.csv", "column ‘at’, row 8: ‘2026-06-31’ is no day or time that exists")
    refused(tmp_path, {"data/logins.csv": content}, *parts)


@pytest.mark.parametrize("value", ["NaN", "inf", "-inf"])
def test_numbers_that_are_none(tmp_path: Path, value: str) -> None:
    content = ANSWERS + f"B,2026-06-11,{value}\n"
    refused(tmp_path, {"data/answers.csv": content}, f"column ‘score’, row 4: ‘{value}’ is not a number")


def test_numbers_beyond_what_is_kept_exactly(tmp_path: Path) -> None:
    content = ANSWERS + f"B,2026-06-11,1{33 * '0'}\n"
    refused(tmp_path, {"data/answers.csv": content}, "column ‘score’, row 4: ‘1000", "below 10^18")


def test_the_same_account_twice(tmp_path: Path) -> None:
    """`check` refuses it; scores name it, since one of the two rows had to be taken."""
    written(tmp_path, {"data/accounts.csv": ACCOUNTS + "B,Birch again,Ines,1,2024-01-01,\n"})
    checked, found = keepwell("check", tmp_path), keepwell("score", tmp_path, "--format", "csv")
    assert checked.code == 1
    assert "data/accounts.csv: error: 2 rows share 1 key (account_id), such as ‘B’" in checked.out
    assert found.code == 0
    assert found.said.startswith("data/accounts.csv: 1 account stands in more than one row, such as ‘B’;")
    assert [line.split(",")[0] for line in found.out.splitlines()[1:]] == ["A", "B", "C", "D"]


def test_an_account_in_facts_that_no_table_knows(tmp_path: Path) -> None:
    assert "ZZ" not in scored(tmp_path, {"data/logins.csv": LOGINS + "ZZ,2026-06-30\nZZ,2026-06-30 11:00\n"})
    checked = keepwell("check", tmp_path)
    assert (checked.code, checked.out.splitlines()[-1]) == (0, "1 warning")
    for part in ("data/logins.csv: warning: 2 rows", "1 account that accounts does not have", "‘ZZ’"):
        assert part in checked.out
    assert keepwell("check", tmp_path, "--strict").code == 1


def test_columns_that_are_not_there(tmp_path: Path) -> None:
    content = LOGINS.replace("account_id", "acount_id")
    parts = ("data/logins.csv", "there is no column ‘account_id’", "tables.logins", "Did you mean ‘acount_id’?")
    refused(tmp_path, {"data/logins.csv": content}, *parts)
    model = MODEL.replace("time: at", "time: att")
    refused(tmp_path, {"model.yaml": model}, "there is no column ‘att’", "Did you mean ‘at’?")


def test_a_table_that_vanishes_between_check_and_score(tmp_path: Path) -> None:
    """What nobody has any more is said with the score, not passed over."""
    written(tmp_path)
    assert keepwell("check", tmp_path).code == 0
    (tmp_path / "data" / "logins.csv").unlink()
    found = keepwell("score", tmp_path, "--format", "csv")
    assert (found.code, found.err.splitlines()) == (
        0,
        ["data: 1 table that the model reads is not there, so what needs it is left out for all: logins (usage)."],
    )


def test_the_table_of_accounts_is_not_there(tmp_path: Path) -> None:
    written(tmp_path, {"data/accounts.csv": None})
    found, checked = keepwell("score", tmp_path), keepwell("check", tmp_path)
    assert (found.code, checked.code) == (1, 1)
    assert found.said == "error: nothing named ‘accounts’ is in the source ‘data’. There is: answers, logins."
    assert "accounts: error: nothing named ‘accounts’ is in the source ‘data’." in checked.out
    assert "Without this table there is nobody to score." in checked.out


# ---- The model file


def test_duplicate_keys_in_yaml(tmp_path: Path) -> None:
    line = MODEL.count("\n") + 1
    said = f"model.yaml:{line}: error: ‘model’ stands here a second time (first in line 2)."
    refused(tmp_path, {"model.yaml": MODEL + "model: other\n"}, said)
    refused(tmp_path, {"keepwell.yaml": PINNED + "currency: USD\n", "model.yaml": MODEL}, "keepwell.yaml:4", "line 3")


def test_yes_and_no_are_words(tmp_path: Path) -> None:
    """In YAML 1.1 they were true and false; a map that names them, and a metric called so, mean what they say."""
    model = MODEL.replace("columns: {score: {between: [0, 10]}}", "fresh: 90 days").replace(
        "curve: [[0, 0], [10, 100]]", "map: [[yes, 90], [no, 10]]"
    )
    model = model.replace("  mood: {last", "  no: {count: logins}\n  mood: {last")
    answers = "account_id,answered_on,score\nA,2026-05-20,yes\nC,2026-06-11,no\n"
    found = scored(tmp_path, {"model.yaml": model, "data/answers.csv": answers})
    assert (found["A"], found["C"]) == ("97.5", "10")


def test_a_negative_window(tmp_path: Path) -> None:
    model = MODEL.replace("28 days", "-28 days")
    refused(
        tmp_path, {"model.yaml": model}, "model.yaml:10: error: metrics.logins_28d.over: ‘-28 days’ must be at least"
    )
    model = MODEL.replace("28 days", "999999 days")
    refused(tmp_path, {"model.yaml": model}, "model.yaml:10: error: metrics.logins_28d.over: ‘999999 days’ is longer")


def test_ten_megabytes_of_yaml(tmp_path: Path) -> None:
    refused(
        tmp_path, {"model.yaml": MODEL + "# " + 10_000_000 * "x"}, "model.yaml: error: the file has 10.0 MB; at most"
    )


def test_a_bomb_of_anchors(tmp_path: Path) -> None:
    levels = [f"x{n}: &x{n} [{', '.join(9 * [f'*x{n - 1}'])}]" for n in range(1, 10)]
    bomb = MODEL + "\n".join(["x0: &x0 [lol]", *levels, ""])
    refused(tmp_path, {"model.yaml": bomb}, "model.yaml:", "unfolds to more than is read as a model (100,000 values")


def test_metrics_in_a_circle(tmp_path: Path) -> None:
    circle = "  a: {ratio: [b, mood]}\n  b: {expr: a + 1}\n  mood: {last"
    refused(
        tmp_path,
        {"model.yaml": MODEL.replace("  mood: {last", circle)},
        "model.yaml:11: error: these metrics read each other in a circle: a → b → a.",
    )


def test_weight_zero_everywhere(tmp_path: Path) -> None:
    model = MODEL.replace("weight: 3", "weight: 0").replace("weight: 1", "weight: 0 %")
    refused(tmp_path, {"model.yaml": model}, "model.yaml:15: error: these parts mix percent and plain weights")
    model = MODEL.replace("weight: 3", "weight: 0").replace("weight: 1", "weight: 0")
    refused(tmp_path, {"model.yaml": model}, "model.yaml:15: error: all weights here are 0 (usage 0, mood 0)")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("metric: mood", "metric: moood", "model.yaml:17: error: ‘moood’ is no metric of an account"),
        ("count: logins", "count: login", "model.yaml:10: error: ‘login’ is no table. Did you mean ‘logins’?"),
        ("flags:", "flgs:", "model.yaml:21: error: ‘flgs’ is not a field here (flgs). Did you mean ‘flags’?"),
        ("last: answers.score", "expr: 1 + 1", "model.yaml:11: error: this formula names no metric"),
        ("last: answers.score", "mean: answers.day", "model.yaml:11: error: `day` is the calendar day of a fact"),
    ],
)
def test_names_that_do_not_exist(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in MODEL
    refused(tmp_path, {"model.yaml": MODEL.replace(old, new)}, said)


# ---- Where the model does not fit what the columns turned out to hold


def test_a_ratio_of_text(tmp_path: Path) -> None:
    """That only shows once the data is there, and `check` shows it, not the first score."""
    formula = (
        "  half: {ratio: [word, logins_28d]}\n  word: {expr: \"case when mood > 5 then 'good' end\"}\n  mood: {last"
    )
    model = MODEL.replace("  mood: {last", formula).replace("metric: mood", "metric: half")
    written(tmp_path, {"model.yaml": model})
    found, checked = keepwell("score", tmp_path), keepwell("check", tmp_path)
    assert (found.code, found.said) == (1, "error: metrics.half: ratio needs numbers, and ‘word’ is text.")
    told = "model.yaml:11: error: metrics.half: ratio needs numbers, and ‘word’ is text.\n1 error\n"
    assert (checked.code, checked.out) == (1, told)


TWO_KINDS = "‘{}’ is text and ‘3’ is a number; they cannot be put side by side."


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("logins_28d: {count: logins,", "logins_28d: {count: logins, where: \"page <> 'a' and page = 3\",", 11,
         f"metrics.logins_28d: in ‘page = 3’, {TWO_KINDS.format('page')}"),
        ("  mood: {last", "  odd: {count_true: [\"csm = 3\"]}\n  mood: {last", 12,
         f"metrics.odd: in ‘csm = 3’, {TWO_KINDS.format('csm')}"),
        ("  mood: {last", "  odd: {expr: csm + 1}\n  mood: {last", 12,
         "metrics.odd: ‘csm’ is text, and a number is needed there."),
        ("\"logins_28d = 0\"", "\"csm = 3 or tier = 3\"", 23,
         f"flags.silent.when: in ‘csm = 3’, {TWO_KINDS.format('csm')}"),
        ("\"logins_28d = 0\"", "\"coverage < 1 and tier = 3\"", 23,
         f"flags.silent.when: in ‘tier = 3’, {TWO_KINDS.format('tier')}"),
        ("    tiers:", "    overrides: [{when: csm > 3, cap: 1, because: x}]\n    tiers:", 19,
         f"scores.health.overrides.0.when: in ‘csm > 3’, {TWO_KINDS.format('csm')}"),
        ("    tiers:", "    population: csm\n    tiers:", 19,
         "scores.health.population: ‘csm’ is text, and yes/no is needed there."),
        ("metric: mood, curve", "metric: mood, by: csm, cases: [{at: '< 3', applies: false}], curve", 18,
         "scores.health.parts.mood.cases.0.at: in ‘csm < 3’, " + TWO_KINDS.format("csm")),
    ],
)  # fmt: skip
def test_kinds_that_do_not_fit_are_said_at_their_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    """An attribute of text, held against a number: in metrics, flags, overrides, a population and cases."""
    model = MODEL.replace(old, new).replace("metrics:\n", "metrics:\n  csm: {attribute: csm}\n")
    rows = "account_id,at,page\nA,2026-06-28 09:00,home\n"
    checked = keepwell("check", written(tmp_path, {"model.yaml": model, "data/logins.csv": rows}))
    assert (checked.code, checked.out) == (1, f"model.yaml:{line}: error: {said}\n1 error\n")


@pytest.mark.parametrize(
    ("metric", "scale", "said"),
    [
        ("count: answers", "map: [[8, 100], [else, 0]]", "a map reads words, and ‘mood’ is a number; use `bands:` or"),
        ("max: answers.day", "curve: [[0, 0], [10, 100]]", "‘mood’ is a date, and points are for numbers and words;"),
    ],
)
def test_a_scale_that_cannot_read_its_metric(tmp_path: Path, metric: str, scale: str, said: str) -> None:
    """Else every account would lack the measure, and nobody would know why."""
    model = MODEL.replace("last: answers.score", metric).replace("curve: [[0, 0], [10, 100]]", scale)
    checked = keepwell("check", written(tmp_path, {"model.yaml": model}))
    assert checked.code == 1
    assert checked.out.splitlines()[0].startswith(f"model.yaml:17: error: scores.health.parts.mood: {said}")


@pytest.mark.parametrize(("kind", "formula"), [
    ("", "case when grade > 5 then 'good' else 'bad' end"), ("kind: text, ", "coalesce(grade, 'none')"),
    ("kind: text, ", "coalesce(grade, other)"), ("kind: text, ", "lower(grade)"),
])  # fmt: skip
def test_a_curve_over_a_formula_of_words(tmp_path: Path, kind: str, formula: str) -> None:
    more = f'mood: {{expr: "{formula}"}}\n  grade: {{last: answers.score}}\n  other: {{max: answers.score}}\n'
    model = MODEL.replace("mood: {last: answers.score}\n", more).replace(
        "{between: [0, 10]}", f"{{{kind}known: answered_on}}"
    )
    checked = keepwell("check", written(tmp_path, {"model.yaml": model}))
    wrong = "bands, curves and ranges read numbers, and ‘mood’ is text; use `map:`."
    said = f"error: scores.health.parts.mood: {wrong}\n1 error\n"
    assert (checked.code, checked.out.split(": ", 1)) == (1, ["model.yaml:19", said])


def test_a_whole_number_written_with_a_point_is_found_in_a_map(tmp_path: Path) -> None:
    """A CSV export writes 1.0 where the workbook it comes from holds 1."""
    model = MODEL.replace("curve: [[0, 0], [10, 100]]", "map: [['1', 100], ['1.5', 20], [else, 0]]")
    model = model.replace(", columns: {score: {between: [0, 10]}}", "").replace("weight: 3", "weight: 0")
    answers = "account_id,answered_on,score\nA,2026-06-20,1.0\nB,2026-06-20,1.5\nC,2026-06-20,1\nD,2026-06-20,10\n"
    found = scored(tmp_path, {"model.yaml": model, "data/answers.csv": answers})
    assert {name: float(points) for name, points in found.items()} == {"A": 100, "B": 20, "C": 100, "D": 0}


@pytest.mark.parametrize("formula", ["rev * rev * rev", "mean"])
def test_a_number_that_grows_too_large_is_blamed_on_its_metric(tmp_path: Path, formula: str) -> None:
    big = (
        "{mean: answers.score, weight: worth}"
        if formula == "mean"
        else f'{{expr: "{formula}"}}\n  rev: {{sum: answers.score}}'
    )
    model = MODEL.replace("{last: answers.score}", big).replace(", columns: {score: {between: [0, 10]}}", "")
    answers = "account_id,answered_on,score,worth\n" + "A,2026-06-20,900000000000000000.5,900000000000000000.5\n" * 3
    found = keepwell("score", written(tmp_path, {"model.yaml": model, "data/answers.csv": answers}))
    assert found.code == 1
    assert found.said.startswith("error: metrics.mood: a number on the way to its value is too large")


def test_words_where_numbers_are_read(tmp_path: Path) -> None:
    words = "account_id,answered_on,score\nA,2026-05-20,good\nC,2026-06-11,bad\n"
    parts = ("data/answers.csv", "column ‘score’, row 2: ‘good’ is not a number (2 of 2 values are not)")
    refused(tmp_path, {"data/answers.csv": words}, *parts)


def test_a_column_without_a_value_fits_every_scale(tmp_path: Path) -> None:
    empty = "account_id,answered_on,score\nA,2026-05-20,\nC,2026-06-11,\n"
    checked = keepwell("check", written(tmp_path, {"data/answers.csv": empty}))
    assert checked.code == 0, checked.out


# ---- keepwell.yaml


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("curency: EUR", ":4: error: ‘curency’ is not a field here (curency). Did you mean ‘currency’?"),
        ("tables: {logins: {delimeter: ';'}}", "(tables.logins.delimeter). Did you mean ‘delimiter’?"),
        ("zone: Europe/Berlinn", ":4: error: zone: ‘Europe/Berlinn’ is not a time zone; "),
        ("model: modell.yaml", ":4: error: the model ‘modell.yaml’ is not there. Did you mean ‘model.yaml’?"),
        ("model: data", ":4: error: the model ‘data’ is not there."),
        ("tables: {logins: {source: datta}}", ":4: error: tables.logins: there is no source ‘datta’. Did you"),
        ("tables: {logins: {dates: 5}}", ":4: error: tables.logins.dates: ‘5’ is no form of dates; write for example"),
        ("tables: [logins]", ":4: error: tables: ‘[logins]’ should be a mapping"),
        ("sources: {data: {path: a, url: b}}", ":4: error: sources.data: a source has either a `path` or a `url` (or "),
        ("sources: {data: nowhere}", "source ‘data’: keepwell.yaml names nowhere, and there is no such folder"),
        ("sources: {data: '${NOT_SET}/data'}", "the environment variable NOT_SET, and it is not set."),
        ("sources: {data: {url: '${NOT_SET}'}}", "the environment variable NOT_SET, and it is not set."),
        ("sources: [", ":5: error: not valid YAML: "),
    ],
)  # fmt: skip
def test_mistakes_in_the_workspace_file(tmp_path: Path, lines: str, said: str) -> None:
    written(tmp_path, {"keepwell.yaml": PINNED + lines + "\n"})
    before = listing(tmp_path)
    found, checked = keepwell("score", tmp_path), keepwell("check", tmp_path)
    assert (found.code, found.out, checked.code) == (1, "", 1)
    assert said in found.said
    assert said in checked.out
    assert checked.out.startswith("keepwell.yaml:")
    assert checked.out.splitlines()[1:] == ["1 error"]
    assert listing(tmp_path) == before


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("", "keepwell.yaml:1: error: the file is empty or no mapping"),
        ("- workspace\n", "keepwell.yaml:1: error: the file is empty or no mapping"),
        ("model: model.yaml\n", "keepwell.yaml:1: error: the file needs ‘workspace’."),
        ("workspace: acme corp!\n", "keepwell.yaml:1: error: workspace: ‘acme corp!’ is not a name; use letters"),
        (PINNED.replace("EUR", "euro"), "keepwell.yaml:3: error: currency: ‘euro’ is no currency; write its three"),
        (PINNED.replace("2026-06-30", "30.06.2026"), "keepwell.yaml:2: error: as_of: ‘30.06.2026’ is not a date that"),
        (PINNED.replace("2026-06-30", "2026-02-30"), "keepwell.yaml:2: error: as_of: ‘2026-02-30’ is not a date that"),
        ("workspace: acme # Größe\n".encode("latin-1"), "keepwell.yaml:1: error: this byte is not UTF-8"),
    ],
)
def test_workspace_files_that_are_none(tmp_path: Path, file: str | bytes, said: str) -> None:
    refused(tmp_path, {"keepwell.yaml": file}, said)


@pytest.mark.parametrize("place", ["postgresql://eva:s3cret@db/acme", "postgresql://db/acme?password=s3cret"])
def test_a_password_in_the_file_is_refused_and_never_printed(tmp_path: Path, place: str) -> None:
    written(tmp_path, {"keepwell.yaml": PINNED + f"sources: {{data: {{url: '{place}'}}}}\n"})
    for command in ("score", "check", "explain"):
        found = keepwell(command, tmp_path, *["A"] * (command == "explain"))
        assert found.code == 1
        assert "keepwell.yaml:4: error: sources.data: a password does not belong in this file" in found.out + found.err
        assert "s3cret" not in found.out + found.err


def test_a_password_from_the_environment_is_never_printed(tmp_path: Path) -> None:
    written(tmp_path, {"keepwell.yaml": PINNED + "sources: {data: {url: '${ACME_URL}'}}\n"})
    for command in ("score", "check"):
        found = keepwell(command, tmp_path, ACME_URL="postgresql://eva:s3cret@127.0.0.1:1/acme")
        assert found.code == 1
        assert "the database cannot be reached" in found.out + found.err
        assert "s3cret" not in found.out + found.err
        assert len((found.out + found.err).splitlines()) == (2 if command == "check" else 1)


def test_an_entry_that_nothing_reads(tmp_path: Path) -> None:
    checked = keepwell("check", written(tmp_path, {"keepwell.yaml": PINNED + "tables: {login: {delimiter: ';'}}\n"}))
    assert checked.code == 0
    assert checked.out.splitlines()[0] == (
        "keepwell.yaml:4: warning: tables.login: the model has no table ‘login’, so nothing reads this entry. "
        "Did you mean ‘logins’?"
    )


# ---- Places, days, accounts


def test_a_folder_that_is_no_workspace(tmp_path: Path) -> None:
    nowhere, file = tmp_path / "nowhere", tmp_path / "file"
    file.touch()
    for command in ("score", "check"):
        assert said(command, nowhere).startswith(f"error: there is no folder {nowhere}. `keepwell init")
        assert said(command, tmp_path).startswith(f"error: {tmp_path} is no workspace: it has no keepwell.yaml.")
        assert said(command, file).startswith(f"error: {file} is a file; a workspace is a folder")
    assert list(tmp_path.iterdir()) == [file]


def said(*arguments: object, code: int = 1) -> str:
    found = keepwell(*arguments)
    assert (found.code, found.out) == (code, "")
    return found.said


@pytest.mark.parametrize("value", ["yesterday", "2026-02-30", "20260630", "30.06.2026", "2026-W26-2", "", "2026-6-1"])
def test_dates_that_are_none(tmp_path: Path, value: str) -> None:
    written(tmp_path)
    expected = f": ‘{value}’ is not a date that exists; write it as 2026-01-31."
    assert said("score", tmp_path, "--as-of", value, code=2) == f"error: --as-of{expected}"
    assert said("check", tmp_path, "--as-of", value, code=2) == f"error: --as-of{expected}"
    assert said("explain", tmp_path, "A", "--since", value, code=2) == f"error: --since{expected}"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_end_of_time(tmp_path: Path, day: str) -> None:
    written(tmp_path)
    expected = f"error: {day} cannot be scored; days from 1900-01-01 to 2200-01-01 can."
    assert said("score", tmp_path, "--as-of", day, code=2) == expected
    assert said("check", tmp_path, "--as-of", day, code=2) == expected


def nobody(found: Answer) -> str:
    """The sentence that stands for a table without rows; the CSV keeps its header."""
    assert found.code == 0
    assert len(found.out.splitlines()) == 1
    return found.err.splitlines()[-1]


def test_a_day_before_anybody_was_born(tmp_path: Path) -> None:
    written(tmp_path)
    expected = "no account lives on 2020-01-01: the first of 5 begins on 2024-01-01."
    assert nobody(keepwell("score", tmp_path, "--as-of", "2020-01-01", "--format", "csv")) == expected
    people = keepwell("score", tmp_path, "--as-of", "2020-01-01")
    assert nobody(people) == expected
    assert people.out.startswith("Acme as of 2020-01-01")
    assert f"accounts: warning: {expected}" in keepwell("check", tmp_path, "--as-of", "2020-01-01").out


def test_everybody_has_left(tmp_path: Path) -> None:
    accounts = (
        "account_id,name,csm,arr,started_on,ended_on\nE,Elm,,,2024-01-01,2026-02-01\nF,,,,2023-01-01,2025-01-01\n"
    )
    written(tmp_path, {"data/accounts.csv": accounts})
    expected = "no account lives on 2026-06-30: the last of 2 ended on 2026-02-01."
    assert nobody(keepwell("score", tmp_path, "--format", "csv")) == expected
    assert said("explain", tmp_path, "Z", code=2) == f"error: {expected}"


def test_no_account_at_all(tmp_path: Path) -> None:
    written(tmp_path, {"data/accounts.csv": ACCOUNTS.splitlines()[0] + "\n"})
    expected = "there is no account: data/accounts.csv has no row with an id."
    assert nobody(keepwell("score", tmp_path)) == expected
    assert said("explain", tmp_path, "A", code=2) == f"error: {expected}"
