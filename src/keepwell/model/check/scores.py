"""Scores: weights that sum, tiers that cover the line, conditions that name what exists."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from keepwell.model.check.names import names_exist
from keepwell.model.check.report import Report
from keepwell.model.check.scales import check_measure, pieces, within
from keepwell.model.edges import Edge, Piece, partition
from keepwell.model.exact import plain
from keepwell.model.model import Model
from keepwell.model.output import RESERVED
from keepwell.model.score import Rule, Score
from keepwell.model.tree import Group, Measure, Node, scaled_weights
from keepwell.model.yaml import Steps

TOLERANCE = Fraction(1, 2)
"""Published percentages are rounded: 99.97 passes, 140 does not."""

FINEST = 10**9
"""In the units of their common denominator weights stay below this, so that every sum of products stays exact."""


def check_scores(model: Model, report: Report) -> None:
    """Check `scores:`, `peers:` and `flags:`."""
    if not model.scores:
        report.error("no-score", (), "the model has no `scores:`; at least one is needed.")
    for name, score in model.scores.items():
        here: Steps = ("scores", name)
        _score(model, report, score, here)
        for path, group in trees(score, here):
            _tree(model, report, score, group, path)
        _tiers(report, score, here)
        _overrides(model, report, score, here)
    names_exist(model, report, model.peers.same if model.peers else (), ("peers", "same"))
    for name, flag in model.flags.items():
        names_exist(model, report, set(flag.when.names) - {"score", "tier", "coverage"}, ("flags", name, "when"))


def trees(score: Score, here: Steps) -> Iterable[tuple[Steps, Group]]:
    """The score's own tree and those of its variants, with their places in the file."""
    own, *others = score.trees
    yield here, own
    for index, tree in enumerate(others):
        yield (*here, "variants", index), tree


def walk(score: Score, path: Steps) -> Iterable[tuple[Steps, Node]]:
    """Every node of every tree of a score, with its path in the file."""
    for here, tree in trees(score, path):
        yield from _walk(tree, here)


def _walk(node: Group, path: Steps) -> Iterable[tuple[Steps, Node]]:
    yield path, node
    for name, part in node.parts.items():
        here = (*path, "parts", name)
        if isinstance(part, Group):
            yield from _walk(part, here)
        else:
            yield here, part


def _score(model: Model, report: Report, score: Score, here: Steps) -> None:
    """What a score says beside its trees."""
    if score.applies_if is not None:
        said = "a whole score cannot be made not applicable; use `population`, or `applies_if` on its parts."
        report.error("applies-if", (*here, "applies_if"), said)
    if score.scale[0] >= score.scale[1]:
        report.error("points", (*here, "scale"), "the scale goes from its lowest to its highest value.")
    if not score.parts and score.base is None:
        report.error("no-parts", here, "a score needs `parts`, or a `base` that others are added to.")
    names_exist(model, report, score.population.names if score.population else (), (*here, "population"))
    for index, variant in enumerate(score.variants):
        names_exist(model, report, variant.when.names, (*here, "variants", index, "when"))
        if variant.is_ in [other.is_ for other in score.variants[:index]]:
            report.error("variants", (*here, "variants", index), f"two variants are called ‘{variant.is_}’.")
    for name, item in score.adjust.items():
        for index, rule in enumerate(item.rules):
            _rule(model, report, rule, (*here, "adjust", name, "rules", index))


def _rule(model: Model, report: Report, rule: Rule, path: Steps) -> None:
    names_exist(model, report, rule.when.names if rule.when else (), (*path, "when"))
    names_exist(model, report, [rule.metric] if rule.metric else (), (*path, "metric"))


def _tree(model: Model, report: Report, score: Score, tree: Group, here: Steps) -> None:
    for part in tree.parts:
        if part.lower() in RESERVED:
            said = f"‘{part}’ is a column of every table of scores; choose another name for this part."
            report.error("name-taken", (*here, "parts", part), said)
    for path, node in _walk(tree, here):
        if path != here and node.applies_if:
            names_exist(model, report, node.applies_if.names, (*path, "applies_if"))
        if isinstance(node, Group):
            _group(model, report, score, node, path)


def _group(model: Model, report: Report, score: Score, group: Group, path: Steps) -> None:
    if group.parts:
        _weights(report, group, path)
    if (group.green is not None) != (group.combine == "count"):
        said = "`green` says which parts a `combine: count` counts; one needs the other."
        report.error("count", (*path, "combine"), said)
    for name, part in group.parts.items():
        here: Steps = (*path, "parts", name)
        if isinstance(part, Measure):
            check_measure(model, report, part, here, group, score.scale)
        elif group.combine == "count":
            report.error("count", here, "what is counted as green or not is a measure, and this is a group.")


def _overrides(model: Model, report: Report, score: Score, here: Steps) -> None:
    known = [*score.tier_names, *score.labels]
    for index, override in enumerate(score.overrides):
        at: Steps = (*here, "overrides", index)
        names_exist(model, report, override.when.names, (*at, "when"))
        if override.mode == "tier":
            if override.tier not in known:
                report.unknown("tier", override.tier or "", known, (*at, "tier"))
        else:
            within(report, getattr(override, override.mode), (*at, override.mode), score.scale)


def _weights(report: Report, group: Group, path: Steps) -> None:
    weights = {name: part.weight for name, part in group.parts.items()}
    shown = ", ".join(f"{name} {weight}" for name, weight in weights.items())
    if len({weight.percent for weight in weights.values()}) > 1:
        report.error(
            "weights",
            (*path, "parts"),
            f"these parts mix percent and plain weights ({shown}); use one of them for all.",
        )
        return
    total = sum((weight.value for weight in weights.values()), Fraction())
    if total == 0:
        report.error("weights", (*path, "parts"), f"all weights here are 0 ({shown}), so nothing would count.")
    elif max(scaled_weights(group)) > FINEST:
        said = f"weights this fine cannot be held exactly ({shown}); write fewer digits."
        report.error("weights", (*path, "parts"), said)
    elif group.combine != "sum" and next(iter(weights.values())).percent and abs(total - 100) > TOLERANCE:
        said = f"these percentages sum to {float(total):g}, not 100 ({shown}); "
        said += "mend them, or write plain numbers for relative weights."
        report.error("weights", (*path, "parts"), said)


def _tiers(report: Report, score: Score, here: Steps) -> None:
    names = score.tier_names
    for name in {name for name in names if names.count(name) > 1}:
        report.error("tiers", (*here, "tiers"), f"two tiers are called ‘{name}’.")
    if not score.tiers:
        return
    found = pieces(report, [tier.at for tier in score.tiers], (*here, "tiers"), "tier")
    low, high = reach(score)
    for index, tier in enumerate(score.tiers):
        own = [piece for piece in found if piece.index == index]
        if len(own) > 1:
            report.error(
                "tiers", (*here, "tiers", index), f"‘{tier.is_}’ holds two separate ranges; a tier is one range."
            )
        if own and (own[0].start[0] > high or own[0].end[0] < low):
            said = f"‘{tier.is_}’ can never be reached: this score lies between {plain(low)} and {plain(high)}."
            report.warning("unreachable", (*here, "tiers", index), said)
        if tier.zones:
            _zones(report, [zone.at for zone in tier.zones], own, (*here, "tiers", index, "zones"))


def _zones(report: Report, edges: list[Edge], tier: list[Piece], path: Steps) -> None:
    """Zones need to cover their tier only."""
    for piece in partition(edges):
        if piece.index is None and any(piece.start < own.end and own.start < piece.end for own in tier):
            report.error("gap", path, f"{piece.words} is in no zone; add [else, …].")


def reach(score: Score) -> tuple[Decimal, Decimal]:
    """Bounds of the value that a score can take; narrower than its scale where no measure reaches so far."""
    if score.adjust or score.base is not None:
        return score.scale
    ranges = [_reach(tree, score.scale) for _, tree in trees(score, ())]
    held = [getattr(item, item.mode) for item in score.overrides if item.mode in ("replace", "cap", "floor")]
    lows, highs = [low for low, _ in ranges], [high for _, high in ranges]
    return min([*lows, *held]), max([*highs, *held])


def _reach(node: Node, scale: tuple[Decimal, Decimal]) -> tuple[Decimal, Decimal]:
    if isinstance(node, Measure):
        low, high = node.reach
        stated = [node.missing] if isinstance(node.missing, Decimal) else []
        return min([low, *stated]), max([high, *stated])
    if not isinstance(node, Group) or node.combine in ("sum", "count"):
        return scale
    ranges = [_reach(part, scale) for part in node.parts.values()]
    return min(low for low, _ in ranges), max(high for _, high in ranges)
