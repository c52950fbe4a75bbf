"""A folder of files becomes a workspace: what is recognised, how sure that is, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from keepwell.facts.engine import Engine
from keepwell.workspace import check_workspace, open_workspace
from keepwell.workspace.guess.names import fit, words
from keepwell.workspace.guess.profile import File, files_of
from keepwell.workspace.guess.tables import Guess, guessed
from tests.cli.folder import keepwell, listing

ACCOUNTS = "customer_id,company,start_date\nC1,Alder,2024-01-01\nC2,Birch,2024-02-01\nC3,Cedar,2024-03-01\n"
TICKETS = (
    "case_id,customer_id,created_at,resolved_at,severity,mood\n"
    "1,C1,2026-06-01,2026-06-03,Urgent,x\n2,C1,2026-06-20,,Urgent,y\n3,C2,2026-06-21,,low,z\n"
)


def written(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def guess(folder: Path, files: Mapping[str, str | bytes]) -> Guess:
    engine = Engine()
    try:
        found = files_of(engine, written(folder, files))
        return guessed(engine, [file for file in found if isinstance(file, File)])
    finally:
        engine.close()


def columns(guess: Guess, table: str) -> dict[str, tuple[str, str]]:
    """Standard column → the file's own and how sure that is."""
    return {name: (match.column.name, match.sure) for name, match in guess.tables[table].matches.items()}


# ---- Names


@pytest.mark.parametrize(
    ("name", "own", "also", "before", "sure"),
    [
        ("account_id", "account_id", [], "", "sure"),
        ("AccountID", "account_id", [], "", "sure"),
        ("Kundennr.", "account_id", ["kundennr"], "", "likely"),
        ("Fällig am", "due_on", ["faellig_am"], "", "likely"),
        ("ticket_priority", "priority", [], "ticket", "likely"),
        ("acount_id", "account_id", [], "", "guess"),
        ("colour", "account_id", ["customer_id"], "", None),
        ("ids", "id", [], "", None),
    ],
)
def test_how_well_a_name_fits(name: str, own: str, also: list[str], before: str, sure: str | None) -> None:
    found = fit(name, own, also, before)
    assert (found[0] if found else None) == sure


def test_the_words_of_a_name() -> None:
    assert words("crmAccounts_export 2026") == ["crm", "accounts", "export"]


# ---- Tables and columns


def test_tables_and_columns_by_name_and_content(tmp_path: Path) -> None:
    found = guess(tmp_path, {"customers.csv": ACCOUNTS, "support_cases_2026.csv": TICKETS})
    assert {name: (table.file.shown, table.sure) for name, table in found.tables.items()} == {
        "accounts": ("customers.csv", "likely"),
        "tickets": ("support_cases_2026.csv", "likely"),
    }
    assert columns(found, "accounts") == {
        "account_id": ("customer_id", "likely"),
        "name": ("company", "likely"),
        "started_on": ("start_date", "likely"),
    }
    assert columns(found, "tickets") == {
        "ticket_id": ("case_id", "likely"),
        "account_id": ("customer_id", "sure"),
        "opened_at": ("created_at", "likely"),
        "closed_at": ("resolved_at", "likely"),
        "priority": ("severity", "likely"),
    }
    assert found.tables["tickets"].unused == ["mood"]
    assert found.left_out == {}


def test_standard_names_are_sure(tmp_path: Path) -> None:
    files = {
        "accounts.csv": "account_id,name\nA,Alder\nB,Birch\n",
        "tickets.csv": "account_id,opened_at\nA,2026-06-01\n",
    }
    found = guess(tmp_path, files)
    assert {table.sure for table in found.tables.values()} == {"sure"}
    assert {sure for table in found.tables for _, sure in columns(found, table).values()} == {"sure"}


def test_an_id_by_its_content_alone(tmp_path: Path) -> None:
    found = guess(tmp_path, {"customers.csv": ACCOUNTS, "nps.csv": "ref,date,nps\nC1,2026-06-01,9\nC2,2026-06-02,3\n"})
    assert columns(found, "surveys")["account_id"] == ("ref", "likely")


@pytest.mark.parametrize(
    ("known", "sure"), [(20, "sure"), (19, "sure"), (12, "likely"), (9, None)], ids=["all", "95 %", "60 %", "45 %"]
)
def test_how_many_ids_are_known(tmp_path: Path, known: int, sure: str | None) -> None:
    accounts = "account_id\n" + "".join(f"A{number}\n" for number in range(known))
    rows = "account_id,opened_at\n" + "".join(f"A{number},2026-06-01\n" for number in range(20))
    found = guess(tmp_path, {"accounts.csv": accounts, "tickets.csv": rows})
    assert ("tickets" in found.tables) == (sure is not None)
    if sure:
        assert columns(found, "tickets")["account_id"] == ("account_id", sure)
    else:
        assert found.left_out["tickets.csv"] == "it looks like tickets, and no column of it holds the ids of accounts"


def test_the_content_has_to_be_of_the_kind(tmp_path: Path) -> None:
    """Words in `closed_at` are no times, and no other column takes its name from it."""
    tickets = "account_id,opened_at,closed_at,resolved_at\nC1,2026-06-01,soon,2026-06-02\n"
    found = guess(tmp_path, {"customers.csv": ACCOUNTS, "tickets.csv": tickets})
    assert "closed_at" not in columns(found, "tickets")
    assert found.tables["tickets"].unused == ["closed_at", "resolved_at"]


def test_two_files_for_one_table(tmp_path: Path) -> None:
    """The surer name wins; with equal names the one with more columns that are known."""
    events = "account_id,happened_at\nC1,2026-06-01\n"
    more = "account_id,happened_at,user_id\nC1,2026-06-01,u\n"
    found = guess(tmp_path, {"customers.csv": ACCOUNTS, "usage.csv": more, "events.csv": events, "logins.csv": events})
    assert found.tables["events"].file.shown == "events.csv"
    assert found.left_out["usage.csv"] == "it looks like events, and events.csv does so more"


def test_customers_in_a_pipeline_are_no_prospects(tmp_path: Path) -> None:
    found = guess(
        tmp_path,
        {"customers.csv": ACCOUNTS, "leads.csv": "lead_id,company,created_at\n1,C1,2026-01-01\n2,C2,2026-01-02\n"},
    )
    assert list(found.tables) == ["accounts"]
    assert "its column ‘company’ names accounts" in found.left_out["leads.csv"]


def test_accounts_without_a_name_for_it(tmp_path: Path) -> None:
    found = guess(tmp_path, {"telco.csv": "customerID,x\na,1\nb,2\n", "other.csv": "customerID,x\na,1\na,2\n"})
    assert found.tables["accounts"].why == "its ‘customerID’ is different in every row"


def test_rows_that_name_a_subscription_only(tmp_path: Path) -> None:
    files = {
        "accounts.csv": "account_id\nC1\nC2\n",
        "subscriptions.csv": "subscription_id,account_id,start_date,mrr\nS1,C1,2026-01-01,10\nS2,C2,2026-01-01,20\n",
        "usage.csv": "subscription_id,used_at\nS1,2026-06-01\nS2,2026-06-02\n",
    }
    found = guess(tmp_path, files)
    assert found.tables["events"].link == "subscription_id"
    assert "account_id" not in found.tables["events"].matches


def test_nothing_hangs_on_subscriptions_that_are_a_guess(tmp_path: Path) -> None:
    """Their dates can be read in two ways, so they are a comment; the rows that name only them are left out."""
    subscriptions = "subscription_id,account_id,start_date\nS1,C1,01/02/2026\nS2,C2,03/02/2026\n"
    files = {
        "accounts.csv": "account_id\nC1\nC2\n",
        "subscriptions.csv": subscriptions,
        "usage.csv": "subscription_id,used_at\nS1,2026-06-01\nS2,2026-06-02\n",
    }
    assert guess(tmp_path / "exports", files).tables["subscriptions"].sure == "guess"
    said = keepwell("init", tmp_path / "acme", "--from", tmp_path / "exports")
    assert "usage.csv: left out; it looks like events, and no column of it holds the ids of accounts." in said.out
    assert {item.severity for item in check_workspace(tmp_path / "acme")} == {"note"}


# ---- Dates and decimals


@pytest.mark.parametrize(
    ("values", "kind", "dates", "unsure"),
    [
        (["2026-06-01", "2026-06-13"], "time", (), False),
        (["01.06.2026", "13.06.2026"], "time", ("%d.%m.%Y",), False),
        (["13/06/2026", "01/06/2026"], "time", ("%d/%m/%Y",), False),
        (["06/13/2026", "06/01/2026"], "time", ("%m/%d/%Y",), False),
        (["06/07/2026", "06/01/2026"], "time", ("%d/%m/%Y",), True),
        (["27-06-2026", "28-06-2026 03:00"], "time", ("%d-%m-%Y", "%d-%m-%Y %H:%M", "%d-%m-%Y %H:%M:%S"), False),
        (["01.06.2026", "soon"], "text", (), False),
        (["1", "2.5"], "number", (), False),
        (["007", "8"], "text", (), False),
        (["yes", "No"], "yes_no", (), False),
        (["", " "], "empty", (), False),
    ],
)
def test_the_kind_of_a_column(
    tmp_path: Path, values: list[str], kind: str, dates: tuple[str, ...], unsure: bool
) -> None:
    written(tmp_path, {"a.csv": "x,y\n" + "".join(f"{value},1\n" for value in values)})
    engine = Engine()
    (file,) = files_of(engine, tmp_path)
    engine.close()
    assert isinstance(file, File)
    assert (file.columns["x"].kind, file.options.dates, file.columns["x"].unsure) == (kind, dates, unsure)


def test_another_column_tells_which_day_is_meant(tmp_path: Path) -> None:
    written(tmp_path, {"a.csv": "x,y\n06/07/2026,13/06/2026\n01/02/2026,01/01/2026\n"})
    engine = Engine()
    (file,) = files_of(engine, tmp_path)
    engine.close()
    assert isinstance(file, File)
    assert file.options.dates == ("%d/%m/%Y",)
    assert not any(column.unsure for column in file.columns.values())


@pytest.mark.parametrize(
    ("values", "decimal", "high"),
    [
        (["1.200,50", "3"], ",", 1200.5),
        (["2,000", "3,000"], ".", None),
        (["1,5", "x"], ".", None),
    ],
)
def test_decimal_commas(tmp_path: Path, values: list[str], decimal: str, high: float | None) -> None:
    """`2,000` alone may be two or two thousand: it is left as words."""
    written(tmp_path, {"a.csv": "x;y\n" + "".join(f"{value};a\n" for value in values)})
    engine = Engine()
    (file,) = files_of(engine, tmp_path)
    engine.close()
    assert isinstance(file, File)
    assert (file.options.delimiter, file.options.decimal, file.columns["x"].high) == (";", decimal, high)


# ---- The workspace


def german(folder: Path) -> Path:
    accounts = (
        "Kundennr;Firma;Kunde seit;Jahresumsatz\r\n0017;Müller;03.01.2022;1.200,50\r\n0018;Groß;14.02.2023;900,00\r\n"
    )
    invoices = "Kundennr;Rechnungsnr;fällig am;bezahlt am\r\n0017;R1;20.06.2026;19.06.2026\r\n0018;R2;21.06.2026;\r\n"
    written(folder, {"Kunden.csv": accounts.encode("cp1252"), "Rechnungen.csv": invoices.encode("cp1252")})
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Termine"
    first.append(["Kundennr", "Datum", "Art"])
    first.append(["0017", date(2026, 6, 1), "Besuch"])
    book.create_sheet("leer")
    book.save(folder / "crm.xlsx")
    users = {"account": ["0017", "0018"], "at": [date(2026, 6, 25), date(2026, 6, 26)], "user": ["u", "v"]}
    (folder / "Bilder").mkdir()
    (folder / "logins").mkdir()
    pq.write_table(pa.table(users), folder / "logins" / "part.parquet")
    return folder


def test_a_german_folder_becomes_a_workspace_without_a_finding(tmp_path: Path) -> None:
    """By hand: 0017 paid its one invoice (100), was met 29 days ago (100) and was active on one of 12 days (8.33)."""
    before = listing(german(tmp_path / "exports"))
    said = keepwell("init", tmp_path / "acme", "--from", tmp_path / "exports")
    assert said.code == 0
    assert "Kunden.csv → accounts  (likely: another name for it; 2 rows)" in said.out
    assert "crm.xlsx, sheet leer: left out; the sheet is empty" in said.out
    assert "Bilder: left out; a folder without a data file in it." in said.out
    assert listing(tmp_path / "exports") == before
    assert sorted(listing(tmp_path / "acme")) == ["keepwell.yaml", "model.yaml"]
    day = date(2026, 6, 30)
    assert check_workspace(tmp_path / "acme", day) == []
    with open_workspace(tmp_path / "acme") as workspace:
        rows = {row["id"]: row for row in workspace.score(day).table.to_pyarrow().to_pylist()}
        worth = {row["id"]: row["value"] for row in workspace.metrics(day).accounts.to_pyarrow().to_pylist()}
    assert worth == {"0017": 1200.5, "0018": 900}
    assert rows["0017"]["score"] == round((100 + 100 / 12 + 100) / 3, 2)


def test_what_is_only_a_guess_is_a_comment(tmp_path: Path) -> None:
    files = {"customers.csv": ACCOUNTS, "nps.csv": "customer_id,date,score\nC1,05/06/2026,9\nC2,06/06/2026,7\n"}
    written(tmp_path / "exports", files)
    keepwell("init", tmp_path / "acme", "--from", tmp_path / "exports")
    config, model = (tmp_path / "acme" / name for name in ("keepwell.yaml", "model.yaml"))
    assert "#   surveys: # guess" in config.read_text()
    assert "#   surveys: standard # a guess" in model.read_text()
    assert "#   nps: {nps: surveys.score, over: 365 days" in model.read_text()
    assert [item.severity for item in check_workspace(tmp_path / "acme")] == ["note"], "nobody has answered yet"
    for path in (config, model):
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(line.removeprefix("# ") if line.startswith("#   ") else line for line in lines))
    assert [item.severity for item in check_workspace(tmp_path / "acme")] == ["note"]
    with open_workspace(tmp_path / "acme") as workspace:
        metrics = workspace.metrics().rows.to_pyarrow().to_pylist()
    assert {row["id"]: row["number"] for row in metrics if row["metric"] == "nps"} == {"C1": 100, "C2": 0, "C3": None}


def test_people_are_asked_where_no_file_says_anything(tmp_path: Path) -> None:
    written(tmp_path / "exports", {"customers.csv": ACCOUNTS})
    said = keepwell("init", tmp_path / "acme", "--from", tmp_path / "exports")
    asked = "Asked of people, as no file says it: relationship_quality, product_usage, value_realisation."
    assert asked in said.out
    assert [item.severity for item in check_workspace(tmp_path / "acme")] == ["note"]
    sheet = tmp_path / "answers.csv"
    sheet.write_text("account_id,relationship,usage,value\nC1,5,3,1\n")
    assert keepwell("pulse", tmp_path / "acme", "--import", sheet, "--author", "x").code == 0
    with open_workspace(tmp_path / "acme") as workspace:
        rows = {row["id"]: row["score"] for row in workspace.score().table.to_pyarrow().to_pylist()}
    assert rows["C1"] == 50, "(100 + 50 + 0) / 3"
    assert sorted(path.name for path in (tmp_path / "exports").iterdir()) == ["customers.csv"]


def test_an_archive_is_scored_as_of_its_last_day(tmp_path: Path) -> None:
    written(tmp_path / "exports", {"customers.csv": ACCOUNTS, "cases.csv": TICKETS.replace("2026", "2025")})
    keepwell("init", tmp_path / "acme", "--from", tmp_path / "exports")
    assert "as_of: 2025-06-21 # the newest fact" in (tmp_path / "acme" / "keepwell.yaml").read_text()
    with open_workspace(tmp_path / "acme") as workspace:
        metrics = workspace.metrics().rows.to_pyarrow().to_pylist()
    urgent = {row["id"]: row["number"] for row in metrics if row["metric"] == "urgent_open"}
    assert urgent == {"C1": 1, "C2": 0, "C3": 0}, "C1 has one that is closed, and one that is open"


def test_names_that_yaml_would_misread(tmp_path: Path) -> None:
    accounts = 'customer_id,"comp\nany: #1",no,"a: b"\nC1,x,1,2\nC2,y,1,2\n'
    written(tmp_path / "exports", {"customers: #1 [a].csv": accounts})
    assert keepwell("init", tmp_path / "1 acme!", "--from", tmp_path / "exports").code == 0
    assert [item.severity for item in check_workspace(tmp_path / "1 acme!")] == ["note"]
    with open_workspace(tmp_path / "1 acme!") as workspace:
        assert workspace.config.workspace == "company_1_acme"


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    written(tmp_path / "exports", {"customers.csv": ACCOUNTS})
    before = listing(tmp_path)
    said = keepwell("init", tmp_path / "acme", "--from", tmp_path / "exports", "--dry-run")
    assert (said.code, said.out.splitlines()[-1]) == (0, "Nothing was written.")
    assert listing(tmp_path) == before


def test_wrong_use(tmp_path: Path) -> None:
    written(tmp_path / "exports", {"customers.csv": ACCOUNTS})
    written(tmp_path / "full", {"mine.txt": "x"})
    written(tmp_path / "none", {"notes.pdf": "x"})
    before = listing(tmp_path)
    for arguments, code, said in [
        (["full", "--from", "exports"], 2, "is not empty"),
        (["new", "--from", "nowhere"], 2, "there is no folder"),
        (["new", "--from", "none"], 2, "can be data"),
        (["new", "--dry-run"], 2, "--dry-run goes with --from"),
        (["new", "--from", "exports", "--template", "hbr"], 2, "--from and --template do not go together"),
    ]:
        paths = [
            str(tmp_path / item) if item in ("full", "exports", "new", "nowhere", "none") else item
            for item in arguments
        ]
        answer = keepwell("init", *paths)
        assert answer.code == code, arguments
        assert said in answer.said
    assert listing(tmp_path) == before


def test_a_folder_without_accounts(tmp_path: Path) -> None:
    written(tmp_path / "exports", {"cases.csv": TICKETS, "broken.csv": "a,b\n1,2,3\n", "void.csv": ""})
    answer = keepwell("init", tmp_path / "acme", "--from", tmp_path / "exports")
    assert answer.code == 1
    names = "(broken.csv, cases.csv, void.csv)"
    reasons = ("broken.csv: line 2 has 3 columns", "void.csv: the file is empty", "needed is one with an id")
    for part in (f"none of its files is a list of accounts {names}", *reasons):
        assert part in answer.said
    assert not (tmp_path / "acme").exists()
