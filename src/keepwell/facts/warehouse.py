"""PostgreSQL as the engine: its tables are read where they lie, and each step is a temporary table beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from keepwell.errors import FactsError
from keepwell.facts import fetch
from keepwell.facts.databases import Postgres
from keepwell.facts.reading import Diagnosis, reading, unread
from keepwell.facts.sources import Relation

if TYPE_CHECKING:
    from psycopg.sql import Composable

_names = count()
_KNOWN = (dt.Boolean, dt.Integer, dt.Floating, dt.Decimal, dt.Date, dt.Timestamp, dt.String)


class Warehouse(Postgres):
    """A database that computes. All that it reads is one snapshot, and what it keeps is gone with the connection."""

    unnests = False

    @cached_property
    def backend(self) -> Any:
        """The Ibis backend, in a transaction of its own that is never committed."""
        import psycopg

        from keepwell.facts.postgres_dialect import Postgres as Backend

        # Without JIT: it compiles each of our long expressions, and takes longer for it than for all rows.
        connection = self.connect("-c jit=off")
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        backend = Backend.from_connection(connection)
        connection.execute("SELECT 1")  # the transaction begins here: what Ibis runs in one of its own is part of it
        return backend

    def keep(self, rows: ir.Table) -> ir.Table:
        from psycopg import sql

        name = f"kept_{next(_names)}"
        kept = self.backend.create_table(name, rows, temp=True)  # its text is collated, see the dialect
        # Nothing analyzes temporary tables by itself, and a join planned blindly can take hours.
        self.backend.con.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))
        return kept

    def drop(self, rows: ir.Table) -> None:
        self.backend.drop_table(rows.op().name)

    def bring(self, rows: ir.Table) -> ir.Table:
        """The rows; those of a file are copied, which is meant for thousands of rows and no millions."""
        if rows.get_backend() is self.backend:
            return rows
        # Names of columns become parameters of a statement, in which not every sign may stand.
        plain = {f"c{index}": column for index, column in enumerate(rows.columns)}
        kept = self.keep(ibis.memtable(fetch.arrow(rows).rename_columns(list(plain))))
        return kept.rename({column: name for name, column in plain.items()})

    @contextmanager
    def reading(self, origin: str, diagnose: Diagnosis | None = None) -> Iterator[None]:
        import psycopg

        try:
            with reading(origin, diagnose):
                yield
        except psycopg.DataError as problem:
            code = "overflow" if isinstance(problem, psycopg.errors.NumericValueOutOfRange) else "unreadable"
            raise unread(origin, diagnose, code, self.said(problem)) from None
        except psycopg.Error as problem:
            raise FactsError(f"{self.origin}: {self.said(problem)}") from None

    def close(self) -> None:
        if "backend" in vars(self):
            self.backend.con.close()

    def _relation(self, origin: str, rows: Composable, _: Mapping[str, str]) -> Relation:
        from psycopg import sql

        with self.reading(origin):
            schema = self.backend.sql(sql.SQL("SELECT * FROM {}").format(rows).as_string()).schema()
            # Enumerations, UUIDs and the like are read by what they are called. Text is ordered by its characters, as
            # elsewhere: a database has an order of its own, and ties and the highest of words would go by that.
            said = [
                sql.SQL("{0}" if isinstance(kind, _KNOWN) and not kind.is_string() else '{0}::text COLLATE "C" AS {0}')
                for kind in schema.values()
            ]
            named = [text.format(sql.Identifier(name)) for text, name in zip(said, schema, strict=True)]
            found = self.backend.sql(sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(named), rows).as_string())
        return Relation(origin, found.schema(), lambda chosen: found.select(*chosen))
