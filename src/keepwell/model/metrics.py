"""Metrics: numbers, categories and dates computed from facts, for one entity as of one day.

Each verb is a class. A metric over a table reads rows in a window; one over a level (`mean: subscription.seat_use`)
reads that level's entities and their metrics; `ratio`, `change` and `expr` read metrics of the same level.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag
from pydantic_core import PydanticCustomError

from keepwell.errors import did_you_mean
from keepwell.model.ago import Back
from keepwell.model.exact import Number
from keepwell.model.expressions import Condition, Formula
from keepwell.model.spec import ColumnName, Confirmable, Line, Name, Spec
from keepwell.model.window import Window

Absent = Literal["zero", "missing", "worst"]
Of = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*\.[^.]+$")]
"""table.column, or level.metric"""
INPUT = r"^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)?$"
"""input, or input.question"""
CHILDREN = "children"
"""The reserved level of an entity's own children (by `parent:`)."""


class MetricBase(Spec):
    """What every metric may say."""

    verb: ClassVar[str]
    for_: Name = Field("account", alias="for", description="The level that the metric belongs to.")
    label: Line | None = Field(None, description="The name shown to people; default: the metric's name in words.")
    format: Literal["number", "percent", "days", "money"] | None = Field(
        None, description="How people read the number; default: percent for shares and ratios, days for day counts."
    )

    @property
    def source(self) -> str | None:
        """The table or level whose rows are read; None for metrics made of metrics."""
        return getattr(self, self.verb).split(".", 1)[0] if isinstance(self, Aggregate) else None

    @property
    def column(self) -> str | None:
        """The column (or the level's metric) that is read, if one is."""
        named = getattr(self, self.verb) if isinstance(self, Aggregate) else ""
        return named.split(".", 1)[1] if "." in named else None


class Aggregate(MetricBase):
    """A metric that reads rows."""

    where: Condition | None = Field(None, description="Only rows that meet this condition count.")
    over: Window | None = Field(
        None,
        description="Only rows younger than this, counted back from the end of the day (28 days); or of the last whole "
        "calendar months, quarters or years (1 calendar month); or of the entity's first days (first 90 days). "
        "Default: all.",
    )
    absent: Absent | None = Field(
        None,
        description="What no rows mean: zero, missing, or worst (the measure gets its worst points). "
        "Default: zero for counts "
        "and sums of a fresh feed that the account is connected to, missing for everything else.",
    )

    unknown: Literal["leave_out", "missing"] = Field(
        "leave_out",
        description="Over a level: entities of which it is unknown whether, or with what, they count. leave_out: the "
        "others are what counts. missing: one of them leaves the metric without a value.",
    )

    @property
    def names(self) -> tuple[str, ...]:
        """Every column of the table (or metric of the level) that it reads."""
        return (*((self.column,) if self.column else ()), *(self.where.names if self.where else ()))


class Count(Aggregate):
    """How many rows."""

    verb = "count"
    count: Name = Field(description="The table (or level) whose rows are counted.")


class CountDistinct(Aggregate):
    """How many different values; `table.day` counts active days, `table.week` active weeks."""

    verb = "count_distinct"
    count_distinct: Of = Field(description="table.column whose different values are counted.")


class Sum(Aggregate):
    """Sum of a column, exact to six decimals."""

    verb = "sum"
    sum: Of = Field(description="table.column (or level.metric) that is summed.")


class Mean(Aggregate):
    """Mean of a column over the rows that have it; `weight` makes it a weighted mean."""

    verb = "mean"
    mean: Of = Field(description="table.column (or level.metric) that is averaged.")
    weight: ColumnName | None = Field(None, description="Column (or the level's metric) to weight by, such as ARR.")

    @property
    def names(self) -> tuple[str, ...]:
        return (*super().names, *((self.weight,) if self.weight else ()))


class Min(Aggregate):
    """Smallest value."""

    verb = "min"
    min: Of = Field(description="table.column (or level.metric) whose smallest value is taken.")


class Max(Aggregate):
    """Largest value."""

    verb = "max"
    max: Of = Field(description="table.column (or level.metric) whose largest value is taken.")


class Last(Aggregate):
    """The newest row's value (ties: latest time, then latest known, then largest value)."""

    verb = "last"
    last: Of = Field(description="table.column whose newest value is taken.")


class First(Aggregate):
    """The oldest row's value (ties: earliest time, then earliest known, then smallest value)."""

    verb = "first"
    first: Of = Field(description="table.column whose oldest value is taken.")


class Open(Aggregate):
    """How many rows are open at the end of the day: begun, and not yet ended as far as was known."""

    verb = "open"
    open: Name = Field(description="The table whose open rows are counted.")
    until: ColumnName = Field(description="The column with the time of closing, empty while open.")

    @property
    def names(self) -> tuple[str, ...]:
        return (*super().names, self.until)


class Portion(Aggregate):
    """The share (0 to 1) of rows that meet a condition; `weight` makes some rows count more than others."""

    verb = "share"
    share: Name = Field(description="The table (or level) whose rows are looked at.")
    that: Condition = Field(description="The condition whose share is taken.")
    weight: ColumnName | None = Field(None, description="Column (or the level's metric) to weight by, such as ARR.")

    @property
    def names(self) -> tuple[str, ...]:
        return (*super().names, *self.that.names, *((self.weight,) if self.weight else ()))


class Nps(Aggregate):
    """Net promoter score, −100…100.

    Share of 9–10 minus share of 0–6 in a column of answers 0–10; others are left out.
    """

    verb = "nps"
    nps: Of = Field(description="table.column with the answers 0–10.")


class DaysSince(Aggregate):
    """Days from the newest date on or before the day of the score; missing where there never was one."""

    verb = "days_since"
    days_since: str = Field(description="table (its time) or table.column with a date.")


class DaysUntil(Aggregate):
    """Days to the nearest date on or after the day of the score; missing where none lies ahead."""

    verb = "days_until"
    days_until: Of = Field(description="table.column with a date.")


class Ratio(MetricBase):
    """One metric divided by another."""

    verb = "ratio"
    ratio: tuple[Name, Name] = Field(description="[numerator, denominator], both metrics of the same level.")
    if_zero: Literal["missing", "worst"] | Number = Field(
        "missing", description="What a denominator of zero means: missing, worst, or a value."
    )


class Change(MetricBase):
    """A metric against its own past: new ÷ old − 1, or new − old with `as: difference`."""

    verb = "change"
    change: Name = Field(description="The metric, of the same level.")
    against: Back = Field(description="How long ago the past is, such as 28 days ago or 1 year ago.")
    as_: Literal["share", "difference"] = Field(
        "share", alias="as", description="share: new ÷ old − 1; difference: new − old."
    )
    if_zero: Literal["missing", "worst"] | Number = Field(
        "missing", description="What an old value of zero means (for a share)."
    )
    confirmed: tuple[Confirmable, ...] = Field(
        (), description="Findings of `check` that are meant so: [calendar]; changes no score."
    )


class Past(MetricBase):
    """A metric as it was some time ago, with what is known now."""

    verb = "past"
    past: Name = Field(description="The metric, of the same level.")
    ago: Back = Field(description="How long ago, such as 28 days or 1 quarter.")
    confirmed: tuple[Confirmable, ...] = Field(
        (), description="Findings of `check` that are meant so: [calendar]; changes no score."
    )


class CountTrue(MetricBase):
    """How many of some conditions over metrics hold; unknown ones are left out, and all unknown is missing."""

    verb = "count_true"
    count_true: Annotated[tuple[Condition, ...], Field(min_length=1)] = Field(
        description="The conditions, over metrics of the same level."
    )

    @property
    def names(self) -> tuple[str, ...]:
        """The metrics that they read, in the order of the conditions."""
        return tuple(dict.fromkeys(name for condition in self.count_true for name in condition.names))


class Expr(MetricBase):
    """A formula over metrics of the same level; missing if any of them is missing (coalesce(name, 0) settles that)."""

    verb = "expr"
    expr: Formula = Field(description="The formula over names of metrics.")


class Attribute(MetricBase):
    """An attribute of the entity, as it was on the day."""

    verb = "attribute"
    attribute: ColumnName = Field(description="The column of the entity's table.")


class OfScore(MetricBase):
    """A score of this file, of the account itself; with `children`, roll-ups of scores are made of it.

    Missing where there is no score, or too little evidence for it.
    """

    @property
    def named(self) -> str:
        """The score's name."""
        return str(getattr(self, self.verb))


class ScoreValue(OfScore):
    """The value of a score, in its own points."""

    verb = "score"
    score: Name = Field(description="The score, one of this file that does not read this metric.")


class ScoreTier(OfScore):
    """The tier of a score, as a category."""

    verb = "tier"
    tier: Name = Field(description="The score, one of this file that does not read this metric.")


class FromInput(MetricBase):
    """The newest answer to an input that is still valid, as a number, word or day; the share of yes for a list."""

    verb = "input"
    input: Annotated[str, StringConstraints(pattern=INPUT)] = Field(
        description="The input, or one question of a list (ecosystem.mobile)."
    )


VERBS: dict[str, type[MetricBase]] = {
    kind.verb: kind
    for kind in (
        *(Count, CountDistinct, Sum, Mean, Min, Max, Last, First, Open, Portion, Nps, DaysSince, DaysUntil),
        *(Ratio, Change, Past, CountTrue, Expr, Attribute, FromInput, ScoreValue, ScoreTier),
    )
}


def _verb(value: Any) -> str | None:
    if isinstance(value, MetricBase):
        return value.verb
    return next((key for key in value if key in VERBS), None) if isinstance(value, dict) else None


def _one_verb(value: Any) -> Any:
    """Refuse a metric without a verb, or with two, in words."""
    if isinstance(value, MetricBase):
        return value
    if not isinstance(value, dict):
        raise PydanticCustomError("verb", "a metric says what it computes, such as {count: logins, over: 28 days}")
    found = [key for key in value if key in VERBS]
    if len(found) > 1 and set(found) != {"share", "that"}:
        raise PydanticCustomError(
            "verb", "a metric computes one thing, and this one says {verbs}", {"verbs": " and ".join(found)}
        )
    if not found:
        hint = did_you_mean(next(iter(value), ""), VERBS)
        raise PydanticCustomError("verb", "this metric does not say what it computes; one of {verbs} is needed.{hint}",
                                  {"verbs": ", ".join(VERBS), "hint": hint})  # fmt: skip
    return value


Metric = Annotated[
    Annotated[Count, Tag("count")]
    | Annotated[CountDistinct, Tag("count_distinct")]
    | Annotated[Sum, Tag("sum")]
    | Annotated[Mean, Tag("mean")]
    | Annotated[Min, Tag("min")]
    | Annotated[Max, Tag("max")]
    | Annotated[Last, Tag("last")]
    | Annotated[First, Tag("first")]
    | Annotated[Open, Tag("open")]
    | Annotated[Portion, Tag("share")]
    | Annotated[Nps, Tag("nps")]
    | Annotated[DaysSince, Tag("days_since")]
    | Annotated[DaysUntil, Tag("days_until")]
    | Annotated[Ratio, Tag("ratio")]
    | Annotated[Change, Tag("change")]
    | Annotated[Past, Tag("past")]
    | Annotated[CountTrue, Tag("count_true")]
    | Annotated[Expr, Tag("expr")]
    | Annotated[Attribute, Tag("attribute")]
    | Annotated[FromInput, Tag("input")]
    | Annotated[ScoreValue, Tag("score")]
    | Annotated[ScoreTier, Tag("tier")],
    Discriminator(_verb),
    BeforeValidator(_one_verb),
]
