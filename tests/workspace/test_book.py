"""The book of whole workspaces: of few accounts by hand, of the demo company and of public data by independent SQL."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from keepwell.demo.write import write_demo
from tests.cli.folder import keepwell
from tests.scoring.folder import NO_TREE, written

MODEL = (
    """
model: small
entities:
  account: {table: accounts, key: id, from: started, until: ended, name: name, value: arr}
tables:
  contracts: {account: id, time: signed, currency: currency, columns: {from_day: planned, to_day: planned}}
metrics:
  plan: {attribute: plan}
  seats: {attribute: seats}
  big: {expr: seats > 10}
book: {table: contracts, from: from_day, last: to_day, arr: arr}
"""
    + NO_TREE
)
TABLES = {
    "accounts": """
id,name,started,ended,arr,plan,seats
a,Alder,2024-01-01,,120,pro,20
b,Birch,2024-01-01,,0,basic,5
c,Cedar,2024-01-01,2026-02-15,50,pro,5
d,Dogwood,2026-03-01,,70,basic,30
""",
    "contracts": """
id,signed,from_day,to_day,arr,currency
a,2024-12-01,2025-01-01,2025-12-31,100,EUR
a,2025-12-01,2026-01-01,2026-12-31,120,EUR
b,2024-12-01,2025-01-01,2025-12-31,80,EUR
c,2025-06-01,2025-07-01,2026-06-30,50,EUR
d,2026-03-01,2026-03-01,2027-02-28,70,EUR
""",
}
WHOLE = ("--to", "2026-06-30", "--from", "2026-06-30")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return written(tmp_path, MODEL, TABLES)


def read(folder: Path, *options: str) -> list[dict[str, Any]]:
    done = keepwell("book", folder, *options, "--format", "json")
    assert done.code == 0, done.err
    found: list[dict[str, Any]] = json.loads(done.out)
    return found


def test_a_year_by_hand(small: Path) -> None:
    """On 2025-06-30 a and b are customers (180); a year later a (120) and d (70): b's ran out, c came and ended."""
    row = read(small, *WHOLE)[0]
    assert row == {
        "opens_on": "2025-06-30", "closes_on": "2026-06-30", "accounts_opening": 2, "accounts_new": 1,
        "accounts_returned": 0, "accounts_expansion": 1, "accounts_contraction": 0, "accounts_churn": 1,
        "accounts_closing": 2, "opening": 180, "new": 70, "returned": 0, "expansion": 20, "contraction": 0,
        "churn": 80, "closing": 190, "nrr": pytest.approx(120 / 180), "grr": pytest.approx(100 / 180),
        "logo_retention": 0.5,
    }  # fmt: skip


def test_who_is_gone_pays_nothing_however_long_the_contract_runs(small: Path) -> None:
    days = {row["day"]: row["arr"] for row in read(small, "--table", "steps") if row["account"] == "c"}
    assert days == {"2025-07-01": 50, "2026-02-15": 0}


def test_what_is_signed_after_the_end_says_that_it_came_back(small: Path) -> None:
    with (small / "data" / "contracts.csv").open("a") as file:
        file.write("c,2026-04-01,2026-05-01,2026-12-31,60,EUR\n")
    days = {row["day"]: row["arr"] for row in read(small, "--table", "steps") if row["account"] == "c"}
    assert days == {"2025-07-01": 50, "2026-02-15": 0, "2026-05-01": 60, "2027-01-01": 0}
    ends = {"--to": "2026-06-30", "--over": "2 months"}
    moved = read(
        small, "--from", "2026-06-30", *[word for pair in ends.items() for word in pair], "--table", "accounts"
    )
    assert [row["kind"] for row in moved if row["account"] == "c"] == ["returned"]


def test_a_contract_counts_from_when_it_was_known(small: Path) -> None:
    ends = ("--to", "2025-12-15", "--from", "2025-12-15", "--over", "1 month")
    before = read(small, *ends, "--table", "renewals")
    assert [row["account"] for row in before] == ["b"]
    with (small / "data" / "contracts.csv").open("a") as file:
        file.write("b,2025-12-20,2026-01-01,2026-12-31,80,EUR\n")
    assert read(small, *ends, "--table", "renewals") == before
    later = read(small, *ends, "--known-by", "2025-12-31", "--table", "renewals")
    assert later == []


def test_what_one_account_takes_over_from_another_is_neither_new_nor_churn(small: Path) -> None:
    """Birch goes on as Alder from 2025-10-01 on: its 80 are Alder's, at the opening too."""
    ids = "value: arr, ids: {table: ids, key: id_of, valid_from: since}}"
    model = MODEL.replace("value: arr}", ids).replace("tables:\n", "tables:\n  ids: {}\n")
    (small / "model.yaml").write_text(model)
    (small / "data" / "ids.csv").write_text("system,id,id_of,since\naccount,b,a,2025-10-01\n")
    row = read(small, *WHOLE)[0]
    assert (row["accounts_opening"], row["opening"], row["churn"], row["contraction"]) == (1, 180, 0, 60)


def test_groups_are_those_of_the_opening_else_of_the_closing(small: Path) -> None:
    with (small / "data" / "accounts.csv").open("a") as file:
        file.write("e,Elm,2024-01-01,,10,,\n")
    with (small / "data" / "contracts.csv").open("a") as file:
        file.write("e,2025-01-01,2025-01-01,,10,EUR\n")
    plans = {row["group"]: (row["opening"], row["closing"]) for row in read(small, *WHOLE, "--by", "plan")}
    assert plans == {"basic": (80, 70), "pro": (100, 120), None: (10, 10)}
    groups = {row["group"]: row["closing"] for row in read(small, *WHOLE, "--by", "big")}
    assert groups == {"true": 190, "false": 0, None: 10}
    groups = {row["group"]: row["closing"] for row in read(small, *WHOLE, "--by", "cohort")}
    assert groups == {"2025 Q1": 130, "2026 Q1": 70}


def test_windows_follow_each_other(small: Path) -> None:
    rows = read(small, "--from", "2025-09-30", "--every", "quarter", "--over", "1 quarter")
    assert [row["closes_on"] for row in rows] == ["2025-09-30", "2025-12-31", "2026-03-31", "2026-06-30"]
    assert [row["closing"] for row in rows[:-1]] == [row["opening"] for row in rows[1:]] == [230, 230, 190]


def test_people_read_it(small: Path) -> None:
    done = keepwell("book", small, *WHOLE, "--by", "plan")
    assert done.code == 0
    assert "small: EUR a year, over 12 calendar months, by what was known on 2026-06-30" in done.out
    assert "on 2026-06-30 the accounts" not in done.err
    assert keepwell("book", small, "--format", "markdown").out.startswith("### small: EUR a year")


def test_accounts_that_are_said_to_be_worth_something_else_are_named(small: Path) -> None:
    text = (small / "data" / "accounts.csv").read_text()
    (small / "data" / "accounts.csv").write_text(text.replace("d,Dogwood,2026-03-01,,70", "d,Dogwood,2026-03-01,,75"))
    said = "on 2026-06-30 the accounts are said to be worth 195, and the book has 190: 1 of 2 accounts differ."
    assert said in keepwell("book", small).err


def test_a_list_without_those_who_left_is_doubted(small: Path) -> None:
    done = keepwell("book", small, "--from", "2026-02-28", "--to", "2026-02-28", "--over", "1 year")
    assert "nobody leaves before 2026-01-01, and the rows begin on 2025-01-01" in done.err


def test_currencies_are_not_added_up(small: Path) -> None:
    with (small / "data" / "contracts.csv").open("a") as file:
        file.write("d,2026-04-01,2026-05-01,2026-12-31,60,USD\n")
    done = keepwell("book", small)
    assert done.code == 1
    assert "contracts has amounts in EUR, USD, and they cannot be added up" in done.err


def test_rows_that_cannot_count_are_counted(small: Path) -> None:
    with (small / "data" / "contracts.csv").open("a") as file:
        file.write(
            "a,2026-04-01,,2026-12-31,60,EUR\na,2026-04-01,2026-05-01,2026-12-31,,EUR\n,2026-04-01,2026-05-01,,1,EUR\n"
        )
        file.write("a,2026-04-01,2026-05-01,2026-04-01,7,EUR\n")
    done = keepwell("book", small)
    assert done.code == 0
    for said in ("an account", "a first day", "an amount"):
        assert f"left out: 1 row without {said}." in done.err
    assert "left out: 1 row whose end lies before the first day." in done.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--by", "plna"), "there is no such metric of accounts. Did you mean ‘plan’?"),
        (("--by", "seats"), "--by seats: its values are no words"),
        (("--over", "a while"), "--over: ‘a while’ is not a length of time"),
        (("--from", "2026-07-01"), "--from 2026-07-01 is after 2026-06-30"),
        (("--known-by", "2026-01-01"), "--known-by 2026-01-01 lies before 2026-06-30"),
        (("--table", "steps"), "--output and --table are for programs"),
    ],
)
def test_wrong_use_is_a_sentence(small: Path, options: tuple[str, ...], said: str) -> None:
    done = keepwell("book", small, *options)
    assert done.code == 2, done.err
    assert said in done.err


@pytest.mark.parametrize(
    ("book", "said"),
    [
        ("", "the model does not say which rows are revenue"),
        ("book: {table: contract, until: to_day, arr: arr}", "‘contract’ is no table. Did you mean ‘contracts’?"),
        ("book: {table: contracts, arr: arr}", "the book says when rows end"),
        ("book: {table: contracts, arr: arr, until: to_day, last: to_day}", "not both"),
        ("book: {table: contracts, until: to_day, arr: ar}", "there is no column ‘ar’, which book reads."),
        ("book: {table: rates, until: to_day, arr: arr}", "rates names no account"),
        ("book: {table: contracts, last: to_day, arr: currency}", "book.arr: ‘currency’ is no number"),
        ("book: {table: contracts, from: currency, last: to_day, arr: arr}", "book.from: ‘currency’ holds no times"),
        ("book: {table: contracts, last: to_day, arr: arr, where: arr + 1}", "book.where: ‘arr + 1’ is a number"),
    ],
)
def test_a_book_that_cannot_be_read_is_named(tmp_path: Path, book: str, said: str) -> None:
    declared = "book: {table: contracts, from: from_day, last: to_day, arr: arr}"
    model = MODEL.replace(declared, book).replace("metrics:", "  rates: {time: day}\nmetrics:", 1)
    done = keepwell("book", written(tmp_path, model, {**TABLES, "rates": "day,arr,to_day\n2026-01-01,1,2026-02-01"}))
    assert done.code == 1, done.err
    assert said in done.err
    checked = keepwell("check", tmp_path)
    assert checked.code == (1 if book else 0)
    assert not book or said in checked.out


def test_what_the_book_says_changes_no_version(small: Path) -> None:
    def version() -> str:
        return str(json.loads(keepwell("score", small, "--format", "json").out)[0]["version"])

    before = version()
    (small / "model.yaml").write_text(MODEL.replace("last: to_day", "until: to_day"))
    assert version() == before


SQL = """
with held as ({held}),
ends as (
    select account_id,
        coalesce(sum(arr) filter (begin <= '{opens}' and over > '{opens}'), 0) as opening,
        coalesce(sum(arr) filter (begin <= '{closes}' and over > '{closes}'), 0) as closing,
        bool_or(begin <= '{opens}') as was
    from held group by account_id
)
select count(*) filter (opening > 0), count(*) filter (closing > 0), sum(opening), sum(closing),
    coalesce(sum(closing) filter (opening = 0 and not was), 0), coalesce(sum(closing) filter (opening = 0 and was), 0),
    sum(closing - opening) filter (opening > 0 and closing > opening),
    sum(opening - closing) filter (closing > 0 and closing < opening),
    sum(opening) filter (closing = 0),
    sum(closing) filter (opening > 0) / sum(opening), sum(least(opening, closing)) / sum(opening)
from ends
"""
NAMES = (
    "accounts_opening", "accounts_closing", "opening", "closing", "new", "returned", "expansion", "contraction",
    "churn", "nrr", "grr",
)  # fmt: skip


def agree(rows: list[dict[str, Any]], held: str) -> None:
    """Every window has the numbers of an SQL of its own, and reconciles to zero."""
    assert len(rows) > 3
    for row in rows:
        query = SQL.format(held=held, opens=row["opens_on"], closes=row["closes_on"])
        expected = duckdb.execute(query).fetchall()[0]
        found = [row[name] for name in NAMES]
        assert found == pytest.approx([float(value) for value in expected], abs=1e-9), row["closes_on"]
        gains, losses = row["new"] + row["returned"] + row["expansion"], row["contraction"] + row["churn"]
        assert row["opening"] + gains - losses - row["closing"] == 0


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("book") / "demo"
    write_demo(folder, accounts=400, seed=7)
    return folder


HELD_OF_DEMO = """
    select account_id, c.arr, starts_on as begin, least(
        ends_on + 1,
        coalesce(lead(starts_on) over (partition by account_id order by starts_on, signed_on), date '9999-01-01'),
        case when signed_on < a.ended then a.ended else date '9999-01-01' end
    ) as over
    from '{data}/contracts.parquet' as c left join (
        select account_id, max_by(case when ended_on <= '{known}' then ended_on end, valid_from, 1)[1] as ended
        from '{data}/accounts.parquet' where valid_from <= '{known}' group by account_id
    ) as a using (account_id)
    where signed_on <= '{known}'
"""


def test_the_demo_company_agrees_with_an_sql_of_its_own(demo: Path) -> None:
    held = HELD_OF_DEMO.format(data=demo / "data", known="2026-06-30")
    agree(read(demo, "--from", "2025-01-01"), held)
    agree(read(demo, "--from", "2026-01-01", "--over", "1 quarter"), held)


def test_tiers_of_the_opening_add_up_to_the_whole(demo: Path) -> None:
    whole, tiers = read(demo, "--from", "2026-06-30")[0], read(demo, "--by", "tier")
    assert {"great", "good", "at_risk"} <= {row["group"] for row in tiers}
    for name in NAMES[:-2]:
        assert sum(row[name] for row in tiers) == pytest.approx(whole[name])
    scores = json.loads(keepwell("score", demo, "--as-of", "2025-06-30", "--format", "json").out)
    of = {row["account_id"]: row["tier"] for row in scores}
    moved = read(demo, "--by", "tier", "--table", "accounts")
    assert all(row["group"] == of.get(row["account"]) for row in moved if row["opening"] > 0)


@pytest.mark.parametrize("to", ["2023-06-30", "2023-12-31"])
def test_public_data_agrees_with_an_sql_of_its_own(data_folder: Path, to: str) -> None:
    folder = Path(__file__).parents[2] / "examples" / "fightchurn_crm5"
    held = f"""
        select account_id, round(12 * mrr, 6)::decimal(38, 6) as arr, start_date::date as begin, end_date::date as over
        from '{data_folder}/fightchurn_crm5/subscriptions.parquet'
        where plan not in ('meetings', 'search_unlimited') and start_date < date '{to}' + 1
    """
    rows = read(folder, "--to", to, "--from", "2023-02-28", "--over", "1 quarter")
    assert date.fromisoformat(rows[0]["opens_on"]) > date(2022, 1, 31)
    agree(rows, held)
