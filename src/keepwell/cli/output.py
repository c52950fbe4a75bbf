"""Data for programs: CSV, JSON or Parquet, on stdout or into a file that appears whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from keepwell.disk import write_file
from keepwell.errors import UsageError
from keepwell.model.exact import plain
from keepwell.workspace import Workspace

_ROWS = 50_000
"""So many rows are Python values at a time."""


def write(parts: Iterable[pa.Table], style: str, output: Path | None) -> None:
    """Write tables of the same columns as one, a part at a time, so that more rows than memory holds can be written."""

    def fill(file: IO[bytes]) -> None:
        {"csv": csv_into, "json": json_into, "parquet": parquet_into}[style](parts, file)

    if output is not None:
        write_file(output, fill)
        return
    with tempfile.TemporaryFile() as made:  # whoever reads gets all of it, or none
        fill(made)
        made.seek(0)
        sys.stdout.flush()
        shutil.copyfileobj(made, sys.stdout.buffer)
        sys.stdout.buffer.flush()


def refuse_screen(style: str, output: Path | None) -> None:
    """Raise UsageError where bytes that nobody can read would go to a screen."""
    if style == "parquet" and output is None and sys.stdout.isatty():
        raise UsageError("Parquet is not for the screen; add --output FILE.")


def refuse_own(workspace: Workspace, output: Path | None) -> None:
    """Raise UsageError where a result would take the place of something that the workspace reads."""
    if output is not None and workspace.own(output):
        raise UsageError(f"{output} is a place that the workspace reads from; write the result elsewhere.")


def csv_into(parts: Iterable[pa.Table], file: IO[bytes]) -> None:
    """UTF-8 with a header; nothing for NULL; lists joined by '; '."""
    for index, part in enumerate(parts):
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        if index == 0:
            writer.writerow(part.column_names)
        for batch in part.to_batches(max_chunksize=_ROWS):
            writer.writerows(zip(*map(_cells, batch.columns), strict=True))
        file.write(text.getvalue().encode())


def _cells(column: pa.Array) -> list[Any]:
    """The column as the csv module writes it. By column: a row at a time took most of the time of a large book."""
    values: list[Any] = column.to_pylist()
    kind = column.type
    if pa.types.is_list(kind):
        return ["; ".join(map(str, value)) if value else "" for value in values]
    if pa.types.is_floating(kind):
        return ["" if value is None else format(value, ".15g") for value in values]
    if pa.types.is_decimal(kind):
        return ["" if value is None else plain(value) for value in values]
    if pa.types.is_boolean(kind):
        return ["" if value is None else str(value).lower() for value in values]
    return values


def json_into(parts: Iterable[pa.Table], file: IO[bytes]) -> None:
    """A list of objects; null for NULL; dates as 2026-01-31."""
    before, after = b"[", b"]\n"
    for part in parts:
        for row in part.to_pylist():
            text = json.dumps(row, ensure_ascii=False, indent=1, default=_plain).replace("\n", "\n ")
            file.write(before + b"\n " + text.encode())
            before, after = b",", b"\n]\n"
    file.write((before if before == b"[" else b"") + after)


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value).__name__)


def parquet_into(parts: Iterable[pa.Table], file: IO[bytes]) -> None:
    """Parquet, readable by anything."""
    with ExitStack() as stack:
        writer: pq.ParquetWriter | None = None
        for part in parts:
            writer = writer or stack.enter_context(pq.ParquetWriter(file, part.schema))
            writer.write_table(part)
