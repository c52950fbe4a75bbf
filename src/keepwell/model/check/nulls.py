"""What nobody knows must not pass for bad: ratios without a denominator, formulas that lose a value unseen."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from sqlglot import exp

from keepwell.model.check.report import Report
from keepwell.model.edges import partition
from keepwell.model.exact import plain
from keepwell.model.expressions import Expression
from keepwell.model.graph import over_level
from keepwell.model.metrics import Aggregate, Expr, Ratio
from keepwell.model.model import Model
from keepwell.model.scale import Scale
from keepwell.model.tree import Measure
from keepwell.model.yaml import Steps

FOUND_WITHOUT_ROWS = ("count", "count_distinct", "sum", "open")
"""Verbs that are 0 where a fresh feed has no row of the account."""
PASSES_ON = ("mean", "min", "max")
"""Verbs over a level that pass a value of those below on."""


def check_least(model: Model, report: Report) -> None:
    """Warn of `least` and `greatest` over several metrics, one of which may have no value and hides the others."""
    for name, metric in model.metrics.items():
        lost = _lost(model, metric.expr) if isinstance(metric, Expr) else None
        if lost:
            function, other = lost
            said = f"`{function}` has no value where ‘{other}’ has none, whatever the others say; "
            said += f"say what that means, such as `coalesce({other}, 0)`, or ask `{other} is null` first."
            report.warning("least", ("metrics", name, "expr"), said)


def _lost(model: Model, formula: Expression) -> tuple[str, str] | None:
    """The function, and the first metric in it that can be without a value and is not asked about."""
    asked = {column.name for test in formula.tree.find_all(exp.Is) for column in test.find_all(exp.Column)}
    for node in formula.tree.find_all(exp.Least, exp.Greatest):
        own = [node.this, *node.expressions]
        bare = [part.name for part in own if isinstance(part, exp.Column)]
        several = sum(part.find(exp.Column) is not None for part in own) > 1
        for name in bare if several else ():
            if name not in asked and _may_lack(model, name):
                return node.key, name
    return None


def _may_lack(model: Model, name: str) -> bool:
    metric = model.metrics.get(name)
    if metric is None or isinstance(metric, Expr):
        return isinstance(metric, Expr) and metric.expr.tree.find(exp.Coalesce) is None
    if isinstance(metric, Aggregate):
        return metric.absent != "zero" and metric.verb not in FOUND_WITHOUT_ROWS
    return True


def check_zero(model: Model, report: Report, measure: Measure, scale: Scale, here: Steps, path: Steps) -> None:
    """Ask whether a ratio that cannot be computed should get the worst points."""
    value = _instead(model, measure.metric)
    if value is None or (points := points_at(scale, value)) is None:
        return
    worst = min(scale.points)
    if points == Fraction(worst) and worst < max(scale.points):
        said = f"where the denominator of ‘{measure.metric}’ is 0 it counts as {plain(value)}, which gives the worst "
        said += f"points ({plain(worst)}), though there is nothing to measure"
        report.doubt(measure, here, "if-zero", (*path, "metric"), said)


def _instead(model: Model, name: str) -> Decimal | None:
    """The number that stands for a division by zero; None where that is missing, or no division is seen."""
    metric = model.metrics.get(name)
    if isinstance(metric, Ratio):
        return metric.if_zero if isinstance(metric.if_zero, Decimal) else None
    if isinstance(metric, Aggregate) and over_level(model, metric) and metric.verb in PASSES_ON and metric.column:
        return _instead(model, metric.column)
    whole = metric.expr.tree.unnest() if isinstance(metric, Expr) else None
    if isinstance(whole, exp.Coalesce) and whole.this.find(exp.Div) and len(whole.expressions) == 1:
        fixed = whole.expressions[0]
        return Decimal(fixed.name) if isinstance(fixed, exp.Literal) and not fixed.is_string else None
    return None


def points_at(scale: Scale, value: Decimal) -> Fraction | None:
    """The points that a scale gives a number; None in a gap, and for categories."""
    if scale.curve:
        return _on_line(scale.curve, value)
    listed = scale.bands or scale.ranges or ()
    for piece in partition([item[0] for item in listed]):
        if piece.index is not None and piece.start <= (value, 0) and (value, 1) <= piece.end:
            return Fraction(listed[piece.index][1])
    return None


def _on_line(knots: tuple[tuple[Decimal, Decimal], ...], value: Decimal) -> Fraction:
    if value <= knots[0][0]:
        return Fraction(knots[0][1])
    for (left, low), (right, high) in pairwise(knots):
        if value <= right:
            share = Fraction(value - left) / Fraction(right - left)
            return Fraction(low) + share * Fraction(high - low)
    return Fraction(knots[-1][1])
