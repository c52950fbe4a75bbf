"""Databases as sources: a DuckDB file, attached read-only, and PostgreSQL, of which needed columns are fetched once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import ibis
import sqlglot as sg
from sqlglot import exp

from keepwell.errors import FactsError, did_you_mean
from keepwell.facts.config import TableFile
from keepwell.facts.engine import Engine
from keepwell.facts.queries.query import Query
from keepwell.facts.queries.run import over_relations
from keepwell.facts.reading import refuse
from keepwell.facts.sources import Entry, Relation

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.errors import UndefinedColumn
    from psycopg.sql import Composable

_fetches = count()
_KINDS = {
    **dict.fromkeys(("smallint", "integer", "bigint", "numeric", "real", "double precision"), "number"),
    **dict.fromkeys(("int2", "int4", "int8", "float4", "float8"), "number"),
    **dict.fromkeys(("date", "timestamp without time zone", "timestamp with time zone"), "time"),
    **dict.fromkeys(("timestamp", "timestamptz"), "time"),
    **dict.fromkeys(("boolean", "bool"), "yes_no"),
}
# Not information_schema: it leaves materialized views out.
_COLUMNS = """
SELECT schema.nspname, relation.relname, column_.attname, format_type(column_.atttypid, NULL)
FROM pg_class relation
JOIN pg_namespace schema ON schema.oid = relation.relnamespace
JOIN pg_attribute column_ ON column_.attrelid = relation.oid AND attnum > 0 AND NOT attisdropped
WHERE relation.relkind IN ('r', 'v', 'm', 'p', 'f') AND schema.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY 1, 2, attnum
"""
_ODD_URL = (
    "its url cannot be taken apart; in a user or password, the signs @ : / ? # % are written as "
    "%40 %3A %2F %3F %23 %25."
)


@dataclass(frozen=True)
class DuckDBFile:
    """The tables and views of a DuckDB file. `name` is the source's name in the workspace file."""

    engine: Engine
    name: str
    path: Path
    origin: str

    def relation(self, table: str, options: TableFile) -> Relation | None:
        wanted = options.table or table
        schema, plain = _split(wanted, "main")
        found = self._tables.get((schema.lower(), plain.lower()))
        if found is None:
            refuse_named(self.origin, options.table, self.names)
            return None
        source = exp.table_(found[1], db=found[0], catalog=f"source_{self.name}", quoted=True)
        rows = self.engine.view(sg.select("*").from_(source))
        return Relation(f"{self.origin}: {wanted}", rows.schema(), lambda columns: rows.select(*columns))

    def query(self, query: Query, entry: Entry) -> Relation:
        return over_relations(self.engine, query, lambda name: self.relation(name, entry(name)), self.names)

    def names(self) -> list[str]:
        return sorted(table if schema == "main" else f"{schema}.{table}" for schema, table in self._tables.values())

    @cached_property
    def _tables(self) -> dict[tuple[str, str], tuple[str, str]]:
        name = f"source_{self.name}"
        try:
            self.engine.attach(name, self.path)
        except duckdb.Error as problem:
            raise refuse(self.origin, "cannot-read", _unopened(problem)) from None
        query = "SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = ?"
        found = self.engine.backend.con.execute(query, [name]).fetchall()
        return {(schema.lower(), table.lower()): (schema, table) for schema, table in found}


def _unopened(problem: Exception) -> str:
    text = str(problem)
    if "lock" in text.lower():
        return "another program has this DuckDB file open for writing; close it, or let it write to a copy."
    if "not a valid DuckDB" in text or "version" in text:
        return "this is not a DuckDB file that can be opened here (another format, or a newer version)."
    return "this DuckDB file cannot be opened: " + text.strip().splitlines()[0]


@dataclass(frozen=True)
class Postgres:
    """The tables and views of a PostgreSQL database. Nothing connects before a table is asked for."""

    engine: Engine
    name: str
    url: str

    @property
    def origin(self) -> str:
        """The source's name and host, never its user or password."""
        parts = _parts(self.url)
        return f"{self.name} ({(parts or {}).get('host') or 'PostgreSQL'})"

    def relation(self, table: str, options: TableFile) -> Relation | None:
        wanted = options.table or table
        schema, plain = _split(wanted, "public")
        columns = self._tables.get((schema, plain))
        if columns is None:
            refuse_named(self.origin, options.table, self.names)
            return None
        from psycopg import sql

        return self._relation(f"{self.name}: {wanted}", sql.Identifier(schema, plain), columns)

    def query(self, query: Query, entry: Entry) -> Relation:
        from psycopg import sql

        places = {}
        for name in query.named():
            schema, plain = _split(entry(name).table or name, "public")
            if (schema, plain) not in self._tables:
                raise query.no_table(name, self.names())
            places[name] = exp.table_(plain, db=schema, quoted=True)
        rows = sql.SQL("({}) AS query").format(sql.SQL(query.sql(places)))
        return self._relation(query.file, rows, self._columns_of(query, rows))

    def _columns_of(self, query: Query, rows: Composable) -> dict[str, str]:
        """Column → type of what a query gives. The database reads the query and runs nothing of it."""
        import psycopg
        from psycopg import sql

        with self._connected() as connection:
            try:
                found = connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(rows)).description or []
            except psycopg.errors.UndefinedColumn as problem:
                raise query.no_column(_named(problem), self._columns_in(query)) from None
            except psycopg.Error as problem:
                said = problem.diag.message_primary or str(problem)
                raise query.refuse(f"the query cannot be run: {said}.") from None
            query.refuse_twice([item.name for item in found])
            types = connection.adapters.types
            return {item.name: kind.name if (kind := types.get(item.type_code)) else "" for item in found}

    def _columns_in(self, query: Query) -> list[str]:
        names = [_split(name, "public") for name in query.named()]
        return [column for name in names for column in self._tables.get(name, ())]

    def _relation(self, origin: str, rows: Composable, columns: Mapping[str, str]) -> Relation:
        @cache
        def fetched(chosen: tuple[str, ...]) -> ibis.Table:
            return self._fetch(rows, chosen)

        return Relation(
            origin,
            ibis.schema(dict.fromkeys(columns, "string")),
            lambda chosen: fetched(tuple(chosen)),
            text=True,
            costly=True,
            iso=True,
            kinds={column: _KINDS.get(kind, "text") for column, kind in columns.items()},
        )

    def names(self) -> list[str]:
        return sorted(table if schema == "public" else f"{schema}.{table}" for schema, table in self._tables)

    @cached_property
    def _tables(self) -> dict[tuple[str, str], dict[str, str]]:
        found: dict[tuple[str, str], dict[str, str]] = {}
        with self._connected() as connection:
            for schema, table, column, kind in connection.execute(_COLUMNS):
                found.setdefault((schema, table), {})[column] = kind
        return found

    def _fetch(self, rows: Composable, columns: Sequence[str]) -> ibis.Table:
        """These columns as text, copied through a file: exact for every type, and no row passes through Python."""
        from psycopg import sql

        target = self.engine.scratch / f"fetched-{next(_fetches)}.csv"
        query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT csv)").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)), rows
        )
        with self._connected() as connection, target.open("wb") as out, connection.cursor().copy(query) as copy:
            for block in copy:
                out.write(block)
        return self.engine.delimited(target, columns)

    @contextmanager
    def _connected(self) -> Iterator[Connection[Any]]:
        """A read-only connection whose times are in UTC. Each read is a snapshot of its own moment."""
        import psycopg

        with self.connect("-c default_transaction_read_only=on") as connection:
            try:
                yield connection
            except psycopg.Error as problem:
                raise FactsError(f"{self.origin}: {self.said(problem)}") from None

    def connect(self, options: str) -> Connection[Any]:
        """A connection with these options of the server. Raises FactsError."""
        import psycopg

        if _parts(self.url) is None:
            raise FactsError(f"{self.origin}: {_ODD_URL}")
        options = f"-c TimeZone=UTC -c DateStyle=ISO -c client_encoding=UTF8 {options}"
        try:
            return psycopg.connect(self.url, connect_timeout=10, options=options)
        except psycopg.OperationalError as problem:
            raise FactsError(f"{self.origin}: {self.said(problem)}") from None

    def said(self, problem: Exception) -> str:
        """What went wrong, in the words of the driver, and nothing secret in it."""
        from psycopg import OperationalError

        what = "cannot be reached" if isinstance(problem, OperationalError) else "refused"
        return f"the database {what}: {_reason(problem, self.url)}"


def _parts(url: str) -> Mapping[str, Any] | None:
    """host, user, password … as the driver reads them from the url; None where it cannot, or reads them wrong."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError:
        return None
    # a / in a password ends the host: what follows shows up as a port that is no number, or in the database's name
    torn = re.search(r"[^0-9,]", str(parts.get("port") or "")) or "@" in str(parts.get("dbname") or "")
    return None if torn else parts


def _reason(problem: Exception, url: str) -> str:
    """What the server says, or the driver's last line, without anything secret of the url in it."""
    from psycopg import Error

    primary = problem.diag.message_primary if isinstance(problem, Error) else None
    text = primary or (str(problem).strip().splitlines() or ["no answer"])[-1].strip()
    parts = _parts(url) or {}
    for secret in (url, parts.get("password"), parts.get("user")):
        text = text.replace(secret, "…") if secret else text
    return text.removeprefix("FATAL:").strip() + ("" if text.endswith(".") else ".")


def _named(problem: UndefinedColumn) -> str:
    """The column that the database does not know, without the table before it."""
    found = re.search(r'column "?([^" ]+)"? ', problem.diag.message_primary or "")
    return found[1].rpartition(".")[2] if found else "?"


def _split(name: str, default: str) -> tuple[str, str]:
    schema, _, plain = name.rpartition(".")
    return schema or default, plain


def refuse_named(origin: str, named: str | None, known: Callable[[], list[str]]) -> None:
    """A table that the workspace file names must be there; one that only the model names may not."""
    if named:
        said = f"keepwell.yaml names the table ‘{named}’, and there is none of that name."
        raise refuse(origin, "cannot-read", said + did_you_mean(named, known()))
