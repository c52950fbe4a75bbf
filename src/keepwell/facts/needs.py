"""What a model needs of each table: which columns it reads, and as what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from keepwell.facts.kinds import implied_kinds, metric_kinds
from keepwell.model import Ids, Model, Table
from keepwell.model.book import Book
from keepwell.model.expressions import Expression
from keepwell.model.graph import over_level
from keepwell.model.metrics import (
    Aggregate,
    Attribute,
    CountDistinct,
    DaysSince,
    DaysUntil,
    Expr,
    First,
    Last,
    Max,
    Mean,
    Min,
    Nps,
    Open,
    Portion,
    Sum,
)

DAY = "day"
"""A column that every table with a time has: the calendar day on which the fact happened."""
WEEK = "week"
"""Likewise the Monday of its week; a source that has such a column itself keeps it."""


@dataclass
class Needs:
    """Columns of one table. `kinds`: what a column must be (number, text, time, yes_no, id); `why`: for messages.

    `required`: columns without which the model cannot be computed. A column read in no particular way has no kind.
    `words`: columns that are text wherever neither `kinds` nor their source knows better. `made`: columns that the
    table's calendar makes where its source has none of that name.
    """

    kinds: dict[str, str] = field(default_factory=dict)
    required: dict[str, str] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)

    def without(self, columns: Collection[str]) -> Needs:
        """The same, but for these columns."""
        return Needs(
            {column: kind for column, kind in self.kinds.items() if column not in columns},
            {column: why for column, why in self.required.items() if column not in columns},
            self.words - set(columns),
            self.made - set(columns),
        )

    def add(self, column: str | None, why: str, kind: str | None = None) -> None:
        """Note a column; the first kind that is said stays, because declarations come first."""
        if column is None:
            return
        self.required.setdefault(column, why)
        if kind is not None:
            self.kinds.setdefault(column, kind)

    def add_all(self, expression: Expression | None, why: str, wanted: str | None = None) -> None:
        """Note the columns of an expression, with the kinds that its literals and operators imply.

        `wanted`: the kind that the whole is read as.
        """
        if expression is None:
            return
        implied = implied_kinds(expression, wanted)
        for name in expression.names:
            self.add(name, why, implied.get(name))


def needs_of(model: Model) -> dict[str, Needs]:
    """Table name → what the model needs of it, for every table that the model reads."""
    found: dict[str, Needs] = {name: Needs() for name in model.tables}
    for name, table in model.tables.items():
        _of_table(found[name], name, table)
    for level, entity in model.entities.items():
        needs = found.setdefault(entity.table, Needs())
        why = f"entities.{level}"
        for column in (entity.key, *(link.column for link in model.link(level)), entity.parent):
            needs.add(column, why, "id")
        for column in (entity.from_, entity.until, entity.valid_from):
            needs.add(column, why, "time")
        needs.add(model.value_column(level), why, "number")
        needs.add(entity.name, why, "text")
        needs.add(entity.owner, why, "text")
        if entity.map is not None:
            _of_map(found.setdefault(entity.map.table, Needs()), f"{why}.ids", entity.map)
    _of_metrics(model, found)
    if model.book is not None and model.book.table in found:
        _of_book(found[model.book.table], model.book)
    _outcomes(found, model)
    found[model.entities["account"].table].add(model.evidence.company, "evidence.company")
    if (done := model.evidence.interventions) is not None:
        found[done].add(model.tables[done].time, "evidence.interventions", "time")
    for metric, kind in metric_kinds(model):
        _read_as(model, found, metric, kind, ())
    for name, needs in found.items():
        _through_formulas(needs, model.tables.get(name))
        _own_columns(needs, model.tables.get(name))
    return found


def _outcomes(found: Mapping[str, Needs], model: Model) -> None:
    for name, outcome in model.outcomes.items():
        if outcome.source is not None:
            found[outcome.source].add(outcome.time, f"outcomes.{name}", "time")
            found[outcome.source].add_all(outcome.where, f"outcomes.{name}")


def _of_map(needs: Needs, why: str, ids: Ids) -> None:
    needs.add(ids.system, why, "text")
    needs.add(ids.id, why, "id")
    needs.add(ids.key, why, "id")
    needs.add(ids.valid_from, why, "time")


def _of_book(needs: Needs, book: Book) -> None:
    for column in (book.from_, book.until, book.last):
        needs.add(column, "book", "time")
    for column in book.one_per:
        needs.add(column, "book")
    needs.add_all(book.where, "book")
    needs.add_all(book.arr, "book", "number")


def _read_as(model: Model, found: Mapping[str, Needs], name: str, kind: str, above: tuple[str, ...]) -> None:
    """Note the kind of the columns whose values this metric hands on; a formula or a level hands on other metrics'.

    So a value of tomorrow that is of another kind is unreadable, and never changes how today's values are read.
    """
    metric = model.metrics.get(name)
    if name in above:  # a cycle is said elsewhere
        return
    if isinstance(metric, Expr):
        for other, implied in implied_kinds(metric.expr, kind).items():
            _read_as(model, found, other, implied, (*above, name))
    elif isinstance(metric, Attribute) and metric.for_ in model.entities:
        _note(found[model.entities[metric.for_].table], metric.attribute, kind)
    elif isinstance(metric, (Last, First, Min, Max)) and metric.column:
        if over_level(model, metric):
            _read_as(model, found, metric.column, kind, (*above, name))
        elif (source := metric.source or "") in found:
            _note(found[source], metric.column, kind)


def _through_formulas(needs: Needs, table: Table | None) -> None:
    """Note what is read by the columns that are made here, the last one first: it may be made of those before it."""
    for column, formula in reversed(table.derived.items() if table else ()):
        bounded = "number" if table and table.columns[column].between else None
        wanted = needs.kinds.get(column) or bounded or ("text" if column in needs.words else None)
        for name, kind in implied_kinds(formula, wanted).items():
            _note(needs, name, kind)


def _note(needs: Needs, column: str, kind: str) -> None:
    if kind == "text":
        needs.words.add(column)
    else:
        needs.kinds.setdefault(column, kind)


def _of_table(needs: Needs, name: str, table: Table) -> None:
    here = f"tables.{name}"
    for column, spec in table.columns.items():
        why = f"{here}.columns.{column}"
        if spec.is_ is None:
            implied = "time" if spec.happened or spec.planned else "number" if spec.between else None
            needs.add(column, why, spec.kind or implied)
    for column in table.id_columns:
        needs.add(column, here, "id")
    for time in (table.time, table.known, *(spec.known for spec in table.columns.values())):
        needs.add(time, here, "time")
    for column in table.key:
        needs.add(column, f"{here}.key", "id")
    needs.add(table.currency, here, "text")
    for expression in (table.where, *table.derived.values(), *table.expect.values()):
        needs.add_all(expression, here)


def _of_metrics(model: Model, found: Mapping[str, Needs]) -> None:
    for name, metric in model.metrics.items():
        why = f"metrics.{name}"
        if metric.verb == "attribute" and metric.for_ in model.entities:
            found[model.entities[metric.for_].table].add(getattr(metric, "attribute", None), why)
        if not isinstance(metric, Aggregate) or over_level(model, metric) or (metric.source or "") not in found:
            continue
        needs = found[metric.source or ""]
        needs.add(metric.column, why, _kind_of(metric))
        needs.add_all(metric.where, why)
        if isinstance(metric, Open):
            needs.add(metric.until, why, "time")
        if isinstance(metric, (Mean, Portion)):
            needs.add(metric.weight, why, "number")
        if isinstance(metric, Portion):
            needs.add_all(metric.that, why)
        if isinstance(metric, CountDistinct) and metric.column:
            needs.words.add(metric.column)  # else 7 and 7.0 would be one value until the first word came


def _kind_of(metric: Aggregate) -> str | None:
    if isinstance(metric, (Sum, Mean, Nps)):
        return "number"
    return "time" if isinstance(metric, (DaysSince, DaysUntil)) else None


def _own_columns(needs: Needs, table: Table | None) -> None:
    """Columns that are made here are not asked of the source."""
    if table is None:
        return
    needs.made = {WEEK} if table.time not in (None, WEEK) else set()
    for column in {*table.derived, *((DAY,) if table.time not in (None, DAY) else ())}:
        needs.required.pop(column, None)
        needs.kinds.pop(column, None)
        needs.words.discard(column)
