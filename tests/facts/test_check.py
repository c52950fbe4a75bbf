"""What check says of data, in sentences: each defect planted alone, with its count."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from keepwell.facts.check import CODES
from keepwell.facts.check.words import many
from keepwell.facts.moment import Moment
from tests.facts.folder import ACCOUNTS, DAY, codes, facts_of, of, rows, said

MODEL = """
model: checked
entities:
  account: {table: accounts, key: account_id, from: started_on, until: ended_on}
  contact: {table: people, key: person_id, in: account}
tables:
  orders: {account: account_id, contact: person_id, time: at}
metrics: {n: {count: orders}}
"""
PEOPLE = "person_id,account_id\n1,A\n2,B\n"
HEADER = "account_id,person_id,at\n"


def orders(*rows: str, model: str = MODEL, **files: str) -> dict[str, str]:
    return {"orders.csv": HEADER + "".join(f"{row}\n" for row in rows), "people.csv": PEOPLE, **files}


def messages(tmp_path: Path, files: dict[str, str], code: str, model: str = MODEL, as_of: date = DAY) -> list[str]:
    return [finding.message for finding in of(facts_of(tmp_path, files, model), code, as_of)]


def test_clean_data_has_no_findings(tmp_path: Path) -> None:
    files = orders("A,1,2026-06-29 10:00", "B,2,2026-06-30 09:00", "A,1,2026-06-30 09:00")
    assert said(facts_of(tmp_path, files, MODEL)) == []


def test_a_table_without_a_file(tmp_path: Path) -> None:
    files = {"people.csv": PEOPLE, "order.csv": HEADER}
    assert said(facts_of(tmp_path, files, MODEL)) == [
        (
            "data: warning: 1 table that the model reads is not there, so what needs it is left out for all: "
            "orders (n). Did you mean ‘order’ by ‘orders’?"
        )
    ]


def test_missing_columns_are_all_named_and_other_tables_still_checked(tmp_path: Path) -> None:
    files = {"orders.csv": "acount_id,at\nA,2026-06-01\n", "people.csv": "person_id,account_id\n1,Z\n"}
    assert said(facts_of(tmp_path, files, MODEL)) == [
        "data/orders.csv: error: there is no column ‘account_id’, which tables.orders reads. Did you mean ‘acount_id’?",
        "data/orders.csv: error: there is no column ‘person_id’, which tables.orders reads. There is: acount_id, at.",
        (
            "data/people.csv: error: 1 row (100.0 %) of 1 account that accounts does not have (account_id), "
            "such as ‘Z’, so it counts for no account."
        ),
    ]


def test_rows_without_time_in_the_future_and_known_too_early(tmp_path: Path) -> None:
    model = MODEL.replace("time: at", "time: at, known: loaded")
    header = "account_id,person_id,at,loaded\n"
    rows = ["A,1,,2026-06-01", "A,1,2026-06-01,2026-06-01", "A,1,2026-07-02,2026-07-02", "A,1,2026-07-04,2026-07-04"]
    rows += ["B,2,2026-06-03,2026-06-02", "B,2,2026-06-04,"]
    facts = facts_of(tmp_path, {"orders.csv": header + "\n".join(rows), "people.csv": PEOPLE}, model)
    assert [finding.message for finding in facts.check(DAY) if finding.code != "stale-feed"] == [
        "1 row (16.7 %) without ‘at’: nobody knows when that happened, and it never counts.",
        "2 rows (33.3 %) after 2026-06-30, up to 2026-07-04: nothing counts before its day comes.",
        "1 row (16.7 %) without ‘loaded’: that was never learned, and it never counts.",
        "1 row (16.7 %) known (loaded) on a day before it happened (at); one of the two columns is wrong.",
    ]


@pytest.mark.parametrize(("newest", "stale"), [("2026-06-28", False), ("2026-06-27", True)])
def test_a_declared_freshness(tmp_path: Path, newest: str, stale: bool) -> None:
    model = MODEL.replace("time: at", "time: at, fresh: 3 days")
    found = messages(tmp_path, orders(f"A,1,{newest} 23:00"), "stale-feed", model)
    sentence = "its newest row is of 2026-06-27, 3 days before 2026-06-30; it counts as fresh for 3 days."
    assert found == ([sentence] if stale else [])


@pytest.mark.parametrize(("step", "silence", "quiet"), [(1, 7, False), (1, 8, True), (7, 28, False), (7, 29, True)])
def test_a_feed_that_fell_silent_by_its_own_habit(tmp_path: Path, step: int, silence: int, quiet: bool) -> None:
    days = [DAY - timedelta(days=silence + step * nth) for nth in range(12)]
    found = messages(tmp_path, orders(*(f"A,1,{day} 10:00" for day in days)), "quiet-feed")
    assert bool(found) == quiet
    if quiet:
        gap = "1 day" if step == 1 else "7 days"
        assert found == [
            (
                f"its newest row is of {days[0]}, {silence} days before 2026-06-30; "
                f"days with rows are usually at most {gap} apart."
            )
        ]


def test_a_feed_all_of_whose_rows_lie_ahead(tmp_path: Path) -> None:
    assert messages(tmp_path, orders("A,1,2026-07-01"), "stale-feed") == ["no row of it lies on or before 2026-06-30."]


def test_rows_of_nobody_and_of_somebody_unknown(tmp_path: Path) -> None:
    files = orders(",1,2026-06-30 09:00", "A,,2026-06-30 09:01", "X,1,2026-06-30 09:02",
                   "X,1,2026-06-30 09:03", "Y,7,2026-06-30 09:04", "A,1,2026-06-30 09:05")  # fmt: skip
    facts = facts_of(tmp_path, files, MODEL)
    assert [(finding.code, finding.message) for finding in facts.check(DAY)] == [
        ("no-id", "1 row (16.7 %) without ‘account_id’: nobody's, so it counts for no account."),
        ("orphan", ("3 rows (50.0 %) of 2 accounts that accounts does not have (account_id), such as ‘X’ and ‘Y’, "
                   "so it counts for no account.")),
        ("orphan", ("1 row (16.7 %) of 1 contact that people does not have (person_id), such as ‘7’, "
                   "so it counts for no contact.")),
    ]  # fmt: skip


@pytest.mark.parametrize(("stranger", "words"), [
    (" A", "without the spaces around them"), ("a", "written in the same case"), ("7.0", "without the ‘.0’ at the end"),
    ("007", "without leading zeros"),
])  # fmt: skip
def test_ids_that_would_match_after_one_change(tmp_path: Path, stranger: str, words: str) -> None:
    accounts = ACCOUNTS + "7,2024-01-01,\n"
    files = orders(f"{stranger},1,2026-06-30 09:00", "A,1,2026-06-30 09:01", **{"accounts.csv": accounts})
    (found,) = messages(tmp_path, files, "orphan")
    known = "7" if "7" in stranger else "A"
    assert found.endswith(f"All of these ids would match {words}, such as ‘{stranger}’ and ‘{known}’.")
    files = orders(f"{stranger},1,2026-06-30 09:00", "Q,1,2026-06-30 09:01", **{"accounts.csv": accounts})
    (found,) = messages(tmp_path, files, "orphan")
    assert found.endswith(f"1 of these ids would match {words}, such as ‘{stranger}’ and ‘{known}’.")


def test_numbers_and_text_are_the_same_id(tmp_path: Path) -> None:
    files = {
        "accounts.csv": "account_id,started_on,ended_on\n13085,2024-01-01,\n",
        "people.csv": "person_id,account_id\n",
    }
    files["orders.jsonl"] = '{"account_id": 13085, "person_id": null, "at": "2026-06-30T09:00:00"}\n'
    assert codes(facts_of(tmp_path, files, MODEL)) == ["empty"]


def test_two_rows_of_one_entity(tmp_path: Path) -> None:
    accounts = ACCOUNTS + "A,2024-05-01,\n"
    (found,) = messages(tmp_path, orders("A,1,2026-06-30 09:00", **{"accounts.csv": accounts}), "duplicate-key")
    assert found == (
        "2 rows share 1 key (account_id), such as ‘A’ with 2 rows; "
        "one row per account is needed, or `valid_from:` that tells them apart."
    )


def test_changing_entities_may_repeat_but_not_at_one_moment(tmp_path: Path) -> None:
    model = MODEL.replace("from: started_on", "valid_from: started_on")
    files = orders("A,1,2026-06-30 09:00", **{"accounts.csv": ACCOUNTS + "A,2024-05-01,\nA,2024-05-01,\n"})
    (found,) = messages(tmp_path, files, "duplicate-key", model)
    assert found == (
        "2 rows share 1 key (account_id, started_on), such as ‘A, 2024-05-01 00:00:00’ with 2 rows; "
        "two rows cannot hold from the same moment on."
    )


def test_a_declared_key(tmp_path: Path) -> None:
    model = MODEL.replace("time: at", "time: at, key: [account_id, day]")
    files = orders("A,1,2026-06-29 09:00", "A,2,2026-06-29 10:00", "A,2,2026-06-30 10:00")
    (found,) = messages(tmp_path, files, "duplicate-key", model)
    assert found == "2 rows share 1 key (account_id, day), such as ‘A, 2026-06-29’ with 2 rows; they count twice."


def test_rows_that_repeat_in_every_column(tmp_path: Path) -> None:
    header = "account_id,person_id,at,note\n"
    rows = ["A,1,2026-06-30 09:00,x", "A,1,2026-06-30 09:00,y", "B,2,2026-06-30 09:00,z"] + [
        "B,2,2026-06-30 09:00,z"
    ] * 2
    (found,) = messages(tmp_path, orders(**{"orders.csv": header + "\n".join(rows)}), "duplicate-rows")
    assert found == "2 rows (40.0 %) like another row in every column: if that is one fact, it counts twice."


def test_several_tables_over_one_file(tmp_path: Path) -> None:
    model = MODEL.replace("time: at}", "time: at}\n  paid: {account: account_id, time: at, where: paid}")
    header = "account_id,person_id,at,paid\n"
    lines = ["A,1,2026-06-30 09:00,true"] * 2 + ["A,1,2026-07-02,true", "A,1,2026-07-03,false"]
    files = {"orders.csv": header + "\n".join(lines), "people.csv": PEOPLE}
    facts = facts_of(tmp_path, files, model, tables={"paid": {"path": "orders.csv"}})
    later = "nothing counts before its day comes."
    assert said(facts) == [
        f"data/orders.csv: warning: {line}"
        for line in (
            f"table ‘orders’: 2 rows (50.0 %) after 2026-06-30, up to 2026-07-03: {later}",
            "1 row (25.0 %) like another row in every column: if that is one fact, it counts twice.",
            f"table ‘paid’: 1 row (33.3 %) after 2026-06-30, up to 2026-07-02: {later}",
        )
    ]


def test_a_file_is_compared_with_itself_once(tmp_path: Path) -> None:
    """Even where the first of the tables over it has no row."""
    model = MODEL.replace("time: at}", "time: at, where: \"person_id = 'x'\"}\n  all: {account: account_id, time: at}")
    files = orders(*["A,1,2026-06-30 09:00"] * 2)
    facts = facts_of(tmp_path, files, model, tables={"all": {"path": "orders.csv"}})
    assert codes(facts) == ["empty", "duplicate-rows"]


def test_the_same_customer_day_twice(tmp_path: Path) -> None:
    days = [f"A,1,{DAY - timedelta(days=nth)}" for nth in range(30)]
    assert messages(tmp_path, orders(*days), "same-day") == []
    files = orders(*days, days[0])
    (found,) = messages(tmp_path, files, "same-day")
    assert found == (
        "1 customer day of 30 in more than one row (account_id, person_id, at); "
        "say `key:` if there is to be one row for each."
    )
    assert messages(tmp_path, orders(*days, *days[:3]), "same-day") == [], "one in ten is no slip but a habit"
    assert messages(tmp_path, orders(*days, days[0], "A,1,2026-06-01 10:00"), "same-day") == [], "it has clock times"


VALUES = """
model: values
entities: {account: {table: accounts, key: account_id}}
tables:
  orders:
    account: account_id
    time: at
    currency: money
    columns: {csat: {between: [1, 5]}, up: {between: [0, null]}}
    expect: {sold, not returned: "quantity > 0"}
metrics: {nps: {nps: orders.answer}, csat: {mean: orders.csat}}
""".replace("{sold, not returned: ", "{sold and not returned: ")
VALUE_ROWS = """account_id,at,money,csat,up,answer,quantity
A,2026-06-30 09:00,EUR,0,1,10,1
A,2026-06-30 09:01,EUR,7,-1,11,-2
B,2026-06-30 09:02,USD,5,,0,
B,2026-06-30 09:03,,,,,4
"""


def test_values(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {"orders.csv": VALUE_ROWS}, VALUES)
    assert [finding.message for finding in facts.check(DAY)] == [
        "2 values (66.7 %) of csat outside of 1 to 5, such as ‘0’ and ‘7’: read as missing.",
        "1 value (50.0 %) of up outside of 0 to …, such as ‘-1’: read as missing.",
        ("1 value (33.3 %) of answer outside of 0 to 10, such as ‘11’: "
        "left out of the NPS (nps), which is of answers 0 to 10."),
        ("amounts are in 2 currencies (EUR 50.0 %, USD 25.0 %), and would be summed as if they were one "
        "(metrics: csat); keep one with `where: \"money = 'EUR'\"` at the table or at every such metric, "
        "or convert with a column `is:`."),
        "2 rows (50.0 %) not as expected: sold and not returned (quantity > 0), such as quantity ‘-2’ of A.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("metrics", "mixing"),
    [
        ("euros: {sum: orders.amount, where: money = 'EUR'}", None),
        ("euros: {sum: orders.amount, where: \"upper(money) = 'EUR' and (amount > 0)\"}\n  n: {count: orders}", None),
        ("euros: {sum: orders.amount, where: \"money = 'EUR' or amount > 5\"}", " (metrics: euros)"),
        ("others: {sum: orders.amount, where: money <> 'EUR'}", " (metrics: others)"),
        ("euros: {sum: orders.amount, where: money = 'EUR'}\n  all: {mean: orders.amount}", " (metrics: all)"),
        ("big: {count: orders, where: amount > 5}", " (metrics: big)"),
        ("n: {count: orders}", ""),
    ],
)
def test_metrics_that_keep_one_currency_mix_none(tmp_path: Path, metrics: str, mixing: str | None) -> None:
    model = VALUES.split("    columns:")[0] + f"metrics:\n  {metrics}\n"
    rows = "account_id,at,money,amount\nA,2026-06-30,EUR,1\nA,2026-06-30,USD,2\n"
    found = messages(tmp_path, {"orders.csv": rows}, "mixed-currency", model)
    assert [item.split(";")[0] for item in found] == ([] if mixing is None else [
        f"amounts are in 2 currencies (EUR 50.0 %, USD 50.0 %), and would be summed as if they were one{mixing}"
    ])  # fmt: skip


def test_facts_before_an_account_began(tmp_path: Path) -> None:
    files = orders("A,1,2023-12-31 10:00", "A,1,2024-01-01 00:00", "B,2,2024-02-01 10:00", "B,2,2023-02-01 10:00")
    (found,) = messages(tmp_path, files, "before-start")
    assert found == "3 rows (75.0 %) of 2 accounts before the account began (started_on)."


def test_lives_that_make_no_sense(tmp_path: Path) -> None:
    accounts = "account_id,started_on,ended_on\nA,,\nB,2026-03-01,2026-02-01\n,2026-01-01,\n"
    facts = facts_of(tmp_path, orders("A,1,2026-06-30 09:00", **{"accounts.csv": accounts}), MODEL)
    assert [finding.message for finding in facts.check(DAY) if finding.file == "data/accounts.csv"] == [
        "1 row (33.3 %) without ‘account_id’: that is no account.",
        "1 account of 2 without ‘started_on’: they count as having lived all along.",
        "1 account with an end (ended_on) before the beginning: never scored.",
    ]


def test_an_export_without_those_who_left(tmp_path: Path) -> None:
    lines = [f"C{nth},2024-{1 + nth % 12:02},\n".replace(",\n", "-01,\n") for nth in range(50)]
    accounts = "account_id,started_on,ended_on\n" + "".join(lines)
    (found,) = messages(tmp_path, orders(**{"accounts.csv": accounts}), "nobody-left")
    assert found == (
        "not one of 50 accounts ever ended (ended_on) since 2024-01-01; does the export leave out those who left?"
    )
    assert messages(tmp_path, orders(**{"accounts.csv": accounts + "D,2024-01-01,2025-01-01\n"}), "nobody-left") == []


def test_every_code_is_explained_in_the_reference() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "findings.md"
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page.read_text(encoding="utf-8"), flags=re.MULTILINE)) >= CODES
    source = Path(__file__).parents[2] / "src" / "keepwell" / "facts"
    text = "".join(path.read_text(encoding="utf-8") for path in source.rglob("*.py"))
    assert set(re.findall(r'refuse\(\s*[^,]+,\s*"([a-z-]+)"', text)) <= CODES
    assert set(re.findall(r'None, "(?:error|warning|note)", "([a-z-]+)"', text)) <= CODES
    assert set(re.findall(r'\.warn\("([a-z-]+)"', text)) <= CODES


RELEASES = """
model: checked
entities: {account: {table: accounts, key: account_id, from: started_on, until: ended_on}}
tables: {orders: {time: at}}
metrics: {n: {count: orders}}
"""


def test_a_table_that_only_forgot_its_account(tmp_path: Path) -> None:
    files = {"orders.csv": "account_id,at\nA,2026-06-29\n"}
    (message,) = messages(tmp_path, files, "same-for-all", RELEASES)
    assert message == (
        "it names no account, so every metric over it is the same for all; it has the column ‘account_id’: "
        "does `account: account_id` belong to the table?"
    )


def test_a_table_about_nobody_in_particular(tmp_path: Path) -> None:
    assert said(facts_of(tmp_path, {"orders.csv": "number,at\n7,2026-06-29\n"}, RELEASES)) == []
    unread = RELEASES.replace("metrics: {n: {count: orders}}", "metrics: {n: {attribute: account_id}}")
    files = {"orders.csv": "account_id,at\nA,2026-06-29\n"}
    assert messages(tmp_path, files, "same-for-all", unread) == []


def test_without_a_beginning_that_is_the_time_of_the_row_nobody_is_ever_seen(tmp_path: Path) -> None:
    model = """
model: self
entities: {account: {table: accounts, key: account_id, from: at, valid_from: at}}
tables: {accounts: {account: account_id, time: at}}
metrics: {n: {last: accounts.n}}
"""
    facts = facts_of(tmp_path, {"accounts.csv": "account_id,at,n\nA,2026-01-01,1\nB,,2\n"}, model)
    (finding,) = of(facts, "no-start")
    assert finding.message == (
        "1 account of 2 without ‘at’: a row without its time is never seen, so they have no score on any day."
    )
    assert [row["@id"] for row in rows(facts.entity("account", Moment(DAY, DAY)))] == ["A"]


def test_a_feed_of_nobody_known_is_an_error_and_ids_that_are_alike_are_pointed_out(tmp_path: Path) -> None:
    files = {"accounts.csv": ACCOUNTS + "a ,2024-01-01,\n", "orders.csv": "account_id,at,amount\n00A,2026-06-30,1\n"}
    facts = facts_of(tmp_path, files)
    assert [finding.severity for finding in of(facts, "orphan")] == ["error"]
    (alike,) = of(facts, "alike")
    assert alike.message == (
        "1 account stands under ids that differ only in spaces or capitals, such as ‘A’ and ‘a ’; "
        "they are scored apart."
    )


@pytest.mark.parametrize(
    ("count", "noun", "said"),
    [(1, "key", "1 key"), (5, "key", "5 keys"), (2, "currency", "2 currencies"), (2, "day", "2 days")],
)
def test_things_are_counted_in_english(count: int, noun: str, said: str) -> None:
    assert many(count, noun) == said
