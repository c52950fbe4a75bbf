"""The one in-memory DuckDB in which facts of every origin meet, with a scratch folder that is gone afterwards."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot as sg
from ibis.backends.sql.datatypes import DuckDBType
from sqlglot import exp

from keepwell.facts.reading import Diagnosis, reading


class Engine:
    """A DuckDB backend of Ibis. Nothing is installed or fetched; files are only opened when a query reads them."""

    unnests = True

    def __init__(self) -> None:
        self.scratch = Path(tempfile.gettempdir()) / f"keepwell-{token_hex(8)}"
        """A folder for transcoded and fetched files, for this user alone; removed when the engine goes."""
        # Before there is a folder: a signal between the two would leave it behind.
        self._cleanup = weakref.finalize(self, shutil.rmtree, self.scratch, ignore_errors=True)
        self.scratch.mkdir(mode=0o700)
        self._names = count()
        self.backend = ibis.duckdb.connect(
            temp_directory=str(self.scratch / "spill"),
            autoinstall_known_extensions=False,
            TimeZone="UTC",
        )

    def close(self) -> None:
        """Forget all tables and remove the scratch folder."""
        self.backend.disconnect()
        self._cleanup()

    def scan(self, function: str, paths: Sequence[Path], **options: Any) -> ibis.Table:
        """A view over DuckDB's reader of this name; a dict becomes a struct. Opens the files to learn their columns."""
        named = [exp.EQ(this=sg.to_identifier(key), expression=_sql(value)) for key, value in options.items()]
        call = exp.Anonymous(this=function, expressions=[_sql([literal_path(path) for path in paths]), *named])
        return self.view(sg.select("*").from_(call))

    def delimited(
        self, path: Path, columns: Sequence[str], delimiter: str = ",", *, header: bool = False, skip: int = 0
    ) -> ibis.Table:
        """A view over a delimited UTF-8 file: every column text, an empty cell NULL, nothing guessed."""
        kinds = dict.fromkeys(columns, "VARCHAR")
        form = {"delim": delimiter, "quote": '"', "escape": '"', "header": header, "skip": skip}
        return self.scan("read_csv", [path], auto_detect=False, columns=kinds, **form)

    def view(self, query: exp.Select | str) -> ibis.Table:
        """A temporary view of this query: a tree, or the text that a tree was said as."""
        name = f"view_{next(self._names)}"
        text = query if isinstance(query, str) else query.sql("duckdb")
        self.backend.raw_sql(f"CREATE TEMPORARY VIEW {name} AS {text}")
        return self.backend.table(name)

    def named(self, rows: ibis.Table) -> str:
        """The name of a view of these rows."""
        return str(self.view(self.backend.compile(rows)).get_name())

    def keep(self, rows: ibis.Table) -> ibis.Table:
        """The rows computed now and held in memory, in their order."""
        # What Ibis' create_table does, without its two copies of the query: planning takes half the time.
        self.backend._run_pre_execute_hooks(rows)  # noqa: SLF001 (tables of values that the query names)
        query = self.backend.compiler.to_sqlglot(rows)
        table = exp.Table(this=sg.to_identifier(name := f"kept_{next(self._names)}"))
        columns = exp.Schema(this=table, expressions=rows.schema().to_sqlglot_column_defs("duckdb"))
        properties = exp.Properties(expressions=[exp.TemporaryProperty()])
        self.backend.raw_sql(exp.Create(kind="TABLE", this=columns, properties=properties).sql("duckdb"))
        self.backend.raw_sql(exp.Insert(this=table.copy(), expression=query).sql("duckdb", copy=False))
        return self._made(name, rows.schema())

    def _made(self, name: str, schema: ibis.Schema) -> ibis.Table:
        """The table that was made with these columns. To ask DuckDB what they are took a twentieth of small work."""
        if not all(map(_stays, schema.values())):
            return self.backend.table(name)
        return ops.DatabaseTable(name, schema=schema, source=self.backend, namespace=ops.Namespace()).to_expr()

    def drop(self, rows: ibis.Table) -> None:
        """Give back the memory of a kept table."""
        self.backend.drop_table(rows.op().name)

    def bring(self, rows: ibis.Table) -> ibis.Table:
        """The rows: whatever is read from files lives here."""
        return rows

    def reading(self, origin: str, diagnose: Diagnosis | None = None) -> AbstractContextManager[None]:
        """Around the execution of queries, see `reading`."""
        return reading(origin, diagnose)

    def attach(self, name: str, path: Path) -> None:
        """Attach a DuckDB file read-only, so that other processes can read it too."""
        said = f"ATTACH {exp.convert(str(path)).sql('duckdb')} AS {sg.to_identifier(name, quoted=True).sql('duckdb')}"
        self.backend.raw_sql(f"{said} (READ_ONLY)")


@cache
def _stays(kind: dt.DataType) -> bool:
    """Whether a column made with this type is one of this type."""
    said = DuckDBType.from_string(DuckDBType.to_string(kind), nullable=kind.nullable)
    return bool(said == kind) and not (kind.is_null() or kind.is_interval() or kind.is_nested())


def literal_path(path: Path) -> str:
    """The path with the signs escaped that DuckDB would take for a pattern."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))


def _sql(value: Any) -> Any:
    if isinstance(value, Mapping):
        parts = [
            exp.PropertyEQ(this=sg.to_identifier(key, quoted=True), expression=_sql(item))
            for key, item in value.items()
        ]
        return exp.Struct(expressions=parts)
    return exp.convert(list(value) if isinstance(value, tuple) else value)
