"""Conditions of the model (applicability, overrides, flags) evaluated over stored metric values."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from keepwell.facts import expressions
from keepwell.model.expressions import Expression

Kinds = Mapping[str, str]
"""Metric name → number, text, day, yes_no, or none: which column of a metric row holds its value."""


def truths(rows: ir.Table, spine: ir.Table, kinds: Kinds, conditions: Mapping[str, Expression]) -> ir.Table:
    """One row per account of `spine`: id, and each condition's truth under its name.

    NULL: unknown, because a name in it has no value. `spine` has a column id; its other columns can be named too.
    """
    names = {name for condition in conditions.values() for name in condition.names if kinds.get(name) != "none"}
    values = _values(rows, kinds, sorted(names - set(spine.columns)))
    wide = spine if values is None else spine.left_join(values, "id")
    return wide.select("id", **{key: _truth(condition, wide, kinds) for key, condition in conditions.items()})


def _truth(condition: Expression, wide: ir.Table, kinds: Kinds) -> ir.Value:
    return expressions.condition(condition, lambda name: _value(wide, name, kinds))


def _value(wide: ir.Table, name: str, kinds: Kinds) -> ir.Value:
    if name in wide.columns:
        return wide[name]
    if kinds.get(name) == "none":
        return ibis.null()
    column = wide[f"{name}:{_column(name, kinds)}"]
    return column == 1 if kinds.get(name) == "yes_no" else column


def _column(name: str, kinds: Kinds) -> str:
    kind = kinds.get(name, "number")
    return "number" if kind == "yes_no" else kind


def _values(rows: ir.Table, kinds: Kinds, names: list[str]) -> ir.Table | None:
    """The metrics that conditions name, one column each: few, however many metrics there are."""
    if not names:
        return None
    picked = rows.filter(rows.metric.isin(names))
    columns = {
        f"{name}:{_column(name, kinds)}": picked[_column(name, kinds)].max(where=picked.metric == name)
        for name in names
    }
    return picked.group_by("id").aggregate(**columns)
