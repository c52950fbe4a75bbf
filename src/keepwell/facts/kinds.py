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
_ALIKE = (exp.Coalesce, exp.Greatest, exp.Least, exp.Nullif)
_COMPARED = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.In, exp.Between)
_PARTS = ("this", "expression", "expressions", "low", "high")
_READS: dict[type, str] = {
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Pow, exp.Neg), "number"),
    **dict.fromkeys((exp.Abs, exp.Round, exp.Ceil, exp.Floor, exp.Ln, exp.Sqrt), "number"),
    **dict.fromkeys((exp.Lower, exp.Upper, exp.Trim, exp.Length, exp.Like), "text"),
    **dict.fromkeys((exp.And, exp.Or, exp.Not), "yes_no"),
    exp.DateDiff: "time",
}
"""What an operator or function reads, whatever stands beside it."""
_IS: dict[type, str] = {
    **_READS,
    **dict.fromkeys((*_COMPARED, exp.Like, exp.Is, exp.Boolean), "yes_no"),
    **dict.fromkeys((exp.Length, exp.DateDiff), "number"),
    exp.Cast: "time",
}
"""What it is itself."""


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
        column = metric.column if isinstance(metric, (Sum, Mean)) else None
        yield from ((name, "number") for name in (column, getattr(metric, "weight", None)) if name)


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


def implied_kinds(expression: Expression, wanted: str | None = None) -> dict[str, str]:
    """Column → the kind that it is read as: `plan = '1'` reads plan as text.

    `wanted`: the kind that the whole is read as, which goes down to the columns whose values it hands on.
    """
    found: dict[str, str] = {}
    for name, kind in _down(expression.tree, wanted):
        found.setdefault(name, kind)
    return found


def handed_on(node: Any) -> Iterator[Any]:
    """The parts of a formula whose value may be its own: both of `coalesce(a, b)`, the results of a case."""
    if isinstance(node, exp.Paren):
        yield from handed_on(node.this)
    elif isinstance(node, (*_ALIKE, exp.Case, exp.If)):
        for part in _results(node) if isinstance(node, (exp.Case, exp.If)) else _parts(node):
            yield from handed_on(part)
    else:
        yield node


def _down(node: Any, wanted: str | None) -> Iterator[tuple[str, str]]:
    if isinstance(node, exp.Column):
        yield from [(node.name, wanted)] if wanted else []
    elif isinstance(node, exp.Paren):
        yield from _down(node.this, wanted)
    elif isinstance(node, (exp.Case, exp.If)):
        yield from _case(node, wanted)
    elif isinstance(node, _ALIKE):
        yield from _all(_parts(node), wanted)
    elif isinstance(node, _COMPARED):
        yield from _all(_parts(node), None)
    elif not isinstance(node, exp.Cast):
        for part in _parts(node):
            yield from _down(part, _READS.get(type(node)))


def _case(node: Any, wanted: str | None) -> Iterator[tuple[str, str]]:
    branches = [node] if isinstance(node, exp.If) else node.args["ifs"]
    tests = [branch.this for branch in branches]
    if isinstance(node, exp.Case) and node.this is not None:
        yield from _all([node.this, *tests], None)
    else:
        yield from _all(tests, "yes_no")
    yield from _all(_results(node), wanted)


def _results(node: Any) -> list[Any]:
    branches = [node] if isinstance(node, exp.If) else node.args["ifs"]
    last = node.args.get("false" if isinstance(node, exp.If) else "default")
    return [*(branch.args["true"] for branch in branches), *([last] if last is not None else [])]


def _all(parts: list[Any], wanted: str | None) -> Iterator[tuple[str, str]]:
    """Parts that are read as one kind: the one that is wanted, else the first that one of them is."""
    kind = wanted or next((kind for part in parts if (kind := _kind(part))), None)
    for part in parts:
        yield from _down(part, kind)


def _parts(node: Any) -> list[Any]:
    found = [node.args.get(name) for name in _PARTS]
    return [
        part for item in found for part in (item if isinstance(item, list) else [item]) if isinstance(part, exp.Expr)
    ]


def _kind(node: Any) -> str | None:
    """What a part is of itself; None for a column, of which only its neighbours can tell."""
    if isinstance(node, exp.Literal):
        if node.is_string:
            return None if _DATE.match(node.name) else "text"  # a date in quotes may stand beside a time
        return "number"
    if type(node) in _IS:
        return _IS[type(node)]
    inner = [part for part in handed_on(node) if part is not node]
    return next((kind for part in inner if (kind := _kind(part))), None)
