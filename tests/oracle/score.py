"""Accounts to scores: the root's value, the exceptions in order, the tier and how firmly it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from keepwell.model import Model
from keepwell.model.score import Adjustment, Bounds, Override, Rule, Score, Tier, Variant
from tests.oracle.expressions import truth
from tests.oracle.facts import Facts
from tests.oracle.metrics import Metrics, Reading
from tests.oracle.numbers import Given, Value, rounded
from tests.oracle.tree import Node, Points, grown, measures, weighed, withheld, within

INSUFFICIENT = "insufficient evidence"


@dataclass(frozen=True)
class Scored:
    """One account's score. None: there is no score, because nothing counts. `lines`: what leads from raw to score.

    native: in the model's own points; variant: the number of its tree; near: a group's rounding lies near a tie.
    """

    score: Fraction | None
    low: Fraction | None
    high: Fraction | None
    coverage: Fraction
    tier: str | None
    zone: str | None
    standing: str
    raw: Fraction | None
    lines: tuple[tuple[str, Fraction], ...]
    tree: Node
    metrics: Mapping[str, Reading]
    flags: tuple[str, ...] = ()
    native: Fraction | None = None
    variant: int = 0
    near: bool = False


@dataclass(frozen=True)
class Nested:
    """What scores of scores share: the day that is scored, whose accounts and whose fit hold, and what was found."""

    today: date
    facts: Facts
    scores: dict[tuple[str, date], dict[Value, Scored]]


def score_accounts(
    model: Model,
    tables: Mapping[str, Sequence[Mapping[str, Given]]],
    as_of: date,
    known_by: date | None = None,
    name: str | None = None,
    nested: Nested | None = None,
) -> dict[Value, Scored]:
    """Every account alive on the day → its score; `name` is the score's, default the first.

    nested: metrics ask for it, so only what the score itself reads is read, and no flag.
    """
    known = known_by or as_of
    shared = nested or Nested(as_of, Facts(model, tables, as_of), {})
    today, facts = shared.today, shared.facts

    def other(name: str, day: date) -> dict[Value, Scored]:
        if (name, day) not in shared.scores:
            shared.scores[name, day] = score_accounts(model, tables, day, known, name, shared)
        return shared.scores[name, day]

    metrics = Metrics(facts, known, other)
    name = name or next(iter(model.scores))
    score = model.scores[name]
    living = facts.living("account", as_of, metrics.known_by)
    candidates = {account: _candidates(score, metrics, account, as_of) for account in living}
    population = [account for account in living if _inside(score, metrics, account, as_of) is not False]
    trees = [score, *(_varied(score, variant) for variant in score.variants)]
    fits = [fit for fit in model.fitted if fit.from_ <= today]
    fit = max(fits, key=lambda item: item.from_) if fits else None
    scale = Points(Fraction(score.scale[0]), Fraction(score.scale[1]), fit=fit)
    grown_ = {}
    for index, tree in enumerate(trees):
        own = [account for account in population if index in candidates[account]]
        measured = measures(tree, scale, name, metrics, own, as_of)
        for account in own:
            whole = grown(tree, name, {path: of[account] for path, of in measured.items()}, scale)
            grown_[account, index] = withheld(whole, tree)
    found = {}
    for account in population:
        unsure = _inside(score, metrics, account, as_of) is None
        mine = {index: grown_[account, index] for index in candidates[account]}
        wanted = score.inputs if nested else _account_metrics(model)
        readings = {item: metrics.read(item, account, as_of) for item in wanted}
        found[account] = _scored(score, mine, readings, unsure)
    if nested:
        return found
    return {account: replace(scored, flags=_flags(model, scored)) for account, scored in found.items()}


def _varied(score: Score, variant: Variant) -> Score:
    stated = {key: value for key in ("combine", "grace") if (value := getattr(variant, key)) is not None}
    return score.model_copy(update={"parts": variant.parts, **stated})


def _inside(score: Score, metrics: Metrics, account: Value, as_of: date) -> bool | None:
    if score.population is None:
        return True
    return truth(score.population, metrics.names("account", account, as_of, score.population.names))


def _candidates(score: Score, metrics: Metrics, account: Value, as_of: date) -> list[int]:
    """Trees that may be the account's, the one it is scored by last: 0 for the score's own, where no variant holds."""
    found = []
    for index, variant in enumerate(score.variants, 1):
        holds = truth(variant.when, metrics.names("account", account, as_of, variant.when.names))
        if holds is not False:
            found.append(index)
        if holds:
            return found
    return [*found, 0]


def _flags(model: Model, scored: Scored) -> tuple[str, ...]:
    """Flags that are raised: what is unknown raises none. Score, coverage and tier are those that people see."""
    own = {"score": scored.native, "coverage": rounded(scored.coverage, 9), "tier": scored.tier}
    names = {name: reading.value for name, reading in scored.metrics.items()} | own
    return tuple(sorted(name for name, flag in model.flags.items() if truth(flag.when, names) is True))


def _account_metrics(model: Model) -> list[str]:
    return [name for name, metric in model.metrics.items() if metric.for_ == "account"] + ["tenure_days"]


def _scored(score: Score, trees: Mapping[int, Node], readings: Mapping[str, Reading], unsure: bool) -> Scored:
    """Adjust, clamp, round, override, tier, standing: in this order."""
    names = {name: reading.value for name, reading in readings.items()}
    variant, tree = list(trees.items())[-1]
    raw = tree.value if score.parts or variant else Fraction(0)
    ends = [(node.low, node.high) for node in trees.values()] if score.parts else [(Fraction(0), Fraction(0))]
    fired = [truth(override.when, names) for override in score.overrides]
    added = [_adjusted(score, item, names) for item in score.adjust.values()]
    final, lines = _final(raw, score, added, fired)
    low, high = _bounds(raw, ends, score, added, fired)
    coverage = tree.coverage if score.parts else _known(score, names)
    enough = final is not None and rounded(coverage, 9) >= rounded(score.minimum_coverage, 9)
    tier, zone = _tier(score.tiers, _native(score, final)) if enough else (INSUFFICIENT, None)
    standing = _standing(score, tier, low, high, fired)
    if unsure and standing == "firm":
        standing = "provisional"
    if forced := _forced(score, fired):
        firm = _first_known(score, fired) and not unsure
        tier, zone, standing = forced, None, "firm" if firm else "provisional"
    weights = weighed(tree, Fraction(final is not None))
    near = any(node.near for one in trees.values() for node in one.walk())
    return Scored(
        final, low, high, coverage, tier, zone, standing, raw, lines, weights, readings,
        native=_native(score, final), variant=variant, near=near,
    )  # fmt: skip


Range3 = tuple[Fraction, Fraction, Fraction]
"""value, lowest, highest"""


def _width(score: Score) -> Fraction:
    return Fraction(score.scale[1]) - Fraction(score.scale[0])


def _native(score: Score, value: Fraction | None) -> Fraction | None:
    return None if value is None else rounded(value * _width(score) / 100 + Fraction(score.scale[0]), 9)


def _hundred(score: Score, points: Decimal) -> Fraction:
    return (Fraction(points) - Fraction(score.scale[0])) * 100 / _width(score)


def _adjusted(score: Score, item: Adjustment, names: Mapping[str, Value]) -> Range3:
    parts = [_of_rule(score, rule, names) for rule in item.rules]
    return tuple(_limited(score, item.between, sum(end, Fraction())) for end in zip(*parts, strict=True))  # type: ignore[return-value]


def _of_rule(score: Score, rule: Rule, names: Mapping[str, Value]) -> Range3:
    """What an unknown rule could add opens the range, and the score has nothing of it."""
    unit = 100 / _width(score)
    nothing = _limited(score, rule.between, Fraction(0))
    if rule.when is not None:
        holds = truth(rule.when, names)
        added = _limited(score, rule.between, Fraction(rule.add or 0) * unit)
        known = added if holds else nothing
        return (nothing, min(added, nothing), max(added, nothing)) if holds is None else (known, known, known)
    value = names[rule.metric or ""]
    if value is None:
        low, high = _ends(score, rule.between)
        return nothing, low, high
    assert isinstance(value, Fraction)
    found = _limited(score, rule.between, value * Fraction(rule.each or 0) * unit)
    return found, found, found


def _ends(score: Score, between: Bounds | None) -> tuple[Fraction, Fraction]:
    low, high = between or (None, None)
    unit = 100 / _width(score)
    return (
        Fraction(-100) if low is None else Fraction(low) * unit,
        Fraction(100) if high is None else Fraction(high) * unit,
    )


def _limited(score: Score, between: Bounds | None, value: Fraction) -> Fraction:
    low, high = _ends(score, between)
    return min(max(value, low), high)


def _known(score: Score, names: Mapping[str, Value]) -> Fraction:
    """The share of the rules that are known, where the score is made of nothing else."""
    rules = [rule for item in score.adjust.values() for rule in item.rules]
    known = [truth(rule.when, names) if rule.when else names[rule.metric or ""] for rule in rules]
    return Fraction(sum(item is not None for item in known), len(rules)) if rules else Fraction(1)


def _shown(value: Fraction, score: Score) -> Fraction:
    within_bounds = min(max(rounded(value, 9), Fraction(0)), Fraction(100))
    native = rounded(_native(score, within_bounds) or Fraction(0), score.decimals)
    return rounded((native - Fraction(score.scale[0])) * 100 / _width(score), 9)


def _whole(score: Score, raw: Fraction, added: Sequence[Range3], end: int) -> Fraction:
    base = Fraction(score.base) * 100 / _width(score) if score.base is not None else Fraction(0)
    if score.base is not None and not any(tree.parts for tree in score.trees):
        base = _hundred(score, score.base)
    return rounded(raw, 9) + base + sum((rounded(item[end], 9) for item in added), Fraction())


def _final(
    raw: Fraction | None, score: Score, added: Sequence[Range3], fired: Sequence[bool | None]
) -> tuple[Fraction | None, tuple[tuple[str, Fraction], ...]]:
    """The score, and one own line for what was added, the rounding and each override that fired."""
    if raw is None:
        return None, ()
    whole = _whole(score, raw, added, 0)
    at = _shown(whole, score)
    lines = [("added", whole - rounded(raw, 9)), ("rounding", at - whole)]
    for index, (override, holds) in enumerate(zip(score.overrides, fired, strict=True)):
        if holds is True:
            lines.append((f"overrides/{index}", _effect(score, override)(at) - at))
            at = _effect(score, override)(at)
    return at, tuple(lines)


def _bounds(
    raw: Fraction | None,
    ends: Sequence[tuple[Fraction | None, Fraction | None]],
    score: Score,
    added: Sequence[Range3],
    fired: Sequence[bool | None],
) -> tuple[Fraction, Fraction] | tuple[None, None]:
    """Both ends go the score's way; an override of which nobody knows whether it holds opens the interval to both."""
    lows, highs = ([end for end in side if end is not None] for side in zip(*ends, strict=True))
    if raw is None or not lows:
        return None, None
    low = _shown(_whole(score, min(lows), added, 1), score)
    high = _shown(_whole(score, max(highs), added, 2), score)
    for override, holds in zip(score.overrides, fired, strict=True):
        effect = _effect(score, override)
        if holds is True:
            low, high = effect(low), effect(high)
        elif holds is None:
            low, high = min(low, effect(low)), max(high, effect(high))
    return low, high


def _effect(score: Score, override: Override) -> Callable[[Fraction], Fraction]:
    if override.mode == "tier":
        return lambda x: x
    to = _hundred(score, getattr(override, override.mode))
    return {"replace": lambda _: to, "cap": lambda x: min(x, to), "floor": lambda x: max(x, to)}[override.mode]


def _tier(tiers: Sequence[Tier], score: Fraction | None) -> tuple[str | None, str | None]:
    """The first tier whose condition holds, and its first zone."""
    if score is None:
        return None, None
    for tier in tiers:
        if within(tier.at.op, Fraction(tier.at.bound), score):
            zones = (zone.is_ for zone in tier.zones if within(zone.at.op, Fraction(zone.at.bound), score))
            return tier.is_, next(zones, None)
    return None, None


def _standing(
    score: Score, tier: str | None, low: Fraction | None, high: Fraction | None, fired: Sequence[bool | None]
) -> str:
    """How firmly the tier stands while no override forces it."""
    if tier == INSUFFICIENT:
        return "insufficient"
    doubtful = any(holds is None for override, holds in zip(score.overrides, fired, strict=True) if override.tier)
    ends = {_tier(score.tiers, _native(score, end))[0] for end in (low, high)}
    same = ends == {tier} if score.tiers else low == high
    return "firm" if same and not doubtful else "provisional"


def _first_known(score: Score, fired: Sequence[bool | None]) -> bool:
    """Whether, of the overrides that force a tier, the first that is not plainly false is plainly true."""
    pairs = zip(score.overrides, fired, strict=True)
    return next(holds for override, holds in pairs if override.tier and holds is not False) is True


def _forced(score: Score, fired: Sequence[bool | None]) -> str | None:
    """The tier of the first override that forces one."""
    pairs = zip(score.overrides, fired, strict=True)
    return next((override.tier for override, holds in pairs if override.tier and holds is True), None)
