"""Which values a score can take when everything has data: by this a scale that is never used up is seen."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from keepwell.model.exact import LARGEST
from keepwell.model.score import Adjustment, Rule, Score
from keepwell.model.tree import Group, Measure, Node

Bounds = tuple[Fraction, Fraction]
HUNDRED = Fraction(100)
ANY = (Fraction(-LARGEST), Fraction(LARGEST))


def full_reach(score: Score) -> tuple[Decimal, Decimal]:
    """Lowest and highest value, in the score's own points, of an account with data for every measure; no overrides."""
    low, high = (Fraction(end) for end in score.scale)
    trees = [_reach(tree, (low, high)) for tree in score.trees if tree.parts] or [(Fraction(), Fraction())]
    added = [_of_adjustment(item) for item in score.adjust.values()]
    moved = [Fraction(score.base or 0) + sum(item[side] for item in added) for side in (0, 1)]
    least = low + min(tree[0] for tree in trees) * (high - low) / HUNDRED + moved[0]
    most = low + max(tree[1] for tree in trees) * (high - low) / HUNDRED + moved[1]
    return _decimal(min(max(low, least), high)), _decimal(max(min(high, most), low))


def _decimal(value: Fraction) -> Decimal:
    """Rounded to nine decimals, as every score is."""
    return round(Decimal(value.numerator) / Decimal(value.denominator), 9)


def _reach(node: Node, scale: Bounds) -> Bounds:
    """Of a node, as 0–100."""
    if isinstance(node, Measure):
        low, high = (HUNDRED * (Fraction(end) - scale[0]) / (scale[1] - scale[0]) for end in node.reach)
        return low, high
    if not isinstance(node, Group):
        return Fraction(), HUNDRED
    counted = [(part, part.weight.value) for part in node.parts.values() if part.weight.value]
    if node.combine == "count":
        return _green(node, counted)
    ranges = [_reach(part, scale) for part, _ in counted]
    if node.combine in ("min", "max"):
        best = min if node.combine == "min" else max
        return best(low for low, _ in ranges), best(high for _, high in ranges)
    total = HUNDRED if node.combine == "sum" else sum((weight for _, weight in counted), Fraction())
    low, high = (
        sum((item[side] * weight for item, (_, weight) in zip(ranges, counted, strict=True)), Fraction()) / total
        for side in (0, 1)
    )
    return low, high


def _green(group: Group, counted: Sequence[tuple[Node, Fraction]]) -> Bounds:
    """Of a count: the parts that are always green, and those that can be."""
    always = possible = total = Fraction()
    for part, weight in counted:
        scales = part.scales if isinstance(part, Measure) else ()
        green = [_meets(group, value) for scale in scales for value in scale.points]
        always, possible, total = always + weight * all(green), possible + weight * any(green), total + weight
    return HUNDRED * always / total, HUNDRED * possible / total


def _meets(group: Group, points: Decimal) -> bool:
    if group.green is None:
        return False
    start, end = group.green.piece
    return start <= (points, 0) and (points, 1) <= end


def _of_adjustment(item: Adjustment) -> Bounds:
    """The least and the most that a bonus or malus adds."""
    rules = [_of_rule(rule) for rule in item.rules]
    return _within(sum(low for low, _ in rules), sum(high for _, high in rules), item.between)


def _of_rule(rule: Rule) -> Bounds:
    if rule.add is None:
        return _within(*ANY, rule.between)
    return _within(Fraction(min(rule.add, Decimal())), Fraction(max(rule.add, Decimal())), rule.between)


def _within(low: Fraction | int, high: Fraction | int, between: tuple[Decimal | None, Decimal | None] | None) -> Bounds:
    least, most = between or (None, None)
    bottom = ANY[0] if least is None else Fraction(least)
    top = ANY[1] if most is None else Fraction(most)
    return min(max(Fraction(low), bottom), top), max(min(Fraction(high), top), bottom)
