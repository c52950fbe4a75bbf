"""Data for programs: CSV, JSON or Parquet, on stdout or into a file that appears whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from keepwell.disk import write_file
from keepwell.errors import UsageError

_ROWS = 50_000
"""So many rows are Python values at a time."""


def write(table: pa.Table, style: str, output: Path | None) -> None:
    """Write an Arrow table in this format."""
    made = {"csv": as_csv, "json": as_json, "parquet": as_parquet}[style](table)
    if output is not None:
        write_file(output, made)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()


def write_parts(parts: Iterator[pa.Table], style: str, output: Path | None) -> None:
    """Write tables of the same columns as one, a part at a time, so that more rows than memory holds can be written."""
    with tempfile.TemporaryFile(dir=output.parent if output else None) as made:
        {"csv": _csv_parts, "json": _json_parts, "parquet": _parquet_parts}[style](parts, made)
        made.seek(0)
        if output is not None:
            write_file(output, made)
            return
        sys.stdout.flush()
        shutil.copyfileobj(made, sys.stdout.buffer)
        sys.stdout.buffer.flush()


def _csv_parts(parts: Iterator[pa.Table], made: IO[bytes]) -> None:
    for index, part in enumerate(parts):
        text = as_csv(part)
        made.write(text if index == 0 else text.partition(b"\n")[2])


def _json_parts(parts: Iterator[pa.Table], made: IO[bytes]) -> None:
    made.write(b"[")
    between = b"\n"
    for part in parts:
        for row in part.to_pylist():
            made.write(between + json.dumps(row, ensure_ascii=False, default=_plain).encode())
            between = b",\n"
    made.write(b"\n]\n")


def _parquet_parts(parts: Iterator[pa.Table], made: IO[bytes]) -> None:
    first = next(parts)
    with pq.ParquetWriter(made, first.schema) as writer:
        writer.write_table(first)
        for part in parts:
            writer.write_table(part.cast(first.schema))


def refuse_screen(style: str, output: Path | None) -> None:
    """Raise UsageError where bytes that nobody can read would go to a screen."""
    if style == "parquet" and output is None and sys.stdout.isatty():
        raise UsageError("Parquet is not for the screen; add --output FILE.")


def as_csv(table: pa.Table) -> bytes:
    """UTF-8 with a header; nothing for NULL; lists joined by '; '."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.column_names)
    for batch in table.to_batches(max_chunksize=_ROWS):
        writer.writerows(zip(*map(_cells, batch.columns), strict=True))
    return text.getvalue().encode()


def _cells(column: pa.Array) -> list[Any]:
    """The column as the csv module writes it. By column: a row at a time took most of the time of a large book."""
    values: list[Any] = column.to_pylist()
    kind = column.type
    if pa.types.is_list(kind):
        return ["; ".join(map(str, value)) if value else "" for value in values]
    if pa.types.is_floating(kind):
        return ["" if value is None else format(value, ".15g") for value in values]
    if pa.types.is_boolean(kind):
        return ["" if value is None else str(value).lower() for value in values]
    return values


def as_json(table: pa.Table) -> bytes:
    """A list of objects; null for NULL; dates as 2026-01-31."""
    return (json.dumps(table.to_pylist(), ensure_ascii=False, indent=1, default=_plain) + "\n").encode()


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def as_parquet(table: pa.Table) -> bytes:
    """Parquet, readable by anything."""
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()
