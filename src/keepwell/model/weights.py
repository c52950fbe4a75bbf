"""The weights of a score as one list: which share of it each part has that weights alone place, and the way back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeVar

from keepwell.model.check.direction import along
from keepwell.model.edges import parse_edge
from keepwell.model.exact import Weight, plain
from keepwell.model.model import Model
from keepwell.model.scale import KINDS
from keepwell.model.score import Score
from keepwell.model.tree import Group, Measure, Part, scaled_weights

G = TypeVar("G", bound=Group)

STEP = Decimal("0.1")
"""Weights are written in steps of so much of a percent."""
SAME = Fraction(1, 10**8)


def shares(score: Score, name: str) -> dict[str, Fraction]:
    """Path → the share of the score, were everything there: of measures, and of groups whose parts have no share.

    Such are groups that take the lowest, the highest, a sum or a count of their parts; what is below them is theirs.
    Empty where the root is one.
    """
    return dict(_shares(score, name, Fraction(1))) if score.combine == "mean" else {}


def _shares(group: Group, path: str, whole: Fraction) -> Iterator[tuple[str, Fraction]]:
    weights = scaled_weights(group)
    for (name, part), weight in zip(group.parts.items(), weights, strict=True):
        own = whole * Fraction(weight, sum(weights) or 1)
        below = f"{path}/{name}"
        if isinstance(part, Group) and part.combine == "mean":
            yield from _shares(part, below, own)
        else:
            yield below, own


def with_shares(model: Model, name: str, wanted: Mapping[str, Fraction], step: Decimal | None = None) -> Model:
    """The model with these shares of one score, of which they are all that counts.

    A part that is not named keeps its share of the group that it stands in, and a group in which nothing moves keeps
    its weights as they are written. step: weights become percents of their siblings in such steps, as a person would
    write them; None: exact fractions.
    """
    score = model.scores[name]
    parts = _weighted(score, name, wanted, step)[0]
    return model.model_copy(update={"scores": {**model.scores, name: score.model_copy(update={"parts": parts})}})


def _weighted(
    group: Group, path: str, wanted: Mapping[str, Fraction], step: Decimal | None
) -> tuple[dict[str, Part], Fraction | None]:
    """The parts with their weights, and what is wanted of all of them; None: nothing below is named."""
    below: dict[str, Part] = {}
    own: dict[str, Fraction | None] = {}
    for name, part in group.parts.items():
        here = f"{path}/{name}"
        below[name], own[name] = part, wanted.get(here)
        if isinstance(part, Group) and part.combine == "mean" and here not in wanted:
            parts, own[name] = _weighted(part, here, wanted, step)
            below[name] = part.model_copy(update={"parts": parts})
    named = {name: share for name, share in own.items() if share is not None}
    whole = sum(named.values(), Fraction(0))
    weights = _among(group, named, whole)
    if weights is None:
        return below, whole if named else None
    texts = _exact(weights) if step is None else _percents(weights, step)
    return {name: part.model_copy(update={"weight": texts[name]}) for name, part in below.items()}, whole


def _among(group: Group, named: Mapping[str, Fraction], whole: Fraction) -> dict[str, Fraction] | None:
    """The share of each part in its group; None where none is named, nothing is left for these, or all is as it was."""
    stated = scaled_weights(group)
    before = {name: Fraction(weight, sum(stated) or 1) for name, weight in zip(group.parts, stated, strict=True)}
    room = sum((before[name] for name in named), Fraction(0))
    if not whole or not room:
        return None
    found = {name: room * named[name] / whole if name in named else share for name, share in before.items()}
    return None if all(abs(found[name] - share) <= SAME for name, share in before.items()) else found


def _exact(own: Mapping[str, Fraction]) -> dict[str, Weight]:
    return {name: Weight(share, False, str(share)) for name, share in own.items()}


def _percents(own: Mapping[str, Fraction], step: Decimal) -> dict[str, Weight]:
    """Percents that sum to 100: each rounded down, and what is left over goes to the largest remainders."""
    exact = {name: 100 * share / Fraction(step) for name, share in own.items()}
    steps = {name: value.numerator // value.denominator for name, value in exact.items()}
    left = int(100 / step) - sum(steps.values())
    for name in sorted(exact, key=lambda name: steps[name] - exact[name])[:left]:
        steps[name] += 1
    return {name: _percent(count * step) for name, count in steps.items()}


def _percent(value: Decimal) -> Weight:
    text = f"{value.normalize():f} %"
    return Weight(Fraction(value), True, text)


def metrics_at(score: Score, path: str) -> tuple[str, ...]:
    """The metrics that the part at a path reads; of a group all below it."""
    part = part_at(score, path)
    return part.read if isinstance(part, Group) else part.names


def part_at(score: Score, path: str) -> Part:
    """The part at a path."""
    part: Part = score
    for name in path.split("/")[1:]:
        part = part.parts[name]  # type: ignore[union-attr] # only groups have anything below them
    return part


def stated(group: Group, scaled: Collection[str] = (), path: str = "") -> dict[str, Any]:
    """The weights below a group, or a score, as a file states them that extends the model: {parts: {name: …}}.

    scaled: paths below it of measures whose bands are stated as well.
    """
    found: dict[str, Any] = {}
    for name, part in group.parts.items():
        here = f"{path}/{name}"
        below = stated(part, scaled, here) if isinstance(part, Group) and part.combine == "mean" else {}
        if here in scaled and isinstance(part, Measure) and part.bands:
            below = {"bands": [[str(edge), plain(points)] for edge, points in part.bands]}
        found[name] = {"weight": str(part.weight), **below}
    return {"parts": found}


def groups(paths: Sequence[str]) -> list[list[int]]:
    """The places among these paths of what lies below each group of the tree, those farther down first."""
    above = {path.rsplit("/", depth)[0] for path in paths for depth in range(1, path.count("/"))}
    ordered = sorted(above, key=lambda group: (-group.count("/"), group))
    return [[place for place, path in enumerate(paths) if path.startswith(f"{group}/")] for group in ordered]


def rising(model: Model, name: str) -> dict[str, bool]:
    """Path → whether more is healthier, of measures whose one scale of numbers only rises or only falls."""
    found = {}
    for path in shares(model.scores[name], name):
        part = part_at(model.scores[name], path)
        if isinstance(part, Measure) and not part.cases and (part.bands or part.curve or part.ranges):
            points = along(model, part.metric, part)
            ways = {right > left for left, right in pairwise(points) if right != left}
            if len(ways) == 1:
                found[path] = ways.pop()
    return found


def with_bands(model: Model, name: str, bands: Mapping[str, Sequence[tuple[str, Decimal]]]) -> Model:
    """The model with these scales of measures of one score: the condition and the points (of 100) of each step."""
    score = model.scores[name]
    low, high = score.scale
    for path, steps in bands.items():
        own = tuple((parse_edge(edge), low + points * (high - low) / 100) for edge, points in steps)
        score = _replaced(score, path.split("/")[1:], own)
    return model.model_copy(update={"scores": {**model.scores, name: score}})


def _replaced(group: G, steps: Sequence[str], bands: Any) -> G:
    name, *rest = steps
    part = group.parts[name]
    if isinstance(part, Group):
        new: Part = _replaced(part, rest, bands)
    else:
        new = part.model_copy(update={**dict.fromkeys(KINDS), "bands": bands})
    return group.model_copy(update={"parts": {**group.parts, name: new}})
