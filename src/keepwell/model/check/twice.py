"""What is said twice: conditions that are the same, and one word with two definitions in one file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

from sqlglot import exp

from keepwell.model.check.report import Report
from keepwell.model.edges import partition
from keepwell.model.expressions import Expression
from keepwell.model.metrics import Expr
from keepwell.model.model import Model
from keepwell.model.scale import Scale
from keepwell.model.score import Score
from keepwell.model.tree import Group, Measure, Node
from keepwell.model.yaml import Steps

Found = tuple[Steps, Measure]


def check_twice(model: Model, report: Report) -> None:
    """Check `metrics:`, `flags:` and `scores:` for what stands there twice."""
    _choices(model, report)
    _same(report, [(("flags", name, "when"), str(flag.kind), flag.when) for name, flag in model.flags.items()])
    for name, score in model.scores.items():
        _conditions(report, score, ("scores", name))
        _headline(report, score, ("scores", name))
    _labels(model, report)
    _scales(model, report)
    for (one, first), (other, second) in combinations(model.scores.items(), 2):
        _tiers(report, one, first, other, second)
        _weights(report, one, first, other, second)


# conditions


def _same(report: Report, listed: Iterable[tuple[Steps, str, Expression]]) -> None:
    """Warn of two conditions that are the same, among those of one `kind` of effect."""
    seen: dict[tuple[str, str], Expression] = {}
    for path, kind, condition in listed:
        first = seen.setdefault((kind, meaning(condition.tree)), condition)
        if first is not condition:
            said = f"‘{condition}’ stands here a second time; one of the two was meant to be another condition."
            report.warning("same-condition", path, said)


def meaning(tree: exp.Expr) -> str:
    """A condition in one spelling: blanks, brackets and the order around `and` and `or` do not count."""
    node = tree.unnest()
    if isinstance(node, (exp.And, exp.Or)):
        parts = sorted(meaning(part) for part in node.flatten())
        return "(" + f" {node.key} ".join(parts) + ")"
    return node.sql(dialect="duckdb")


def _choices(model: Model, report: Report) -> None:
    """`case when` of formulas: what the second of two same conditions would give is never given."""
    for name, metric in model.metrics.items():
        for case in metric.expr.tree.find_all(exp.Case) if isinstance(metric, Expr) else ():
            seen: list[str] = []
            for choice in case.args.get("ifs") or ():
                if (said := meaning(choice.this)) in seen:
                    told = f"‘{choice.this.sql(dialect='duckdb')}’ stands twice in this choice, so "
                    told += f"{choice.args['true'].sql(dialect='duckdb')} can never come of it."
                    report.warning("same-condition", ("metrics", name, "expr"), told)
                seen.append(said)


def _conditions(report: Report, score: Score, here: Steps) -> None:
    _same(report, [((*here, "variants", i, "when"), "", item.when) for i, item in enumerate(score.variants)])
    _same(report, [((*here, "overrides", i, "when"), item.mode, item.when) for i, item in enumerate(score.overrides)])
    for name, item in score.adjust.items():
        at: Steps = (*here, "adjust", name, "rules")
        _same(report, [((*at, i, "when"), "", rule.when) for i, rule in enumerate(item.rules) if rule.when])
    for path, measure in _measures(score, here):
        whens = [((*path, "cases", i, "when"), "", case.when) for i, case in enumerate(measure.cases) if case.when]
        _same(report, whens)


def _measures(node: Node, path: Steps, conditional: bool = True) -> Iterable[Found]:
    """The measures below; without those that apply to some accounts only, unless `conditional`."""
    for name, part in node.parts.items() if isinstance(node, Group) else ():
        here = (*path, "parts", name)
        if part.applies_if is not None and not conditional:
            continue
        if isinstance(part, Measure):
            yield here, part
        else:
            yield from _measures(part, here, conditional)


# one word, two definitions


def _labels(model: Model, report: Report) -> None:
    seen: dict[tuple[str, str], str] = {}
    for name, metric in model.metrics.items():
        if metric.label is None:
            continue
        first = seen.setdefault((metric.for_, metric.label.casefold()), name)
        if first != name:
            said = f"‘{first}’ and ‘{name}’ are both shown as “{metric.label}” and computed differently; "
            report.warning("two-definitions", ("metrics", name, "label"), f"{said}give one of them another label.")


def _scales(model: Model, report: Report) -> None:
    """A measure of one name and metric that has two scales, so that a value is good here and not there."""
    seen: dict[tuple[Any, str], Found] = {}
    for name, score in model.scores.items():
        for path, measure in _measures(score, ("scores", name), conditional=False):
            first_path, first = seen.setdefault((path[-1], measure.metric), (path, measure))
            if first is not measure and _scale_of(first) != _scale_of(measure):
                where = ".".join(str(step) for step in first_path if step not in ("scores", "parts"))
                said = f"‘{path[-1]}’ has another scale here than in {where}, so one value is worth two things"
                report.doubt(measure, path, "two-definitions", path, said)


def _scale_of(measure: Measure) -> list[Any]:
    """All that decides the points, in one spelling."""
    scales: Sequence[Scale] = [measure, *measure.cases]
    asked = [(case.at, case.when and meaning(case.when.tree), case.applies) for case in measure.cases]
    return [measure.by, asked, [_points(scale) for scale in scales]]


def _points(scale: Scale) -> list[Any]:
    if scale.curve or scale.map:
        return sorted(scale.map) if scale.map else list(scale.curve or ())
    listed = scale.bands or scale.ranges or ()
    found: list[Any] = []
    for piece in partition([item[0] for item in listed]):
        points = None if piece.index is None else listed[piece.index][1]
        if not found or found[-1][1] != points:  # neighbours of the same points are one piece
            found.append((piece.start, points))
    return found


def _tiers(report: Report, one: str, first: Score, other: str, second: Score) -> None:
    """Two scores of one scale that draw the line of a tier at different values."""
    if first.scale != second.scale:
        return
    known = _lines(first)
    for index, tier in enumerate(second.tiers):
        if tier.is_ in known and known[tier.is_] != _lines(second)[tier.is_]:
            said = f"‘{tier.is_}’ is another range of scores here than in ‘{one}’"
            path: Steps = ("scores", other, "tiers", index)
            report.doubt(second, ("scores", other), "two-definitions", path, said)
            return  # the neighbours of a line that moved moved with it


def _lines(score: Score) -> dict[str, Any]:
    pieces = partition([tier.at for tier in score.tiers])
    return {score.tiers[piece.index].is_: (piece.start, piece.end) for piece in pieces if piece.index is not None}


def _weights(report: Report, one: str, first: Score, other: str, second: Score) -> None:
    """Two scores of the same measures that weigh their dimensions differently."""
    measured = [sorted(measure.metric for _, measure in _measures(score, ())) for score in (first, second)]
    if set(first.parts) != set(second.parts) or len(first.parts) < 2 or measured[0] != measured[1]:
        return
    if _shares(first) != _shares(second):
        said = f"‘{other}’ weighs the same parts as ‘{one}’ differently, so that there are two answers to one question"
        report.doubt(second, ("scores", other), "two-definitions", ("scores", other, "parts"), said)


def _shares(group: Group) -> dict[str, Fraction]:
    total = sum((part.weight.value for part in group.parts.values()), Fraction()) or Fraction(1)
    return {name: part.weight.value / total for name, part in group.parts.items()}


def _headline(report: Report, score: Score, here: Steps) -> None:
    """Plain weights that sum to 100 over several groups look like shares of the whole: the groups' should agree."""
    groups = {name: part for name, part in score.parts.items() if isinstance(part, Group)}
    below = {name: [part.weight for part in group.parts.values()] for name, group in groups.items()}
    sums = {name: sum((weight.value for weight in weights), Fraction()) for name, weights in below.items()}
    relative = not any(weight.percent for weights in below.values() for weight in weights)
    if len(groups) < 2 or len(groups) < len(score.parts) or not relative or sum(sums.values()) != Decimal(100):
        return
    told = {name: 100 * share for name, share in _shares(score).items()}
    if told != sums:
        stated = ", ".join(f"{name} {float(share):g}" for name, share in told.items())
        added = ", ".join(f"{name} {float(share):g}" for name, share in sums.items())
        said = f"the weights below these parts sum to {added}, 100 in all, and the parts themselves say {stated}"
        report.doubt(score, here, "headline", (*here, "parts"), said)
