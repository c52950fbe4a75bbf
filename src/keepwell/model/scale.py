"""Scales: how a metric's value becomes points, by steps, lines, categories or published ranges; and which one, when."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    StrictBool,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from keepwell.errors import did_you_mean
from keepwell.model.edges import EdgeText, RangeText, parse_edge
from keepwell.model.exact import Number, number, plain, shorten
from keepwell.model.expressions import Condition, Expression, parse
from keepwell.model.spec import NAME, Spec

RELATIVE = ("percentiles", "zscores")
"""Forms whose knots lie where a distribution of the data says: `fitted` makes curves of them."""
KINDS = ("bands", "curve", "map", "ranges", *RELATIVE)
"""The forms of a scale."""


def _points(value: Any, info: ValidationInfo) -> Any:
    """A number of points, or a name that the model's `points:` gives one."""
    if not isinstance(value, str):
        return number(value)
    named = (info.context or {}).get("points", {})
    if value not in named:
        said = f"‘{shorten(value)}’ is neither a number of points nor named in the model's `points:`"
        raise ValueError(f"{said}.{did_you_mean(value, named)}")
    return number(named[value])


Points = Annotated[
    Number,
    BeforeValidator(_points),
    PlainSerializer(plain),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": NAME}]}),
]
Band = tuple[EdgeText, Points]
Knot = tuple[Number, Points]
Span = tuple[RangeText, Points]


def _key(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


Key = Annotated[str, BeforeValidator(_key, json_schema_input_type=str | int | float | bool)]
Entry = tuple[Key, Points]


class Scale(Spec):
    """Points for a value: one of bands (steps), curve (piecewise linear), map (categories), ranges (as published).

    Or a curve relative to all accounts: percentiles, zscores.
    """

    bands: tuple[Band, ...] | None = Field(
        None, min_length=1, description='[["< 20", 0], [else, 100]]: the first condition that holds gives the points.'
    )
    curve: tuple[Knot, ...] | None = Field(
        None, min_length=2, description="[[0.2, 0], [0.8, 100]]: straight lines between the knots, flat outside."
    )
    map: tuple[Entry, ...] | None = Field(
        None, min_length=1, description="[[renews, 100], [else, 50]]: points for each category."
    )
    ranges: tuple[Span, ...] | None = Field(
        None,
        min_length=1,
        description='[["0-50 %", 0], ["51-75 %", 50], ["> 75 %", 100]]: ranges as somebody published them, ends '
        "included; the first that holds gives the points, and `check` names gaps and overlaps.",
    )

    percentiles: tuple[Knot, ...] | None = Field(
        None,
        min_length=2,
        description="[[10, 0], [50, 50], [90, 100]]: a curve whose knots lie at percentiles of all accounts, as "
        "`keepwell fit` stored them.",
    )
    zscores: tuple[Knot, ...] | None = Field(
        None,
        min_length=2,
        description="[[-2, 0], [0, 50], [2, 100]]: a curve whose knots lie so many standard deviations from the mean "
        "of all accounts, as `keepwell fit` stored them.",
    )

    @property
    def relative(self) -> bool:
        """Whether its knots are relative to a distribution."""
        return self.percentiles is not None or self.zscores is not None

    @property
    def given(self) -> tuple[str, ...]:
        """Which of the forms it states."""
        return tuple(name for name in KINDS if getattr(self, name) is not None)

    @property
    def points(self) -> tuple[Number, ...]:
        """All points that it names."""
        return tuple(item[1] for kind in self.given for item in getattr(self, kind))

    @model_validator(mode="after")
    def _knots(self) -> Scale:
        for knots in (self.curve, self.percentiles, self.zscores):
            if knots and any(left[0] >= right[0] for left, right in pairwise(knots)):
                raise PydanticCustomError(
                    "curve",
                    "the knots of a curve go from left to right; each first number must be larger than the one before",
                )
        if self.percentiles and not 0 <= self.percentiles[0][0] <= self.percentiles[-1][0] <= 100:
            raise PydanticCustomError("curve", "percentiles lie between 0 and 100")
        return self


class Case(Scale):
    """The scale for some of the accounts."""

    at: Key | None = Field(
        None, description="With `by`: a condition on its number (`>= 270`), one of its categories, or else."
    )
    when: Condition | None = Field(None, description="Without `by`: the condition over metrics.")
    applies: StrictBool = Field(
        True, description="false: the measure does not apply in this case, and no scale is given."
    )

    @model_validator(mode="after")
    def _one_scale(self) -> Case:
        if (self.at is None) == (self.when is None):
            raise PydanticCustomError("scale", "a case says either `at` (a value of `by`) or `when` (a condition)")
        if len(self.given) != (1 if self.applies else 0):
            needed = "one scale, such as bands" if self.applies else "no scale, because it does not apply"
            raise PydanticCustomError("scale", "a case has {needed}", {"needed": needed})
        return self

    def condition(self, by: str | None) -> Expression:
        """When the case is the account's; unknown while `by` has no value."""
        if self.when is not None:
            return self.when
        return parse(_case(by or "", self.at or ""))


def _case(by: str, at: str) -> str:
    """The case as a condition: `age < 90`, `plan = 'pro'`, `vip is true`; `else` is any value."""
    if at == "else":
        return f"{by} = {by}"
    if at in ("true", "false"):
        return f"{by} is {at}" if at == "true" else f"not {by}"
    try:
        edge = parse_edge(at)
    except ValueError:
        quoted = at.replace("'", "''")
        return f"{by} = '{quoted}'"
    return f"{by} {edge.op} {plain(edge.bound)}"


def lowest_and_highest(scales: Sequence[Scale], others: Sequence[Number] = ()) -> tuple[Number, Number]:
    """The lowest and the highest points that any of these scales can give."""
    points = [value for scale in scales for value in scale.points] + list(others)
    return min(points), max(points)
