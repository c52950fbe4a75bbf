"""A score of the model as small tables: nodes, scales and maps as rows.

A model of 100 measures spread over columns takes seconds to compile; as rows it is one query of constant size,
and another weight is another row, not another query.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import count

import pyarrow as pa

from keepwell.model.edges import Edge
from keepwell.model.exact import Duration
from keepwell.model.expressions import Expression
from keepwell.model.score import Score
from keepwell.model.tree import Group, Measure, Node, scaled_weights
from keepwell.scoring.native import Native
from keepwell.scoring.scales import UNKNOWN, Choice, choices_of, entries, pieces, reaches


@dataclass(frozen=True)
class Place:
    """One node of a tree: its number and path ('health/product_usage/seat_use'), and how it counts above.

    `weight` is an exact whole number in units of its siblings' common denominator. `variant`: the tree it stands in,
    0 for the score's own. `green`: under a count, the condition on its points.
    """

    number: int
    path: str
    parent: int | None
    depth: int
    weight: int
    node: Node
    conditions: tuple[Expression, ...]
    combine_above: str
    variant: int = 0
    green: Edge | None = None

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Plan:
    """One score, laid out: `places` of every tree (its own, then its variants'), each in file order, its root first.

    A place's number is its index; tables speak of numbers.
    """

    name: str
    score: Score
    places: tuple[Place, ...]

    @property
    def roots(self) -> list[Place]:
        """The root of each tree; a root's `variant` is its index here."""
        return [place for place in self.places if place.parent is None]

    @property
    def measures(self) -> list[tuple[Place, Measure]]:
        """The leaves, in file order."""
        return [(place, place.node) for place in self.places if isinstance(place.node, Measure)]

    @property
    def groups(self) -> list[tuple[Place, Group]]:
        """The inner nodes, the roots among them."""
        return [(place, place.node) for place in self.places if isinstance(place.node, Group)]

    @property
    def depth(self) -> int:
        return max(place.depth for place in self.places)

    def tree(self, variant: int) -> list[Place]:
        """The places of one tree."""
        return [place for place in self.places if place.variant == variant]

    @cached_property
    def native(self) -> Native:
        """The score's own points."""
        return Native(*self.score.scale)

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """Every scale, measure by measure: its cases in order, then its own."""
        numbers = count()
        return tuple(
            Choice(next(numbers), *rest) for place, leaf in self.measures for rest in choices_of(place.number, leaf)
        )

    @cached_property
    def cased(self) -> dict[int, list[Choice]]:
        """Node → its choices, where there is more than one."""
        found: dict[int, list[Choice]] = {}
        for choice in self.choices:
            found.setdefault(choice.node, []).append(choice)
        return {node: choices for node, choices in found.items() if len(choices) > 1 or choices[0].when is not None}

    @cached_property
    def leaves(self) -> pa.Table:
        """node, variant, metric, `usual` (the scale where no case decides), and what makes a value old or young."""
        usual = {choice.node: choice.number for choice in self.choices if choice.node not in self.cased}
        graces = [getattr(root.node, "grace", None) for root in self.roots]
        rows = [_leaf(place, leaf, graces[place.variant], usual.get(place.number)) for place, leaf in self.measures]
        return pa.Table.from_pylist(rows, schema=_LEAVES)

    @cached_property
    def scaled(self) -> pa.Table:
        """`leaves` with their usual `scales` beside them: joined here once, and not for every account."""
        return self.leaves.rename_columns({"usual": "scale"}).join(self.scales, "scale", join_type="inner")

    @cached_property
    def placed(self) -> pa.Table:
        """`nodes` of measures with the reach and policy of their usual scales, joined likewise."""
        reach = self.scaled.select(["node", "reach_low", "reach_high", "policy"])
        return self.nodes.drop_columns(["path", "tree"]).join(reach, "node", join_type="inner")

    @property
    def mapped(self) -> bool:
        """Whether any scale reads categories."""
        return any(choice.scale is not None and choice.scale.map is not None for choice in self.choices)

    @cached_property
    def scales(self) -> pa.Table:
        """See `scales.reaches`."""
        return reaches(self.choices, list(self.cased), self.measured, self.points)

    @cached_property
    def pieces(self) -> pa.Table:
        """See `scales.pieces`."""
        return pieces(self.choices, self.points)

    @cached_property
    def entries(self) -> pa.Table:
        """See `scales.entries`."""
        return entries(self.choices, self.points)

    @property
    def needed(self) -> pa.Table:
        """node, root: the measures without which there is no score, and the root of the tree that each stands in."""
        roots = [root.number for root in self.roots]
        needed = [place for place, leaf in self.measures if leaf.missing == "no_score"]
        return pa.table(
            {
                "node": pa.array([place.number for place in needed], pa.int16()),
                "root": pa.array([roots[place.variant] for place in needed], pa.int16()),
            }
        )

    @property
    def measured(self) -> dict[int, Measure]:
        """Number → measure."""
        return {place.number: leaf for place, leaf in self.measures}

    @cached_property
    def nodes(self) -> pa.Table:
        """node, tree (its variant), path, parent, weight, and how the parent combines."""
        rows = [
            {
                "node": place.number,
                "tree": place.variant,
                "path": place.path,
                "parent": place.parent,
                "weight": place.weight,
                "combine": place.combine_above,
            }
            for place in self.places
        ]
        return pa.Table.from_pylist(rows, schema=_NODES)

    def points(self, node: int, points: Decimal) -> float:
        """A measure's points as they count: of 100, and under a count 100 or 0."""
        green = self.places[node].green
        if green is not None:
            start, end = green.piece
            return 100.0 if start <= (points, 0) and (points, 1) <= end else 0.0
        return self.native.of_hundred(points)


def stated_shares(layout: Plan) -> dict[int, Fraction]:
    """Each node's share of its tree's score as the file states it, were everything there. A root has 1."""
    totals: dict[int | None, int] = {}
    for place in layout.places:
        totals[place.parent] = totals.get(place.parent, 0) + place.weight
    shares: dict[int, Fraction] = {}
    for place in layout.places:
        above = shares[place.parent] if place.parent is not None else Fraction(1)
        whole = totals[place.parent] if place.parent is not None else place.weight
        shares[place.number] = above * Fraction(place.weight, whole or 1)
    return shares


def plan(name: str, score: Score) -> Plan:
    """Lay out one score of a model."""
    numbers = count()
    places = [place for index, tree in enumerate(score.trees) for place in _tree(name, tree, index, numbers)]
    return Plan(name, score, tuple(places))


def _tree(name: str, group: Group, variant: int, numbers: Iterator[int]) -> Iterator[Place]:
    root = Place(next(numbers), name, None, 0, 1, group, (), "mean", variant)
    yield root
    yield from _below(root, group, numbers)


def _below(place: Place, group: Group, numbers: Iterator[int]) -> Iterator[Place]:
    for (name, part), weight in zip(group.parts.items(), scaled_weights(group), strict=True):
        conditions = place.conditions + ((part.applies_if,) if part.applies_if is not None else ())
        path = f"{place.path}/{name}"
        number, depth = next(numbers), place.depth + 1
        child = Place(
            number, path, place.number, depth, weight, part, conditions, group.combine, place.variant, group.green
        )
        yield child
        if isinstance(part, Group):
            yield from _below(child, part, numbers)


def _leaf(place: Place, measure: Measure, default: Duration | None, usual: int | None) -> dict[str, object]:
    grace = measure.grace if measure.grace is not None else default
    return {
        "node": place.number,
        "variant": place.variant,
        "metric": measure.metric,
        "usual": usual if usual is not None else UNKNOWN - place.number,
        "warn": measure.stale.warn.days if measure.stale and measure.stale.warn else None,
        "expire": measure.stale.expire.days if measure.stale and measure.stale.expire else None,
        "grace": grace.days if grace else 0,
    }


_LEAVES = pa.schema(
    [("node", pa.int16()), ("variant", pa.int16()), ("metric", pa.string()), ("usual", pa.int16())]
    + [(name, pa.int64()) for name in ("warn", "expire", "grace")]
)
_NODES = pa.schema(
    [
        ("node", pa.int16()),
        ("tree", pa.int16()),
        ("path", pa.string()),
        ("parent", pa.int16()),
        ("weight", pa.int64()),
        ("combine", pa.string()),
    ]
)
