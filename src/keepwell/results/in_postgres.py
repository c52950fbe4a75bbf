"""Published runs as tables of a PostgreSQL schema: a run is one transaction."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import csv

from keepwell.errors import OutputError
from keepwell.facts.databases import Postgres
from keepwell.results.publish import KEYS, Made, foreign

if TYPE_CHECKING:
    from psycopg import Connection

_KINDS = {
    pa.types.is_boolean: "boolean",
    pa.types.is_date: "date",
    pa.types.is_floating: "double precision",
    pa.types.is_integer: "bigint",
}
# The newest answer of each day, as `Manifest.latest` chooses it.
_LATEST = """
CREATE VIEW {schema}.latest AS
SELECT DISTINCT ON (score_name, as_of) score_name, as_of, known_by, version, run_number
FROM {schema}.days JOIN {schema}.runs USING (run_number)
ORDER BY score_name, as_of, known_by DESC, run_number DESC
"""


@dataclass(frozen=True)
class InPostgres:
    """A schema of a database, made where it is not there."""

    source: Postgres
    schema: str

    @property
    def origin(self) -> str:
        return f"{self.source.origin}, schema {self.schema}"

    def runs(self) -> dict[int, Made]:
        with self._connected() as connection:
            return self._runs(connection)

    def put(self, run: int, made: Made, tables: Mapping[str, pa.RecordBatchReader]) -> bool:
        with self._connected() as connection:
            # One writer at a time in a schema; those who read wait for nobody, but where a table gets a new column.
            connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"keepwell {self.schema}"])
            connection.execute("SET LOCAL lock_timeout = '30s'")
            if (there := self._runs(connection).get(run)) is not None:
                if there != made:
                    raise foreign(self.origin, run, there)
                return False
            self._begin(connection)
            for table, rows in tables.items():
                self._fit(connection, table, rows.schema)
                self._copy(connection, table, rows)
            if not self._there(connection, "latest"):
                self._run(connection, _LATEST)
        return True

    def _begin(self, connection: Connection[Any]) -> None:
        """Make the schema where it is not there; one with tables of the company's own is refused."""
        if not self._there(connection, None):
            self._run(connection, "CREATE SCHEMA {schema}")
        if not self._there(connection, "runs"):
            for name in (*KEYS, "latest"):
                if self._there(connection, name):
                    said = f"{self.origin} has a table ‘{name}’ that is not Keepwell's"
                    raise OutputError(f"{said}; publish into a schema of its own.")

    @contextmanager
    def _connected(self) -> Iterator[Connection[Any]]:
        """A transaction, committed at the end. Raises OutputError with the database's words."""
        import psycopg

        with self.source.connect("") as connection:
            try:
                yield connection
                connection.commit()
            except psycopg.Error as problem:
                raise OutputError(f"{self.origin}: {self.source.said(problem)}") from None

    def _there(self, connection: Connection[Any], table: str | None) -> bool:
        """Whether there is such a table; without a name, the schema."""
        kind = "to_regnamespace" if table is None else "to_regclass"
        from psycopg import sql

        query = sql.SQL("SELECT {}(%s)").format(sql.SQL(kind))
        row = connection.execute(query, [self._name(connection, table)]).fetchone()
        return row is not None and row[0] is not None

    def _name(self, connection: Connection[Any], table: str | None) -> str:
        """The name of a table, or of the schema, as text that the database takes for one."""
        from psycopg import sql

        return sql.Identifier(*filter(None, (self.schema, table))).as_string(connection)

    def _runs(self, connection: Connection[Any]) -> dict[int, Made]:
        if not self._there(connection, "runs"):
            return {}
        rows = self._run(connection, "SELECT run_number, made_at, version FROM {schema}.runs")
        return {number: (made_at.astimezone(UTC), version) for number, made_at, version in rows}

    def _fit(self, connection: Connection[Any], table: str, schema: pa.Schema) -> None:
        """Make the table, or give it the columns that it lacks: models have other parts in their scores."""
        from psycopg import sql

        columns = {field.name: sql.SQL(_kind(field.type)) for field in schema}
        if not self._there(connection, table):
            named = [sql.SQL("{} {}").format(sql.Identifier(name), kind) for name, kind in columns.items()]
            key = sql.SQL(", ").join(map(sql.Identifier, KEYS[table]))
            both = sql.SQL(", ").join([*named, sql.SQL("PRIMARY KEY ({})").format(key)])
            self._run(connection, "CREATE TABLE {schema}.{table} ({columns})", table=table, columns=both)
            return
        # Only what is missing: to alter a table waits for those who read it, and they for the end of the run.
        query = "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped"
        there = {name for (name,) in connection.execute(query, [self._name(connection, table)])}
        for name, kind in columns.items():
            if name in there:
                continue
            add = "ALTER TABLE {schema}.{table} ADD COLUMN {name} {kind}"
            self._run(connection, add, table=table, name=sql.Identifier(name), kind=kind)

    def _copy(self, connection: Connection[Any], table: str, rows: pa.RecordBatchReader) -> None:
        from psycopg import sql

        columns = sql.SQL(", ").join(map(sql.Identifier, rows.schema.names))
        text = "COPY {schema}.{table} ({columns}) FROM STDIN (FORMAT csv)"
        query = self._said(text, table=table, columns=columns)
        options = csv.WriteOptions(include_header=False)  # text stands in quotes and NULL does not, as COPY reads it
        with connection.cursor().copy(query) as copy:
            for batch in rows:
                block = io.BytesIO()
                csv.write_csv(batch, block, options)
                copy.write(block.getvalue())

    def _run(self, connection: Connection[Any], text: str, **parts: Any) -> Any:
        return connection.execute(self._said(text, **parts))

    def _said(self, text: str, **parts: Any) -> Any:
        """A statement of this module with names put in; a name as text is quoted."""
        from psycopg import sql

        named = {name: sql.Identifier(part) if isinstance(part, str) else part for name, part in parts.items()}
        return sql.SQL(text).format(schema=sql.Identifier(self.schema), **named)


def _kind(type_: pa.DataType) -> str:
    if pa.types.is_timestamp(type_):
        return "timestamp" if type_.tz is None else "timestamptz"
    return next((kind for fits, kind in _KINDS.items() if fits(type_)), "text")
