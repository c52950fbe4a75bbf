"""Conditions of the model (applicability, cases, overrides, flags) evaluated over stored metric values."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import ibis
import ibis.expr.types as ir

from keepwell.facts import expressions
from keepwell.model.expressions import Expression
from keepwell.scoring.metrics import Metrics
from keepwell.scoring.plan import Plan
from keepwell.scoring.scales import UNKNOWN, Choice
from keepwell.scoring.terms import beside, unknown


def truths(metrics: Metrics, spine: ir.Table, conditions: Mapping[str, Expression]) -> ir.Table:
    """One row per account of `spine`: id, and each condition's truth under its name.

    NULL: unknown, because a name in it has no value. `spine` has a column id; its other columns can be named too.
    """
    wide = widened(metrics, spine, {name for condition in conditions.values() for name in condition.names})
    return wide.select("id", **{key: truth(condition, wide, metrics) for key, condition in conditions.items()})


def widened(metrics: Metrics, spine: ir.Table, names: Collection[str]) -> ir.Table:
    """`spine` with the metrics of these names beside it, for `truth` and `value`."""
    wanted = {name for name in names if metrics.kinds.get(name) != "none"} - set(spine.columns)
    if not wanted:
        return spine
    return beside(spine, _values(metrics, sorted(wanted)), ["id"])


def truth(condition: Expression, wide: ir.Table, metrics: Metrics) -> ir.BooleanValue:
    """Whether the condition holds, over a table of `widened`."""
    return expressions.condition(condition, lambda name: value(wide, name, metrics))


def value(wide: ir.Table, name: str, metrics: Metrics) -> ir.Value:
    """A metric in its own kind, over a table of `widened`. A metric of a table that is not there has no value."""
    if name in wide.columns:
        return wide[name]
    if metrics.kinds.get(name) == "none":
        return ibis.null()
    column = wide[f"{name}:{_column(name, metrics)}"]
    return column == 1 if metrics.kinds.get(name) == "yes_no" else column


def first_true(truths: Collection[ir.BooleanValue], otherwise: int | None) -> ir.IntegerValue:
    """The index of the first that holds, or `otherwise`; NULL where one before it is unknown, and where none holds."""
    cases = []
    for index, held in enumerate(truths):
        cases += [(unknown(held), ibis.null("int16")), (held, ibis.literal(index, "int16"))]
    return ibis.cases(*cases, else_=ibis.literal(otherwise, "int16"))


def choices(plan: Plan, metrics: Metrics) -> ir.Table | None:
    """id, node, chosen: the scale of every measure that has cases. None where no measure has."""
    cased = plan.cased
    if not cased:
        return None
    conditions = [choice.when for found in cased.values() for choice in found if choice.when is not None]
    wide = widened(metrics, metrics.accounts.select("id"), {name for when in conditions for name in when.names})
    parts = [
        wide.select("id", node=ibis.literal(node, "int16"), chosen=_chosen(node, found, wide, metrics))
        for node, found in cased.items()
    ]
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _chosen(node: int, found: list[Choice], wide: ir.Table, metrics: Metrics) -> ir.IntegerValue:
    """The number of the scale of the first case that holds, else of the measure's own."""
    own = found[-1].when is None
    held = [truth(choice.when, wide, metrics) for choice in found if choice.when is not None]
    index = first_true(held, len(held) if own else None)
    return (index + found[0].number).cast("int16").fill_null(ibis.literal(UNKNOWN - node, "int16"))


def _column(name: str, metrics: Metrics) -> str:
    kind = metrics.kinds.get(name, "number")
    return "number" if kind == "yes_no" else kind


def _values(metrics: Metrics, names: list[str]) -> ir.Table:
    """The metrics that conditions name, one column each: few, however many metrics there are."""
    picked = metrics.rows.filter(metrics.rows.metric.isin(names))
    columns = {
        f"{name}:{_column(name, metrics)}": picked[_column(name, metrics)].max(where=picked.metric == name)
        for name in names
    }
    return picked.group_by("id").aggregate(**columns)
