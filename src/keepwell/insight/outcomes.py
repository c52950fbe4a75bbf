"""What became of accounts, and on which day: rows that say so, revenue that ended or changed, or silence."""

from __future__ import annotations

from datetime import date
from functools import reduce

import ibis
import ibis.expr.types as ir

from keepwell.errors import ModelError
from keepwell.evidence.panel import returns
from keepwell.facts import Facts, as_id
from keepwell.facts.entities import ID
from keepwell.facts.expressions import condition
from keepwell.facts.feed import compiled
from keepwell.facts.identity import OWNER
from keepwell.facts.moment import Moment
from keepwell.insight.book import rows_of, steps_of
from keepwell.insight.companies import came_back
from keepwell.model import Table
from keepwell.model.score import Outcome

AGAIN = "@again"
"""How an account ended whose company has another one; no outcome has such a name."""


def ends_of(facts: Facts, name: str, last: date) -> ir.Table:
    """account, day, back, how: when each account had this outcome, or what competes with it, as known on the last day.

    how: NULL for the outcome; else `AGAIN`, or the other one of `evidence.ends` that ended it. See `of_one`.
    """
    return reduce(_union, (of_one(facts, one, name, last) for one in _judged_with(facts, name)))


def of_one(facts: Facts, name: str, judged: str, last: date) -> ir.Table:
    """account, day, back, how: when each account had this outcome, where another one, or itself, is judged.

    Of the book: the first day with no revenue (churn), or with less (contraction) or more (expansion) than before.
    Silent: the day on which the silence had lasted so long; one that begins with no row at all is none. back: when
    revenue began again or the silence ended, NULL where it did not; of rows of a table see `returns`.
    """
    outcome, moment = facts.model.outcomes[name], Moment(last, last)
    if outcome.table is not None and outcome.time is None:
        said = f"outcomes.{name} has no `time`, so nobody knows when anyone left"
        raise ModelError(f"{said}; add it, or let `keepwell backtest` and `calibrate` look at a `--cross-section`.")
    if outcome.book is not None:
        found = _of_book(facts, outcome, moment)
    else:
        rows = _rows(facts, outcome, name, moment)
        found = _silent(facts, outcome, rows) if outcome.silent else _stated(rows, outcome)
    found = found.filter(found.account.notnull(), found.day.notnull(), found.day <= last)
    found = found.mutate(how=_how(name, judged))
    if facts.model.evidence.company is None or name not in facts.model.evidence.ends:
        return found
    again = came_back(facts, found, last, outcome.after.days if outcome.after else 0)
    again = again.select(who="account", on="day")
    both = found.left_join(again, [found.account == again.who, found.day == again.on])
    return both.select("account", "day", "back", how=ibis.ifelse(both.who.notnull(), AGAIN, both.how))


def had(facts: Facts, name: str, last: date) -> ir.Table:
    """account, how: everyone who has had this outcome, or what competes with it; no matter when. Of `ends_of`."""
    return reduce(_union, (_had(facts, one, name, last) for one in _judged_with(facts, name)))


def _had(facts: Facts, name: str, judged: str, last: date) -> ir.Table:
    outcome = facts.model.outcomes[name]
    if outcome.table is None or outcome.time is not None:
        return of_one(facts, name, judged, last).select("account", "how").distinct()
    rows = _rows(facts, outcome, name, Moment(last, last))
    return rows.filter(rows.account.notnull()).select("account", how=_how(name, judged)).distinct()


def _judged_with(facts: Facts, name: str) -> list[str]:
    """The outcome, and the others that end an account where it does."""
    ends = facts.model.evidence.ends
    return [name, *(other for other in ends if other != name)] if name in ends else [name]


def _how(name: str, judged: str) -> ir.StringValue:
    return ibis.null("string") if name == judged else ibis.literal(name)


def _union(one: ir.Table, other: ir.Table) -> ir.Table:
    return one.union(other)


def _rows(facts: Facts, outcome: Outcome, name: str, moment: Moment) -> ir.Table:
    """The rows that count, as could be seen on the day, with their account."""
    table, entity = outcome.source or "", facts.model.entities["account"]
    if outcome.table == entity.table:  # a row per account; a silence is told by all rows, whoever they are also about
        rows = facts.everybody("account", moment)
        rows = rows.mutate(account=rows[ID])
    else:
        rows = facts.owned(facts.seen(table, moment), table, "account", moment)
        rows = rows.mutate(account=as_id(rows[OWNER]))
    if outcome.where is None:
        return rows
    spec = facts.model.tables.get(table) or Table()
    return rows.filter(compiled(condition, outcome.where, rows, spec, f"outcomes.{name}.where"))


def _stated(rows: ir.Table, outcome: Outcome) -> ir.Table:
    return returns(rows.select("account", day=_day(rows, outcome.time)).distinct())


def _day(rows: ir.Table, column: str | None) -> ir.DateValue:
    return rows[column or ""].date()


def _silent(facts: Facts, outcome: Outcome, rows: ir.Table) -> ir.Table:
    spec, days = facts.model.tables[outcome.silent or ""], outcome.after.days if outcome.after else 0
    told = rows.select("account", day=_day(rows, spec.time)).distinct()
    following = told.day.lead().over(group_by="account", order_by="day")
    silent = told.mutate(end=told.day + ibis.interval(days=days), following=following)
    long = silent.following.isnull() | (silent.following > silent.end)
    return silent.filter(long).select("account", day=silent.end, back=silent.following)


def _of_book(facts: Facts, outcome: Outcome, moment: Moment) -> ir.Table:
    book = facts.model.book
    if book is None:
        raise ModelError("the model has no `book` that says which rows are revenue.")
    steps = steps_of(rows_of(facts, book, moment).held, book.gap.days)
    which = {
        "churn": steps.arr == 0,
        "contraction": (steps.arr < steps.before) & (steps.arr > 0),
        "expansion": (steps.arr > steps.before) & (steps.before > 0),
    }
    following = steps.day.lead().over(group_by="account", order_by="day")
    back = following if outcome.book == "churn" else steps.day
    return steps.mutate(back=back).filter(which[outcome.book or ""]).select("account", "day", "back")
