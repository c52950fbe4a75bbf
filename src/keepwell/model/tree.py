"""The score tree: groups of parts, down to measures that turn a metric into points 0–100."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, StrictBool, Tag, model_validator
from pydantic_core import PydanticCustomError

from keepwell.model.edges import Edge, EdgeText, parse_edge
from keepwell.model.exact import Days, NodeWeight, Number, Span, Weight
from keepwell.model.expressions import Condition
from keepwell.model.scale import KINDS, Case, Key, Points, Scale, lowest_and_highest
from keepwell.model.spec import Confirmable, Line, Name, Spec, Text

ONE = Weight(Fraction(1), False, "1")


class Stale(Spec):
    """When a value is too old to count: a warning stage, then it reads as missing."""

    warn: Span | None = Field(None, description="From this age on the value is marked as ageing.")
    expire: Span | None = Field(None, description="From this age on the value reads as missing.")
    values: tuple[tuple[Key, Span], ...] = Field(
        (),
        description='[["<= 2", 30 days], [red, 30 days]]: values that expire at an age of their own, by a condition on '
        "the number or by category; the first that holds is taken, else `expire`.",
    )

    @model_validator(mode="after")
    def _order(self) -> Stale:
        if self.warn and self.expire and self.warn.days >= self.expire.days:
            raise PydanticCustomError("stale", "`warn` should be shorter than `expire`")
        if any(at == "else" for at, _ in self.values):
            raise PydanticCustomError("stale", "for all other values there is `expire`; `values` needs no else")
        return self

    @property
    def own(self) -> list[tuple[Edge | str, int]]:
        """Condition on the number, or category → days after which such a value expires, in order."""
        return [(_condition(at), age.days) for at, age in self.values]


def _condition(at: str) -> Edge | str:
    try:
        return parse_edge(at)
    except ValueError:
        return at


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
    confirmed: tuple[Confirmable, ...] = Field(
        (), description="Findings of `check` that are meant so, such as [not-monotone]; changes no score."
    )

    @property
    def names(self) -> tuple[str, ...]:
        """The metrics that the node itself reads, without its parts."""
        return self.applies_if.names if self.applies_if else ()


class Measure(Node, Scale):
    """A metric turned into points by a scale: bands (steps), a curve, a map (categories), published ranges.

    Or by where the account stands among all: percentiles, zscores.
    """

    metric: Name = Field(description="The metric, of level account.")
    by: Name | None = Field(None, description="The metric whose value decides which of the `cases` holds.")
    cases: tuple[Case, ...] = Field(
        (), description="Scales for some of the accounts; the first case that holds is taken, else the measure's own."
    )
    never: Points | None = Field(
        None, description="Points where nothing was ever recorded of an account, though the feed is alive."
    )
    missing: Literal["exclude", "worst", "no_score"] | Points = Field(
        "exclude",
        description="When there is no data: exclude (siblings carry the weight), worst (its lowest "
        "points), no_score (the account then has no score at all), or a number of points.",
    )
    stale: Stale | None = Field(None, description="When the account's value is too old to count.")
    grace: Days | None = Field(None, description="The measure does not count while the account is younger than this.")
    outcome_adjacent: StrictBool = Field(
        False, description="The measure nearly states the outcome (such as intent to renew); evidence reports it apart."
    )

    @model_validator(mode="after")
    def _one_scale(self) -> Measure:
        said = " and ".join(self.given) if self.given else "none of them"
        if len(self.given) > 1 or not (self.given or self.cases):
            raise PydanticCustomError(
                "scale",
                "a measure has one scale ({known}); this one has {said}",
                {"known": ", ".join(KINDS), "said": said},
            )
        if any((case.at is None) == (self.by is not None) for case in self.cases):
            raise PydanticCustomError("scale", "with `by` every case says `at`, without it `when`")
        if self.by is not None and not self.cases:
            raise PydanticCustomError("scale", "`by` chooses among `cases`, and there are none")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        cases = [name for case in self.cases if case.when for name in case.when.names]
        return (*super().names, self.metric, *((self.by,) if self.by else ()), *cases)

    @property
    def scales(self) -> tuple[Scale, ...]:
        """Every scale that it can have, its own first."""
        own = (self,) if self.given else ()
        return (*own, *(case for case in self.cases if case.applies))

    @property
    def reach(self) -> tuple[Number, Number]:
        """Lowest and highest points that any of its scales can give."""
        return lowest_and_highest(self.scales, () if self.never is None else (self.never,))


class Group(Node):
    """Parts combined into one value: a weighted mean, the lowest or highest, a sum, or how many are green."""

    combine: Literal["mean", "min", "max", "sum", "count"] = Field(
        "mean",
        description="mean (weighted), min (the worst part carries the group), max, sum (each part adds up to its "
        "weight in points, 100 in all at most), or count (the share of parts that are `green`).",
    )
    green: EdgeText | None = Field(None, description="With `combine: count`: which points of a part count as green.")
    round: Annotated[int, Field(ge=0, le=6)] | None = Field(
        None, description="The group's value is rounded to so many decimals before it counts above."
    )
    parts: dict[Name, Part] = Field(min_length=1, description="The parts by name, in the order they are shown.")

    @property
    def read(self) -> tuple[str, ...]:
        """Every metric that the group and all below it read."""
        below = (part.read if isinstance(part, Group) else part.names for part in self.parts.values())
        return (*self.names, *(name for names in below for name in names))


def unit_of(group: Group) -> int:
    """The common denominator of a group's weights."""
    return lcm(*(part.weight.value.denominator for part in group.parts.values()))


def scaled_weights(group: Group) -> list[int]:
    """Exact integer weights of a group's parts, in units of their common denominator."""
    unit = unit_of(group)
    return [int(part.weight.value * unit) for part in group.parts.values()]


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "group" if "parts" in value else "measure"
    return "group" if isinstance(value, Group) else "measure"


def _mapping(value: Any) -> Any:
    if not isinstance(value, (dict, Node)):
        raise PydanticCustomError("part", "a part is {weight, metric, and a scale such as bands}, or {weight, parts}")
    return value


Part = Annotated[
    Annotated[Measure, Tag("measure")] | Annotated[Group, Tag("group")], Discriminator(_kind), BeforeValidator(_mapping)
]
Group.model_rebuild()
