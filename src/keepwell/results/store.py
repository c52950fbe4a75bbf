"""A folder of written scores: immutable Parquet files, and a manifest that says which of them count.

results/
  manifest.json          what there is: versions, runs, their days with hashes; replaced at once, never edited
  scores/000001.parquet  one file per run and table; written, synced and moved here before the manifest names it
  metrics/ flags/ measures/
  .unfinished/           what a killed run left; the next writer clears it
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from keepwell.errors import UsageError
from keepwell.facts import fetch
from keepwell.results import manifest as manifests
from keepwell.results.canonical import canonical, hashes
from keepwell.results.lock import writing
from keepwell.results.manifest import Day, Manifest, Run, Version
from keepwell.scoring.rows import ROWS
from keepwell.scoring.score import Scores

UNFINISHED = ".unfinished"
ALWAYS = ("scores", "metrics", "flags")
"""The tables of every run; measures are written where they are asked for."""


class Results:
    """The results of one folder. Reading takes no lock and never sees half a run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def manifest(self) -> Manifest:
        """What there is now. Raises WorkspaceError for a damaged file."""
        return manifests.read(self.folder)

    def read(
        self,
        table: str,
        score: str,
        days: Sequence[date] | None = None,
        version: str | None = None,
        known_by: date | None = None,
    ) -> pa.Table:
        """Rows of a table in the order of days and accounts: of each day its newest answer (see `Manifest.latest`).

        `known_by`: the newest that was known by then. With known_by and version beside them. Raises UsageError where
        the run of a day has no such table.
        """
        latest = self.manifest.latest(score, version, None if known_by is None else lambda _: known_by)
        wanted = {day: found for day, found in sorted(latest.items()) if days is None or day in days}
        parts = []
        for run in dict.fromkeys(found[0] for found in wanted.values()):
            if table not in run.tables:
                said = f"run {run.number} was written without {table}; `--save --table {table}`"
                raise UsageError(f"{said} of `keepwell history` writes them.")
            own = {day: entry.known_by for day, (of, entry) in wanted.items() if of is run}
            parts.append(_with_keys(pq.read_table(self.folder / table / run.file), own, run.version))
        if not parts:
            return pa.table({})
        whole = pa.concat_tables(parts, promote_options="default")
        return whole.sort_by([("as_of", "ascending"), ("account_id", "ascending")])

    @contextmanager
    def writer(self) -> Iterator[Writer]:
        """The only way to write. Raises OutputError where another process is writing."""
        with writing(self.folder):
            shutil.rmtree(self.folder / UNFINISHED, ignore_errors=True)
            yield Writer(self)


def _with_keys(rows: pa.Table, known_by: dict[date, date], version: str) -> pa.Table:
    """The rows of these days, with what they are known by and the version."""
    rows = rows.filter(pc.is_in(rows["as_of"], pa.array(known_by, pa.date32())))
    encoded = rows["as_of"].dictionary_encode().combine_chunks()
    by = pa.array([known_by[day] for day in encoded.dictionary.to_pylist()], pa.date32()).take(encoded.indices)
    return rows.append_column("known_by", by).append_column("version", pa.repeat(version, rows.num_rows))


@dataclass(frozen=True)
class Writer:
    """Whoever holds the lock."""

    results: Results

    def write(
        self,
        scores: Scores,
        known_by: date | None,
        version: Version,
        measures: bool = False,
        restating: bool = False,
    ) -> tuple[Day, ...]:
        """Write the days of these scores that differ from what is there; returns those.

        `known_by`: by when all of them are known; None: each by its own end. A day that is there with the same hash and
        tables, as was known by then, is left alone, so doing it again changes nothing. `restating`: only days that this
        version of the model has answered before. Whole or not at all: see the module.
        """
        manifest, folder = self.results.manifest, self.results.folder
        tables = (*ALWAYS, *(["measures"] if measures else []))
        rows = canonical(fetch.arrow(ROWS["scores"](scores, ordered=False)))
        there = manifest.latest(scores.plan.name, scores.version, lambda day: known_by or day)
        found = [Day(as_of=day, known_by=known_by or day, accounts=n, hash=sum_) for day, n, sum_ in hashes(rows)]
        fresh = tuple(
            day
            for day in found
            if not _is_there(day, tables, there.get(day.as_of)) and (not restating or day.as_of in there)
        )
        if not fresh:
            return ()
        run = Run(
            number=max((old.number for old in manifest.runs), default=0) + 1,
            made_at=datetime.now(UTC).replace(microsecond=0),
            score=scores.plan.name,
            version=scores.version,
            tables=tables,
            days=fresh,
        )
        self._files(run, scores, rows)
        versions = manifest.versions
        if scores.version not in {old.version for old in versions}:
            versions = (*versions, version)
        manifests.write(folder, Manifest(versions=versions, runs=(*manifest.runs, run)))
        return fresh

    def _files(self, run: Run, scores: Scores, rows: pa.Table) -> None:
        """Every table of the run: written aside and synced, then moved to its place."""
        folder = self.results.folder
        aside = folder / UNFINISHED
        aside.mkdir(parents=True, exist_ok=True)
        days = [day.as_of for day in run.days]
        whole = len(days) == len(pc.unique(rows["as_of"]))
        for table in run.tables:
            path = aside / f"{table}.parquet"
            if table == "scores":
                pq.write_table(rows.filter(pc.is_in(rows["as_of"], pa.array(days, pa.date32()))), path)
            else:
                found = ROWS[table](scores, ordered=False)  # to sort them took longer than to write them
                (found if whole else found.filter(found.as_of.isin(days))).to_parquet(path)
            _synced(path)
        for table in run.tables:
            (folder / table).mkdir(exist_ok=True)
            (aside / f"{table}.parquet").replace(folder / table / run.file)
            _synced(folder / table)
        aside.rmdir()


def _is_there(day: Day, tables: tuple[str, ...], old: tuple[Run, Day] | None) -> bool:
    """Whether the newest answer says the same of the day, in every table that is asked for."""
    return old is not None and old[1].hash == day.hash and set(tables) <= set(old[0].tables)


def _synced(path: Path) -> None:
    """On the disk for good; a folder keeps which files it has."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
