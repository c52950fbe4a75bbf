"""Scores: weights that sum, scales without gaps, tiers that cover the line, conditions that name what exists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from keepwell.model.check.report import Report
from keepwell.model.edges import Edge, Piece, partition
from keepwell.model.exact import plain
from keepwell.model.graph import BUILT_IN
from keepwell.model.model import Model
from keepwell.model.output import RESERVED
from keepwell.model.score import Score
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
        if score.applies_if is not None:
            report.error(
                "applies-if",
                (*here, "applies_if"),
                "a whole score cannot be made not applicable; put `applies_if` on its parts.",
            )
        for part in score.parts:
            if part.lower() in RESERVED:
                said = f"‘{part}’ is a column of every table of scores; choose another name for this part."
                report.error("name-taken", (*here, "parts", part), said)
        for path, node in walk(score, here):
            _node(model, report, path, node)
        _tiers(report, score, here)
        for index, override in enumerate(score.overrides):
            at: Steps = (*here, "overrides", index)
            names_exist(model, report, override.when.names, (*at, "when"))
            if override.tier is not None and override.tier not in (known := [tier.is_ for tier in score.tiers]):
                report.unknown("tier", override.tier, known, (*at, "tier"))
    names_exist(model, report, model.peers.same if model.peers else (), ("peers", "same"))
    for name, flag in model.flags.items():
        names_exist(model, report, set(flag.when.names) - {"score", "tier", "coverage"}, ("flags", name, "when"))


def walk(node: Group, path: Steps) -> Iterable[tuple[Steps, Node]]:
    """Every node below and including this one, with its path in the file."""
    yield path, node
    for name, part in node.parts.items():
        here = (*path, "parts", name)
        if isinstance(part, Group):
            yield from walk(part, here)
        else:
            yield here, part


def names_exist(model: Model, report: Report, names: Iterable[str], path: Steps) -> None:
    """Every name of a condition is a metric of an account."""
    known = [name for name, metric in model.metrics.items() if metric.for_ == "account"] + list(BUILT_IN)
    for name in sorted(names):
        if name not in known:
            report.unknown("metric of an account (text is written in 'single quotes')", name, known, path)


def _node(model: Model, report: Report, path: Steps, node: Node) -> None:
    if node.applies_if:
        names_exist(model, report, node.applies_if.names, (*path, "applies_if"))
    if isinstance(node, Measure):
        names_exist(model, report, [node.metric], (*path, "metric"))
        if node.bands:
            _pieces(report, [band[0] for band in node.bands], (*path, "bands"), "band")
        if node.map:
            _map(report, node, path)
    elif isinstance(node, Group):
        _weights(report, node, path)


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
    elif next(iter(weights.values())).percent and abs(total - 100) > TOLERANCE:
        said = f"these percentages sum to {float(total):g}, not 100 ({shown}); "
        said += "mend them, or write plain numbers for relative weights."
        report.error("weights", (*path, "parts"), said)


def _pieces(report: Report, edges: Sequence[Edge], path: Steps, what: str) -> list[Piece]:
    pieces = partition(edges)
    for piece in pieces:
        if piece.index is None:
            report.error("gap", path, f"{piece.words} is in no {what}; add [else, …] or close the gap.")
    for index, edge in enumerate(edges):
        if not any(piece.index == index for piece in pieces):
            report.warning(
                "unreachable",
                (*path, index),
                f"this {what} ({edge}) can never be reached; an earlier one takes all of it.",
            )
    return pieces


def _map(report: Report, node: Measure, path: Steps) -> None:
    keys = [key for key, _ in node.map or ()]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            report.error("map", (*path, "map", index), f"‘{key}’ stands here a second time.")
        if key == "else" and index < len(keys) - 1:
            report.error("map", (*path, "map", index), "`else` comes last.")


def _tiers(report: Report, score: Score, here: Steps) -> None:
    names = [tier.is_ for tier in score.tiers]
    for name in {name for name in names if names.count(name) > 1}:
        report.error("tiers", (*here, "tiers"), f"two tiers are called ‘{name}’.")
    if not score.tiers:
        return
    pieces = _pieces(report, [tier.at for tier in score.tiers], (*here, "tiers"), "tier")
    low, high = reach(score)
    for index, tier in enumerate(score.tiers):
        own = [piece for piece in pieces if piece.index == index]
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


def reach(node: Node) -> tuple[Decimal, Decimal]:
    """Bounds of the value that a node can take; narrower than 0–100 where no scale below reaches so far."""
    if isinstance(node, Measure):
        return node.reach
    ranges = [reach(part) for part in node.parts.values()] if isinstance(node, Group) else [(Decimal(0), Decimal(100))]
    return min(low for low, _ in ranges), max(high for _, high in ranges)
