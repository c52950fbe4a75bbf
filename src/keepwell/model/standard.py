"""The standard tables: one definition, from which models, the manual and guesses take theirs (`standard.yaml`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from keepwell.model.metrics import Aggregate, Open
from keepwell.model.model import Model
from keepwell.model.spec import Line, Name, Spec
from keepwell.model.tables import Table
from keepwell.model.yaml import parse_document

FILE = "standard.yaml"
PULSES = "pulses"
ACCOUNT: Mapping[str, str] = {
    "table": "accounts",
    "key": "account_id",
    "name": "name",
    "owner": "csm",
    "value": "arr",
    "from": "started_on",
    "until": "ended_on",
}
"""The level `account` over the standard table of accounts, as a model file says it."""


class StandardColumn(Spec):
    """One column. `also`: what other systems call it; `need`: without it a row cannot be used."""

    kind: str
    says: Line
    need: bool = False
    also: tuple[Line, ...] = ()


class StandardTable(Spec):
    """One table. `means`: the declaration of it, as a model file says it."""

    row: Line
    origin: Line
    means: dict[str, Any]
    columns: dict[Name, StandardColumn]
    also: tuple[Line, ...] = ()


@cache
def standard_tables() -> Mapping[str, StandardTable]:
    """Every standard table by name, in the order of the manual."""
    text = (resources.files("keepwell") / "model" / FILE).read_text(encoding="utf-8")
    data = parse_document(text, FILE).data
    return {name: StandardTable.model_validate(table) for name, table in data.items()}


def with_standard(model: Model) -> Model:
    """The model with what `standard` stands for in each of its tables; names of no standard table stay as they are."""
    chosen = [name for name, table in model.tables.items() if table.standard and name in standard_tables()]
    if not chosen:
        return model
    return model.model_copy(update={"tables": model.tables | {name: _meant(model, name) for name in chosen}})


def _meant(model: Model, name: str) -> Table:
    """The table as declared, cut to what the model reads, below what the file says itself.

    Without the cut a table would need every standard column. The cost: what nobody reads is not checked either.
    Pulses are left whole: Keepwell writes them itself, with all columns.
    """
    own, means, read = model.tables[name], standard_tables()[name].means, set(_read(model, name))
    levels = {level: column for level, column in means.items() if level in _levels(model, name) | {"account"}}
    times: dict[str, Any] = {field: means[field] for field in ("time", "known") if field in means}
    declared = means.get("columns", {})
    columns = {column: said for column, said in declared.items() if column in read or name == PULSES}
    said: dict[str, Any] = {**levels, **times, **{field: getattr(own, field) for field in own.model_fields_set}}
    return Table.model_validate(said | (own.model_extra or {}) | {"columns": {**columns, **own.columns}})


def _levels(model: Model, name: str) -> set[str]:
    """The levels whose metrics, or entities, are read from a table."""
    of_metrics = {metric.for_ for metric in model.metrics.values() if metric.source == name}
    return of_metrics | {level for level, entity in model.entities.items() if entity.table == name}


def _read(model: Model, name: str) -> Iterator[str]:
    """The columns of a table that metrics, outcomes, entities and its own conditions read."""
    for metric in model.metrics.values():
        if isinstance(metric, Aggregate) and metric.source == name:
            yield from metric.names
            yield from (metric.until,) if isinstance(metric, Open) else ()
    for outcome in model.outcomes.values():
        if outcome.source == name:
            yield from (*([outcome.time] if outcome.time else ()), *(outcome.where.names if outcome.where else ()))
    table = model.tables[name]
    for condition in (table.where, *table.expect.values(), *table.derived.values()):
        yield from condition.names if condition else ()
