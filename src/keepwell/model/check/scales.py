"""Scales: points within the score's own, conditions that cover the line, ranges as published with their gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import combinations
from math import ceil

from keepwell.model.check.inputs import bounds_of, check_map
from keepwell.model.check.names import names_exist
from keepwell.model.check.report import Report
from keepwell.model.edges import END, START, Edge, Piece, Range, parse_edge, partition
from keepwell.model.exact import Number, plain
from keepwell.model.graph import BUILT_IN
from keepwell.model.metrics import FromInput, Nps, Portion
from keepwell.model.model import Model
from keepwell.model.scale import Scale
from keepwell.model.tree import Group, Measure
from keepwell.model.yaml import Steps

WHOLE = ("count", "count_distinct", "open", "days_since", "days_until", "count_true")
"""Verbs whose values are whole numbers from 0 on: between 5 and 6 there is nothing to miss."""


def check_measure(
    model: Model, report: Report, measure: Measure, path: Steps, group: Group, bounds: tuple[Number, Number]
) -> None:
    """Check one measure below `group`; `bounds` are the lowest and highest points of its score."""
    names_exist(model, report, [measure.metric], (*path, "metric"))
    names_exist(model, report, [measure.by] if measure.by else [], (*path, "by"))
    for place, scale in _scales(measure, path):
        _scale(model, report, measure, scale, place)
        for point, at in _points(scale, place):
            within(report, point, at, bounds)
    for field in ("never", "missing"):
        if isinstance(point := getattr(measure, field), Decimal):
            within(report, point, (*path, field), bounds)
    for index, case in enumerate(measure.cases):
        names_exist(model, report, case.when.names if case.when else (), (*path, "cases", index, "when"))
    _cases(report, measure, path)
    if group.combine == "count" and any(scale.curve for scale in measure.scales):
        report.error("count", path, "a part that is counted as green or not has bands, ranges or a map, and no curve.")


def within(report: Report, points: Number, path: Steps, bounds: tuple[Number, Number]) -> None:
    """Points lie inside of the score's own scale."""
    low, high = bounds
    if not low <= points <= high:
        where = ".".join(map(str, path))
        said = f"{where}: points lie between {plain(low)} and {plain(high)}, and {plain(points)} does not."
        report.error("points", path, said)


def _scales(measure: Measure, path: Steps) -> Iterable[tuple[Steps, Scale]]:
    yield path, measure
    for index, case in enumerate(measure.cases):
        yield (*path, "cases", index), case


def _points(scale: Scale, path: Steps) -> Iterable[tuple[Number, Steps]]:
    for kind in scale.given:
        for index, item in enumerate(getattr(scale, kind)):
            yield item[1], (*path, kind, index, 1)


def _scale(model: Model, report: Report, measure: Measure, scale: Scale, path: Steps) -> None:
    if scale.bands:
        pieces(report, [band[0] for band in scale.bands], (*path, "bands"), "band")
    if scale.map:
        keys = [key for key, _ in scale.map]
        _map(report, keys, path)
        check_map(model, report, measure.metric, keys, (*path, "map"))
    if scale.ranges:
        _ranges(model, report, measure.metric, [item[0] for item in scale.ranges], (*path, "ranges"))


def pieces(report: Report, edges: Sequence[Edge], path: Steps, what: str) -> list[Piece]:
    """The pieces of a list that has to cover every number."""
    found = partition(edges)
    for piece in found:
        if piece.index is None:
            report.error("gap", path, f"{piece.words} is in no {what}; add [else, …] or close the gap.")
    for index, edge in enumerate(edges):
        if not any(piece.index == index for piece in found):
            said = f"this {what} ({edge}) can never be reached; an earlier one takes all of it."
            report.warning("unreachable", (*path, index), said)
    return found


def _map(report: Report, keys: Sequence[str], path: Steps) -> None:
    for index, key in enumerate(keys):
        if key in keys[:index]:
            report.error("map", (*path, "map", index), f"‘{key}’ stands here a second time.")
        if key == "else" and index < len(keys) - 1:
            report.error("map", (*path, "map", index), "`else` comes last.")


def _cases(report: Report, measure: Measure, path: Steps) -> None:
    """Every account has a scale: the measure's own, an `else`, or conditions on a number that cover the line."""
    if not measure.cases or measure.given:
        return
    ats = [case.at for case in measure.cases]
    if "else" in ats[:-1]:
        report.error("cases", (*path, "cases", ats.index("else")), "`else` comes last.")
    if ats[-1] == "else" or _covered(ats):
        return
    said = "some accounts have no case; add one {at: else, …}, or give the measure a scale of its own for them."
    report.error("cases", (*path, "cases"), said)


def _covered(ats: Sequence[str | None]) -> bool:
    try:
        edges = [parse_edge(at) for at in ats]
    except ValueError:
        return set(ats) == {"true", "false"}
    return all(piece.index is not None for piece in partition(edges))


def _ranges(model: Model, report: Report, metric: str, edges: Sequence[Edge | Range], path: Steps) -> None:
    """What no range takes, and what two of them do: as published, so it is said and not refused."""
    low, high, whole = domain(model, metric)
    for piece in partition(edges):
        gap = _inside(piece, low, high, whole)
        if piece.index is None and gap is not None:
            said = f"{gap.words} is in no range, and such a value counts as missing; close the gap."
            report.warning("gap", path, said)
    for (index, one), (_, other) in combinations(enumerate(edges), 2):
        start, end = max(one.piece[0], other.piece[0]), min(one.piece[1], other.piece[1])
        if start < end and "else" not in (one.text, other.text):
            both = Piece(start, end, None).words
            report.warning("overlap", (*path, index), f"{both} is in ‘{one}’ and in ‘{other}’; the first takes it.")


def domain(model: Model, metric: str) -> tuple[Number | None, Number | None, bool]:
    """Lowest and highest value that the metric can have (None: unknown), and whether it is a whole number."""
    spec = model.metrics.get(metric)
    if metric in BUILT_IN or (spec is not None and spec.verb in WHOLE):
        return Decimal(0), None, True
    if isinstance(spec, Portion):
        return Decimal(0), Decimal(1), False
    if isinstance(spec, FromInput):
        return bounds_of(model, spec)
    return (Decimal(-100), Decimal(100), False) if isinstance(spec, Nps) else (None, None, False)


def _inside(piece: Piece, low: Number | None, high: Number | None, whole: bool) -> Piece | None:
    """The part of a piece that a value can lie in; None where there is none.

    Of a metric whose range is not known, numbers below 0 and the two ends of the line are not held against it.
    """
    least = Decimal(0) if low is None and piece.start == START and piece.end[0] > 0 else low
    if high is None and piece.end == END and low is None:
        return None
    if least is None and piece.start == START:
        return None
    start = max(piece.start, (least, 0)) if least is not None else piece.start
    end = min(piece.end, (high, 1)) if high is not None else piece.end
    if start >= end or (whole and not _holds_whole(Piece(start, end, None))):
        return None
    return Piece(start, end, None)


def _holds_whole(piece: Piece) -> bool:
    """Whether a whole number lies in the piece."""
    first = Decimal(ceil(piece.start[0]))
    first = first + 1 if (first, 0) < piece.start else first
    return (first, 1) <= piece.end
