"""A sheet of questions goes out and comes back: what stands in it, what is taken, what is refused."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from keepwell.workspace import check_workspace, open_workspace
from keepwell.workspace.pulses.export import quoted, unquoted
from keepwell.workspace.pulses.sheet import sheet_of
from tests.cli.folder import Answer, keepwell, listing

MODEL = """\
model: asked
entities:
  account: {table: accounts, key: account_id, name: name, owner: csm, from: from, until: until}
inputs:
  commitment: {choice: [renews, neutral, doubts], help: Does it mean to stay?, by: csm, valid: 90 days}
  sentiment: {scale: [1, 5]}
  savings: {number: [0, null], unit: EUR}
  due: {date: true}
  ecosystem: {yes_no: {mobile: Sells on mobile?, brands: All brands?}}
metrics:
  commitment: {input: commitment}
  sentiment: {input: sentiment}
  savings: {input: savings}
  due: {input: due}
  ecosystem: {input: ecosystem}
scores:
  health:
    parts:
      commitment: {metric: commitment, map: [[renews, 100], [neutral, 50], [doubts, 0]]}
      sentiment: {metric: sentiment, curve: [[1, 0], [5, 100]]}
    tiers: [{at: else, is: any}]
"""
ACCOUNTS = """\
account_id,name,csm,from,until
007,=SUM(A1),Ines,2024-01-01,
B,Birch,Tomasz,2024-01-01,
C,Cedar,Ines,2024-01-01,2026-01-01
"""
HEAD = "account_id,input,word,number,date,author,answered_on,known,reason,sheet\n"
PULSES = (
    HEAD
    + """\
007,commitment,renews,,,Ines,2026-03-01,2026-03-01,,
007,commitment,doubts,,,Ines,2026-06-01,2026-06-02,,
007,sentiment,,4,,Ines,2025-01-01,2025-01-01,,
B,commitment,neutral,,,Tomasz,2026-04-01,2026-04-01,,
B,due,,,2026-12-31,Tomasz,2026-04-01,2026-04-01,,
B,savings,,12.5,,Tomasz,2026-06-30,2026-07-04,,
B,ecosystem.mobile,yes,,,Tomasz,2026-04-01,2026-04-01,,
"""
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace that stands at 2026-06-30."""
    made = tmp_path / "w"
    (made / "data").mkdir(parents=True)
    (made / "keepwell.yaml").write_text("workspace: w\nas_of: 2026-06-30\n")
    (made / "model.yaml").write_text(MODEL)
    (made / "data" / "accounts.csv").write_text(ACCOUNTS)
    (made / "data" / "pulses.csv").write_text(PULSES)
    return made


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))


def kept(folder: Path) -> list[dict[str, str]]:
    return rows(folder / "data" / "pulses.csv")


def sheet(folder: Path, *lines: str, name: str = "filled.csv") -> Path:
    path = folder.parent / name
    path.write_text("\n".join(lines) + "\n")
    return path


def imported(folder: Path, path: Path, *options: str) -> Answer:
    return keepwell("pulse", folder, "--import", path, *options)


# ---- Out


def test_a_sheet_shows_what_counts_today(folder: Path) -> None:
    """The doubts of 1 June count; B's answer of 1 April has been too old since 30 June (90 days); July is not known."""
    with open_workspace(folder) as workspace:
        found = sheet_of(workspace)
    first, second = found.rows
    assert (first.account, first.name, first.owner) == ("007", "=SUM(A1)", "Ines")
    assert (first.known["commitment"].value, first.known["commitment"].on) == ("doubts", date(2026, 6, 1))
    assert (first.known["sentiment"].value, first.known["sentiment"].on) == (Decimal(4), date(2025, 1, 1))
    assert (second.known["commitment"].value, second.known["commitment"].on) == (None, date(2026, 4, 1))
    assert second.known["due"].value == date(2026, 12, 31)
    assert second.known["savings"].value is None
    assert (second.known["ecosystem.mobile"].value, second.known["ecosystem.brands"].value) == ("yes", None)
    assert found.answered == 4


def test_a_table_of_pulses_of_the_models_own(folder: Path) -> None:
    """With a condition over attributes, a contact beside the account, and metrics of another level."""
    declared = "tables: {pulses: {standard: true, connected_if: csm = 'Ines'}, contacts: {account: account_id}}\n"
    model = MODEL.replace("inputs:", "  contact: {table: contacts, key: id, in: account}\ninputs:")
    model = model.replace("metrics:", "metrics:\n  csm: {attribute: csm}\n  role: {for: contact, attribute: role}")
    (folder / "model.yaml").write_text(model + declared)
    with open_workspace(folder) as workspace:
        found = sheet_of(workspace)
    assert found.rows[1].known["due"].value == date(2026, 12, 31)
    assert found.answered == 4
    assert imported(folder, sheet(folder, "account_id,owner,due", "B,Tomasz,2027-01-01")).code == 0


def test_the_sheet_and_the_score_read_the_same(folder: Path) -> None:
    """Doubts give 0 and a sentiment of 4 gives 75: 37.5. B has nothing that counts."""
    with open_workspace(folder) as workspace:
        found = {row["id"]: row["score"] for row in workspace.score().table.to_pyarrow().to_pylist()}
    assert found == {"007": 37.5, "B": None}


def test_csv_escapes_what_a_spreadsheet_would_run(folder: Path) -> None:
    out = folder.parent / "out.csv"
    assert keepwell("pulse", folder, "--export", out).code == 0
    first = rows(out)[0]
    assert (first["account_id"], first["name"]) == ("007", "'=SUM(A1)")
    assert (first["commitment now"], first["commitment on"], first["commitment"]) == ("doubts", "2026-06-01", "")


@pytest.mark.parametrize("text", ["=1+1", "+49", "-A1", "@x", "\tx", "plain", "'quoted", "it's"])
def test_what_is_escaped_comes_back(text: str) -> None:
    assert unquoted(quoted(text)) == text
    assert not quoted(text).startswith(("=", "+", "-", "@", "\t"))


def test_a_workbook_has_help_drop_downs_and_no_formula(folder: Path) -> None:
    out = folder.parent / "out.xlsx"
    assert keepwell("pulse", folder, "--export", out).code == 0
    book = load_workbook(out)
    page = book["pulses"]
    head = [cell.value for cell in page[1]]
    assert (page["A2"].value, page["A2"].data_type, page["B2"].data_type) == ("007", "s", "s")
    comment = page.cell(1, head.index("commitment") + 1).comment
    assert comment.text == (
        "Does it mean to stay? One of: renews, neutral, doubts. Answered by: csm. Counts for 90 days."
    )
    rules = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
    assert len(rules) == 4, "a choice, a scale and two questions of a list"
    options = rules["F2:F3"].removeprefix("=help!").replace("$", "")
    assert [cell.value for cell in book["help"][options][0]] == ["renews", "neutral", "doubts"]
    assert page.column_dimensions[get_column_letter(head.index("due") + 1)].number_format == "yyyy-mm-dd"
    assert "F2:F3" in {str(cells.sqref) for cells in page.conditional_formatting}
    assert not [cell for row in page.iter_rows() for cell in row if cell.data_type == "f"]


def test_one_persons_book(folder: Path) -> None:
    out = folder.parent / "out.csv"
    said = keepwell("pulse", folder, "--export", out, "--owner", "Ines")
    assert "1 account of Ines, 6 questions." in said.out
    assert [row["account_id"] for row in rows(out)] == ["007"]


def test_a_sheet_that_may_hold_answers_is_not_overwritten(folder: Path) -> None:
    out = sheet(folder, "mine", name="out.csv")
    said = keepwell("pulse", folder, "--export", out)
    assert (said.code, out.read_text()) == (2, "mine\n")
    assert "is there already and may hold answers" in said.said


# ---- Back


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_unchanged_sheet_brings_nothing(folder: Path, ending: str) -> None:
    before = listing(folder)
    out = folder.parent / f"out.{ending}"
    keepwell("pulse", folder, "--export", out)
    said = imported(folder, out)
    assert (said.code, said.out) == (0, f"data/pulses.csv: nothing new in {out}.\n")
    assert listing(folder) == before


def test_a_filled_workbook_is_taken_once(folder: Path) -> None:
    out = folder.parent / "out.xlsx"
    keepwell("pulse", folder, "--export", out)
    book = load_workbook(out)
    page: Any = book["pulses"]
    head = [cell.value for cell in page[1]]
    filled: dict[str, Any] = {"commitment": "Renews", "sentiment": 5, "savings": 1200.5, "due": date(2027, 1, 31)}
    for name, value in (filled | {"ecosystem.brands": "no", "reason": "Talked on the phone"}).items():
        page.cell(3, head.index(name) + 1).value = value
    book.save(out)
    assert "data/pulses.csv: 5 new answers." in imported(folder, out).out
    new = kept(folder)[7:]
    assert [(row["input"], row["word"] or row["number"] or row["date"]) for row in new] == [
        ("commitment", "renews"),
        ("sentiment", "5"),
        ("savings", "1200.5"),
        ("due", "2027-01-31"),
        ("ecosystem.brands", "no"),
    ]
    assert {(row["account_id"], row["author"], row["answered_on"], row["reason"]) for row in new} == {
        ("B", "Tomasz", "2026-06-30", "Talked on the phone")
    }
    with open_workspace(folder) as workspace:
        assert {row["id"]: row["score"] for row in workspace.score().table.to_pyarrow().to_pylist()}["B"] == 100
    before = listing(folder)
    again = imported(folder, out)
    assert again.out.splitlines()[0] == f"data/pulses.csv: nothing new in {out}."
    assert "5 answers were taken from it before" in again.out
    assert listing(folder) == before


def test_what_is_in_the_file_stays_byte_by_byte(folder: Path) -> None:
    """Also without a line end at its end, with other columns, and with the line ends of Windows."""
    own = "note," + HEAD.replace("\n", "\r\n") + "mine,B,commitment,neutral,,,Tomasz,2026-04-01,2026-04-01,,"
    path = folder / "data" / "pulses.csv"
    path.write_bytes(own.encode())
    imported(folder, sheet(folder, "account_id,commitment", "007,neutral"), "--author", "Müller, Ines")
    text = path.read_bytes().decode()
    assert text.startswith(own + '\r\n,007,commitment,neutral,,,"Müller, Ines",2026-06-30,2026-06-30 ')
    assert text.endswith(",,\r\n")


def test_a_file_of_pulses_is_made_where_there_is_none(folder: Path) -> None:
    (folder / "data" / "pulses.csv").unlink()
    said = imported(folder, sheet(folder, "account_id;owner;sentiment;answered_on", "B;Tomasz;2;2026-06-01"))
    assert said.code == 0
    (row,) = kept(folder)
    assert list(row) == HEAD.strip().split(",")
    assert (row["number"], row["answered_on"], row["known"][:10]) == ("2", "2026-06-01", "2026-06-30")
    assert check_workspace(folder) == []


def test_the_last_answer_of_a_day_is_the_one(folder: Path) -> None:
    """‘doubts’ sorts before ‘renews’, so that the larger word would win a tie of times."""
    for word in ("renews", "doubts"):
        imported(folder, sheet(folder, "account_id,commitment", f"B,{word}"), "--author", "x")
    with open_workspace(folder) as workspace:
        assert sheet_of(workspace).rows[1].known["commitment"].value == "doubts"


def test_an_answer_given_earlier_is_known_from_today(folder: Path) -> None:
    imported(folder, sheet(folder, "account_id,owner,sentiment", "B,Tomasz,2"), "--on", "2026-05-01")
    with open_workspace(folder) as workspace:
        then = {row["id"]: row["score"] for row in workspace.score(date(2026, 5, 31)).table.to_pyarrow().to_pylist()}
        later = workspace.score(date(2026, 5, 31), date(2026, 6, 30)).table.to_pyarrow().to_pylist()
    assert then["B"] == 50, "the commitment of April alone: neutral"
    assert {row["id"]: row["score"] for row in later}["B"] == 37.5, "(50 + 25) / 2"


BAD = [
    "account_id,owner,commitment,sentiment,savings,due,ecosystem.mobile,answered_on",
    "007,Ines,renewz,6,-1,31.01.2027,maybe,",
    "08,Ines,renews,,,,,",
    "B,,neutral,2.5,abc,,,2026-07-05",
    'B,Tomasz,Doubts,,"3,5",,,2026-02-30',
]


def test_one_wrong_cell_refuses_the_sheet_and_each_is_named(folder: Path) -> None:
    before = listing(folder)
    said = imported(folder, sheet(folder, *BAD))
    assert (said.code, said.out) == (1, "")
    assert [line.removeprefix("filled.csv: error: ") for line in said.err.splitlines()] == [
        "row 2, commitment: ‘renewz’ is no answer here. Did you mean ‘renews’?",
        "row 2, sentiment: 6 does not fit: a whole number from 1 to 5.",
        "row 2, savings: -1 does not fit: a number from 0 in EUR.",
        "row 2, due: ‘31.01.2027’ is no date that exists; write it as 2026-01-31.",
        "row 2, ecosystem.mobile: ‘maybe’ is no answer here; one of: yes, no.",
        "row 3: there is no account ‘08’.",
        "row 4: ‘B’ has no owner in this sheet, so nobody is known to say this; add --author NAME.",
        "row 4, sentiment: 2.5 does not fit: a whole number from 1 to 5.",
        "row 4, savings: ‘abc’ is no number.",
        "row 5: answered_on: ‘2026-02-30’ is no date that exists; write it as 2026-01-31.",
        "row 5, commitment: ‘B’ has an answer in row 4 already.",
        "row 5, savings: ‘3,5’ is no number; write decimals with a point and thousands without a mark.",
    ]
    assert listing(folder) == before


def test_an_answer_of_tomorrow_is_refused(folder: Path) -> None:
    path = sheet(folder, "account_id,owner,sentiment,answered_on", "B,Tomasz,2,2026-07-01")
    assert imported(folder, path).said.endswith("row 2: answered_on: 2026-07-01 lies ahead; today is 2026-06-30.")
    said = imported(folder, path, "--on", "2026-07-01")
    assert (said.code, said.said) == (2, "error: --on 2026-07-01 lies ahead; today is 2026-06-30.")


def test_two_imports_at_once_both_count(folder: Path) -> None:
    """Each waits for the other: neither writes over what the other added."""
    sheets = [sheet(folder, "account_id,sentiment", f"B,{value}", name=f"{value}.csv") for value in range(1, 5)]
    command = [sys.executable, "-m", "keepwell", "pulse", str(folder), "--author", "x", "--import"]
    running = [subprocess.Popen([*command, str(path)], stdout=subprocess.DEVNULL) for path in sheets]
    assert [process.wait(120) for process in running] == [0] * 4
    assert sorted(row["number"] for row in kept(folder)[7:]) == ["1", "2", "3", "4"]


def test_a_sheet_is_not_written_among_the_data(folder: Path) -> None:
    answer = keepwell("pulse", folder, "--export", folder / "data" / "questions.csv")
    assert answer.code == 2
    assert "lies among the data of the workspace" in answer.said
    assert not (folder / "data" / "questions.csv").exists()


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("account_id,comitment", "the model asks for nothing called ‘comitment’. Did you mean ‘commitment’?"),
        ("acount_id,commitment", "there is no column ‘account_id’. Did you mean ‘acount_id’?"),
        ("account_id,name", "none of its columns is a question of the model."),
    ],
)
def test_a_sheet_with_other_columns(folder: Path, head: str, said: str) -> None:
    answer = imported(folder, sheet(folder, head, "B,renews"))
    assert answer.code == 1
    assert said in answer.said


def test_a_column_that_nothing_reads_is_said(folder: Path) -> None:
    answer = imported(folder, sheet(folder, "account_id,owner,sentiment,my remarks", "B,Tomasz,2,hm"))
    assert answer.code == 0
    assert answer.said.endswith("filled.csv: nothing reads the column ‘my remarks’.")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "say one of --export FILE"),
        (["--export", "a.csv", "--import", "b.csv"], "say one of --export FILE"),
        (["--export", "a.ods"], "ends in neither .csv nor .xlsx"),
        (["--export", "a.csv", "--author", "x"], "--author does not go with --export"),
        (["--import", "a.csv", "--owner", "x"], "--owner does not go with --import"),
        (["--import", "not-there.csv"], "there is no file not-there.csv"),
        (["--export", "a.csv", "--owner", "Ine"], "nobody named ‘Ine’ looks after an account. Did you mean ‘Ines’?"),
    ],
)
def test_wrong_use(folder: Path, options: list[str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    before = listing(folder.parent)
    answer = keepwell("pulse", folder, *options)
    assert answer.code == 2
    assert said in answer.said
    assert listing(folder.parent) == before


def test_a_model_that_asks_nothing(folder: Path) -> None:
    (folder / "model.yaml").write_text("model: m\nextends: hbr\n")
    answer = keepwell("pulse", folder, "--export", folder.parent / "a.csv")
    assert answer.code == 2
    assert "asks people nothing; it needs `inputs:`" in answer.said


@pytest.mark.parametrize(
    ("config", "other", "said"),
    [
        ('tables: {pulses: {delimiter: ";"}}', None, "keepwell.yaml says `delimiter:` of pulses"),
        ("tables: {pulses: {path: p.parquet}}", None, "pulses lie in p.parquet"),
        ("sources: {data: {path: ../nowhere}}", None, "which is no folder"),
        ("", "pulses.xlsx", "pulses lie in pulses.xlsx, and answers are added to pulses.csv only"),
    ],
)
def test_pulses_that_lie_where_no_row_can_be_added(folder: Path, config: str, other: str | None, said: str) -> None:
    (folder / "keepwell.yaml").write_text(f"workspace: w\nas_of: 2026-06-30\n{config}\n")
    if other:
        Workbook().save(folder / "data" / other)
    before = listing(folder)
    answer = imported(folder, sheet(folder, "account_id,owner,sentiment", "B,Tomasz,2"))
    assert answer.code == 1
    assert said in answer.said
    assert listing(folder) == before


def test_a_file_of_other_columns_is_not_added_to(folder: Path) -> None:
    (folder / "data" / "pulses.csv").write_text("account_id,input,word\n")
    answer = imported(folder, sheet(folder, "account_id,owner,sentiment", "B,Tomasz,2"))
    assert "data/pulses.csv: error: it has no column ‘number’ and ‘date’" in answer.said


def test_a_full_disk_leaves_the_file_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = listing(folder)
    monkeypatch.setattr("os.fsync", full)
    answer = imported(folder, sheet(folder, "account_id,owner,sentiment", "B,Tomasz,2"))
    assert (answer.code, listing(folder)) == (1, before)
    assert "cannot be written: No space left on device" in answer.said
