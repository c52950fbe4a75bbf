"""Metrics over entities: a level below (contacts, subscriptions) or an account's own children, summed up."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from keepwell.facts.expressions import condition
from keepwell.model.expressions import Expression
from keepwell.model.metrics import Aggregate, CountDistinct, Mean, Portion
from keepwell.model.model import Model
from keepwell.scoring.metrics.needs import TIME, Need

EXACT = "decimal(38, 9)"
"""Metric values of entities are added as fixed point, so that the order of adding does not matter."""
FACTOR, HEFT = "decimal(19, 9)", "decimal(19, 6)"


def roll_up(metric: Aggregate, need: Need, below: ir.Table, link: str, ago: int) -> ir.Table:
    """id (of the upper entity) and the need's columns. `below` holds the lower entities, `link` the column naming the upper.

    State ok, or no_data where the entity has nothing below it that has a value. `at`: the oldest of the values used.
    """
    owned = below.filter(below[link].notnull())
    where = _condition(metric.where, owned, ago) if metric.where else None
    value = _value(metric, owned, where, ago)
    oldest = owned[Need(metric.column, ago).at].min(where=where) if metric.column else ibis.null(TIME)
    grouped = owned.group_by(id=owned[link]).aggregate(value=value, oldest=oldest)
    return grouped.select("id", **{need.value: grouped.value, need.at: grouped.oldest.cast(TIME)})


def settled(metric: Aggregate, value: ir.Value) -> tuple[ir.Value, ir.StringValue]:
    """Value and state after the join to the upper level, where entities with nothing below them have NULL."""
    zero = metric.verb == "count" if metric.absent is None else metric.absent == "zero"
    filled = value.fill_null(0) if zero else value
    none = "worst" if metric.absent == "worst" else "no_data"
    missing = (value.isnull() | (value == 0)) if metric.verb == "count" and metric.absent in ("worst", "missing") else filled.isnull()
    state = ibis.ifelse(missing, none, "ok")
    return ibis.ifelse(state == "ok", filled, ibis.null(filled.type())), state


def _value(metric: Aggregate, owned: ir.Table, where: ir.BooleanValue | None, ago: int) -> ir.Value:
    if isinstance(metric, Portion):
        hits = _condition(metric.that, owned, ago)
        return owned.count(where=_and(where, hits)).cast("float64") / owned.count(where=where).nullif(0).cast("float64")
    if metric.column is None:
        return owned.count(where=where)
    column = owned[Need(metric.column, ago).value]
    if isinstance(metric, CountDistinct):
        return column.nunique(where=where)
    if isinstance(metric, Mean):
        return _mean(metric, column, owned, where, ago)
    if metric.verb == "sum":
        return column.cast(EXACT).sum(where=where)
    return getattr(column, metric.verb)(where=where)


def _mean(metric: Mean, column: ir.Value, owned: ir.Table, where: ir.BooleanValue | None, ago: int) -> ir.Value:
    if metric.weight is None:
        return column.cast(EXACT).sum(where=where).cast("float64") / column.count(where=where).nullif(0).cast("float64")
    weight = owned[Need(metric.weight, ago).value].cast(HEFT)
    both = _and(where, column.notnull() & weight.notnull())
    total = (column.cast(FACTOR) * weight).sum(where=both)
    return total.cast("float64") / weight.sum(where=both).cast("float64").nullif(0)


def _condition(expression: Expression, owned: ir.Table, ago: int) -> ir.BooleanValue:
    return condition(expression, lambda name: owned[Need(name, ago).value])


def _and(left: ir.BooleanValue | None, right: ir.BooleanValue) -> ir.BooleanValue:
    return right if left is None else left & right
