"""A score: the root of a tree, with its tiers, next steps, overrides and what it needs to speak at all."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from keepwell.model.edges import EdgeText
from keepwell.model.exact import Days, Number, Share, Span
from keepwell.model.expressions import Condition
from keepwell.model.scale import Points
from keepwell.model.spec import ColumnName, Confirmable, Line, Name, Spec
from keepwell.model.tree import Group, Part


class Step(Spec):
    """What to do next, and whose it is."""

    step: Line = Field(description="The next step, in words.")
    owner: Line | None = Field(None, description="The role that does it, such as csm.")
    due: Span | None = Field(None, description="Within how long.")


class Zone(Spec):
    """A part of a tier with a name of its own."""

    at: EdgeText = Field(description="Condition on the score; the first zone that holds is taken.")
    is_: Name = Field(alias="is", description="The zone's name.")
    do: Step | None = Field(None, description="The next step in this zone; default: the tier's.")


def _zone(value: Any) -> Any:
    return {"at": value[0], "is": value[1]} if isinstance(value, list) and len(value) == 2 else value


class Tier(Spec):
    """A label for a range of scores."""

    at: EdgeText = Field(description="Condition on the score; the first tier that holds is taken.")
    is_: Name = Field(alias="is", description="The tier's name.")
    do: Step | None = Field(None, description="The next step for accounts in this tier.")
    zones: tuple[Annotated[Zone, BeforeValidator(_zone, json_schema_input_type=Zone | tuple[str, str])], ...] = Field(
        (), description='Zones within the tier: [[">= 30", focus], [else, exception]], or {at, is, do}.'
    )


class Override(Spec):
    """A stated exception to the computed score, while its condition holds.

    In file order, each on what the one before left.
    """

    when: Condition = Field(description="Condition over metrics.")
    replace: Points | None = Field(None, description="The score becomes this.")
    cap: Points | None = Field(None, description="The score is at most this.")
    floor: Points | None = Field(None, description="The score is at least this.")
    tier: Name | None = Field(None, description="The tier becomes this; the score stays.")
    because: Line = Field(description="Why, for the person who reads the score.")
    confirmed: tuple[Confirmable, ...] = Field(
        (), description="Findings of `check` that are meant so: [raises]; changes no score."
    )

    @model_validator(mode="after")
    def _one_mode(self) -> Override:
        given = [name for name in ("replace", "cap", "floor", "tier") if getattr(self, name) is not None]
        if len(given) != 1:
            raise PydanticCustomError("override", "an override does one of replace, cap, floor or tier")
        return self

    @property
    def mode(self) -> Literal["replace", "cap", "floor", "tier"]:
        """Which of the four it does."""
        if self.replace is not None:
            return "replace"
        if self.cap is not None:
            return "cap"
        return "floor" if self.floor is not None else "tier"


class Flag(Spec):
    """A notice beside the score: it changes nothing in it."""

    when: Condition = Field(description="Condition over metrics; `score`, `coverage` and `tier` can be named too.")
    kind: Literal["risk", "opportunity", "note"] = Field("risk", description="What the flag speaks of.")
    because: Line = Field(description="What it means, for the person who reads it.")


class Outcome(Spec):
    """What became of an account: rows of a table, a change of its revenue in the book, or its silence."""

    table: Name | None = Field(None, description="The table whose rows are outcomes.")
    time: ColumnName | None = Field(
        None,
        description="With `table`: the column that says when the outcome was known; "
        "without it nobody knows when, which is enough for `backtest` and `calibrate` with `--cross-section` alone.",
    )
    where: Condition | None = Field(
        None, description="Which rows are this outcome; with `silent`, which rows break the silence."
    )
    book: Literal["churn", "contraction", "expansion"] | None = Field(
        None,
        description="Instead of `table`: the day on which the account's revenue in the `book` ended, fell or rose.",
    )
    silent: Name | None = Field(
        None, description="Instead of `table`: a table of which the account has had no row for so long as `after` says."
    )
    after: Days | None = Field(None, description="With `silent`: how long, such as 90 days.")

    @model_validator(mode="after")
    def _one_kind(self) -> Outcome:
        given = [name for name in ("table", "book", "silent") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError("an outcome has one of `table` (and `time`), `book` and `silent` (with `after`)")
        if (self.time and given != ["table"]) or (self.after is None) == (given == ["silent"]):
            raise ValueError("an outcome says `time` with `table`, `after` with `silent`, and neither with `book`")
        if self.where is not None and self.book is not None:
            raise ValueError("an outcome of the book has no `where`; the book says which rows are revenue")
        return self

    @property
    def source(self) -> str | None:
        """The table that it reads; None where that is the book's."""
        return self.table or self.silent


Bounds = tuple[Number | None, Number | None]
"""Lowest and highest; null leaves a side open."""


class Rule(Spec):
    """Points added to (or taken from) the weighted tree: once while a condition holds, or for each of something."""

    when: Condition | None = Field(None, description="Condition over metrics.")
    add: Number | None = Field(None, description="With `when`: the points added while it holds; may be negative.")
    metric: Name | None = Field(None, description="The metric whose value is multiplied by `each`.")
    each: Number | None = Field(None, description="With `metric`: points for each unit of it; may be negative.")
    between: Bounds | None = Field(None, description="The least and the most that this rule adds.")
    because: Line = Field(description="Why, for the person who reads the score.")

    @model_validator(mode="after")
    def _one_form(self) -> Rule:
        forms = (self.when is not None, self.add is not None), (self.metric is not None, self.each is not None)
        if sorted(forms) != [(False, False), (True, True)]:
            raise PydanticCustomError("rule", "a rule is `when` with `add`, or `metric` with `each`")
        return self


class Adjustment(Spec):
    """Rules that add to the score or take from it, bounded together: a bonus, a malus."""

    rules: tuple[Rule, ...] = Field(min_length=1, description="The rules; their points are added up.")
    between: Bounds | None = Field(None, description="The least and the most that they add together.")
    label: Line | None = Field(None, description="The name shown to people; default: the name in words.")


_DIFFERENCE = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {"anyOf": [{"type": "object"}, {"type": "null"}]},
}


class Variant(Spec):
    """The score's tree for some of the accounts: what it says goes on top of the score's own."""

    is_: Name = Field(alias="is", description="The variant's name.")
    when: Condition = Field(description="Condition over metrics; the first variant that holds is the account's.")
    combine: Literal["mean", "min", "max", "sum", "count"] | None = Field(None, description="As of the score.")
    grace: Days | None = Field(None, description="As of the score.")
    # What a file says here is only what differs, so an editor cannot ask for a whole part.
    parts: Annotated[dict[Name, Part], WithJsonSchema(_DIFFERENCE)] = Field(
        min_length=1, description="Parts laid over the score's: maps merge, lists replace, null removes."
    )


class Score(Group):
    """The root of the tree, 0–100 (or in a scale of its own)."""

    scale: tuple[Number, Number] = Field(
        (Decimal(0), Decimal(100)),
        description="The lowest and highest value in the model's own points, such as [0, 10]; the score is also "
        "given as 0–100.",
        json_schema_extra={"default": [0, 100]},
    )
    parts: dict[Name, Part] = Field(
        default_factory=dict, description="The parts by name, in the order they are shown; none where `base` is all."
    )
    population: Condition | None = Field(
        None, description="Condition over metrics; accounts of which it is false are not scored."
    )
    variants: tuple[Variant, ...] = Field((), description="Other trees for some of the accounts, first match wins.")
    base: Number | None = Field(None, description="Points to begin with, before the tree adds its own.")
    adjust: dict[Name, Adjustment] = Field(
        default_factory=dict, description="What is added to the weighted tree, or taken from it, by name."
    )
    tiers: tuple[Tier, ...] = Field((), description="Labels for ranges of the score, first match wins.")
    labels: tuple[Name, ...] = Field((), description="Labels outside of the range, which only an override gives.")
    overrides: tuple[Override, ...] = Field((), description="Stated exceptions, in order.")
    decimals: Annotated[int, Field(ge=0, le=6)] = Field(
        2, description="Decimals of the score as shown; tiers are judged on the value shown."
    )
    minimum_coverage: Share = Field(
        Fraction(1, 2),
        description="Below this share of weight with data the account is «insufficient evidence».",
        json_schema_extra={"default": "50 %"},
    )
    grace: Days | None = Field(
        None, description="Default of `grace` for every measure: none counts while the account is younger."
    )

    @property
    def inputs(self) -> tuple[str, ...]:
        """Every metric that it reads, each once, in the order of the file."""
        rules = [rule for item in self.adjust.values() for rule in item.rules]
        conditions = [self.population, *(item.when for item in self.variants), *(item.when for item in self.overrides)]
        conditions += [rule.when for rule in rules]
        found = [name for tree in self.trees for name in tree.read]
        found += [name for condition in conditions if condition for name in condition.names]
        return tuple(dict.fromkeys((*found, *(rule.metric for rule in rules if rule.metric))))

    @property
    def tier_names(self) -> list[str]:
        """The names of its tiers, in the order of the file: the best first."""
        return [tier.is_ for tier in self.tiers]

    @property
    def trees(self) -> list[Score]:
        """The score with its own tree, then with that of each variant."""
        return [self, *(self._with(variant) for variant in self.variants)]

    def _with(self, variant: Variant) -> Score:
        stated = {key: value for key in ("combine", "grace") if (value := getattr(variant, key)) is not None}
        return self.model_copy(update={"parts": variant.parts, **stated})
