"""Metrics over entities: a level below (contacts, subscriptions) or an account's own children, summed up.

What is not known below is not known above: a broken feed of logins must not become «no active contacts».
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

import ibis
import ibis.expr.types as ir

from keepwell.errors import ModelError
from keepwell.facts.expressions import condition, kind_of
from keepwell.facts.moment import TIME
from keepwell.model.expressions import Expression
from keepwell.model.metrics import Aggregate, CountDistinct, Mean, Portion
from keepwell.scoring.metrics.about import about
from keepwell.scoring.metrics.needs import Need, value_of
from keepwell.scoring.rounding import settled
from keepwell.scoring.terms import EXACT, both, divide, portion, unknown, weighted_mean

UNKNOWN = ("decided", "stale", "silent")
"""Of how many entities below the metric could be told; some of the others have a broken feed; all never had it."""

ENTITIES = "@entities"


@dataclass(frozen=True)
class Below:
    """The lower entities with their metrics; `link`: the column naming the upper entity."""

    wide: ir.Table
    link: str
    lacking: Collection[str]

    @property
    def owned(self) -> ir.Table:
        return self.wide.filter(self.wide[self.link].notnull())

    def holds(self, expression: Expression, owned: ir.Table) -> ir.BooleanValue:
        return condition(expression, lambda name: value_of(owned, Need(name), self.lacking))


def roll_up(pairs: Sequence[tuple[Need, Aggregate]], below: Below, days: tuple[str, ...]) -> ir.Table:
    """One row per upper entity that has lower ones: id, entities (how many), and of each metric value, age, UNKNOWN.

    The age is that of the oldest that counts.
    """
    owned = below.owned
    columns: dict[str, ir.Value] = {}
    for need, metric in pairs:
        with about(need.metric):
            columns |= _rolled(metric, need, below, owned)
    keys = [*days, "id"]
    grouped = owned.group_by(*days, id=owned[below.link]).aggregate(**{ENTITIES: owned.count()}, **columns)
    return grouped.select(*keys, ENTITIES, *columns)


def _rolled(metric: Aggregate, need: Need, below: Below, owned: ir.Table) -> dict[str, ir.Value]:
    where = below.holds(metric.where, owned) if metric.where else None
    that = below.holds(metric.that, owned) if isinstance(metric, Portion) else None
    # A column even where the model asks nothing of the entities: engines add up rows, not a literal.
    undecided = owned[below.link].isnull() | _undecided(metric, owned, where, that)
    states = [owned[Need(name).state] for name in sorted(set(metric.names))]
    stale = reduce(or_, (state == "stale_feed" for state in states), ibis.literal(False))
    silent = reduce(and_, (state == "not_connected" for state in states), ibis.literal(True))
    counts = both(where, ~_lost(metric, owned, that))
    unknown = (owned.count(where=~undecided), (undecided & stale).any(), (~undecided | silent).all())
    return {
        need.value: _value(metric, owned, where, that),
        need.at: owned[Need(metric.column).at].min(where=counts) if metric.column else ibis.null(TIME),
        **{unknown_name(need, name): value for name, value in zip(UNKNOWN, unknown, strict=True)},
    }


def unknown_name(need: Need, name: str) -> str:
    """The column that says this of what could not be told; dropped once it has become a state."""
    return f"{need.metric}@{need.ago}:{name}"


def judged(metric: Aggregate, need: Need, joined: ir.Table) -> tuple[ir.Value, ir.StringValue]:
    """Value and state at the upper level; an entity with nothing below it has NULL in all of the columns."""
    value, entities = settled(joined[need.value]), joined[ENTITIES]
    decided, stale, silent = (joined[unknown_name(need, name)] for name in UNKNOWN)
    counts = metric.verb == "count"
    zero = counts if metric.absent is None else metric.absent == "zero"
    nothing = decided.fill_null(0) == 0
    none = (value.fill_null(0) == 0) if counts else value.isnull()
    unknown = ibis.ifelse(silent.fill_null(False) & (entities > 0), "not_connected", "no_data")
    empty = "worst" if metric.absent == "worst" else "ok" if zero else "no_data"
    lacking = (entities > decided).fill_null(False) if metric.unknown == "missing" else ibis.literal(False)
    state = ibis.cases(
        (stale.fill_null(False), "stale_feed"),
        (lacking & ~nothing, "no_data"),
        ((entities > 0).fill_null(False) & nothing, "worst" if metric.absent == "worst" else unknown),
        (none, empty),
        else_="ok",
    )
    filled = value.fill_null(0) if zero else value
    return ibis.ifelse(state == "ok", filled, ibis.null(filled.type())), state


def _undecided(
    metric: Aggregate, owned: ir.Table, where: ir.BooleanValue | None, that: ir.BooleanValue | None
) -> ir.BooleanValue:
    """Entities of which it is unknown whether, or with what, they count."""
    inside = ibis.literal(True) if where is None else where
    return unknown(inside) | (inside.fill_null(False) & _lost(metric, owned, that))


def _lost(metric: Aggregate, owned: ir.Table, that: ir.BooleanValue | None) -> ir.BooleanValue:
    """Entities without what the metric reads of them: its condition, its value, its weight."""
    lost = ibis.literal(False) if that is None else unknown(that)
    for name in (metric.column, getattr(metric, "weight", None)):
        if name:
            lost = lost | owned[Need(name).value].isnull()
    return lost


def _value(metric: Aggregate, owned: ir.Table, where: ir.BooleanValue | None, that: ir.BooleanValue | None) -> ir.Value:
    weight = getattr(metric, "weight", None)
    if that is not None:
        return portion(owned, that, None if weight is None else owned[Need(weight).value], where)
    if metric.column is None:
        return owned.count(where=where)
    column = owned[Need(metric.column).value]
    if isinstance(metric, CountDistinct):
        return column.nunique(where=where).nullif(0)
    if metric.verb in ("sum", "mean") and kind_of(column) in ("text", "time"):
        raise ModelError(f"{metric.verb} needs numbers, and ‘{metric.column}’ is none.")
    if weight is not None:
        return weighted_mean(column, owned[Need(weight).value], where)
    if isinstance(metric, Mean):
        return divide(column.cast(EXACT).sum(where=where), column.count(where=where))
    if metric.verb == "sum":
        return column.cast(EXACT).sum(where=where)
    return column.min(where=where) if metric.verb == "min" else column.max(where=where)
