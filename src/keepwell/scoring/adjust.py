"""What is added to the weighted tree, or taken from it: base, bonus, malus. FORMULA: raw → adjusted.

An unknown condition, or a metric without a value, adds nothing to the score and everything that it could to its range.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from keepwell.model.score import Adjustment, Bounds, Rule, Score
from keepwell.scoring.conditions import truth, value, widened
from keepwell.scoring.metrics import Metrics
from keepwell.scoring.native import Native
from keepwell.scoring.rounding import nine
from keepwell.scoring.terms import Range, unknown

MOST = Decimal(100)
"""A rule without bounds can move the score this far, in points of 100."""


def adjust_names(score: Score) -> list[str]:
    """Names of each adjustment's own line, such as adjust_0; with `_low` and `_high` its range."""
    return [f"adjust_{index}" for index in range(len(score.adjust))]


def stated_rules(score: Score) -> list[tuple[str, Rule]]:
    """Every rule, with the name of its adjustment, in the order of the file."""
    return [(name, rule) for name, item in score.adjust.items() for rule in item.rules]


def rule_names(score: Score) -> list[str]:
    """Names of what each of `stated_rules` did, such as rule_0; with `_low` and `_high` what it could add."""
    return [f"rule_{index}" for index in range(len(stated_rules(score)))]


def adjustments(score: Score, native: Native, metrics: Metrics) -> ir.Table:
    """id, known (share of the rules that are, 0–1), and for each adjustment its points of 100 and their range."""
    wide = _widened(score, metrics)
    columns: dict[str, ir.Value] = {}
    for name, item in zip(adjust_names(score), score.adjust.values(), strict=True):
        found = _together(item, [_of_rule(rule, native, wide, metrics) for rule in item.rules], native)
        columns |= {name: nine(found.value), f"{name}_low": nine(found.low), f"{name}_high": nine(found.high)}
    known = [ibis.ifelse(_unknown(rule, wide, metrics), 0.0, 1.0) for _, rule in stated_rules(score)]
    return wide.select("id", known=reduce(add, known) / len(known) if known else ibis.literal(1.0), **columns)


def rules(score: Score, native: Native, metrics: Metrics) -> ir.Table:
    """id, and of each rule, as `rule_names` has it, the points of 100 by which it moved its adjustment.

    The rules are added up in the order of the file, each within the adjustment's bounds, so that they sum to its line
    (but for bounds that leave no 0). low, high: what a rule could add by itself; they differ where it is unknown.
    """
    wide = _widened(score, metrics)
    names = iter(rule_names(score))
    columns: dict[str, ir.Value] = {}
    for item in score.adjust.values():
        low, high = _ends(item.between, native)
        total: ir.NumericValue = ibis.literal(0.0)
        for rule in item.rules:
            name, found = next(names), _of_rule(rule, native, wide, metrics)
            before, total = total, total + found.value
            moved = _inside(total, low, high) - _inside(before, low, high)
            columns |= {name: nine(moved), f"{name}_low": nine(found.low), f"{name}_high": nine(found.high)}
    return wide.select("id", **columns)


def _widened(score: Score, metrics: Metrics) -> ir.Table:
    """Every account, with what the rules read."""
    stated = [rule for _, rule in stated_rules(score)]
    named = {name for rule in stated for name in (rule.when.names if rule.when else (rule.metric or "",))}
    return widened(metrics, metrics.accounts.select("id"), named)


def _unknown(rule: Rule, wide: ir.Table, metrics: Metrics) -> ir.BooleanValue:
    if rule.when is not None:
        return unknown(truth(rule.when, wide, metrics))
    return value(wide, rule.metric or "", metrics).isnull()


def _of_rule(rule: Rule, native: Native, wide: ir.Table, metrics: Metrics) -> Range:
    low, high = _ends(rule.between, native)
    if rule.when is not None:
        points = float(native.share(Fraction(rule.add or 0)))
        held = truth(rule.when, wide, metrics)
        ends = (held.fill_null(unknown) for unknown in (False, points < 0, points > 0))
        return Range(*(_inside(ibis.ifelse(end, points, 0.0), low, high) for end in ends))
    each = float(native.share(Fraction(rule.each or 0)))
    number = value(wide, rule.metric or "", metrics).cast("float64")
    found = _inside(number * each, low, high)
    return Range(found.fill_null(_inside(ibis.literal(0.0), low, high)), found.fill_null(low), found.fill_null(high))


def _together(item: Adjustment, parts: Sequence[Range], native: Native) -> Range:
    low, high = _ends(item.between, native)
    sums = (reduce(add, (getattr(part, name) for part in parts)) for name in ("value", "low", "high"))
    return Range(*(_inside(total, low, high) for total in sums))


def _ends(bounds: Bounds | None, native: Native) -> tuple[float, float]:
    low, high = bounds or (None, None)
    least = -float(MOST) if low is None else float(native.share(Fraction(low)))
    return least, float(MOST) if high is None else float(native.share(Fraction(high)))


def _inside(number: ir.NumericValue, low: float, high: float) -> ir.NumericValue:
    return ibis.cases((number < low, low), (number > high, high), else_=number)
