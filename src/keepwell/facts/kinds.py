"""Kinds that a model implies: what an expression, a scale or a metric made of metrics must be reading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sqlglot import exp

from keepwell.model import Model
from keepwell.model.check.scores import walk
from keepwell.model.expressions import Expression
from keepwell.model.graph import over_level
from keepwell.model.metrics import Aggregate, Change, CountTrue, Expr, Mean, MetricBase, Portion, Ratio, Sum
from keepwell.model.scale import Scale
from keepwell.model.tree import Measure

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ALIKE = (exp.Coalesce, exp.Greatest, exp.Least)
_OF_NUMBER = (exp.Abs, exp.Round, exp.Ceil, exp.Floor, exp.Ln, exp.Sqrt)
_OF_NUMBERS = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Pow, exp.Neg, *_OF_NUMBER)


def metric_kinds(model: Model) -> Iterator[tuple[str, str]]:
    """(metric, kind) for every place that reads a metric as one kind: scales, metrics of metrics, conditions."""
    for root in model.scores.values():
        for _, node in walk(root, ()):
            yield from _scale_kinds(node) if isinstance(node, Measure) else ()
            yield from _implied(node.applies_if)
        conditions = [*(item.when for item in root.overrides), *(item.when for item in root.variants), root.population]
        for condition in conditions:
            yield from _implied(condition)
        for rule in (rule for item in root.adjust.values() for rule in item.rules):
            yield from _implied(rule.when) if rule.metric is None else ((rule.metric, "number"),)
    for flag in model.flags.values():
        yield from _implied(flag.when)
    for table in model.tables.values():
        yield from _implied(table.connected_if)
    for metric in model.metrics.values():
        yield from _metric_kinds(model, metric)
    for entity in model.entities.values():
        if entity.value in model.metrics:
            yield entity.value, "number"


def _metric_kinds(model: Model, metric: MetricBase) -> Iterator[tuple[str, str]]:
    if isinstance(metric, (Ratio, Change)):
        names = metric.ratio if isinstance(metric, Ratio) else (metric.change,)
        yield from ((name, "number") for name in names)
    elif isinstance(metric, Expr):
        yield from _implied(metric.expr)
    elif isinstance(metric, CountTrue):
        for condition in metric.count_true:
            yield from _implied(condition)
    elif isinstance(metric, Aggregate) and over_level(model, metric):
        yield from _implied(metric.where)
        if isinstance(metric, Portion):
            yield from _implied(metric.that)
        if isinstance(metric, (Sum, Mean)):
            yield from ((name, "number") for name in (metric.column, getattr(metric, "weight", None)) if name)


def _implied(expression: Expression | None) -> Iterable[tuple[str, str]]:
    return implied_kinds(expression).items() if expression is not None else ()


def _scale_kinds(measure: Measure) -> Iterator[tuple[str, str]]:
    """What a measure's scales, and the cases that choose among them, read."""
    for scale in measure.scales:
        yield measure.metric, _scale_kind(scale)
    for case in measure.cases:
        yield from _implied(case.condition(measure.by))


def _scale_kind(scale: Scale) -> str:
    if scale.map is None:
        return "number"
    keys = {key for key, _ in scale.map} - {"else"}
    return "yes_no" if keys and keys <= {"true", "false"} else "text"


def implied_kinds(expression: Expression) -> dict[str, str]:
    """Column → the kind that its neighbours in the expression imply: `plan = '1'` reads plan as text."""
    found: dict[str, str] = {}
    for node in expression.tree.walk():
        parts = list(_sides(node))
        kind = next((kind for part in parts if (kind := _implies(part))), None)
        if isinstance(node, _OF_NUMBERS):
            kind = "number"
        for part in parts:
            if isinstance(part, exp.Column) and kind:
                found.setdefault(part.name, kind)
    return found


def _sides(node: Any) -> Iterable[Any]:
    if isinstance(node, exp.In):
        return [node.this, *node.expressions]
    if isinstance(node, exp.Between):
        return [node.this, node.args["low"], node.args["high"]]
    if isinstance(node, _ALIKE):
        return [node.this, *node.expressions]
    if isinstance(node, _OF_NUMBER):
        return [node.this]
    if isinstance(node, (exp.Binary, exp.Neg)) and not isinstance(node, (exp.And, exp.Or, exp.Is)):
        return [part for part in (node.this, node.args.get("expression")) if part is not None]
    return []


def _implies(node: Any) -> str | None:
    if isinstance(node, exp.Neg):
        return "number"
    if isinstance(node, exp.Literal):
        if node.is_string:
            return None if _DATE.match(node.name) else "text"  # a date in quotes may stand beside a time
        return "number"
    if isinstance(node, exp.Boolean):
        return "yes_no"
    return "time" if isinstance(node, exp.Cast) else None
