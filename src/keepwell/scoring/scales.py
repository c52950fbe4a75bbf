"""The scales of a plan as small tables: pieces of the number line, entries of maps, and what lies beyond them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import inf, nextafter

import pyarrow as pa

from keepwell.model.edges import END, START, Edge, Point, Range, partition
from keepwell.model.expressions import Expression
from keepwell.model.scale import Scale, lowest_and_highest
from keepwell.model.tree import Measure

INFINITE = 1e300
WHOLE_AS_DECIMAL = r"^([+-]?[0-9]+)\.0+$"
"""Text such as 1.0, as a CSV export writes the whole number that Excel shows as 1: a map reads both alike."""
UNKNOWN = -1
"""The scale of a measure of which it is not known which case holds has this number less its node's."""

ToPoints = Callable[[int, Decimal], float]
"""A measure's stated points as they count: see `Plan.points`."""


@dataclass(frozen=True)
class Choice:
    """One scale that a measure can have. `when`: the case's condition (None: otherwise).

    `scale` None: it does not apply then. `number` identifies it among all scales of the plan.
    """

    number: int
    node: int
    when: Expression | None
    scale: Scale | None


def choices_of(node: int, measure: Measure) -> Iterator[tuple[int, Expression | None, Scale | None]]:
    """node, condition and scale of each case in order, then of the measure's own scale."""
    for case in measure.cases:
        yield node, case.condition(measure.by), case if case.applies else None
    if measure.given:
        yield node, None, measure


def reaches(
    choices: Sequence[Choice], cased: Sequence[int], measures: Mapping[int, Measure], points: ToPoints
) -> pa.Table:
    """scale, `applies`, `known`, its reach, and the points of what is missing, never happened, or is in no category."""
    rows = [_scale(choice, measures[choice.node], points) for choice in choices]
    rows += [_unknown(node, measures[node], points) for node in cased]
    return pa.Table.from_pylist(rows, schema=_SCALES)


def pieces(choices: Sequence[Choice], points: ToPoints) -> pa.Table:
    """Scale → disjoint pieces [start, end) of the number line, with the straight line of points on each."""
    return pa.Table.from_pylist([row for choice in choices for row in _pieces(choice, points)], schema=_PIECES)


def entries(choices: Sequence[Choice], points: ToPoints) -> pa.Table:
    """scale, key → points, for maps. Of keys that are one whole number (1 and 1.0) the first in the file counts."""
    found: dict[tuple[int, str], float] = {}
    for choice in choices:
        for key, stated in (choice.scale.map if choice.scale else None) or ():
            if key != "else":
                said = re.sub(WHOLE_AS_DECIMAL, r"\1", key)
                found.setdefault((choice.number, said), points(choice.node, stated))
    rows = [{"scale": number, "key": key, "mapped": mapped} for (number, key), mapped in found.items()]
    return pa.Table.from_pylist(rows, schema=_ENTRIES)


def _scale(choice: Choice, measure: Measure, points: ToPoints) -> dict[str, object]:
    if choice.scale is None:
        return _row(choice.number, choice.node, measure, measure.scales, points) | {"applies": False}
    otherwise = dict(choice.scale.map or ()).get("else")
    row = _row(choice.number, choice.node, measure, (choice.scale,), points)
    return row | {"otherwise": None if otherwise is None else points(choice.node, otherwise)}


def _unknown(node: int, measure: Measure, points: ToPoints) -> dict[str, object]:
    """The scale of accounts of which it is not known which case holds: no points, and the reach of all of them."""
    return _row(UNKNOWN - node, node, measure, measure.scales, points) | {"known": False}


def _row(number: int, node: int, measure: Measure, scales: Sequence[Scale], points: ToPoints) -> dict[str, object]:
    ends = [points(node, stated) for stated in lowest_and_highest(scales, _given(measure.never))]
    low, high = min(ends), max(ends)
    policy = None if isinstance(measure.missing, str) else points(node, measure.missing)
    return {
        "scale": number,
        "applies": True,
        "known": True,
        "reach_low": low,
        "reach_high": high,
        "policy": low if measure.missing == "worst" else policy,
        "otherwise": None,
        "never": None if measure.never is None else points(node, measure.never),
    }


def _given(points: Decimal | None) -> Sequence[Decimal]:
    return () if points is None else (points,)


def _pieces(choice: Choice, points: ToPoints) -> Iterator[dict[str, float]]:
    scale = choice.scale
    steps: Sequence[tuple[Edge | Range, Decimal]] = (scale.bands or scale.ranges or ()) if scale else ()
    for piece in partition([edge for edge, _ in steps]) if steps else ():
        if piece.index is not None:
            level = points(choice.node, steps[piece.index][1])
            yield _piece(choice.number, _double(piece.start), _double(piece.end), 0.0, 1.0, level, 0.0)
    if scale and scale.curve:
        yield from _line(choice.number, [(float(x), points(choice.node, p)) for x, p in scale.curve])


def _line(scale: int, knots: Sequence[tuple[float, float]]) -> Iterator[dict[str, float]]:
    """Straight pieces between knots, flat outside."""
    yield _piece(scale, -INFINITE, knots[0][0], 0.0, 1.0, knots[0][1], 0.0)
    for (x0, p0), (x1, p1) in pairwise(knots):
        yield _piece(scale, x0, x1, x0, x1 - x0, p0, p1 - p0)
    yield _piece(scale, knots[-1][0], INFINITE, 0.0, 1.0, knots[-1][1], 0.0)


def _piece(scale: int, start: float, end: float, x0: float, dx: float, p0: float, dp: float) -> dict[str, float]:
    return {"scale": scale, "start": start, "end": end, "x0": x0, "dx": dx, "p0": p0, "dp": dp}


def _double(point: Point) -> float:
    """The smallest double at or after a point of the line, so that every piece is start <= number < end."""
    if point in (START, END):
        return -INFINITE if point == START else INFINITE
    value, after = float(point[0]), point[1]
    return nextafter(value, inf) if after else value


_SCALES = pa.schema(
    [("scale", pa.int16()), ("applies", pa.bool_()), ("known", pa.bool_())]
    + [(name, pa.float64()) for name in ("reach_low", "reach_high", "policy", "otherwise", "never")]
)
_PIECES = pa.schema(
    [("scale", pa.int16())] + [(name, pa.float64()) for name in ("start", "end", "x0", "dx", "p0", "dp")]
)
_ENTRIES = pa.schema([("scale", pa.int16()), ("key", pa.string()), ("mapped", pa.float64())])
