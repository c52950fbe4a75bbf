"""A score of the model as small tables: nodes, scales and maps as rows.

A model of 100 measures spread over columns takes seconds to compile; as rows it is one query of constant size,
and another weight is another row, not another query.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import count, pairwise
from math import inf, nextafter

import pyarrow as pa

from keepwell.model.edges import END, START, Point, partition
from keepwell.model.expressions import Expression
from keepwell.model.score import Score
from keepwell.model.tree import Group, Knot, Measure, Node, scaled_weights

INFINITE = 1e300


@dataclass(frozen=True)
class Place:
    """One node of the tree: its number and path ('health/product_usage/seat_use'), and how it counts above.

    `weight` is an exact whole number in units of its siblings' common denominator.
    """

    number: int
    path: str
    parent: int | None
    depth: int
    weight: int
    node: Node
    conditions: tuple[Expression, ...]
    combine_above: str

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Plan:
    """One score, laid out: `places` in file order, the root first; a place's number is its index.

    Tables speak of numbers.
    """

    name: str
    score: Score
    places: tuple[Place, ...]

    @property
    def measures(self) -> list[tuple[Place, Measure]]:
        """The leaves, in file order."""
        return [(place, place.node) for place in self.places if isinstance(place.node, Measure)]

    @property
    def groups(self) -> list[tuple[Place, Group]]:
        """The inner nodes, the root first."""
        return [(place, place.node) for place in self.places if isinstance(place.node, Group)]

    @property
    def depth(self) -> int:
        return max(place.depth for place in self.places)

    @cached_property
    def leaves(self) -> pa.Table:
        """node, metric, and everything a measure's state depends on."""
        return pa.Table.from_pylist(
            [_leaf(place, measure, self.score) for place, measure in self.measures], schema=_LEAVES
        )

    @cached_property
    def pieces(self) -> pa.Table:
        """Node → disjoint pieces [start, end) of the number line, with the straight line of points on each."""
        rows = [row for place, measure in self.measures for row in _pieces(place.number, measure)]
        return pa.Table.from_pylist(rows, schema=_PIECES)

    @cached_property
    def entries(self) -> pa.Table:
        """node, key → points, for maps. Of keys that are one whole number (1 and 1.0) the first in the file counts."""
        found: dict[tuple[int, str], float] = {}
        for place, measure in self.measures:
            for key, points in measure.map or ():
                if key != "else":
                    found.setdefault((place.number, re.sub(WHOLE_AS_DECIMAL, r"\1", key)), float(points))
        rows = [{"node": node, "key": key, "mapped": points} for (node, key), points in found.items()]
        return pa.Table.from_pylist(rows, schema=_ENTRIES)

    @cached_property
    def nodes(self) -> pa.Table:
        """node, path, parent, weight, and how the parent combines."""
        rows = [
            {
                "node": place.number,
                "path": place.path,
                "parent": place.parent,
                "weight": place.weight,
                "combine": place.combine_above,
            }
            for place in self.places
        ]
        return pa.Table.from_pylist(rows, schema=_NODES)


def stated_shares(layout: Plan) -> dict[int, Fraction]:
    """Each node's share of the whole score as the file states it, were everything there. The root has 1."""
    shares = {0: Fraction(1)}
    totals: dict[int | None, int] = {}
    for place in layout.places:
        totals[place.parent] = totals.get(place.parent, 0) + place.weight
    for place in layout.places[1:]:
        above = shares[place.parent or 0]
        shares[place.number] = above * Fraction(place.weight, totals[place.parent] or 1)
    return shares


def plan(name: str, score: Score) -> Plan:
    """Lay out one score of a model."""
    root = Place(0, name, None, 0, 1, score, (), "mean")
    return Plan(name, score, (root, *_below(root, score, count(1))))


def _below(place: Place, group: Group, numbers: Iterator[int]) -> Iterator[Place]:
    for (name, part), weight in zip(group.parts.items(), scaled_weights(group), strict=True):
        conditions = place.conditions + ((part.applies_if,) if part.applies_if is not None else ())
        path = f"{place.path}/{name}"
        child = Place(next(numbers), path, place.number, place.depth + 1, weight, part, conditions, group.combine)
        yield child
        if isinstance(part, Group):
            yield from _below(child, part, numbers)


def _leaf(place: Place, measure: Measure, score: Score) -> dict[str, object]:
    low, high = (float(points) for points in measure.reach)
    policy = {"exclude": None, "worst": low}.get(str(measure.missing), _float(measure.missing))
    grace = measure.grace if measure.grace is not None else score.grace
    otherwise = dict(measure.map or ()).get("else")
    return {
        "node": place.number,
        "metric": measure.metric,
        "reach_low": low,
        "reach_high": high,
        "policy": policy,
        "otherwise": None if otherwise is None else float(otherwise),
        "warn": measure.stale.warn.days if measure.stale and measure.stale.warn else None,
        "expire": measure.stale.expire.days if measure.stale and measure.stale.expire else None,
        "grace": grace.days if grace else 0,
    }


def _float(value: object) -> float | None:
    return None if isinstance(value, str) else float(value)  # type: ignore[arg-type]


def _pieces(node: int, measure: Measure) -> Iterator[dict[str, float]]:
    if measure.bands:
        for piece in partition([edge for edge, _ in measure.bands]):
            if piece.index is not None:
                points = float(measure.bands[piece.index][1])
                yield _piece(node, _double(piece.start), _double(piece.end), 0.0, 1.0, points, 0.0)
    if measure.curve:
        yield from _line(node, measure.curve)


def _line(node: int, knots: Sequence[Knot]) -> Iterator[dict[str, float]]:
    """Straight pieces between knots, flat outside."""
    yield _piece(node, -INFINITE, float(knots[0][0]), 0.0, 1.0, float(knots[0][1]), 0.0)
    for (x0, p0), (x1, p1) in pairwise(knots):
        yield _piece(node, float(x0), float(x1), float(x0), float(x1 - x0), float(p0), float(p1 - p0))
    yield _piece(node, float(knots[-1][0]), INFINITE, 0.0, 1.0, float(knots[-1][1]), 0.0)


def _piece(node: int, start: float, end: float, x0: float, dx: float, p0: float, dp: float) -> dict[str, float]:
    return {"node": node, "start": start, "end": end, "x0": x0, "dx": dx, "p0": p0, "dp": dp}


def _double(point: Point) -> float:
    """The smallest double at or after a point of the line, so that every piece is start <= number < end."""
    if point in (START, END):
        return -INFINITE if point == START else INFINITE
    value, after = float(point[0]), point[1]
    return nextafter(value, inf) if after else value


_LEAVES = pa.schema(
    [("node", pa.int16()), ("metric", pa.string())]
    + [(name, pa.float64()) for name in ("reach_low", "reach_high", "policy", "otherwise")]
    + [(name, pa.int64()) for name in ("warn", "expire", "grace")]
)
_PIECES = pa.schema(
    [("node", pa.int16())] + [(name, pa.float64()) for name in ("start", "end", "x0", "dx", "p0", "dp")]
)
WHOLE_AS_DECIMAL = r"^([+-]?[0-9]+)\.0+$"
"""Text such as 1.0, as a CSV export writes the whole number that Excel shows as 1: a map reads both alike."""
_ENTRIES = pa.schema([("node", pa.int16()), ("key", pa.string()), ("mapped", pa.float64())])
_NODES = pa.schema(
    [
        ("node", pa.int16()),
        ("path", pa.string()),
        ("parent", pa.int16()),
        ("weight", pa.int64()),
        ("combine", pa.string()),
    ]
)
