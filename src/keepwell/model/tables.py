"""Entities and tables: what the data means, apart from where it lies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, ConfigDict, Field, StrictBool

from keepwell.model.exact import Number, Span
from keepwell.model.expressions import Condition, Formula
from keepwell.model.spec import ColumnName, Line, Name, Spec

Kind = Literal["number", "text", "time", "yes_no"]


class IdColumn(NamedTuple):
    """A column with ids, and the system that they are of."""

    system: str
    column: str


class Ids(Spec):
    """The id map of a level: a table that says which of its entities an id of another system stands for, since when.

    A row whose system is the level's own name says that an entity goes on as another one: a merge, a successor.
    """

    table: Name = Field(description="The table with one row per id and entity that it stands for.")
    systems: tuple[Name, ...] = Field(
        (),
        description="The other systems that have ids of their own, such as [billing, product, domain]. `domain` is the "
        "one of e-mail domains. The entity's own keys are the system that bears its name.",
    )
    system: ColumnName = Field("system", description="Column with the system that the id is one of.")
    id: ColumnName = Field("id", description="Column with the id.")
    key: ColumnName | None = Field(
        None,
        description="Column with the key of the entity that the id stands for, empty for nobody; default: the name of "
        "the entity's own `key` column.",
    )
    valid_from: ColumnName | None = Field(
        None, description="Column saying from when the id stands for it; empty, or no such column: always."
    )
    life: Literal["own", "first"] = Field(
        "own",
        description="When the life of an entity began that others were merged into: `own`, its own beginning, or "
        "`first`, the earliest of all of them.",
    )


class Entity(Spec):
    """A level of things that facts are about: account, contact, subscription. Metrics belong to one level."""

    table: Name = Field(description="The table with one row per entity (or one row per change, see `valid_from`).")
    key: ColumnName = Field(description="The column that identifies the entity.")
    from_: ColumnName | None = Field(
        None,
        alias="from",
        description="Column with the day on which the entity's life began; nobody is scored before it.",
    )
    until: ColumnName | None = Field(
        None,
        description="Column with the day on which it ended (empty while it lives); nobody is scored from that day on.",
    )
    valid_from: ColumnName | None = Field(
        None, description="Column saying from when a row's attributes hold; then one entity may have many rows."
    )
    in_: Name | None = Field(None, alias="in", description="The level that this one is part of, such as `account`.")
    parent: ColumnName | None = Field(None, description="Column with the id of the parent entity of the same level.")
    value: ColumnName | None = Field(
        None, description="What the account is worth per year (ARR): a column, or a metric."
    )
    name: ColumnName | None = Field(None, description="Column with the name shown to people.")
    owner: ColumnName | None = Field(None, description="Column with the person responsible, such as the CSM.")
    ids: Ids | None = Field(
        None, description="The id map: which entity the ids of other systems stand for, and which were merged."
    )

    @property
    def map(self) -> Ids | None:
        """The id map with its `key` said."""
        return self.ids and self.ids.model_copy(update={"key": self.ids.key or self.key})


class Column(Spec):
    """What is special about one column of a table."""

    happened: StrictBool = Field(False, description="A time that reads empty while it lies after the day of the score.")
    planned: StrictBool = Field(
        False, description="A time that may lie in the future and is always visible, such as a contract's end."
    )
    known: ColumnName | None = Field(
        None, description="The column that says when this value became known; empty until then."
    )
    between: tuple[Number | None, Number | None] | None = Field(
        None, description="Lowest and highest possible value; others read as missing and are counted by `check`."
    )
    is_: Formula | None = Field(
        None, alias="is", description="A formula over the row's other columns that makes this column."
    )
    kind: Kind | None = Field(
        None, description="How to read the column, where it should not be inferred from its values."
    )


def _column(value: Any) -> Any:
    if value in ("happened", "planned"):
        return {value: True}
    if isinstance(value, str):
        raise ValueError(f"‘{value}’ is not known here; write happened, planned, or {{known: column}}")
    return value


Columns = Annotated[
    tuple[ColumnName, ...],
    BeforeValidator(
        lambda value: (value,) if isinstance(value, str) else value, json_schema_input_type=str | list[str]
    ),
]
ColumnSpec = Annotated[Column, BeforeValidator(_column, json_schema_input_type=Literal["happened", "planned"] | Column)]


_OF_ID: dict[str, Any] = {
    "anyOf": [
        {"type": "string"},
        {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1, "maxProperties": 1},
    ]
}
_OF_IDS: dict[str, Any] = {"anyOf": [*_OF_ID["anyOf"], {"type": "array", "items": _OF_ID, "minItems": 1}]}


class Table(Spec):
    """A table of facts: one row per thing that somebody recorded.

    Beside the fields below, each entity's name is a field of its own that says which column holds its id:
    `logins: {account: account_id, contact: user_id, time: at}`. A column of another system's ids is written
    `account: {billing: customer_no}`; of a list of columns the first that says whose the row is counts.
    """

    model_config = ConfigDict(
        extra="allow",
        frozen=True,
        arbitrary_types_allowed=True,
        json_schema_extra={"additionalProperties": _OF_IDS},
    )

    standard: StrictBool = Field(
        False,
        description="Whether the table is the standard table of its name: what is not said here is as it says there.",
    )
    time: ColumnName | None = Field(None, description="The column that says when the fact happened.")
    known: ColumnName | None = Field(
        None, description="The column that says when we learned it; default: when it happened."
    )
    where: Condition | None = Field(None, description="Only rows that meet this condition are facts.")
    key: Columns = Field((), description="The column, or columns, that no two rows share; `check` finds those that do.")
    fresh: Span | None = Field(
        None,
        description="The feed is fresh on a day if its newest fact is younger than this; default: the "
        "window of the metric.",
    )
    currency: ColumnName | None = Field(
        None, description="Column with the currency of the amounts; `check` finds mixed ones."
    )
    columns: dict[ColumnName, ColumnSpec] = Field(
        default_factory=dict, description="Columns that change, or need saying more."
    )
    connected_if: Condition | None = Field(
        None,
        description="Condition over attributes that says which accounts have this feed even if they never had a row; "
        "default: only those that ever had one.",
    )
    expect: dict[Line, Condition] = Field(
        default_factory=dict, description="Conditions every row should meet; `check` counts the rows that do not."
    )

    @property
    def ids(self) -> dict[str, tuple[IdColumn, ...]]:
        """Entity name → the columns with its id, in the order in which they are asked."""
        return {level: _id_columns(level, said) for level, said in (self.__pydantic_extra__ or {}).items()}

    @property
    def id_columns(self) -> tuple[str, ...]:
        """Every column that holds an id of some entity."""
        return tuple(dict.fromkeys(item.column for items in self.ids.values() for item in items))

    @property
    def derived(self) -> dict[str, Formula]:
        """Column name → formula, for columns made from others."""
        return {name: column.is_ for name, column in self.columns.items() if column.is_ is not None}

    def changing(self, names: Iterable[str]) -> list[Column]:
        """What is special about those columns that read differently on different days, of these and all behind them."""
        named, derived = set(names), self.derived
        while more := {name for column in named & set(derived) for name in derived[column].names} - named:
            named |= more
        return [column for name, column in self.columns.items() if name in named and (column.happened or column.known)]


def _id_columns(level: str, said: Any) -> tuple[IdColumn, ...]:
    """The columns that a table names for a level: text, {system: column}, or a list of these; none for anything else.

    A list, because which of them is asked first matters, and the order of a mapping says nothing.
    """
    if isinstance(said, list):
        found = [() if isinstance(item, list) else _id_columns(level, item) for item in said]
        return tuple(column for columns in found for column in columns) if all(found) else ()
    named = {level: said} if isinstance(said, str) else said if isinstance(said, dict) else {}
    if len(named) != 1 or not all(isinstance(column, str) and column for column in named.values()):
        return ()
    return tuple(IdColumn(str(system), column) for system, column in named.items())


def _table(value: Any) -> Any:
    if value == "standard":
        return {"standard": True}
    if isinstance(value, str):
        raise ValueError(f"‘{value}’ is not known here; write standard, or say what the table means as a mapping")
    return value


TableSpec = Annotated[Table, BeforeValidator(_table, json_schema_input_type=Literal["standard"] | Table)]
