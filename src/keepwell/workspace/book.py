"""The book of a workspace: between which days it is read, in which groups, and what must be known beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from keepwell.errors import ModelError, UsageError
from keepwell.facts import fetch
from keepwell.facts.expressions import NUMBER
from keepwell.facts.moment import Moment
from keepwell.insight.book import Rows, one_currency, rows_of, steps_of
from keepwell.insight.movements import NONE, WINDOW, Window, ending, movements, totals
from keepwell.model.ago import Ago
from keepwell.model.graph import narrowed
from keepwell.scoring.nested import metrics_of
from keepwell.workspace.calendar import Every, ends_between
from keepwell.workspace.groups import grouped
from keepwell.workspace.workspace import Workspace

YEAR = Ago(months=12)
SURVIVORS = timedelta(days=31)
"""A list of contracts in which nobody leaves for longer than this after its first day is doubted."""


@dataclass(frozen=True)
class Asked:
    """What is asked of the book.

    first, last: the first and the last closing day; None: a year before, or with `by` the last alone; the workspace's
    day. every: which days close a window; over: how long each is. by: see `groups.grouped`. tenure: how
    long before an opening an account's first revenue lies at least. within: days in which renewals are due.
    """

    first: date | None
    last: date | None
    every: Every
    over: Ago
    by: str | None
    tenure: Ago
    within: int
    known_by: date | None


@dataclass(frozen=True)
class Read:
    """The book, read. Tables are lazy and in order; `group` is in all but the steps where groups were asked for.

    windows: see `movements.totals`; accounts: see `movements.movements`; renewals: see `movements.ending`, after the
    last closing day; steps: see `book.steps_of`.
    """

    windows: ir.Table
    accounts: ir.Table
    renewals: ir.Table
    steps: ir.Table
    last: date
    known_by: date
    notices: tuple[str, ...]


def read_book(workspace: Workspace, asked: Asked) -> Read:
    """Read the book between days.

    Raises ModelError where the model declares none, UsageError for days or groups that are not there, FactsError.
    """
    book = workspace.loaded.model.book
    if book is None:
        said = "the model does not say which rows are revenue; add `book: {table: contracts, until: ends_on, arr: arr}`"
        raise ModelError(f"{workspace.model}: {said}, with your own names.")
    last = workspace.day(asked.last)
    known_by = asked.known_by or last
    if known_by < last:
        raise UsageError(f"--known-by {known_by} lies before {last}, the last day of the book.")
    windows = _windows(asked, last)
    moment = Moment(known_by, known_by)
    with workspace.facts.reads():
        one_currency(workspace.facts, book, moment)
        rows = rows_of(workspace.facts, book, moment)
        steps = workspace.keep(steps_of(rows.held, book.gap.days))
        moved = workspace.keep(movements(steps, windows, asked.tenure))
        due = ending(steps, last, asked.within)
    if asked.by is not None:
        there = ibis.ifelse(moved.opening > 0, moved.opens_on, moved.closes_on)
        tables = [moved.mutate(at=there), due.mutate(at=ibis.literal(last))]
        moved, due = (table.drop("at") for table in grouped(workspace, asked.by, tables, _days(windows)))
    with workspace.facts.reads():
        notices = tuple(_notices(workspace, rows, steps, windows, known_by))
    sums = totals(moved, ["group"] if asked.by else [])
    accounts, renewals = moved.order_by(*WINDOW, "account"), due.order_by("ends_on", "account")
    return Read(sums, accounts, renewals, steps.order_by("account", "day"), last, known_by, notices)


def _windows(asked: Asked, last: date) -> list[Window]:
    first = asked.first or (last if asked.by else YEAR.before(last) + timedelta(days=1))
    if first > last:
        raise UsageError(f"--from {first} is after {last}, the last day of the book.")
    return [Window(asked.over.before(day), day) for day in ends_between(first, last, asked.every)]


def _days(windows: Sequence[Window]) -> list[date]:
    return sorted({day for window in windows for day in (window.opens_on, window.closes_on)})


def _notices(
    workspace: Workspace, rows: Rows, steps: ir.Table, windows: Sequence[Window], known_by: date
) -> Iterator[str]:
    """What whoever reads the book should know beside it."""
    yield from rows.doubts()
    left = steps.filter(steps.arr == 0)
    ends = fetch.rows(steps.aggregate(began=steps.day.min()).cross_join(left.aggregate(left=left.day.min())))[0]
    opens = min(window.opens_on for window in windows)
    if ends["left"] and ends["began"] <= opens < ends["left"] - SURVIVORS:
        said = f"nobody leaves before {ends['left']}, and the rows begin on {ends['began']}"
        yield f"{said}: do they lack those who left earlier? Then rates of windows from before are too good."
    yield from _against_accounts(workspace, steps, Moment(windows[-1].closes_on, known_by))


def _against_accounts(workspace: Workspace, steps: ir.Table, moment: Moment) -> Iterator[str]:
    """Whether the book agrees with what the accounts are said to be worth on a day; nothing where nothing is said."""
    model = workspace.loaded.model
    if model.entities["account"].value is None:
        return
    alone = replace(workspace.loaded, model=narrowed(model, []))
    people = metrics_of(alone, workspace.facts, moment, moment.as_of).accounts
    held = movements(steps, [Window(moment.as_of, moment.as_of)])
    ours = held.select("account", book=held.closing, said=NONE)
    both = ours.union(people.select(account="id", book=NONE, said=people.value.cast(NUMBER).fill_null(0)))
    sums = both.group_by("account").aggregate(book=both.book.sum(), said=both.said.sum())
    off = (sums.book - sums.said).abs() >= 1
    n = ((sums.book > 0) | (sums.said > 0)).sum()
    found = fetch.rows(sums.aggregate(differ=off.sum(), n=n, book=sums.book.sum(), said=sums.said.sum()))[0]
    if found["differ"]:
        shown = f"the accounts are said to be worth {found['said']:,.0f}, and the book has {found['book']:,.0f}"
        yield f"on {moment.as_of} {shown}: {found['differ']:,} of {found['n']:,} accounts differ."
