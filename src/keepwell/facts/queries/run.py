"""Queries that the engine runs itself: over the files of a folder, and over a DuckDB file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

import duckdb
import ibis
from sqlglot import exp

from keepwell.errors import FactsError
from keepwell.facts.engine import Engine
from keepwell.facts.queries.query import Query
from keepwell.facts.sources import Relation


def over_relations(
    engine: Engine, query: Query, relation: Callable[[str], Relation | None], known: Callable[[], list[str]]
) -> Relation:
    """The result over views of the tables that it names: of text files every column is text, others keep their types.

    It runs once for the columns that the model needs, and its rows are held in memory: run twice, sums of doubles
    could differ.
    """
    columns: list[str] = []
    places: dict[str, exp.Table] = {}
    for name in query.named():
        if (found := relation(name) or relation(_spelled(name, known()))) is None:
            raise query.no_table(name, known())
        columns += found.columns
        places[name] = exp.to_table(engine.named(found.scan(found.columns)))
    rows = _view(engine, query, places, columns)

    @cache
    def kept(chosen: tuple[str, ...]) -> ibis.Table:
        return engine.keep(rows.select(*chosen))

    return Relation(query.file, rows.schema(), lambda chosen: kept(tuple(chosen)), costly=True)


def _spelled(name: str, known: Sequence[str]) -> str:
    """The name in the capitals of its file: SQL does not tell Orders from orders, and a file system may."""
    return next((other for other in known if other.lower() == name.lower()), name)


def _view(engine: Engine, query: Query, places: dict[str, exp.Table], columns: Sequence[str]) -> ibis.Table:
    try:
        return engine.view(query.sql(places))
    except duckdb.Error as problem:
        raise _wrong(query, str(problem), columns) from None


def _wrong(query: Query, text: str, columns: Sequence[str]) -> FactsError:
    """The engine's complaint in our words: mostly about a column, whose line we know better than the engine."""
    if named := re.search(r'(?:Referenced column|have a column named) "([^"]+)"', text):
        return query.no_column(named[1], list(columns))
    first = re.sub(r"^[A-Z][A-Za-z ]+ Error: ", "", text.strip().splitlines()[0]).rstrip(".! ")
    return query.refuse(f"the query cannot be run: {first}.")
