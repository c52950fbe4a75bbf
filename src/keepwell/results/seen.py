"""What the tables held when they were read last, so that a past that changed since is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from keepwell.disk import write_file
from keepwell.errors import WorkspaceError
from keepwell.facts.fingerprint import COLUMNS

SEEN = "seen"
"""The folder with a file for each score: a day that one of them restated may still be old in another."""

TIMELESS = date.min
"""Stands for the day of rows that have no time."""


@dataclass(frozen=True)
class Changed:
    """Days of a table that read differently than they did: how many, from which on, and by how many rows.

    since: None where its rows have no time, so that no day of theirs is known.
    """

    table: str
    since: date | None
    days: int
    more: int
    fewer: int


class Seen:
    """Fingerprints by table: day → rows and hash (see `facts.fingerprint`)."""

    def __init__(self, rows: pa.Table) -> None:
        self.rows = rows
        self.basis: dict[str, str] = {}
        self.days: dict[str, dict[date, tuple[int, int]]] = {}
        for row in rows.to_pylist():
            self.basis[row["table"]] = row["basis"]
            self.days.setdefault(row["table"], {})[row["day"] or TIMELESS] = (row["rows"], row["hash"])

    def counts(self, table: str) -> dict[date, int]:
        """How many rows of a table happened on each day."""
        return {day: rows for day, (rows, _) in self.days.get(table, {}).items()}

    def changed(self, later: Seen, until: date) -> Iterator[Changed]:
        """What differs in the days up to one; hashes count where both were made in the same way."""
        for table in sorted(self.days.keys() & later.days.keys()):
            old, new, exact = self.days[table], later.days[table], self.basis[table] == later.basis[table]
            days = sorted(day for day in old.keys() | new.keys() if day <= until)
            differ = [day for day in days if _differs(old.get(day, (0, 0)), new.get(day, (0, 0)), exact)]
            if differ:
                grown = [new.get(day, (0, 0))[0] - old.get(day, (0, 0))[0] for day in differ]
                since = None if differ[0] == TIMELESS else differ[0]
                more, fewer = sum(max(rows, 0) for rows in grown), sum(max(-rows, 0) for rows in grown)
                yield Changed(table, since, len(differ), more, fewer)


def _differs(old: tuple[int, int], new: tuple[int, int], exact: bool) -> bool:
    return old[0] != new[0] or (exact and old[1] != new[1])


def read_seen(folder: Path, score: str) -> Seen:
    """What a results folder says; of nothing where nothing was read yet. Raises WorkspaceError for a damaged file."""
    path = _path(folder, score)
    try:
        return Seen(pq.read_table(path, schema=COLUMNS))
    except FileNotFoundError:
        return Seen(COLUMNS.empty_table())
    except (pa.ArrowInvalid, pa.ArrowTypeError, OSError) as problem:
        said = f"{path} is not what Keepwell wrote ({str(problem).splitlines()[0]})"
        raise WorkspaceError(f"{said}; without it the next refresh cannot tell what changed. Delete it.") from None


def write_seen(folder: Path, score: str, seen: Seen) -> None:
    """Replace the file at once."""
    path = _path(folder, score)
    path.parent.mkdir(exist_ok=True)
    write_file(path, lambda file: pq.write_table(seen.rows, file))


def _path(folder: Path, score: str) -> Path:
    return folder / SEEN / f"{score}.parquet"
