"""The tree: measures with states and points, groups bottom up with what missing ones allow, weights top down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from itertools import chain, combinations, pairwise
from typing import Literal

from keepwell.model.exact import Duration
from keepwell.model.score import Score
from keepwell.model.tree import Group, Measure
from keepwell.model.tree import Node as Part
from tests.oracle.expressions import truth
from tests.oracle.metrics import Metrics, Reading
from tests.oracle.numbers import Value, rounded

State = Literal["ok", "ageing", "missing", "expired", "grace", "not_applicable", "not_connected"]
ABSENT = ("grace", "not_applicable", "not_connected")


@dataclass(frozen=True)
class Measured:
    """One measure of one account. `points` None: it does not count; `exact`: the points before rounding."""

    state: State
    points: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    exact: Fraction | None = None


@dataclass(frozen=True)
class Node:
    """One node of one account's tree. `value` None with bounds: optional, it may yet count; without bounds: absent."""

    path: str
    weight: Fraction
    value: Fraction | None
    low: Fraction | None
    high: Fraction | None
    coverage: Fraction
    combine: str = "mean"
    children: tuple[Node, ...] = ()
    measured: Measured | None = None
    effective: Fraction = field(default=Fraction(0))

    @property
    def counts(self) -> bool:
        return self.value is not None

    @property
    def present(self) -> bool:
        return self.low is not None

    @property
    def contribution(self) -> Fraction:
        """What a measure adds, in points of the score."""
        return self.effective * (self.value or 0)

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


# ---- 2 Measures


def measures(
    score: Score, name: str, metrics: Metrics, population: Sequence[Value], as_of: date
) -> dict[str, dict[Value, Measured]]:
    """Path of each measure → account → what it gives."""
    return {
        path: _of_all(measure, [*above, measure], measure.grace or score.grace, metrics, population, as_of)
        for path, measure, above in _leaves(score, name, ())
    }


def _of_all(
    measure: Measure,
    nodes: Sequence[Part],
    grace: Duration | None,
    metrics: Metrics,
    population: Sequence[Value],
    as_of: date,
) -> dict[Value, Measured]:
    """One measure of every account. It is connected if any account that it asks, or may ask, has data."""
    standings = {item: _standing(nodes, grace, metrics, item, as_of) for item in population}
    readings = {item: metrics.read(measure.metric, item, as_of) for item in population}
    asked = [readings[item].state for item, standing in standings.items() if standing in ("asked", "unknown")]
    connected = any(state not in ("no_data", "not_connected") for state in asked)
    return {item: _measured(measure, readings[item], standings[item], connected, as_of) for item in population}


def _leaves(group: Group, path: str, above: tuple[Part, ...]) -> Iterator[tuple[str, Measure, tuple[Part, ...]]]:
    """Every measure with its path and the groups above it."""
    for name, part in group.parts.items():
        if isinstance(part, Group):
            yield from _leaves(part, f"{path}/{name}", (*above, part))
        else:
            yield f"{path}/{name}", part, above


def _standing(
    nodes: Sequence[Part], grace: Duration | None, metrics: Metrics, account: Value, as_of: date
) -> Literal["not_applicable", "grace", "unknown", "asked"]:
    """Whether the account is asked for the measure. An account of unknown age is in no grace."""
    conditions = [node.applies_if for node in nodes if node.applies_if is not None]
    truths = [truth(item, metrics.names("account", account, as_of, item.names)) for item in conditions]
    if False in truths:
        return "not_applicable"
    tenure = metrics.facts.tenure("account", account, as_of, metrics.known_by)
    if grace is not None and tenure is not None and tenure < grace.days:
        return "grace"
    return "unknown" if None in truths else "asked"


def _measured(measure: Measure, reading: Reading, standing: str, connected: bool, as_of: date) -> Measured:
    if standing == "not_applicable":
        return Measured("not_applicable")
    if standing == "grace":
        return Measured("grace")
    if not connected:
        return Measured("not_connected")
    if standing == "unknown":
        return _without(measure, "missing")
    points = Fraction(measure.reach[0]) if reading.state == "worst" else _points(measure, reading.value)
    if points is None:
        return _without(measure, "missing")
    state = _age(measure, reading, as_of)
    if state == "expired":
        return _without(measure, "expired")
    told = rounded(points, 9)
    return Measured(state, told, told, told, points)


def _without(measure: Measure, state: State) -> Measured:
    """A measure without a value: between the points its scale can give, or counted with what the policy says."""
    low, high = (Fraction(points) for points in measure.reach)
    if measure.missing == "exclude":
        return Measured(state, None, low, high)
    points = low if measure.missing == "worst" else Fraction(measure.missing)
    return Measured(state, points, min(low, points), max(high, points))


def _age(measure: Measure, reading: Reading, as_of: date) -> State:
    if measure.stale is None or reading.at is None:
        return "ok"
    age = (as_of - reading.at.date()).days
    if measure.stale.expire is not None and age >= measure.stale.expire.days:
        return "expired"
    return "ageing" if measure.stale.warn is not None and age >= measure.stale.warn.days else "ok"


def _points(measure: Measure, value: Value) -> Fraction | None:
    """The scale's points, exactly; None where there is no value, or a category that the map does not name."""
    if value is None:
        return None
    if measure.map is not None:
        return next((Fraction(points) for key, points in measure.map if key == "else" or _is(key, value)), None)
    assert isinstance(value, Fraction)
    if measure.bands is not None:
        return next(Fraction(points) for edge, points in measure.bands if within(edge.op, Fraction(edge.bound), value))
    return _on_curve([(Fraction(x), Fraction(y)) for x, y in measure.curve or ()], value)


def _is(key: str, value: Value) -> bool:
    if isinstance(value, bool):
        return key == str(value).lower()
    if isinstance(value, Fraction):
        try:
            return Fraction(key) == value
        except ValueError:
            return False
    return key == value


def within(op: str, bound: Fraction, number: Fraction) -> bool:
    """Whether a condition on one number holds."""
    return {
        "<": number < bound,
        "<=": number <= bound,
        "=": number == bound,
        ">=": number >= bound,
        ">": number > bound,
        "else": True,
    }[op]


def _on_curve(knots: Sequence[tuple[Fraction, Fraction]], x: Fraction) -> Fraction:
    """Straight lines between the knots, flat outside."""
    if x <= knots[0][0]:
        return knots[0][1]
    for (x0, y0), (x1, y1) in pairwise(knots):
        if x <= x1:
            return y0 + (x - x0) / (x1 - x0) * (y1 - y0)
    return knots[-1][1]


# ---- 3 Groups, bottom up


def grown(part: Part, path: str, measured: Mapping[str, Measured]) -> Node:
    """The tree of one account with values, bounds and coverage."""
    weight = part.weight.value
    if isinstance(part, Measure):
        mine = measured[path]
        covered = Fraction(mine.state in ("ok", "ageing"))
        return Node(path, weight, mine.points, mine.low, mine.high, covered, measured=mine)
    assert isinstance(part, Group)
    children = tuple(grown(child, f"{path}/{name}", measured) for name, child in part.parts.items())
    present = [child for child in children if child.present and child.weight > 0]
    if not present:
        return Node(path, weight, None, None, None, Fraction(0), part.combine, children)
    value, low, high = {"mean": _mean, "min": _min, "max": _max}[part.combine](present)
    total = sum((child.weight for child in present), Fraction())
    coverage = sum((child.weight * child.coverage for child in present), Fraction()) / total
    return Node(path, weight, _kept(value), rounded(low, 12), rounded(high, 12), coverage, part.combine, children)


def _kept(value: Fraction | None) -> Fraction | None:
    return None if value is None else rounded(value, 12)


def _mean(present: Sequence[Node]) -> tuple[Fraction | None, Fraction, Fraction]:
    counting, optional = _split(present)
    value = _weighted(counting, "value") if counting else None
    worlds = [[*counting, *chosen] for chosen in _subsets(optional)]
    reachable = [world for world in worlds if world]
    low = min(_weighted(world, "low") for world in reachable)
    high = max(_weighted(world, "high") for world in reachable)
    return value, low, high


def _min(present: Sequence[Node]) -> tuple[Fraction | None, Fraction, Fraction]:
    """The smallest carries the group: a missing one can only pull it down."""
    counting, optional = _split(present)
    value = min((_of(child, "value") for child in counting), default=None)
    low = min(_of(child, "low") for child in present)
    high = min(_of(child, "high") for child in counting) if counting else max(_of(child, "high") for child in optional)
    return value, low, high


def _max(present: Sequence[Node]) -> tuple[Fraction | None, Fraction, Fraction]:
    """The largest carries the group: a missing one can only lift it."""
    counting, optional = _split(present)
    value = max((_of(child, "value") for child in counting), default=None)
    low = max(_of(child, "low") for child in counting) if counting else min(_of(child, "low") for child in optional)
    high = max(_of(child, "high") for child in present)
    return value, low, high


def _split(present: Sequence[Node]) -> tuple[list[Node], list[Node]]:
    """Those that count, and those that may yet."""
    return [child for child in present if child.counts], [child for child in present if not child.counts]


def _subsets(optional: Sequence[Node]) -> Iterator[tuple[Node, ...]]:
    return chain.from_iterable(combinations(optional, size) for size in range(len(optional) + 1))


def _weighted(nodes: Sequence[Node], what: str) -> Fraction:
    return sum((node.weight * _of(node, what) for node in nodes), Fraction()) / sum(node.weight for node in nodes)


def _of(node: Node, what: str) -> Fraction:
    return Fraction(getattr(node, what))


# ---- 4 Effective weights, top down


def weighed(node: Node, effective: Fraction) -> Node:
    """The tree with each node's share in the score."""
    counting = [child for child in node.children if child.counts and child.weight > 0] if effective else []
    if node.combine == "mean":
        total = sum((child.weight for child in counting), Fraction())
        shares = {child.path: effective * child.weight / total for child in counting}
    else:
        binding = [child for child in counting if child.value == node.value]
        shares = {child.path: effective for child in binding[:1]}
    children = tuple(weighed(child, shares.get(child.path, Fraction(0))) for child in node.children)
    return replace(node, effective=effective, children=children)
