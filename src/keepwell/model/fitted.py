"""What scales relative to all accounts were fitted to: distributions with the day from which they hold.

Percentiles and z-scores are taken once, from what was known before they apply, and stored beside the model: an
account's points move with the account, and not because others moved. Scoring only interpolates.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from keepwell.model.exact import Number
from keepwell.model.scale import Knot, Scale
from keepwell.model.score import Score
from keepwell.model.spec import Name, Spec
from keepwell.model.tree import Group, Measure

STANDARD = tuple(map(Decimal, (0, 5, 10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 95, 100)))
"""Percentiles that every fit stores, so that a scale can be changed without another one."""

NINE = Decimal(1).scaleb(-9)


class Spread(Spec):
    """The distribution of a metric over the living accounts that have a value."""

    n: int = Field(ge=1, description="How many accounts had a value.")
    mean: Number = Field(description="Their mean.")
    sd: Number = Field(description="Their standard deviation (of a sample: n − 1).")
    percentiles: tuple[tuple[Number, Number], ...] = Field(
        min_length=1, description="[percentile, value], by linear interpolation between ranks."
    )


class Fit(Spec):
    """Distributions as of a day, and the later day from which scores may use them."""

    from_: date = Field(alias="from", description="Scores of this day and later use the fit.")
    as_of: date = Field(description="The day of which the accounts were looked at.")
    known_by: date = Field(description="What was known on this day was looked at.")
    metrics: dict[Name, Spread] = Field(description="The distribution of each metric.")

    @model_validator(mode="after")
    def _before(self) -> Fit:
        if max(self.as_of, self.known_by) >= self.from_:
            raise PydanticCustomError("fit", "a fit looks at days before the day from which it holds")
        return self


def relative_scales(score: Score) -> Iterator[tuple[str, Scale]]:
    """Metric and scale of every measure, and case, whose points are relative to all accounts."""
    for tree in score.trees:
        yield from _relative(tree)


def _relative(group: Group) -> Iterator[tuple[str, Scale]]:
    for part in group.parts.values():
        if isinstance(part, Group):
            yield from _relative(part)
        elif isinstance(part, Measure):
            yield from ((part.metric, scale) for scale in part.scales if scale.relative)


def wanted(spread: Spread | None, scale: Scale) -> list[Decimal]:
    """The percentiles that a scale needs and a fit does not have; all of them where there is no fit of its metric."""
    known = dict(spread.percentiles) if spread else {}
    return [at for at, _ in scale.percentiles or () if at not in known]


def curved(score: Score, fit: Fit) -> Score:
    """The score with a curve in place of every relative scale."""
    variants = tuple(item.model_copy(update={"parts": _parts(item.parts, fit)}) for item in score.variants)
    return score.model_copy(update={"parts": _parts(score.parts, fit), "variants": variants})


def _parts(parts: dict[str, Any], fit: Fit) -> dict[str, Any]:
    return {name: _part(part, fit) for name, part in parts.items()}


def _part(part: Any, fit: Fit) -> Any:
    if isinstance(part, Group):
        return part.model_copy(update={"parts": _parts(part.parts, fit)})
    cases = tuple(_curved(case, fit.metrics.get(part.metric)) for case in part.cases)
    return _curved(part, fit.metrics.get(part.metric)).model_copy(update={"cases": cases})


def _curved(scale: Scale, spread: Spread | None) -> Scale:
    if not scale.relative or spread is None:
        return scale
    knots = _merged(_knots(scale, spread))
    return scale.model_copy(update={"percentiles": None, "zscores": None, "curve": tuple(knots)})


def _knots(scale: Scale, spread: Spread) -> list[Knot]:
    """Value and points. A z-score of z lies at mean + z × sd."""
    if scale.percentiles is not None:
        values = dict(spread.percentiles)
        return [(values[at], points) for at, points in scale.percentiles]
    return [((spread.mean + z * spread.sd).quantize(NINE), points) for z, points in scale.zscores or ()]


def _merged(knots: list[Knot]) -> list[Knot]:
    """Percentiles that share a value become a step there: its accounts hold all those ranks, and get their middle.

    Values have nine decimals, so none lies within the step.
    """
    found: dict[Decimal, list[Decimal]] = {}
    for value, points in knots:
        found.setdefault(value, []).append(points)
    return [knot for value, points in found.items() for knot in _step(value, points)]


def _step(value: Decimal, points: list[Decimal]) -> list[Knot]:
    if len(points) == 1:
        return [(value, points[0])]
    middle = (points[0] + points[-1]) / 2
    return [(value - NINE, points[0]), (value, middle), (value + NINE, points[-1])]
