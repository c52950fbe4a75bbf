"""Runs of a results folder copied into a database beside the facts, where BI reads them.

Every table has the columns of its Parquet file after `run_number`. A run is there whole from the moment in which its
row of `runs` is, and is never changed: what a newer run says of the same day stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from keepwell.errors import OutputError
from keepwell.results.manifest import Manifest, Run
from keepwell.results.store import Results

RUN = "run_number"
KEYS = {
    "scores": (RUN, "as_of", "account_id"),
    "metrics": (RUN, "as_of", "account_id", "metric"),
    "flags": (RUN, "as_of", "account_id", "flag"),
    "measures": (RUN, "as_of", "account_id", "measure"),
    "days": (RUN, "as_of"),
    "runs": (RUN,),
}
"""Table → the columns that tell its rows apart. Runs come last: their rows say that the others are there."""


Made = tuple[datetime, str]
"""When a run was made, and its version: two folders' runs of one number differ in it."""


class Place(Protocol):
    """Where runs are published."""

    @property
    def origin(self) -> str:
        """What messages call it."""
        ...

    def runs(self) -> Mapping[int, Made]:
        """Number → when the run was made and its version, of the runs that are there whole."""
        ...

    def put(self, run: int, made: Made, tables: Mapping[str, pa.RecordBatchReader]) -> bool:
        """Write a run, whole or not at all; False where another process had written it before.

        Raises OutputError where another folder's run has the number.
        """
        ...


@dataclass(frozen=True)
class Published:
    """What was done: to where, the runs that were written and those that had been there."""

    origin: str
    new: tuple[int, ...]
    before: int


def publish(results: Results, place: Place) -> Published:
    """Write the runs that are not there yet, oldest first.

    Raises OutputError where the runs of another folder are there.
    """
    there = place.runs()
    manifest = results.manifest  # read later, so that a run of ours that another process publishes now is known
    own = {run.number: (run.made_at, run.version) for run in manifest.runs}
    if strange := sorted(number for number, made in there.items() if own.get(number) != made):
        raise foreign(place.origin, strange[0], there[strange[0]])
    missing = [run for run in manifest.runs if run.number not in there]
    new = tuple(
        run.number for run in missing if place.put(run.number, own[run.number], dict(_tables(results, manifest, run)))
    )
    return Published(place.origin, new, len(manifest.runs) - len(new))


def foreign(origin: str, number: int, made: Made) -> OutputError:
    """The error that says that another folder's runs are there."""
    said = f"{origin} holds run {number} of {made[0]:%Y-%m-%d %H:%M} (version {made[1]}), of another results folder"
    return OutputError(f"{said}; publish into a schema of this workspace's own, or drop that one if it is out of use.")


def _tables(results: Results, manifest: Manifest, run: Run) -> Iterator[tuple[str, pa.RecordBatchReader]]:
    for table in run.tables:
        path = results.folder / table / run.file
        if not path.is_file():
            raise OutputError(f"{path} is not there, which the manifest names; nothing more was published.")
        yield table, _numbered(run.number, pq.ParquetFile(path))
    version = next(item for item in manifest.versions if item.version == run.version)
    said = {
        RUN: run.number,
        "made_at": run.made_at,
        "score_name": run.score,
        **version.model_dump(exclude={"made_at"}),
    }
    yield "days", _rows([{RUN: run.number, **day.model_dump()} for day in run.days], _DAYS)
    yield "runs", _rows([said], _RUNS)


def _numbered(number: int, file: pq.ParquetFile) -> pa.RecordBatchReader:
    """The rows of a file with the number of the run before them; a batch at a time."""
    schema = file.schema_arrow.remove_metadata().insert(0, pa.field(RUN, pa.int64()))
    batches = (
        pa.RecordBatch.from_arrays([pa.repeat(number, len(batch)).cast(pa.int64()), *batch.columns], schema=schema)
        for batch in file.iter_batches()
    )
    return pa.RecordBatchReader.from_batches(schema, batches)


def _rows(rows: list[dict[str, object]], schema: pa.Schema) -> pa.RecordBatchReader:
    return pa.Table.from_pylist(rows, schema).to_reader()


_DAYS = pa.schema(
    {RUN: pa.int64(), "as_of": pa.date32(), "known_by": pa.date32(), "accounts": pa.int64(), "hash": pa.string()}
)
_RUNS = pa.schema(
    {
        RUN: pa.int64(),
        "made_at": pa.timestamp("us", "UTC"),
        **dict.fromkeys(("score_name", "version", "model", "file"), pa.string()),
        "since": pa.date32(),
        **dict.fromkeys(("author", "note"), pa.string()),
    }
)
