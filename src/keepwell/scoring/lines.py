"""One account's own lines: what leads from the weighted tree to its score, and what else might."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from keepwell.facts import fetch
from keepwell.model.score import Rule
from keepwell.scoring.adjust import adjust_names, rule_names, rules, stated_rules
from keepwell.scoring.final import override_names
from keepwell.scoring.score import Scores
from keepwell.scoring.words import label_of, override_words, signed

Row = Mapping[str, Any]
Values = Mapping[str, Row]
"""Metric → its row, of one account."""


@dataclass(frozen=True)
class Ruling:
    """A rule that moved its adjustment, why, and by how many points."""

    because: str
    points: float


@dataclass(frozen=True)
class Line:
    """One step from raw to score, in points; `rules`: what an adjustment consists of."""

    label: str
    points: float
    rules: tuple[Ruling, ...] = ()


def ruled(own: Scores) -> Row:
    """What each rule did, in the columns of `adjust.rules`, of scores that are one account's."""
    if not own.plan.score.adjust:
        return {}
    return fetch.rows(rules(own.plan.score, own.plan.native, own.metrics))[0]


def lines(own: Scores, row: Row, did: Row) -> Iterator[Line]:
    """What base, adjustments, bounds, rounding and overrides did; `did`: see `ruled`.

    Where there is no score nothing moves it, and only an override that gives the tier is told.
    """
    if row["raw"] is not None:
        found = [Line("to begin with", row["base"]), *_adjusted(own, row, did)]
        found += [Line("kept within 0–100", row["clamped"]), Line("rounded", row["rounding"])]
        yield from (line for line in found if line.points or line.rules)
    for name, override in zip(override_names(own.plan.score), own.plan.score.overrides, strict=True):
        if row[f"{name}_fired"] and (row["score"] is not None or override.mode == "tier"):
            yield Line(override_words(override, own.plan.score.scale), row[name] or 0.0)


def _adjusted(own: Scores, row: Row, did: Row) -> Iterator[Line]:
    score = own.plan.score
    stated = list(zip(rule_names(score), stated_rules(score), strict=True))
    for line, (name, item) in zip(adjust_names(score), score.adjust.items(), strict=True):
        moved = [Ruling(rule.because, did[column]) for column, (group, rule) in stated if group == name]
        yield Line(label_of(name, item.label), row[line], tuple(rule for rule in moved if rule.points))


def unsettled(own: Scores, row: Row, values: Values, did: Row) -> Iterator[str]:
    """Rules and overrides that would hold or not, did one know what has no value: what they would do, and what lacks.

    Where there is no score, only overrides that give the tier.
    """
    score = own.plan.score
    for column, (name, rule) in zip(rule_names(score), stated_rules(score), strict=True):
        low, high = (did[f"{column}{end}"] for end in ("_low", "_high"))
        if low != high and row["raw"] is not None:
            said = f"{label_of(name, score.adjust[name].label)}: {rule.because}"
            yield f"{said} ({_span(rule, low, high)}; unknown: {_lacking(own, _read(rule), values)})"
    for name, override in zip(override_names(score), score.overrides, strict=True):
        if row[f"{name}_fired"] is None and (row["score"] is not None or override.mode == "tier"):
            lacking = _lacking(own, override.when.names, values) or override.when.text
            yield f"{override_words(override, score.scale)} (unknown: {lacking})"


def _read(rule: Rule) -> tuple[str, ...]:
    return rule.when.names if rule.when is not None else (rule.metric or "",)


def _span(rule: Rule, low: float, high: float) -> str:
    """‘−20.0 points’, ‘up to +12.0 points’ or ‘−10.0 to +5.0 points’: what a rule could add."""
    if low and high:
        return f"{signed(low)} to {signed(high)} points"
    return f"{'' if rule.when else 'up to '}{signed(low or high)} points"


def _lacking(own: Scores, names: tuple[str, ...], values: Values) -> str:
    """Which of these metrics have no value, by their labels."""
    specs = own.model.metrics
    unknown = [name for name in names if all(values.get(name, {}).get(kind) is None for kind in _KINDS)]
    labels = {name: specs[name].label if name in specs else None for name in unknown}
    return " and ".join(label_of(name, label) for name, label in labels.items())


_KINDS = ("number", "text", "day")
