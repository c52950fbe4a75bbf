"""Spark as the engine: tables of its catalog, or Parquet files beside it; each step is a view, computed once."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import ibis.expr.types as ir

from keepwell.errors import FactsError, UsageError
from keepwell.facts import fetch
from keepwell.facts.config import TableFile
from keepwell.facts.databases import refuse_named
from keepwell.facts.queries.query import Query
from keepwell.facts.reading import Diagnosis, reading, unread
from keepwell.facts.sources import Entry, Relation

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_names = count()
_OURS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # Spark 4.3 fails over what it infers of our unions, and takes long over what it infers of long expressions.
    "spark.sql.constraintPropagation.enabled": "false",
}
"""What every query of ours relies on, set for our session alone."""
_TOO_LARGE = ("ARITHMETIC_OVERFLOW", "NUMERIC_VALUE_OUT_OF_RANGE", "CAST_OVERFLOW", "CAST_INVALID_INPUT")


@dataclass(frozen=True)
class Spark:
    """A Spark that computes: that of the process where there is one, else one on `master`.

    folder: a path or address under which Parquet lies; None: tables are those of the catalog. scratch: a folder that is
    removed when the command ends.
    """

    name: str
    master: str
    folder: str | None
    scratch: Path
    unnests: ClassVar[bool] = False

    @cached_property
    def session(self) -> SparkSession:
        # It is said at every turn of pandas, through which nothing of ours goes.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            said = "needs PySpark, which is not installed: pip install 'keepwell[spark]'"
            raise UsageError(f"the source ‘{self.name}’ {said}.") from None
        from pyspark.errors import PySparkException

        there = SparkSession.getActiveSession()
        builder = SparkSession.builder.master(self.master).appName("keepwell").config("spark.ui.enabled", "false")
        builder = builder.config("spark.ui.showConsoleProgress", "false")
        if self.folder is not None:  # else Spark makes a folder for tables of a catalog where the command runs
            builder = builder.config("spark.sql.warehouse.dir", str(self.scratch / "warehouse"))
        try:
            found = there or builder.getOrCreate()
            if there is None:  # what fails is said in a sentence; Spark would log its way through Java as well
                found.sparkContext.setLogLevel("OFF")
            session = found.newSession()
        except PySparkException as problem:
            said = f"Spark cannot be started (is there a Java 17?): {first_line(str(problem))}"
            raise FactsError(f"{self.name}: {said}.") from None
        for name, value in _OURS.items():
            session.conf.set(name, value)
        return session

    @cached_property
    def backend(self) -> Any:
        """The Ibis backend."""
        from keepwell.facts.spark_dialect import Backend

        session, backend = self.session, Backend()
        backend.do_connect(session)
        return backend

    def keep(self, rows: ir.Table) -> ir.Table:
        name = f"kept_{next(_names)}"
        self.backend.create_view(name, rows)
        return self._view(self.session.table(name).localCheckpoint(), name)

    def drop(self, rows: ir.Table) -> None:
        self.session.catalog.dropTempView(rows.op().name)

    def bring(self, rows: ir.Table) -> ir.Table:
        """The rows; those of a file are copied, which is meant for thousands of rows and no millions."""
        if rows.get_backend() is self.backend:
            return rows
        return self._view(self.session.createDataFrame(fetch.arrow(rows)).localCheckpoint())

    @contextmanager
    def reading(self, origin: str, diagnose: Diagnosis | None = None) -> Iterator[None]:
        _ = self.session  # says what is wrong where PySpark or Java is not there
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            with reading(origin, diagnose):
                yield
        except (PySparkException, Py4JError) as problem:
            text = str(problem)
            if any(code in text for code in _TOO_LARGE):
                message = f"a value cannot be kept exactly: {first_line(text)}."
                raise unread(origin, diagnose, "overflow", message) from None
            raise FactsError(f"{self.name}: Spark refused: {first_line(text)}.") from None

    def close(self) -> None:
        if "session" in vars(self):
            for name in self._tables(ours=True):
                self.session.catalog.dropTempView(name)

    def relation(self, table: str, options: TableFile) -> Relation | None:
        wanted = options.path or options.table or table
        with self.reading(self.name):
            rows = self._rows(wanted)
            if rows is None:
                refuse_named(self.name, options.path or options.table, self.names)
                return None
            found = self._timed(rows)
        return Relation(f"{self.name}: {wanted}", found.schema(), lambda chosen: found.select(*chosen))

    def query(self, query: Query, _: Entry) -> Relation:
        raise query.refuse("Spark runs no query files; make a view in its catalog, and name that with `table:`.")

    def names(self) -> list[str]:
        if self.folder is None:
            return sorted(self._tables(ours=False))
        here = Path(self.folder)
        return sorted({path.name.removesuffix(".parquet") for path in here.iterdir()}) if here.is_dir() else []

    def _tables(self, *, ours: bool) -> list[str]:
        """The names of our own views, or of the tables of the catalog."""
        return [row.tableName for row in self.session.sql("SHOW TABLES").collect() if row.isTemporary == ours]

    def _rows(self, name: str) -> DataFrame | None:
        if self.folder is None:
            return self.session.table(name) if self.session.catalog.tableExists(name) else None
        found = self.parquet(f"{self.folder}/{name}")
        return self.parquet(f"{self.folder}/{name}.parquet") if found is None else found

    def parquet(self, address: str, nothing: Collection[str] = ("PATH_NOT_FOUND",)) -> DataFrame | None:
        """The rows of a Parquet file or folder; None where there is `nothing`, in the words of Spark's conditions."""
        from pyspark.errors import AnalysisException

        try:
            return self.session.read.parquet(address)
        except AnalysisException as problem:
            if problem.getCondition() not in nothing:
                raise
            return None

    def _timed(self, rows: DataFrame) -> ir.Table:
        """The rows with Spark's TIMESTAMP as the moment that it is; TIMESTAMP_NTZ is as written."""
        from pyspark.sql.types import TimestampType

        view = self._view(rows)
        moments = [item.name for item in rows.schema if isinstance(item.dataType, TimestampType)]
        return view.mutate(**{name: view[name].cast("timestamp('UTC', 6)") for name in moments}) if moments else view

    def _view(self, rows: DataFrame, name: str | None = None) -> ir.Table:
        """The rows under this name, in place of what had it, or under a new one."""
        name = name or f"kept_{next(_names)}"
        rows.createOrReplaceTempView(name)
        return self.backend.table(name)


def first_line(text: str) -> str:
    """What Spark says of a failure: its first line that says something, without the way it took through Java."""
    lines = [line.strip(" :") for line in text.splitlines()]
    said = (line for line in lines if line and not line.startswith(("at ", "An error occurred")))
    return next(said, "no answer")[:300].rstrip(".")
