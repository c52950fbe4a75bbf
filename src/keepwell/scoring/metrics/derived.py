"""Metrics made of metrics: ratio, change, formula. Columns of the wide table in, value, state and age out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from functools import reduce
from operator import add, and_

import ibis
import ibis.expr.types as ir

from keepwell.errors import ModelError
from keepwell.facts.expressions import condition, kind_of, to_ibis
from keepwell.model.ago import NOW
from keepwell.model.metrics import Change, CountTrue, Expr, Metric, Past, Ratio
from keepwell.scoring.metrics.needs import Need, value_of
from keepwell.scoring.rounding import settled
from keepwell.scoring.terms import unknown

Columns = tuple[ir.Value, ir.StringValue, ir.TimestampValue]
"""value, state, at"""


def derive(metric: Metric, wide: ir.Table, inputs: Sequence[Need], lacking: Collection[str]) -> Columns:
    """Value, state and age of a metric from its inputs' columns in `wide`.

    `lacking`: metrics whose table is not there.
    """
    special = None
    if isinstance(metric, Expr):
        value = to_ibis(metric.expr, lambda name: value_of(wide, Need(name, inputs[0].ago), lacking))
    elif isinstance(metric, Ratio):
        top, bottom = (_number(metric, need, wide) for need in inputs)
        value, special = _if_zero(metric.if_zero, top / bottom.nullif(0), bottom == 0)
    elif isinstance(metric, Past):
        value = wide[inputs[0].value]
    elif isinstance(metric, CountTrue):
        value = _count_true(metric, wide, inputs, lacking)
    elif isinstance(metric, Change):
        value, special = _change(metric, *(_number(metric, need, wide) for need in inputs))
    else:
        raise TypeError(metric.verb)
    value = settled(value)
    usable = _usable(value if isinstance(metric, (Expr, CountTrue)) else None, wide, inputs)
    state = ibis.cases(
        (usable.notnull(), usable),
        *([(special, "worst")] if special is not None else []),
        (unknown(value) if value.type().is_boolean() else value.isnull(), "undefined"),
        else_="ok",
    )
    return (
        ibis.ifelse(state == "ok", value, ibis.null(value.type())),
        state,
        _age(wide, inputs[:1] if isinstance(metric, Change) else inputs),
    )


def _count_true(metric: CountTrue, wide: ir.Table, inputs: Sequence[Need], lacking: Collection[str]) -> ir.IntegerValue:
    ago = inputs[0].ago if inputs else NOW
    held = [condition(item, lambda name: value_of(wide, Need(name, ago), lacking)) for item in metric.count_true]
    none = reduce(and_, (unknown(item) for item in held))
    total = reduce(add, (ibis.ifelse(item.fill_null(False), 1, 0) for item in held))
    return ibis.ifelse(none, ibis.null("int64"), total.cast("int64"))


def _number(metric: Metric, need: Need, wide: ir.Table) -> ir.NumericValue:
    value = wide[need.value]
    if (kind := kind_of(value)) in ("text", "time"):
        is_ = "text" if kind == "text" else "a date"
        raise ModelError(f"{metric.verb} needs numbers, and ‘{need.metric}’ is {is_}.")
    return value.cast("float64")


def _if_zero(
    policy: str | Decimal, value: ir.NumericValue, zero: ir.BooleanValue
) -> tuple[ir.NumericValue, ir.BooleanValue | None]:
    """What a denominator of zero gives: nothing, a stated value, or the worst case (second item)."""
    if policy == "worst":
        return value, zero
    if isinstance(policy, Decimal):
        return ibis.ifelse(zero, float(policy), value), None
    return value, None


def _change(
    metric: Change, new: ir.NumericValue, old: ir.NumericValue
) -> tuple[ir.NumericValue, ir.BooleanValue | None]:
    if metric.as_ == "difference":
        return new - old, None
    # An old value below zero has no share of itself that anybody could read: undefined, like zero without a policy.
    value = ibis.ifelse(old > 0, new / old.nullif(0) - 1, ibis.null("float64"))
    return _if_zero(metric.if_zero, value, old == 0)


def _usable(formula: ir.Value | None, wide: ir.Table, inputs: Sequence[Need]) -> ir.StringValue:
    """NULL where the inputs can be used, else the state that they give: missing before worst, the first in order.

    A formula decides by itself (coalesce may settle a missing input), so only where it gives nothing do its inputs
    speak.
    """
    states = [wide[need.state] for need in inputs]
    lost = ibis.coalesce(
        *(ibis.ifelse(state.isin(["ok", "worst"]), ibis.null("string"), state) for state in states), ibis.null("string")
    )
    worst = ibis.or_(*(state == "worst" for state in states))
    found = lost.fill_null(ibis.ifelse(worst, "worst", ibis.null("string")))
    if formula is None:
        return found
    nothing = unknown(formula) if formula.type().is_boolean() else formula.isnull()
    return ibis.ifelse(nothing, found, ibis.null("string"))


def _age(wide: ir.Table, inputs: Sequence[Need]) -> ir.TimestampValue:
    """A derived value is as old as its oldest input; a change is as old as its newer value, for its past is past."""
    return wide[inputs[0].at] if len(inputs) == 1 else ibis.least(*(wide[need.at] for need in inputs))
