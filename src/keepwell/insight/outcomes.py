"""What became of accounts, and on which day: rows that say so, revenue that ended or changed, or silence."""

from __future__ import annotations

from datetime import date

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
from keepwell.model import Table
from keepwell.model.score import Outcome


def ends_of(facts: Facts, name: str, last: date) -> ir.Table:
    """account, day, back: when each account had this outcome, by what is known at the end of the last day.

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
    return found.filter(found.account.notnull(), found.day.notnull(), found.day <= last)


def had(facts: Facts, name: str, last: date) -> ir.Table:
    """account: everyone who has had this outcome, by what is known at the end of the day; no matter when."""
    outcome = facts.model.outcomes[name]
    if outcome.table is None or outcome.time is not None:
        return ends_of(facts, name, last).select("account").distinct()
    rows = _rows(facts, outcome, name, Moment(last, last))
    return rows.filter(rows.account.notnull()).select("account").distinct()


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
