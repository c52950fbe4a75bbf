"""The last steps of the formula: clamp, round, overrides, tier, insufficient evidence, forced tier, flags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import ibis
import ibis.expr.types as ir

from keepwell.model.edges import Edge
from keepwell.model.score import Override, Score
from keepwell.scoring.plan import Plan
from keepwell.scoring.rounding import nine, shown

INSUFFICIENT = "insufficient evidence"


@dataclass(frozen=True)
class _Range:
    """A score and what it could be: every step of the formula is applied to all three."""

    score: ir.NumericValue
    low: ir.NumericValue
    high: ir.NumericValue


def override_names(score: Score) -> list[str]:
    """Names of each override's truth and own line, such as override_0."""
    return [f"override_{index}" for index in range(len(score.overrides))]


def finish(plan: Plan, spine: ir.Table, root: ir.Table, truths: ir.Table) -> ir.Table:
    """One row per account of `spine` (id): the score with its own lines.

    score, low, high: 0–100 as shown, NULL where nothing counts · coverage: 0–1 · tier, zone · standing: firm,
    provisional,
    insufficient · raw, clamped, rounding, override_N: the own lines, score = raw + their sum (an override that did not
    fire is NULL) · override_N_fired: whether it did (NULL: unknown), also where there is no score for it to change.
    """
    found = spine.select("id").left_join(root.select("id", "value", "low", "high", "coverage"), "id").drop("id_right")
    both = found.left_join(truths, "id").drop("id_right")
    raw = both.mutate(
        raw=nine(both.value),
        raw_low=nine(both.low),
        raw_high=nine(both.high),
        coverage=nine(both.coverage).fill_null(0.0),
    )
    raw = raw.mutate(**{f"{name}_clamped": raw[name].clip(0, 100) for name in ("raw", "raw_low", "raw_high")})
    start = raw.mutate(
        score_0=shown(raw.raw_clamped, plan.score.decimals),
        low_0=shown(raw.raw_low_clamped, plan.score.decimals),
        high_0=shown(raw.raw_high_clamped, plan.score.decimals),
    )
    return _labelled(plan.score, _overridden(plan.score, start))


def _overridden(score: Score, table: ir.Table) -> ir.Table:
    """Each override on what the one before left; an unknown one only widens the range."""
    for index, override in enumerate(score.overrides):
        if override.mode != "tier":
            now = _Range(table[f"score_{index}"], table[f"low_{index}"], table[f"high_{index}"])
            then = _apply(override, now, table[f"override_{index}"])
        else:
            then = _Range(table[f"score_{index}"], table[f"low_{index}"], table[f"high_{index}"])
        table = table.mutate(
            **{f"score_{index + 1}": then.score, f"low_{index + 1}": then.low, f"high_{index + 1}": then.high}
        )
    return table


def _apply(override: Override, now: _Range, fired: ir.BooleanValue) -> _Range:
    score, low, high = (_effect(override, value) for value in (now.score, now.low, now.high))
    known = fired.fill_null(False)
    unknown = fired.isnull()
    return _Range(
        ibis.ifelse(known, score, now.score),
        ibis.cases((known, low), (unknown, ibis.least(low, now.low)), else_=now.low),
        ibis.cases((known, high), (unknown, ibis.greatest(high, now.high)), else_=now.high),
    )


def _effect(override: Override, value: ir.NumericValue) -> ir.NumericValue:
    """What the override makes of a score; no score stays no score."""
    if override.mode == "cap":
        return ibis.ifelse(value > float(override.cap or 0), float(override.cap or 0), value)
    if override.mode == "floor":
        return ibis.ifelse(value < float(override.floor or 0), float(override.floor or 0), value)
    return ibis.ifelse(value.notnull(), float(override.replace or 0), value)


def _labelled(score: Score, table: ir.Table) -> ir.Table:
    last = len(score.overrides)
    value = table[f"score_{last}"]
    low, high = (
        ibis.ifelse(value.notnull(), table[f"{name}_{last}"], ibis.null("float64")) for name in ("low", "high")
    )
    enough = value.notnull() & (table.coverage >= float(score.minimum_coverage))
    forced, unsure = _forced(score, table)
    judged = ibis.ifelse(enough, tier_of(score, value), INSUFFICIENT)
    tier = ibis.coalesce(forced, judged)
    zone = ibis.ifelse(enough & forced.isnull(), zone_of(score, value), ibis.null("string"))
    inside = _inside(score, value, low, high)
    standing = ibis.cases(
        (forced.notnull() & ~unsure, "firm"),
        (~enough & forced.isnull(), "insufficient"),
        (inside & ~unsure & forced.isnull(), "firm"),
        else_="provisional",
    )
    lines = {
        name: ibis.ifelse(
            table[name].fill_null(False), table[f"score_{index + 1}"] - table[f"score_{index}"], ibis.null("float64")
        )
        for index, name in enumerate(override_names(score))
    }
    fired = {f"{name}_fired": table[name] for name in override_names(score)}
    return table.select(
        "id", score=value, low=low, high=high, coverage=table.coverage, tier=tier, zone=zone, standing=standing,
        raw=table.raw, clamped=table.raw_clamped - table.raw, rounding=table.score_0 - table.raw_clamped,
        **lines, **fired,
    )  # fmt: skip


def _forced(score: Score, table: ir.Table) -> tuple[ir.StringValue, ir.BooleanValue]:
    """The tier of the first override that forces one and holds; and whether another might."""
    forcing = [
        (name, override.tier)
        for name, override in zip(override_names(score), score.overrides, strict=True)
        if override.mode == "tier"
    ]
    if not forcing:
        return ibis.null("string"), ibis.literal(False)
    fired = ibis.cases(*((table[name].fill_null(False), tier) for name, tier in forcing), else_=ibis.null("string"))
    # The first that is not plainly false decides: unknown leaves the tier open, whatever fires after it.
    first = [(table[name].isnull(), True) for name, _ in forcing]
    known = [(table[name].fill_null(False), False) for name, _ in forcing]
    open_ = ibis.cases(*(case for pair in zip(first, known, strict=True) for case in pair), else_=False)
    return fired, open_


def _inside(score: Score, value: ir.NumericValue, low: ir.NumericValue, high: ir.NumericValue) -> ir.BooleanValue:
    if not score.tiers:
        return low == high
    tier = tier_of(score, value)
    return (tier_of(score, low) == tier) & (tier_of(score, high) == tier)


def tier_of(score: Score, value: ir.NumericValue) -> ir.StringValue:
    """The first tier whose condition holds. NULL for no score, or a model without tiers."""
    return _first([(tier.at, tier.is_) for tier in score.tiers], value)


def zone_of(score: Score, value: ir.NumericValue) -> ir.StringValue:
    """The zone within the tier, NULL where the tier has none."""
    zoned = [(tier.at, _first([(zone.at, zone.is_) for zone in tier.zones], value)) for tier in score.tiers]
    return _first(zoned, value)


def _first(cases: Sequence[tuple[Edge, str | ir.StringValue]], value: ir.NumericValue) -> ir.StringValue:
    if not cases:
        return ibis.null("string")
    return ibis.cases(*((holds(edge, value), label) for edge, label in cases), else_=ibis.null("string"))


def holds(edge: Edge, value: ir.NumericValue) -> ir.BooleanValue:
    """Whether a number meets the condition; no number meets none, `else` included."""
    bound = float(Decimal(edge.bound))
    return {
        "<": value < bound, "<=": value <= bound, "=": value == bound,
        ">=": value >= bound, ">": value > bound, "else": value.notnull(),
    }[edge.op]  # fmt: skip
