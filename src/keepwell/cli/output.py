"""Data for programs: CSV, JSON or Parquet, on stdout or into a file that appears whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from keepwell.errors import OutputError, UsageError


def write(table: pa.Table, style: str, output: Path | None) -> None:
    """Write an Arrow table in this format."""
    made = {"csv": as_csv, "json": as_json, "parquet": as_parquet}[style](table)
    if output is not None:
        write_file(output, made)
        return
    if style == "parquet" and sys.stdout.isatty():
        raise UsageError("Parquet is not for the screen; add --output FILE.")
    sys.stdout.flush()
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()


def as_csv(table: pa.Table) -> bytes:
    """UTF-8 with a header; nothing for NULL; lists joined by '; '."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in table.to_pylist():
        writer.writerow([_cell(value) for value in row.values()])
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return "; ".join(str(item) for item in value)
    if isinstance(value, float):
        return format(value, ".15g")
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value


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


def write_file(path: Path, content: bytes) -> None:
    """Write beside, then rename: a full disk or a kill leaves what was there before."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as problem:
        raise OutputError(f"{path} cannot be written: {problem.strerror or problem}.") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, path)
    except BaseException as problem:
        Path(name).unlink(missing_ok=True)
        if isinstance(problem, OSError):
            raise OutputError(f"{path} cannot be written: {problem.strerror or problem}.") from None
        raise
