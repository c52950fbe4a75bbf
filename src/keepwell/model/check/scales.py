"""Scales: points within the score's own, conditions that cover the line, ranges as published with their gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import combinations

from keepwell.model.check.cases import check_cases
from keepwell.model.check.domain import domain, inside
from keepwell.model.check.inputs import check_map
from keepwell.model.check.names import names_exist
from keepwell.model.check.report import Report
from keepwell.model.edges import Edge, Piece, Range, partition
from keepwell.model.exact import Number, plain
from keepwell.model.model import Model
from keepwell.model.scale import Scale
from keepwell.model.tree import Group, Measure
from keepwell.model.yaml import Steps


def check_measure(
    model: Model, report: Report, measure: Measure, path: Steps, group: Group, bounds: tuple[Number, Number]
) -> None:
    """Check one measure below `group`; `bounds` are the lowest and highest points of its score."""
    names_exist(model, report, [measure.metric], (*path, "metric"))
    names_exist(model, report, [measure.by] if measure.by else [], (*path, "by"))
    for place, scale in scales(measure, path):
        _scale(model, report, measure, scale, place)
        for point, at in _points(scale, place):
            within(report, point, at, bounds)
    for field in ("never", "missing"):
        if isinstance(point := getattr(measure, field), Decimal):
            within(report, point, (*path, field), bounds)
    for index, case in enumerate(measure.cases):
        names_exist(model, report, case.when.names if case.when else (), (*path, "cases", index, "when"))
    check_cases(report, measure, path)
    if group.combine == "count" and any(scale.curve or scale.relative for scale in measure.scales):
        report.error("count", path, "a part that is counted as green or not has bands, ranges or a map, and no curve.")


def within(report: Report, points: Number, path: Steps, bounds: tuple[Number, Number]) -> None:
    """Points lie inside of the score's own scale."""
    low, high = bounds
    if not low <= points <= high:
        where = ".".join(map(str, path))
        said = f"{where}: points lie between {plain(low)} and {plain(high)}, and {plain(points)} does not."
        report.error("points", path, said)


def scales(measure: Measure, path: Steps) -> Iterable[tuple[Steps, Scale]]:
    """Every scale of a measure with its place in the file."""
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
            other = "{at: else, is: …}" if what == "tier" else "[else, …]"
            report.error("gap", path, f"{piece.words} is in no {what}; add {other} or close the gap.")
    for index, edge in enumerate(edges):
        if not any(piece.index == index for piece in found):
            said = f"this {what} ({edge}) can never be reached; an earlier one takes all of it."
            report.warning("unreachable", (*path, index), said)
    _both_ways(report, edges, path, what)
    return found


def _both_ways(report: Report, edges: Sequence[Edge], path: Steps, what: str) -> None:
    """`>= 70` before `<= 70`: a list read from above and from below, in which two items take one number."""
    for (_, one), (index, other) in combinations(enumerate(edges), 2):
        start, end = max(one.piece[0], other.piece[0]), min(one.piece[1], other.piece[1])
        if {one.op[0], other.op[0]} == {"<", ">"} and start < end:
            both = Piece(start, end, None).words
            said = f"{both} is in the {what} ‘{one}’ and in ‘{other}’; the first takes it."
            report.warning("overlap", (*path, index), said)


def _map(report: Report, keys: Sequence[str], path: Steps) -> None:
    for index, key in enumerate(keys):
        if key in keys[:index]:
            report.error("map", (*path, "map", index), f"‘{key}’ stands here a second time.")
        if key == "else" and index < len(keys) - 1:
            report.error("map", (*path, "map", index), "`else` comes last.")


def _ranges(model: Model, report: Report, metric: str, edges: Sequence[Edge | Range], path: Steps) -> None:
    """What no range takes, and what two of them do: as published, so it is said and not refused."""
    low, high, whole = domain(model, metric)
    for piece in partition(edges):
        gap = inside(piece, low, high, whole)
        if piece.index is None and gap is not None:
            said = f"{gap.words} is in no range, and such a value counts as missing; close the gap."
            report.warning("gap", path, said)
    for (index, one), (_, other) in combinations(enumerate(edges), 2):
        start, end = max(one.piece[0], other.piece[0]), min(one.piece[1], other.piece[1])
        if start < end and "else" not in (one.text, other.text):
            both = Piece(start, end, None).words
            report.warning("overlap", (*path, index), f"{both} is in ‘{one}’ and in ‘{other}’; the first takes it.")
