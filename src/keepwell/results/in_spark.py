"""Published runs as Parquet beside the tables that a Spark reads: a folder per table, a partition per run.

There is no transaction over folders, so the row of `runs` is written last, and what a killed run left is written over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC

import pyarrow as pa

from keepwell.errors import OutputError
from keepwell.facts.spark import Spark, first_line
from keepwell.results.publish import RUN, Made, foreign


@dataclass(frozen=True)
class InSpark:
    """A folder of this name under the address of the source."""

    source: Spark
    schema: str

    @property
    def origin(self) -> str:
        return f"{self.source.name}, folder {self.schema}"

    def runs(self) -> dict[int, Made]:
        with self._writing():
            # A folder in which a killed run began to write says nothing of its columns, and holds nothing.
            rows = self.source.parquet(self._address("runs"), nothing=("PATH_NOT_FOUND", "UNABLE_TO_INFER_SCHEMA"))
            found = [] if rows is None else rows.select(RUN, "made_at", "version").toArrow().to_pylist()
        return {row[RUN]: (row["made_at"].astimezone(UTC), row["version"]) for row in found}

    def put(self, run: int, made: Made, tables: Mapping[str, pa.RecordBatchReader]) -> bool:
        if (there := self.runs().get(run)) is not None:
            if there != made:
                raise foreign(self.origin, run, there)
            return False
        with self._writing():
            for table, rows in tables.items():
                found = self.source.session.createDataFrame(rows.read_all())
                naive = [item.name for item in rows.schema if pa.types.is_timestamp(item.type) and item.type.tz is None]
                found = found.withColumns({name: found[name].cast("timestamp_ntz") for name in naive})
                writer = found.write.mode("overwrite").option("partitionOverwriteMode", "dynamic")
                writer.partitionBy(RUN).parquet(self._address(table))
        return True

    def _address(self, table: str) -> str:
        return f"{self.source.folder}/{self.schema}/{table}"

    @contextmanager
    def _writing(self) -> Iterator[None]:
        _ = self.source.session  # says what is wrong where PySpark or Java is not there
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            yield
        except (PySparkException, Py4JError) as problem:
            raise OutputError(f"{self.origin}: Spark refused: {first_line(str(problem))}.") from None
