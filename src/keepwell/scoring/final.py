"""The last steps of the formula: adjust, clamp, round, overrides, tier, insufficient evidence, forced tier, flags."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from keepwell.model.edges import Edge
from keepwell.model.output import INSUFFICIENT
from keepwell.model.score import Override, Score
from keepwell.scoring.adjust import adjust_names
from keepwell.scoring.plan import Plan
from keepwell.scoring.rounding import nine
from keepwell.scoring.terms import Range, beside


def override_names(score: Score) -> list[str]:
    """Names of each override's truth and own line, such as override_0."""
    return [f"override_{index}" for index in range(len(score.overrides))]


def finish(plan: Plan, root: ir.Table, truths: ir.Table, added: ir.Table) -> ir.Table:
    """One row per row of `root` (see `score.rooted`): the score with its own lines.

    `truths`: id and override_N; `added`: see `adjust.adjustments`.

    score, low, high: 0–100 as shown, NULL where nothing counts · native: the score in the model's own points ·
    coverage: 0–1 · tier, zone · standing: firm, provisional, insufficient · variant: the tree's number · raw, base,
    adjust_N, clamped, rounding, override_N: the own lines, score = raw + their sum (an override that did not fire is
    NULL) · override_N_fired: whether it did (NULL: unknown), also where there is no score for it to change.
    """
    # A join that brings nothing costs a plain model as much as one that does.
    both = beside(root, truths, ["id"]) if plan.score.overrides else root
    both = beside(both, added, ["id"]) if plan.score.adjust or not plan.measures else both
    raw = both.mutate(
        raw=nine(both.value),
        raw_low=nine(both.low),
        raw_high=nine(both.high),
        coverage=nine(both.coverage if plan.measures else both.known).fill_null(0.0),
    )
    ends = {"sum": "", "sum_low": "_low", "sum_high": "_high"}
    whole = raw.mutate(**{name: _adjusted(plan, raw, end) for name, end in ends.items()})
    clamped = whole.mutate(**{f"{name}_clamped": whole[name].clip(0, 100) for name in ends})
    start = clamped.mutate(
        **{
            name: plan.native.rounded(clamped[f"{end}_clamped"], plan.score.decimals)
            for name, end in (("score_0", "sum"), ("low_0", "sum_low"), ("high_0", "sum_high"))
        }
    )
    return _labelled(plan, _overridden(plan, start))


def _adjusted(plan: Plan, raw: ir.Table, end: str) -> ir.NumericValue:
    """Raw, plus the base, plus every adjustment."""
    if plan.score.base is None and not plan.score.adjust:
        return raw[f"raw{end}"]
    found = raw[f"raw{end}"] + base_of(plan)
    for name in adjust_names(plan.score):
        found = found + raw[f"{name}{end}"].fill_null(0.0)
    return nine(found)


def base_of(plan: Plan) -> float:
    """What every account begins with, as points of 100: an amount beside a tree, and without one a place."""
    if plan.score.base is None:
        return 0.0
    return (
        float(plan.native.share(Fraction(plan.score.base)))
        if plan.measures
        else plan.native.of_hundred(plan.score.base)
    )


def _overridden(plan: Plan, table: ir.Table) -> ir.Table:
    """Each override on what the one before left; an unknown one only widens the range."""
    for index, override in enumerate(plan.score.overrides):
        now = Range(table[f"score_{index}"], table[f"low_{index}"], table[f"high_{index}"])
        then = now if override.mode == "tier" else _apply(plan, override, now, table[f"override_{index}"])
        table = table.mutate(
            **{f"score_{index + 1}": then.value, f"low_{index + 1}": then.low, f"high_{index + 1}": then.high}
        )
    return table


def _apply(plan: Plan, override: Override, now: Range, fired: ir.BooleanValue) -> Range:
    score, low, high = (_effect(plan, override, value) for value in (now.value, now.low, now.high))
    known = fired.fill_null(False)
    unknown = fired.isnull()
    return Range(
        ibis.ifelse(known, score, now.value),
        ibis.cases((known, low), (unknown, ibis.least(low, now.low)), else_=now.low),
        ibis.cases((known, high), (unknown, ibis.greatest(high, now.high)), else_=now.high),
    )


def _effect(plan: Plan, override: Override, value: ir.NumericValue) -> ir.NumericValue:
    """What the override makes of a score; no score stays no score."""
    points = plan.native.of_hundred(getattr(override, override.mode))
    if override.mode == "cap":
        return ibis.ifelse(value > points, points, value)
    if override.mode == "floor":
        return ibis.ifelse(value < points, points, value)
    return ibis.ifelse(value.notnull(), points, value)


def _labelled(plan: Plan, table: ir.Table) -> ir.Table:
    score, last = plan.score, len(plan.score.overrides)
    value = table[f"score_{last}"]
    low, high = (
        ibis.ifelse(value.notnull(), table[f"{name}_{last}"], ibis.null("float64")) for name in ("low", "high")
    )
    native, native_low, native_high = (plan.native.shown(one) for one in (value, low, high))
    enough = value.notnull() & (table.coverage >= float(score.minimum_coverage))
    forced, unsure = _forced(score, table)
    unsure = unsure | table.unsure
    judged = ibis.ifelse(enough, tier_of(score, native), INSUFFICIENT)
    tier = ibis.coalesce(forced, judged)
    zone = ibis.ifelse(enough & forced.isnull(), zone_of(score, native), ibis.null("string"))
    inside = _inside(score, native, native_low, native_high)
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
    added = {name: table[name].fill_null(0.0) for name in adjust_names(score)}
    return table.select(
        "id", score=value, low=low, high=high, coverage=table.coverage, tier=tier, zone=zone, standing=standing,
        native=native, variant=table.variant, raw=table.raw, base=ibis.literal(base_of(plan)), **added,
        clamped=table.sum_clamped - table.sum, rounding=table.score_0 - table.sum_clamped,
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
