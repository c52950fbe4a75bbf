"""The score tree: groups of parts, down to measures that turn a metric into points 0–100."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from keepwell.model.edges import EdgeText
from keepwell.model.exact import Days, NodeWeight, Number, Span, Weight
from keepwell.model.expressions import Condition
from keepwell.model.spec import Line, Name, Spec, Text

ONE = Weight(Fraction(1), False, "1")


def _points(value: Any) -> Any:
    if not 0 <= value <= 100:
        raise ValueError(f"points lie between 0 and 100, and {value} does not")
    return value


Points = Annotated[Number, AfterValidator(_points)]
Band = tuple[EdgeText, Points]
Knot = tuple[Number, Points]
MapKey = Annotated[
    str,
    BeforeValidator(
        lambda key: str(key).lower() if isinstance(key, bool) else str(key),
        json_schema_input_type=str | int | float | bool,
    ),
]
Entry = tuple[MapKey, Points]


class Stale(Spec):
    """When a value is too old to count: a warning stage, then it reads as missing."""

    warn: Span | None = Field(None, description="From this age on the value is marked as ageing.")
    expire: Span | None = Field(None, description="From this age on the value reads as missing.")

    @model_validator(mode="after")
    def _order(self) -> Stale:
        if self.warn and self.expire and self.warn.days >= self.expire.days:
            raise PydanticCustomError("stale", "`warn` should be shorter than `expire`")
        return self


class Node(Spec):
    """What a group and a measure have in common."""

    weight: NodeWeight = Field(
        ONE,
        description="Weight among its siblings: 25 % (they sum to 100), or relative: 2, 6/17.",
        json_schema_extra={"default": 1},
    )
    label: Line | None = Field(None, description="The name shown to people; default: the name in words.")
    description: Text | None = Field(None, description="What it stands for and where it comes from.")
    applies_if: Condition | None = Field(
        None, description="Condition over metrics; where it is false the part does not apply."
    )


class Measure(Node):
    """A metric turned into points by bands (steps), a curve (piecewise linear) or a map (categories)."""

    metric: Name = Field(description="The metric, of level account.")
    bands: tuple[Band, ...] | None = Field(
        None, min_length=1, description='[["< 20", 0], [else, 100]]: the first condition that holds gives the points.'
    )
    curve: tuple[Knot, ...] | None = Field(
        None, min_length=2, description="[[0.2, 0], [0.8, 100]]: straight lines between the knots, flat outside."
    )
    map: tuple[Entry, ...] | None = Field(
        None, min_length=1, description="[[renews, 100], [else, 50]]: points for each category."
    )
    missing: Literal["exclude", "worst"] | Points = Field(
        "exclude",
        description="When there is no data: exclude (siblings carry the weight), worst (its lowest "
        "points), or a number of points.",
    )
    stale: Stale | None = Field(None, description="When the account's value is too old to count.")
    grace: Days | None = Field(None, description="The measure does not count while the account is younger than this.")
    outcome_adjacent: bool = Field(
        False, description="The measure nearly states the outcome (such as intent to renew); evidence reports it apart."
    )

    @model_validator(mode="after")
    def _one_scale(self) -> Measure:
        given = [name for name in ("bands", "curve", "map") if getattr(self, name) is not None]
        if len(given) != 1:
            said = " and ".join(given) if given else "none of them"
            raise PydanticCustomError(
                "scale", "a measure has one of bands, curve or map; this one has {said}", {"said": said}
            )
        if self.curve and any(left[0] >= right[0] for left, right in zip(self.curve, self.curve[1:], strict=False)):
            raise PydanticCustomError(
                "curve",
                "the knots of a curve go from left to right; each first number must be larger than the one before",
            )
        return self

    @property
    def reach(self) -> tuple[Number, Number]:
        """Lowest and highest points that the scale can give."""
        points = [item[1] for item in (self.bands or self.curve or self.map or ())]
        return min(points), max(points)


class Group(Node):
    """Parts combined into one value: weighted mean, or the lowest or highest of them."""

    combine: Literal["mean", "min", "max"] = Field(
        "mean", description="mean (weighted), min (the worst part carries the group), or max."
    )
    parts: dict[Name, Part] = Field(min_length=1, description="The parts by name, in the order they are shown.")


def scaled_weights(group: Group) -> list[int]:
    """Exact integer weights of a group's parts, in the units of their common denominator."""
    values = [part.weight.value for part in group.parts.values()]
    unit = lcm(*(value.denominator for value in values))
    return [int(value * unit) for value in values]


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "group" if "parts" in value else "measure"
    return "group" if isinstance(value, Group) else "measure"


def _mapping(value: Any) -> Any:
    if not isinstance(value, (dict, Node)):
        raise PydanticCustomError("part", "a part is {weight, metric, and bands, curve or map}, or {weight, parts}")
    return value


Part = Annotated[
    Annotated[Measure, Tag("measure")] | Annotated[Group, Tag("group")], Discriminator(_kind), BeforeValidator(_mapping)
]
Group.model_rebuild()
