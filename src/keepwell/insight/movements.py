"""What became of the book between two days: who came, grew, shrank and left, and what share of it was kept.

Of the accounts with revenue on the opening day, *net revenue retention* is what they have on the closing day over what
they had on the opening day; *gross revenue retention* is the same with no account counted for more than it had at the
opening; *logo retention* is the share of them that still has any revenue. All other accounts with revenue on the
closing day are new, or returned where they had some before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from keepwell.facts.expressions import NUMBER
from keepwell.insight.book import NEVER
from keepwell.model.ago import NOW, Ago
from keepwell.scoring.terms import divide

GAINS, LOSSES = ("new", "returned", "expansion"), ("contraction", "churn")
"""How an account's revenue can differ between two days."""

WINDOW = ("opens_on", "closes_on")
NONE = ibis.literal(0, NUMBER)


@dataclass(frozen=True)
class Window:
    """From the end of one day to the end of a later one."""

    opens_on: date
    closes_on: date


def movements(steps: ir.Table, windows: Sequence[Window], tenure: Ago = NOW) -> ir.Table:
    """One row per window and account that has revenue at either end of it.

    opens_on, closes_on, account, opening, closing (its revenue at the end of these days), first (the day of its first
    ever), kind (of `GAINS` and `LOSSES`, or `kept`). steps: see `book.steps_of`. tenure: only accounts whose first
    revenue lies at least so long before the opening.
    """
    until = steps.day.lead().over(group_by="account", order_by="day")
    held = steps.mutate(until=ibis.coalesce(until, NEVER))
    spans = {name: [getattr(window, name) for window in windows] for name in WINDOW}
    spans["oldest"] = [tenure.before(day) for day in spans["opens_on"]]
    asked = ibis.memtable(pa.table({name: pa.array(days, pa.date32()) for name, days in spans.items()}))
    keys = (*WINDOW, "account", "first")
    opening, closing = (_on(held, asked, name, bool(tenure)) for name in WINDOW)
    both = opening.select(*keys, opening="arr", closing=NONE).union(closing.select(*keys, opening=NONE, closing="arr"))
    rows = both.group_by(*keys).aggregate(
        opening=both.opening.sum().cast(NUMBER), closing=both.closing.sum().cast(NUMBER)
    )
    return rows.mutate(kind=_kind(rows))


def _on(held: ir.Table, asked: ir.Table, end: str, tenured: bool) -> ir.Table:
    """What accounts have at this end of each window; those without anything have no row."""
    held = held.filter(held.arr > 0)
    both = held.join(asked, [held.day <= asked[end], held.until > asked[end]])
    if tenured:
        both = both.filter(both["first"] <= both.oldest)
    return both.select(*WINDOW, "account", "first", "arr")


def _kind(rows: ir.Table) -> ir.StringValue:
    return ibis.cases(
        (rows.closing == 0, "churn"),
        ((rows.opening == 0) & (rows["first"] > rows.opens_on), "new"),
        (rows.opening == 0, "returned"),
        (rows.closing > rows.opening, "expansion"),
        (rows.closing < rows.opening, "contraction"),
        else_="kept",
    )


def totals(moved: ir.Table, by: Sequence[str] = ()) -> ir.Table:
    """The bridge of every window, and of every group in it: opening + gains − losses = closing, to the last digit.

    opens_on, closes_on, the columns of `by`; accounts_ and revenue at the opening, of every kind of movement and at the
    closing (losses as positive numbers); nrr, grr, logo_retention (shares of 1; NULL where nobody had revenue).
    """
    was, is_ = moved.opening > 0, moved.closing > 0
    found: dict[str, ir.Value] = {"accounts_opening": was.sum()}
    found |= {f"accounts_{kind}": (moved.kind == kind).sum() for kind in (*GAINS, *LOSSES)}
    found |= {"accounts_closing": is_.sum(), "opening": moved.opening.sum().cast(NUMBER)}
    found |= {kind: _sum(moved, kind, moved.closing - moved.opening) for kind in GAINS}
    found |= {kind: _sum(moved, kind, moved.opening - moved.closing) for kind in LOSSES}
    found["closing"] = moved.closing.sum().cast(NUMBER)
    rows = moved.group_by(*WINDOW, *by).aggregate(
        **found,
        kept=moved.closing.sum(where=was),
        capped=ibis.least(moved.opening, moved.closing).sum(),
        stayed=(was & is_).sum(),
    )
    rates = {
        "nrr": divide(rows.kept, rows.opening),
        "grr": divide(rows.capped, rows.opening),
        "logo_retention": divide(rows.stayed, rows.accounts_opening),
    }
    return rows.mutate(**rates).drop("kept", "capped", "stayed").order_by(*WINDOW, *by)


def _sum(moved: ir.Table, kind: str, change: ir.Value) -> ir.Value:
    return ibis.coalesce(change.sum(where=moved.kind == kind), NONE).cast(NUMBER)


def ending(steps: ir.Table, after: date, within: int) -> ir.Table:
    """account, first, ends_on, ending, of: revenue that rows known by now let end in the days after a day.

    ends_on: the first day without it. ending: how much; of: what the account has until then. A renewal that is signed
    leaves nothing to end.
    """
    near = steps.filter((steps.day > after) & (steps.day <= ibis.literal(after) + ibis.interval(days=within)))
    lost = near.filter(near.arr < near.before)
    return lost.select("account", "first", ends_on="day", ending=(lost.before - lost.arr).cast(NUMBER), of="before")
