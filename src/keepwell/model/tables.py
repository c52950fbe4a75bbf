"""Entities and tables: what the data means, apart from where it lies."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from keepwell.model.exact import Number, Span
from keepwell.model.expressions import Condition, Formula
from keepwell.model.spec import ColumnName, Line, Name, Spec

Kind = Literal["number", "text", "time", "yes_no"]


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


class Column(Spec):
    """What is special about one column of a table."""

    happened: bool = Field(False, description="A time that reads empty while it lies after the day of the score.")
    planned: bool = Field(
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


class Table(Spec):
    """A table of facts: one row per thing that somebody recorded.

    Beside the fields below, each entity's name is a field of its own that says which column holds its id:
    `logins: {account: account_id, contact: user_id, time: at}`.
    """

    model_config = ConfigDict(
        extra="allow",
        frozen=True,
        arbitrary_types_allowed=True,
        json_schema_extra={"additionalProperties": {"type": "string"}},
    )

    standard: bool = Field(
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
    def ids(self) -> dict[str, str]:
        """Entity name → column with its id, as the file names them."""
        return dict(self.__pydantic_extra__ or {})

    @property
    def derived(self) -> dict[str, Formula]:
        """Column name → formula, for columns made from others."""
        return {name: column.is_ for name, column in self.columns.items() if column.is_ is not None}


def _table(value: Any) -> Any:
    if value == "standard":
        return {"standard": True}
    if isinstance(value, str):
        raise ValueError(f"‘{value}’ is not known here; write standard, or say what the table means as a mapping")
    return value


TableSpec = Annotated[Table, BeforeValidator(_table, json_schema_input_type=Literal["standard"] | Table)]
