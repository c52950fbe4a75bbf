"""What of a table could be seen on a day: masks first, then ranges, formulas and the filter."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from keepwell.errors import ModelError
from keepwell.facts.moment import Moment
from tests.facts.folder import at, column, facts_of, rows

TICKETS = """
model: tickets
entities: {account: {table: accounts, key: account_id}}
tables:
  tickets:
    account: account_id
    time: opened_at
    known: loaded_at
    columns:
      closed_at: happened
      csat: {known: closed_at, between: [1, 5]}
      due: planned
metrics: {n: {count: tickets}}
"""
ROWS = """account_id,opened_at,loaded_at,closed_at,csat,due
A,2026-06-01,2026-06-01,2026-06-10 08:00,4,2027-01-01
A,2026-06-02,2026-06-20,,,2026-06-03
B,2026-06-03,2026-06-03,2026-06-05 23:59:59,9,
B,2026-06-30 23:59:59,2026-06-30,,,
B,2026-07-01,2026-07-01,,,
C,,2026-06-01,,,
C,2026-06-01,,,,
"""


def seen(tmp_path: Path, as_of: date, known_by: date | None = None) -> list[list[Any]]:
    found = facts_of(tmp_path, {"tickets.csv": ROWS}, TICKETS).seen("tickets", Moment(as_of, known_by or as_of))
    return [[row["account_id"], row["opened_at"].day, row["closed_at"], row["csat"]] for row in rows(found)]


def test_rows_are_seen_once_they_happened_and_were_known(tmp_path: Path) -> None:
    assert seen(tmp_path, date(2026, 6, 4)) == [["A", 1, None, None], ["B", 3, None, None]]
    assert [row[:2] for row in seen(tmp_path, date(2026, 6, 19))] == [["A", 1], ["B", 3]]
    assert [row[:2] for row in seen(tmp_path, date(2026, 6, 20))] == [["A", 1], ["A", 2], ["B", 3]]
    assert [row[:2] for row in seen(tmp_path, date(2026, 6, 30))] == [["A", 1], ["A", 2], ["B", 3], ["B", 30]]


def test_changing_columns_read_empty_until_their_day(tmp_path: Path) -> None:
    closed = at("2026-06-10 08:00")
    assert seen(tmp_path, date(2026, 6, 9))[0] == ["A", 1, None, None]
    assert seen(tmp_path, date(2026, 6, 10))[0] == ["A", 1, closed, 4]


def test_an_answer_out_of_range_reads_as_missing_though_it_is_known(tmp_path: Path) -> None:
    assert seen(tmp_path, date(2026, 6, 5))[1] == ["B", 3, at("2026-06-05 23:59:59"), None]


def test_a_restatement_knows_more_of_the_same_past(tmp_path: Path) -> None:
    early, late = date(2026, 6, 2), date(2026, 6, 20)
    assert [row[:2] for row in seen(tmp_path, early)] == [["A", 1]]
    assert seen(tmp_path, early, late) == [["A", 1, None, 4], ["A", 2, None, None]]


def test_planned_times_are_always_seen(tmp_path: Path) -> None:
    day = date(2026, 6, 4)
    found = facts_of(tmp_path, {"tickets.csv": ROWS}, TICKETS).seen("tickets", Moment(day, day))
    assert rows(found)[0]["due"] == at("2027-01-01")


DERIVED = """
model: derived
entities: {account: {table: accounts, key: account_id}}
tables:
  lines:
    account: account_id
    time: at
    where: "net > 0 and not open"
    columns:
      closed_at: happened
      price: {between: [0, 100]}
      net: {is: "quantity * price - coalesce(rebate, 0)", between: [null, 150]}
      open: {is: "closed_at is null"}
      double_net: {is: "net * 2"}
metrics: {revenue: {sum: lines.net}, days: {count_distinct: lines.day}}
"""
LINES = """account_id,at,quantity,price,rebate,closed_at
A,2026-06-01,2,10.5,0.5,2026-06-02
A,2026-06-02,1,500,,2026-06-02
A,2026-06-03,2,90,,2026-06-03
A,2026-06-04,3,10,,2026-06-20
"""


def test_derived_columns_ranges_and_the_filter(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {"lines.csv": LINES}, DERIVED)
    assert column(facts, "lines", "net") == [Decimal("20.5"), Decimal(30)]
    assert column(facts, "lines", "double_net") == [Decimal(41), Decimal(60)]
    assert facts.feed("lines").kinds["open"] == "yes_no"
    assert str(facts.feed("lines").rows.net.type()) == "decimal(38, 6)"


def test_neither_formula_nor_filter_sees_what_was_masked(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {"lines.csv": LINES}, DERIVED)
    assert [row["net"] for row in rows(facts.seen("lines", Moment(date(2026, 6, 19), date(2026, 6, 19))))] == [
        Decimal("20.5")
    ]
    assert len(rows(facts.seen("lines", Moment(date(2026, 6, 20), date(2026, 6, 20))))) == 2


def test_a_time_can_be_derived(tmp_path: Path) -> None:
    model = TICKETS.replace("time: opened_at", "time: moved_at").replace(
        "columns:", 'columns:\n      moved_at: {is: "coalesce(opened_at, loaded_at)"}\n      opened_at: {kind: time}'
    )
    facts = facts_of(tmp_path, {"tickets.csv": ROWS}, model)
    assert [row["account_id"] for row in rows(facts.seen("tickets", Moment(date(2026, 6, 1), date(2026, 6, 1))))] == [
        "A",
        "C",
    ]


@pytest.mark.parametrize(("wrong", "sentence"), [
    ('where: "net > \'x\'"', "tables.lines.where: in ‘net > 'x'’, ‘net’ is a number and ‘'x'’ is text"),
    ('where: "quantity + 1"', "tables.lines.where: ‘quantity \\+ 1’ is a number, and yes/no is needed there"),
    ('where: "nett > 0"', "there is no column ‘nett’, which tables.lines reads"),
])  # fmt: skip
def test_expressions_that_do_not_fit_their_columns(tmp_path: Path, wrong: str, sentence: str) -> None:
    model = DERIVED.replace('where: "net > 0 and not open"', wrong)
    with pytest.raises(Exception, match=sentence) as caught:
        facts_of(tmp_path, {"lines.csv": LINES}, model).feed("lines")
    assert type(caught.value).__module__ == "keepwell.errors"


def test_a_range_needs_numbers(tmp_path: Path) -> None:
    model = DERIVED.replace("open: {is: ", "open: {between: [0, 1], is: ")
    with pytest.raises(ModelError, match=r"tables.lines.columns.open: `between` needs a column of numbers"):
        facts_of(tmp_path, {"lines.csv": LINES}, model).feed("lines")


def test_the_newest_day(tmp_path: Path) -> None:
    assert facts_of(tmp_path, {"tickets.csv": ROWS}, TICKETS).newest() == date(2026, 7, 1)
    assert facts_of(tmp_path, {"tickets.csv": ROWS.splitlines()[0]}, TICKETS).newest() is None
