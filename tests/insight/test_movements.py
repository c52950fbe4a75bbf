"""The book between two days: as worked out by hand, and for any contracts as worked out day by day in Python."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.facts import fetch
from keepwell.insight.book import Rows, steps_of
from keepwell.insight.movements import GAINS, LOSSES, Window, ending, movements, totals
from keepwell.model.ago import Ago
from tests.insight.book_by_hand import Row, bridge

FIRST = date(2026, 1, 1)
LAST = FIRST + timedelta(days=60)
RATES = [("nrr", "kept", "opening"), ("grr", "capped", "opening"), ("logo_retention", "stayed", "accounts_opening")]
AMOUNT = pa.decimal128(38, 6)


def day(index: int) -> date:
    return FIRST + timedelta(days=index)


def rows_of(rows: Sequence[Row]) -> Rows:
    """The rows as they are seen: each recorded on its first day, by accounts that do not end."""
    columns: dict[str, pa.Array] = {
        "account": pa.array([row.account for row in rows], pa.string()),
        "begin": pa.array([row.begin for row in rows], pa.date32()),
        "end": pa.array([row.end for row in rows], pa.date32()),
        "arr": pa.array([row.arr for row in rows], AMOUNT),
        "at": pa.array([row.begin for row in rows], pa.date32()).cast(pa.timestamp("us")),
        "over": pa.array([None] * len(rows), pa.date32()),
        "line": pa.array([row.line for row in rows], pa.string()),
    }
    lined = any(row.line for row in rows)
    return Rows(ibis.memtable(pa.table(columns)), ("line",) if lined else ())


def steps(rows: Sequence[Row], gap: int = 0) -> ir.Table:
    return ibis.memtable(fetch.arrow(steps_of(rows_of(rows).held, gap)))


def changes(rows: Sequence[Row], gap: int = 0) -> list[tuple[int, Decimal]]:
    """(day, worth from then on) of the one account there is."""
    found = fetch.rows(steps(rows, gap).order_by("day"))
    return [((row["day"] - FIRST).days, row["arr"]) for row in found]


def contract(begin: int, end: int | None, arr: str, line: str | None = None, account: str = "a") -> Row:
    return Row(account, day(begin), None if end is None else day(end), Decimal(arr), line)


c = contract
CASES = [
    ("one that ends", [c(3, 9, "100")], 0, "3:100 9:0"),
    ("one that goes on", [c(3, None, "100")], 0, "3:100"),
    ("two at once add up", [c(3, 20, "100"), c(5, 9, "50")], 0, "3:100 5:150 9:100 20:0"),
    ("a renewal at the same price is no step", [c(3, 9, "100"), c(9, 15, "100")], 0, "3:100 15:0"),
    ("a day between is a churn and a return", [c(3, 9, "100"), c(10, 15, "100")], 0, "3:100 9:0 10:100 15:0"),
    ("unless a gap of a day is none", [c(3, 9, "100"), c(10, 15, "100")], 1, "3:100 15:0"),
    ("what comes after a gap may differ", [c(3, 9, "100"), c(10, 15, "80")], 1, "3:100 10:80 15:0"),
    ("a longer gap stays one", [c(3, 9, "100"), c(11, 15, "100")], 1, "3:100 9:0 11:100 15:0"),
    ("an amendment replaces", [c(3, 20, "100", "l"), c(5, 20, "150", "l")], 0, "3:100 5:150 20:0"),
    ("and what it replaced does not come back", [c(3, 20, "100", "l"), c(5, 9, "150", "l")], 0, "3:100 5:150 9:0"),
    ("lines add up", [c(3, 20, "100", "l"), c(5, 20, "150", "m")], 0, "3:100 5:250 20:0"),
    ("a row that ends before it begins is none", [c(9, 3, "100"), c(4, 5, "1")], 0, "4:1 5:0"),
    ("a row that costs nothing bridges no gap", [c(3, 9, "100"), c(10, 20, "0")], 3, "3:100 9:0"),
    ("nor do rows that add up to nothing", [c(3, 9, "100"), c(9, 30, "-5"), c(11, 20, "5")], 3, "3:100 9:0"),
    ("less than nothing is nothing", [c(3, 9, "-5"), c(4, 5, "1")], 0, ""),
    ("cents are kept", [c(3, 9, "0.1"), c(3, 9, "0.2")], 0, "3:0.3 9:0"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "gap", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_steps(rows: list[Row], gap: int, expected: str) -> None:
    assert changes(rows, gap) == [(int(at), Decimal(arr)) for at, arr in (pair.split(":") for pair in expected.split())]


def test_a_bridge_by_hand() -> None:
    """Six accounts over one window: 350 at the opening, and 395 at the closing."""
    rows = [
        contract(0, None, "100", account="grew"), contract(20, None, "30", account="grew"),
        contract(0, 20, "100", account="shrank"), contract(20, None, "60", account="shrank"),
        contract(0, 20, "100", account="left"),
        contract(0, None, "50", account="kept"),
        contract(30, None, "75", account="new"),
        contract(0, 5, "40", account="back"), contract(30, None, "80", account="back"),
        contract(12, 18, "999", account="between"),
    ]  # fmt: skip
    window = Window(day(10), day(40))
    found = fetch.rows(totals(movements(steps(rows), [window])))
    expected = {
        "opens_on": day(10), "closes_on": day(40), "accounts_opening": 4, "accounts_new": 1, "accounts_returned": 1,
        "accounts_expansion": 1, "accounts_contraction": 1, "accounts_churn": 1, "accounts_closing": 5, "opening": 350,
        "new": 75, "returned": 80, "expansion": 30, "contraction": 40, "churn": 100, "closing": 395,
        "nrr": 240 / 350, "grr": 210 / 350, "logo_retention": 3 / 4,
    }  # fmt: skip
    assert found == [expected]


def test_only_those_of_some_tenure() -> None:
    rows = [contract(0, None, "100", account="old"), contract(8, None, "50", account="young")]
    moved = movements(steps(rows), [Window(day(10), day(20))], Ago(days=10))
    assert [row["account"] for row in fetch.rows(moved)] == ["old"]


def test_nobody_had_anything_at_the_opening() -> None:
    row = fetch.rows(totals(movements(steps([contract(5, None, "10")]), [Window(day(1), day(9))])))[0]
    assert (row["opening"], row["new"], row["nrr"], row["grr"], row["logo_retention"]) == (0, 10, None, None, None)


def test_what_ends_soon_unless_it_is_renewed() -> None:
    rows = [
        contract(0, 12, "100", account="due"),
        contract(0, 12, "100", account="less"), contract(12, None, "70", account="less"),
        contract(0, 12, "100", account="signed"), contract(12, None, "100", account="signed"),
        contract(0, 10, "100", account="today"), contract(0, 21, "100", account="later"),
    ]  # fmt: skip
    found = fetch.rows(ending(steps(rows), day(10), 10).order_by("account"))
    assert [(row["account"], row["ends_on"], row["ending"], row["of"]) for row in found] == [
        ("due", day(12), 100, 100),
        ("less", day(12), 30, 100),
    ]


@st.composite
def books(draw: st.DrawFn) -> list[Row]:
    """Contracts of four accounts; those of a line begin on different days, so that which is newest is plain."""
    lined = draw(st.booleans())
    amounts = st.decimals(0, 1000, places=2) | st.sampled_from([Decimal(100), Decimal(50), Decimal(0), Decimal(-50)])
    found: list[Row] = []
    for _ in range(draw(st.integers(1, 12))):
        begin = draw(st.integers(0, 50))
        end = draw(st.none() | st.integers(begin - 1, 60))
        line = draw(st.sampled_from("lm")) if lined else None
        account = draw(st.sampled_from("abcd"))
        row = contract(begin, end, str(draw(amounts)), line and f"{account}{line}", account)
        if not any(other.line and (other.line, other.begin) == (row.line, row.begin) for other in found):
            found.append(row)
    return found


windows = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted), min_size=1, max_size=3)


@given(rows=books(), asked=windows, gap=st.sampled_from([0, 0, 3, 10]))
def test_bridges_are_those_of_plain_python_and_reconcile(rows: list[Row], asked: list[Any], gap: int) -> None:
    spans = sorted({(day(opens), day(closes)) for opens, closes in asked})
    whole = [row for row in rows if row.end is None or row.end >= row.begin]
    found = {
        (row["opens_on"], row["closes_on"]): row
        for row in fetch.rows(totals(movements(steps(rows, gap), [Window(*span) for span in spans])))
    }
    for span in spans:
        expected = bridge(whole, *span, (FIRST, LAST), gap) if whole else {}
        row = found.get(span)
        if row is None:  # nobody had anything at either end
            assert not any(expected.values())
            continue
        assert row["opening"] + sum(row[kind] for kind in GAINS) - sum(row[kind] for kind in LOSSES) == row["closing"]
        for name in ("accounts_opening", "accounts_closing", "opening", *GAINS, *LOSSES, "closing"):
            assert row[name] == expected[name], name
        rates = {
            "nrr": ("kept", "opening"),
            "grr": ("capped", "opening"),
            "logo_retention": ("stayed", "accounts_opening"),
        }
        for rate, (part, whole_) in rates.items():
            exact = float(expected[part]) / float(expected[whole_]) if expected[whole_] else None
            assert row[rate] == (None if exact is None else pytest.approx(exact)), rate
