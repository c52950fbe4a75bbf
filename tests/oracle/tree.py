"""The tree: measures with states and points, groups bottom up with what missing ones allow, weights top down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations, pairwise
from typing import Literal

from keepwell.model.edges import Edge, Range, parse_edge
from keepwell.model.exact import Duration
from keepwell.model.fitted import Fit, Spread
from keepwell.model.scale import Case, Scale
from keepwell.model.tree import Group, Measure
from keepwell.model.tree import Node as Part
from tests.oracle.expressions import truth
from tests.oracle.metrics import Metrics, Reading
from tests.oracle.numbers import Value, rounded

State = Literal["ok", "ageing", "never", "missing", "expired", "grace", "not_applicable", "not_connected"]
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
    unrounded: Fraction | None = None
    near: bool = False

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


@dataclass(frozen=True)
class Points:
    """Stated points as points of a hundred: of the score's own scale, and 100 or 0 where green ones are counted."""

    low: Fraction
    high: Fraction
    green: Edge | None = None
    fit: Fit | None = None

    def __call__(self, stated: Decimal) -> Fraction:
        if self.green is not None:
            return Fraction(100 if within(self.green.op, Fraction(self.green.bound), Fraction(stated)) else 0)
        return rounded((Fraction(stated) - self.low) * 100 / (self.high - self.low), 12)

    def reach(self, measure: Measure, scales: Sequence[Scale]) -> tuple[Fraction, Fraction]:
        """The lowest and highest that these scales, or never having happened, can give."""
        stated = [item[1] for scale in scales for kind in scale.given for item in getattr(scale, kind)]
        stated += [measure.never] if measure.never is not None else []
        found = [self(points) for points in stated]
        return min(found), max(found)


def measures(
    tree: Group, scale: Points, name: str, metrics: Metrics, population: Sequence[Value], as_of: date
) -> dict[str, dict[Value, Measured]]:
    """Path of each measure → account → what it gives."""
    default = getattr(tree, "grace", None)
    return {
        path: _of_all(
            measure, [*above, measure], replace(scale, green=above[-1].green if above else tree.green),
            measure.grace or default, metrics, population, as_of,
        )
        for path, measure, above in _leaves(tree, name, ())
    }  # fmt: skip


def _of_all(
    measure: Measure,
    nodes: Sequence[Part],
    points: Points,
    grace: Duration | None,
    metrics: Metrics,
    population: Sequence[Value],
    as_of: date,
) -> dict[Value, Measured]:
    """One measure of every account. It is connected if any account that it asks, or may ask, has data."""
    chosen = {item: _chosen(measure, metrics, item, as_of) for item in population}
    standings = {item: _standing(nodes, chosen[item], grace, metrics, item, as_of) for item in population}
    readings = {item: metrics.read(measure.metric, item, as_of) for item in population}
    asked = [readings[item].state for item, standing in standings.items() if standing in ("asked", "unknown")]
    connected = any(state not in ("no_data", "not_connected") for state in asked)
    return {
        item: _measured(measure, points, chosen[item], readings[item], standings[item], connected, as_of)
        for item in population
    }


def _leaves(group: Group, path: str, above: tuple[Group, ...]) -> Iterator[tuple[str, Measure, tuple[Group, ...]]]:
    """Every measure with its path and the groups above it."""
    for name, part in group.parts.items():
        if isinstance(part, Group):
            yield from _leaves(part, f"{path}/{name}", (*above, part))
        else:
            yield f"{path}/{name}", part, above


Chosen = Scale | Literal["does not apply", "unknown"]


def _chosen(measure: Measure, metrics: Metrics, account: Value, as_of: date) -> Chosen:
    """The scale of the first case that holds, else the measure's own; unknown where one before it is."""
    for case in measure.cases:
        holds = _case_holds(measure, case, metrics, account, as_of)
        if holds is None:
            return "unknown"
        if holds:
            return case if case.applies else "does not apply"
    return measure if measure.given else "unknown"


def _case_holds(measure: Measure, case: Case, metrics: Metrics, account: Value, as_of: date) -> bool | None:
    if case.when is not None:
        return truth(case.when, metrics.names("account", account, as_of, case.when.names))
    value = metrics.read(measure.by or "", account, as_of).value
    if value is None:
        return None
    at = case.at or ""
    if at == "else" or isinstance(value, (bool, str)):
        return at == "else" or at == (str(value).lower() if isinstance(value, bool) else value)
    edge = parse_edge(at)
    assert isinstance(value, Fraction)
    return within(edge.op, Fraction(edge.bound), value)


def _standing(
    nodes: Sequence[Part], chosen: Chosen, grace: Duration | None, metrics: Metrics, account: Value, as_of: date
) -> Literal["not_applicable", "grace", "unknown", "asked"]:
    """Whether the account is asked for the measure. An account of unknown age is in no grace."""
    conditions = [node.applies_if for node in nodes if node.applies_if is not None]
    truths = [truth(item, metrics.names("account", account, as_of, item.names)) for item in conditions]
    if False in truths or chosen == "does not apply":
        return "not_applicable"
    tenure = metrics.facts.tenure("account", account, as_of, metrics.known_by)
    if grace is not None and tenure is not None and tenure < grace.days:
        return "grace"
    return "unknown" if None in truths or chosen == "unknown" else "asked"


def _measured(
    measure: Measure, points: Points, chosen: Chosen, reading: Reading, standing: str, connected: bool, as_of: date
) -> Measured:
    if standing == "not_applicable":
        return Measured("not_applicable")
    if standing == "grace":
        return Measured("grace")
    if not connected:
        return Measured("not_connected")
    reach = points.reach(measure, [chosen] if isinstance(chosen, Scale) else measure.scales)
    if standing == "unknown":
        return _without(measure, points, reach, "missing")
    if measure.never is not None and reading.state in ("no_data", "not_connected"):
        told = points(measure.never)
        return Measured("never", told, told, told)
    assert isinstance(chosen, Scale)
    spread = points.fit.metrics[measure.metric] if points.fit and chosen.relative else None
    exact = reach[0] if reading.state == "worst" else _points(chosen, points, reading.value, spread)
    if exact is None:
        return _without(measure, points, reach, "missing")
    state = _age(measure, reading, as_of)
    if state == "expired":
        return _without(measure, points, reach, "expired")
    told = rounded(exact, 9)
    return Measured(state, told, told, told, exact)


def _without(measure: Measure, points: Points, reach: tuple[Fraction, Fraction], state: State) -> Measured:
    """A measure without a value: between the points its scale can give, or counted with what the policy says."""
    low, high = reach
    if measure.missing in ("exclude", "no_score"):
        return Measured(state, None, low, high)
    counted = low if measure.missing == "worst" else points(Decimal(measure.missing))
    return Measured(state, counted, min(low, counted), max(high, counted))


def _age(measure: Measure, reading: Reading, as_of: date) -> State:
    if measure.stale is None or reading.at is None:
        return "ok"
    age = (as_of - reading.at.date()).days
    own = (span for at, span in measure.stale.values if _meets(at, reading.value))
    expire = next(own, measure.stale.expire)
    if expire is not None and age >= expire.days:
        return "expired"
    return "ageing" if measure.stale.warn is not None and age >= measure.stale.warn.days else "ok"


def _meets(at: str, value: Value) -> bool:
    """Whether a value is this category, or meets this condition on a number."""
    if isinstance(value, Fraction):
        try:
            edge = parse_edge(at)
        except ValueError:
            return _is(at, value)
        return within(edge.op, Fraction(edge.bound), value)
    return value is not None and _is(at, value)


def withheld(node: Node, tree: Group) -> Node:
    """No value at the root where a measure that the score needs applies and has no data."""
    needed = {path for path, measure, _ in _leaves(tree, node.path, ()) if measure.missing == "no_score"}
    lost = (one.measured for one in node.walk() if one.path in needed and one.measured is not None)
    if any(measured.state in ("missing", "expired", "not_connected") for measured in lost):
        return replace(node, value=None, low=None, high=None)
    return node


def _points(scale: Scale, points: Points, value: Value, spread: Spread | None) -> Fraction | None:
    """The scale's points, exactly; None where there is no value, or one that the scale does not name."""
    if value is None:
        return None
    if scale.map is not None:
        return next((points(stated) for key, stated in scale.map if key == "else" or _is(key, value)), None)
    assert isinstance(value, Fraction)
    if scale.curve is not None:
        return _on_curve([(Fraction(x), points(y)) for x, y in scale.curve], value)
    if spread is not None:
        return _on_curve(_knots(scale, points, spread), value)
    steps = [*(scale.bands or ()), *(scale.ranges or ())]
    return next((points(stated) for step, stated in steps if _in_step(step, value)), None)


def _knots(scale: Scale, points: Points, spread: Spread) -> list[tuple[Fraction, Fraction]]:
    """Where percentiles and z-scores lie; of several at one value its accounts get the middle of their points."""
    at = dict(spread.percentiles)
    found = [(Fraction(at[place]), Fraction(stated)) for place, stated in scale.percentiles or ()]
    for z, stated in scale.zscores or ():
        found.append((rounded(Fraction(spread.mean) + Fraction(z) * Fraction(spread.sd), 9), Fraction(stated)))
    knots = []
    for value in dict.fromkeys(value for value, _ in found):
        worths = [worth for where, worth in found if where == value]
        if len(worths) == 1:
            knots.append((value, points(_decimal(worths[0]))))
            continue
        ends = (worths[0], (worths[0] + worths[-1]) / 2, worths[-1])
        knots += [
            (value + Fraction(step, 10**9), points(_decimal(worth)))
            for step, worth in zip((-1, 0, 1), ends, strict=True)
        ]
    return knots


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _in_step(step: Edge | Range, value: Fraction) -> bool:
    if isinstance(step, Edge):
        return within(step.op, Fraction(step.bound), value)
    return (step.low is None or value >= step.low) and (step.high is None or value <= step.high)


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


def grown(part: Part, path: str, measured: Mapping[str, Measured], scale: Points) -> Node:
    """The tree of one account with values, bounds and coverage."""
    weight = part.weight.value
    if isinstance(part, Measure):
        mine = measured[path]
        covered = Fraction(mine.state in ("ok", "ageing", "never"))
        return Node(path, weight, mine.points, mine.low, mine.high, covered, measured=mine)
    assert isinstance(part, Group)
    children = tuple(grown(child, f"{path}/{name}", measured, scale) for name, child in part.parts.items())
    present = [child for child in children if child.present and child.weight > 0]
    if not present:
        return Node(path, weight, None, None, None, Fraction(0), part.combine, children)
    ways = {"mean": _mean, "count": _mean, "min": _min, "max": _max, "sum": _sum}
    value, low, high = ways[part.combine](present)
    total = sum((child.weight for child in present), Fraction())
    coverage = sum((child.weight * child.coverage for child in present), Fraction()) / total
    found = Node(path, weight, _kept(value), rounded(low, 12), rounded(high, 12), coverage, part.combine, children)
    return found if part.round is None else _at_decimals(found, scale, part.round)


def _at_decimals(node: Node, scale: Points, decimals: int) -> Node:
    """Value and range as they would be shown on the score's own scale with so many decimals."""
    width = (scale.high - scale.low) / 100
    ends = [node.value, node.low, node.high]
    native = [None if end is None else rounded(rounded(end, 9) * width + scale.low, 9) for end in ends]
    shown = [None if end is None else (rounded(end, decimals) - scale.low) / width for end in native]
    value, low, high = (None if end is None else rounded(rounded(end, 9), 12) for end in shown)
    near = any(end is not None and _near_half(end * 10**decimals) for end in native)
    return replace(node, value=value, low=low, high=high, unrounded=node.value, near=near)


def _near_half(units: Fraction) -> bool:
    """Whether a number lies beside the middle of two steps, and not on it: doubles may round it either way."""
    off = abs(units % 1 - Fraction(1, 2))
    return 0 < off < Fraction(1, 10**5)


def _sum(present: Sequence[Node]) -> tuple[Fraction | None, Fraction, Fraction]:
    """Each adds its weight in points × its value ÷ 100, a hundred at most; a missing one may add nothing."""
    counting, whole = _split(present)[0], Fraction(100)
    found = sum((child.weight * _of(child, "value") for child in counting), Fraction()) / 100
    value = min(found, whole) if counting else None
    low = min(sum((child.weight * _of(child, "low") for child in counting), Fraction()) / 100, whole)
    high = min(sum((child.weight * _of(child, "high") for child in present), Fraction()) / 100, whole)
    return value, low, high


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
    """The tree with each node's share in the score. What rounding a group added is shared by its parts."""
    counting = [child for child in node.children if child.counts and child.weight > 0] if effective else []
    factor = Fraction(1)
    if node.unrounded is not None and node.unrounded != node.value:
        factor = _of(node, "value") / node.unrounded if node.value else Fraction(0)
    shares = {path: share * factor for path, share in _shares(node, counting, effective).items()}
    children = tuple(weighed(child, shares.get(child.path, Fraction(0))) for child in node.children)
    return replace(node, effective=effective, children=children)


def _shares(node: Node, counting: Sequence[Node], effective: Fraction) -> dict[str, Fraction]:
    if node.combine in ("min", "max"):
        own = node.value if node.unrounded is None else node.unrounded
        return {child.path: effective for child in [child for child in counting if child.value == own][:1]}
    total = sum((child.weight for child in counting), Fraction())
    if node.combine == "sum":
        added = sum((child.weight * _of(child, "value") for child in counting), Fraction()) / 100
        total = 100 * max(added / 100, Fraction(1))
    return {child.path: effective * child.weight / total for child in counting}
