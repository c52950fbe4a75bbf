"""Accounts to scores: the root's value, the exceptions in order, the tier and how firmly it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from keepwell.model import Model
from keepwell.model.score import Override, Score, Tier
from tests.oracle.expressions import truth
from tests.oracle.facts import Facts
from tests.oracle.metrics import Metrics, Reading
from tests.oracle.numbers import Given, Value, rounded
from tests.oracle.tree import Node, grown, measures, weighed, within

INSUFFICIENT = "insufficient evidence"


@dataclass(frozen=True)
class Scored:
    """One account's score. None: there is no score, because nothing counts. `lines`: what leads from raw to score."""

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


def score_accounts(
    model: Model,
    tables: Mapping[str, Sequence[Mapping[str, Given]]],
    as_of: date,
    known_by: date | None = None,
    name: str | None = None,
) -> dict[Value, Scored]:
    """Every account alive on the day → its score; `name` is the score's, default the first."""
    facts = Facts(model, tables)
    metrics = Metrics(facts, known_by or as_of)
    name = name or next(iter(model.scores))
    score = model.scores[name]
    population = facts.living("account", as_of, metrics.known_by)
    measured = measures(score, name, metrics, population, as_of)
    found = {
        account: _scored(
            score,
            grown(score, name, {path: of[account] for path, of in measured.items()}),
            {item: metrics.read(item, account, as_of) for item in _account_metrics(model)},
        )
        for account in population
    }
    return {account: replace(scored, flags=_flags(model, scored)) for account, scored in found.items()}


def _flags(model: Model, scored: Scored) -> tuple[str, ...]:
    """Flags that are raised: what is unknown raises none. Score, coverage and tier are those that people see."""
    own = {"score": scored.score, "coverage": rounded(scored.coverage, 9), "tier": scored.tier}
    names = {name: reading.value for name, reading in scored.metrics.items()} | own
    return tuple(sorted(name for name, flag in model.flags.items() if truth(flag.when, names) is True))


def _account_metrics(model: Model) -> list[str]:
    return [name for name, metric in model.metrics.items() if metric.for_ == "account"] + ["tenure_days"]


def _scored(score: Score, tree: Node, readings: Mapping[str, Reading]) -> Scored:
    """Clamp, round, override, tier, standing: in this order."""
    names = {name: reading.value for name, reading in readings.items()}
    fired = [truth(override.when, names) for override in score.overrides]
    final, lines = _final(tree.value, score, fired)
    low, high = _bounds(tree, score, fired)
    enough = final is not None and rounded(tree.coverage, 9) >= rounded(score.minimum_coverage, 9)
    tier, zone = _tier(score.tiers, final) if enough else (INSUFFICIENT, None)
    standing = _standing(score, tier, low, high, fired)
    if forced := _forced(score, fired):
        tier, zone, standing = forced, None, "firm" if _first_known(score, fired) else "provisional"
    weights = weighed(tree, Fraction(final is not None))
    return Scored(final, low, high, tree.coverage, tier, zone, standing, tree.value, lines, weights, readings)


def _shown(value: Fraction, score: Score) -> Fraction:
    return rounded(min(max(rounded(value, 9), Fraction(0)), Fraction(100)), score.decimals)


def _final(
    raw: Fraction | None, score: Score, fired: Sequence[bool | None]
) -> tuple[Fraction | None, tuple[tuple[str, Fraction], ...]]:
    """The score, and one own line for the rounding and for each override that fired."""
    if raw is None:
        return None, ()
    at = _shown(raw, score)
    lines = [("rounding", at - raw)]
    for index, (override, holds) in enumerate(zip(score.overrides, fired, strict=True)):
        if holds is True:
            lines.append((f"overrides/{index}", _effect(override)(at) - at))
            at = _effect(override)(at)
    return at, tuple(lines)


def _bounds(tree: Node, score: Score, fired: Sequence[bool | None]) -> tuple[Fraction, Fraction] | tuple[None, None]:
    """Both ends go the score's way; an override of which nobody knows whether it holds opens the interval to both."""
    if tree.value is None or tree.low is None or tree.high is None:
        return None, None
    low, high = _shown(tree.low, score), _shown(tree.high, score)
    for override, holds in zip(score.overrides, fired, strict=True):
        effect = _effect(override)
        if holds is True:
            low, high = effect(low), effect(high)
        elif holds is None:
            low, high = min(low, effect(low)), max(high, effect(high))
    return low, high


def _effect(override: Override) -> Callable[[Fraction], Fraction]:
    if override.replace is not None:
        return lambda _, to=Fraction(override.replace): to  # type: ignore[misc]
    if override.cap is not None:
        return lambda x, cap=Fraction(override.cap): min(x, cap)  # type: ignore[misc]
    if override.floor is not None:
        return lambda x, floor=Fraction(override.floor): max(x, floor)  # type: ignore[misc]
    return lambda x: x


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
    ends = {_tier(score.tiers, low)[0], _tier(score.tiers, high)[0]}
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
