"""What became of accounts: of the book, of silence, of rows; against days worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from keepwell.facts import fetch
from keepwell.insight.outcomes import ends_of
from keepwell.workspace import open_workspace
from tests.cli.folder import keepwell
from tests.scoring.folder import NO_TREE, written

LAST = date(2026, 6, 30)
MODEL = """
model: small
entities: {account: {table: accounts, key: id, until: ended}}
tables:
  accounts: {account: id}
  contracts: {account: id, time: signed}
  orders: {account: id, time: at}
metrics: {orders_28d: {count: orders, over: 28 days}}
book: {table: contracts, from: begin, until: end, arr: arr, gap: 10 days}
outcomes:
  churn: {book: churn}
  contraction: {book: contraction}
  expansion: {book: expansion}
  lapse: {silent: orders, after: 30 days, where: amount > 0}
  ended: {table: accounts, time: ended, where: ended is not null}
"""
TABLES = {
    "accounts": "id,ended\na,\nb,2026-03-05\nc,2026-08-01\n",
    # a shrinks, pauses within the gap, grows, leaves and comes back; b goes on; c's end lies ahead.
    "contracts": """id,signed,begin,end,arr
a,2026-01-01,2026-01-01,2026-02-01,100
a,2026-02-01,2026-02-01,2026-03-01,60
a,2026-03-11,2026-03-11,2026-04-01,80
a,2026-06-01,2026-06-01,2026-07-05,80
b,2026-01-01,2026-01-01,,10
c,2026-01-01,2026-01-01,2026-07-01,10
""",
    # a is silent after 1 January for long, b for exactly thirty days and then for good, c only for returns.
    "orders": """id,at,amount
a,2026-01-01 10:00,5
a,2026-01-01 12:00,5
a,2026-02-01,5
b,2026-03-01,5
b,2026-03-31,5
c,2026-06-10,5
c,2026-06-20,-5
""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("small"), MODEL + NO_TREE, TABLES)


def ends(folder: Path, outcome: str, last: date = LAST) -> list[tuple[Any, ...]]:
    with open_workspace(folder) as workspace:
        rows = fetch.rows(ends_of(workspace.facts, outcome, last))
    return sorted((row["account"], str(row["day"]), row["back"] and str(row["back"])) for row in rows)


@pytest.mark.parametrize(
    ("outcome", "wanted"),
    [
        ("churn", [("a", "2026-04-01", "2026-06-01"), ("b", "2026-03-05", None)]),
        ("contraction", [("a", "2026-02-01", "2026-02-01")]),
        ("expansion", [("a", "2026-03-11", "2026-03-11")]),
        ("lapse", [("a", "2026-01-31", "2026-02-01"), ("a", "2026-03-03", None), ("b", "2026-04-30", None)]),
        ("ended", [("b", "2026-03-05", None)]),
    ],
)
def test_the_days_are_those_worked_out_by_hand(folder: Path, outcome: str, wanted: list[tuple[str, ...]]) -> None:
    assert ends(folder, outcome) == wanted


def test_what_is_not_known_yet_has_not_happened(folder: Path) -> None:
    assert ends(folder, "churn", date(2026, 4, 5)) == [("a", "2026-04-01", None), ("b", "2026-03-05", None)]
    assert ends(folder, "lapse", date(2026, 1, 31)) == [("a", "2026-01-31", None)]
    assert ends(folder, "lapse", date(2026, 1, 30)) == []


def test_accounts_that_are_known_by_their_orders_alone_fall_silent_and_come_back(tmp_path: Path) -> None:
    model = """
model: small
entities: {account: {table: orders, key: id, valid_from: at, from: at}}
tables: {orders: {account: id, time: at}}
metrics: {orders_28d: {count: orders, over: 28 days}}
outcomes: {lapse: {silent: orders, after: 30 days}}
"""
    folder = written(tmp_path, model + NO_TREE, {"orders": TABLES["orders"]})
    assert ends(folder, "lapse") == [
        ("a", "2026-01-31", "2026-02-01"),
        ("a", "2026-03-03", None),
        ("b", "2026-04-30", None),
    ]


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("{book: churn, time: signed_on}", "an outcome says `time` with `table`, `after` with `silent`, and neither"),
        ("{silent: orders}", "an outcome says `time` with `table`, `after` with `silent`, and neither with `book`"),
        ("{book: churn, after: 3 days}", "an outcome says `time` with `table`, `after` with `silent`"),
        ("{}", "an outcome has one of `table` (and `time`), `book` and `silent` (with `after`)"),
        ("{book: churn, silent: orders, after: 3 days}", "an outcome has one of `table` (and `time`)"),
        ("{book: churn, where: arr > 0}", "an outcome of the book has no `where`; the book says which rows are"),
        ("{silent: ordrs, after: 3 days}", "‘ordrs’"),
        ("{silent: accounts, after: 3 days}", "silence is told by the time of rows, and the table ‘accounts’ has no"),
        ("{book: left}", "outcomes.churn.book"),
    ],
)
def test_mistakes_are_a_sentence(tmp_path: Path, outcome: str, said: str) -> None:
    folder = written(tmp_path, MODEL.replace("churn: {book: churn}", f"churn: {outcome}") + NO_TREE, TABLES)
    found = keepwell("score", folder)
    assert found.code == 1
    assert said in found.err


def test_an_outcome_of_the_book_needs_one(tmp_path: Path) -> None:
    model = "\n".join(line for line in MODEL.splitlines() if not line.startswith("book:"))
    found = keepwell("score", written(tmp_path, model + NO_TREE, TABLES))
    assert found.code == 1
    assert "the model has no `book` that says which rows are revenue." in found.err
