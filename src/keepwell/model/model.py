"""The health model as a whole."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from keepwell.model.book import Book
from keepwell.model.evidence import Evidence
from keepwell.model.exact import Number
from keepwell.model.fitted import Fit
from keepwell.model.inputs import Input
from keepwell.model.metrics import Metric
from keepwell.model.score import Flag, Outcome, Score
from keepwell.model.spec import Line, Name, Spec, Text
from keepwell.model.tables import Entity, IdColumn, TableSpec


class Peers(Spec):
    """Whom an account is compared with: those like it."""

    same: tuple[Name, ...] = Field(
        min_length=1,
        description="Metrics of an account, such as [industry, size]: peers have the same value in all of them. Where "
        "there are fewer than ten, the last is dropped.",
    )


class Model(Spec):
    """A health model: what the facts mean, which metrics they give, how those become a score."""

    model: Name = Field(description="The model's name.")
    extends: Line | None = Field(
        None, description="A shipped model's name, or a file (./base.yaml); maps merge, lists replace, null removes."
    )
    title: Line | None = Field(None, description="The name shown to people.")
    description: Text | None = Field(None, description="What the model is for.")
    source: Text | None = Field(
        None, description="Where the model comes from, and what in it was chosen by its author."
    )
    points: dict[Name, Number] = Field(
        default_factory=dict, description="Names for numbers of points, such as {red: 25, yellow: 63, green: 88}."
    )
    entities: dict[Name, Entity] = Field(description="The levels: account, and what belongs to it.")
    tables: dict[Name, TableSpec] = Field(default_factory=dict, description="The tables of facts.")
    inputs: dict[Name, Input] = Field(default_factory=dict, description="What people are asked about an account.")
    book: Book | None = Field(None, description="Which rows say what accounts are worth, for `keepwell book`.")
    peers: Peers | None = Field(None, description="Whom an account is compared with; default: all others.")
    metrics: dict[Name, Metric] = Field(default_factory=dict, description="The metrics computed from them.")
    scores: dict[Name, Score] = Field(default_factory=dict, description="The scores; the first is the one shown.")
    fitted: Annotated[
        tuple[Fit, ...],
        BeforeValidator(
            lambda value: () if isinstance(value, str) else value, json_schema_input_type=str | tuple[Fit, ...]
        ),
    ] = Field(
        (),
        description="The file, beside this one, in which `keepwell fit` stores what percentiles and z-scores need; or "
        "what such a file says.",
    )
    flags: dict[Name, Flag] = Field(default_factory=dict, description="Notices beside the score.")
    outcomes: dict[Name, Outcome] = Field(default_factory=dict, description="What can become of an account.")
    evidence: Evidence = Field(
        default_factory=Evidence, description="What scores are held against beside the outcomes."
    )

    @model_validator(mode="after")
    def _account(self) -> Model:
        if "account" not in self.entities:
            raise PydanticCustomError("account", "`entities:` needs an `account`: the customers that are scored")
        return self

    def fit_on(self, day: date) -> Fit | None:
        """The newest fit that holds on the day."""
        return max((fit for fit in self.fitted if fit.from_ <= day), key=lambda fit: fit.from_, default=None)

    def value_column(self, entity: str) -> str | None:
        """The column with what an entity is worth; None where nothing says it, or a metric does."""
        value = self.entities[entity].value
        return None if value in self.metrics else value

    def holds_for_all(self, table: str) -> bool:
        """Whether the table names no entity at all, such as releases or exchange rates: what it says, it says of all.

        An entity's own table is none of these: its key says whom a row is about.
        """
        spec = self.tables.get(table)
        return spec is not None and not spec.ids and all(entity.table != table for entity in self.entities.values())

    def link(self, entity: str) -> tuple[IdColumn, ...]:
        """The columns of an entity's table that name what it is part of; default: that level's own key."""
        above = self.entities[entity].in_
        return () if above is None else self.whose(self.entities[entity].table, above)

    def whose(self, table: str, level: str) -> tuple[IdColumn, ...]:
        """The columns of a table that say which entity of the level a row is about; default: the level's own key."""
        spec = self.tables.get(table)
        named = spec.ids.get(level, ()) if spec else ()
        return named or (IdColumn(level, self.entities[level].key),)
