"""The nightly run: score the days that are missing, restate those whose facts changed, and stop at a broken source.

seen (what the tables held last time) ─┐
facts ──▶ fingerprints ────────────────┼─▶ broken? ──▶ days to score, days to restate ──▶ results ──▶ what moved
results (which days are kept) ─────────┘
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from keepwell.errors import KeepwellError, UsageError, did_you_mean
from keepwell.facts.broken import Broken, Hole, holes, lost, outage_days, silent, thin
from keepwell.facts.fingerprint import fingerprints
from keepwell.results.manifest import Day
from keepwell.results.moves import COLUMNS, Moves, moves
from keepwell.results.publish import Published
from keepwell.results.seen import Changed, Seen, read_seen, write_seen
from keepwell.results.store import Writer
from keepwell.scoring.score import score_name
from keepwell.workspace.calendar import ONE, Every, days_between
from keepwell.workspace.file import read_file
from keepwell.workspace.history import history
from keepwell.workspace.kept import keep_slice, results_of
from keepwell.workspace.publish import publish_kept
from keepwell.workspace.workspace import Workspace, open_workspace

LONGEST = timedelta(days=31)
"""Every kind of stretch of days ends at least once in so many."""


@dataclass(frozen=True)
class Asked:
    """What a refresh is to do.

    first: score from this day on, default: from the day after the last that is kept. last: up to this day, default: the
    pinned one, else the last that is over. accept: tables that are right as they are. lost: the share of a source's
    rows that may go before it counts as broken.
    """

    first: date | None = None
    last: date | None = None
    every: Every = "day"
    score: str | None = None
    accept: Sequence[str] = ()
    lost: float = 0.3
    note: str = ""


@dataclass
class Refreshed:
    """What a refresh did.

    before, after: the last day that was kept until then, and that is kept now; None where there was none, and so
    nothing to compare. moves: between the two, or between the two answers of the one. stopped: the first day that was
    not scored, because of what is `broken`, or waited for. published: None where keepwell.yaml asks for
    nothing, or it could not be done, which `unpublished` then says.
    """

    last: date
    before: date | None
    changed: list[Changed] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    stopped: date | None = None
    scored: list[Day] = field(default_factory=list)
    restated: list[Day] = field(default_factory=list)
    after: date | None = None
    moves: Moves | None = None
    currency: str = ""
    published: Published | None = None
    unpublished: str = ""


def refresh(folder: Path, asked: Asked) -> Refreshed:
    """Do it. What is kept day by day stays where a later step fails, and the next refresh goes on from there.

    Raises OutputError where another process writes, UsageError for a table to accept that the model does not read, and
    what scoring raises.
    """
    last = read_file(folder).config.last(asked.last)
    with open_workspace(folder, last) as workspace:
        with results_of(folder).writer() as writer:
            done = _done(workspace, writer, last, asked)
        if workspace.config.publish is not None:
            try:
                done.published = publish_kept(workspace)
            except KeepwellError as problem:  # what was done is told all the same
                done.unpublished = str(problem)
        return done


def _done(workspace: Workspace, writer: Writer, last: date, asked: Asked) -> Refreshed:
    name = score_name(workspace.loaded.model, asked.score)
    _known(workspace, asked.accept)
    kept = sorted(day for day in writer.results.manifest.latest(name) if day <= last)
    done = Refreshed(last, kept[-1] if kept else None, currency=workspace.currency)
    old = _rows(writer, name, done.before)
    seen, now = read_seen(writer.results.folder, name), Seen(fingerprints(workspace.facts))
    done.broken = list(_lost(workspace, seen, now, last, asked))
    if not done.broken:
        days = _missing(kept, last, asked)
        safe, done.broken = _safe(_Sources(workspace, now, last, asked), days)
        done.stopped = days[len(safe)] if done.broken else None
        first = asked.first is None and not kept
        done.scored = _keep(workspace, writer, safe[-1:] if first else safe, name, None, asked.note)
        done.changed = list(seen.changed(now, kept[-1])) if kept else []
        done.restated = _keep(workspace, writer, _touched(kept, done.changed), name, last, asked.note)
    if all(item.code == "waiting" for item in done.broken):
        write_seen(writer.results.folder, name, now)
    if kept:
        done.after = max([kept[-1], *(day.as_of for day in done.scored)])
        done.moves = moves(old, _rows(writer, name, done.after))
    return done


def _known(workspace: Workspace, tables: Iterable[str]) -> None:
    for table in tables:
        if table not in workspace.facts.needs:
            near = did_you_mean(table, workspace.facts.needs)
            raise UsageError(f"--accept {table}: the model reads no table of this name.{near}")


def _missing(kept: list[date], last: date, asked: Asked) -> list[date]:
    """The days that may be scored, earliest first; where none is kept yet, the last of them is enough."""
    if asked.first is not None:
        found = days_between(asked.first, last, asked.every)
        return [day for day in found if day not in kept]
    if kept:
        return days_between(kept[-1] + ONE, last, asked.every)
    return days_between(last - LONGEST, last, asked.every)


def _lost(workspace: Workspace, seen: Seen, now: Seen, last: date, asked: Asked) -> Iterator[Broken]:
    """Tables that are there no more, or not with the rows that they had."""
    for table in sorted(seen.days):
        if table in asked.accept or table not in workspace.facts.needs:
            continue
        if table not in now.days and not workspace.facts.has(table):
            yield Broken(table, "gone", "is not there any more")
        elif found := lost(table, seen.counts(table), now.counts(table), last, asked.lost):
            yield found


@dataclass(frozen=True)
class _Sources:
    """The tables whose rows have a time, and what is to be said of each on a day."""

    workspace: Workspace
    now: Seen
    last: date
    asked: Asked

    def broken_on(self, day: date) -> Iterator[Broken]:
        """Those that cannot be trusted, or are waited for, on a day."""
        for table in self._judged:
            counts, fresh, outages = self.now.counts(table), self._fresh(table), self._outages(table)
            if day in outages:
                continue
            found = silent(table, self._holes[table], day, fresh)
            empty = outages | outage_days([(hole.first, hole.last) for hole in self._holes[table]])
            if found or (found := thin(table, counts, day, self.asked.lost, empty)):
                yield found

    @cached_property
    def _judged(self) -> list[str]:
        tables = self.workspace.loaded.model.tables
        return [t for t in tables if t in self.now.days and tables[t].time and t not in self.asked.accept]

    @cached_property
    def _holes(self) -> dict[str, list[Hole]]:
        return {
            table: list(holes(self.now.counts(table), self.last, self._fresh(table), self._outages(table)))
            for table in self._judged
        }

    def _fresh(self, table: str) -> int | None:
        said = self.workspace.loaded.model.tables[table].fresh
        return said.days if said else None

    def _outages(self, table: str) -> frozenset[date]:
        declared = self.workspace.config.table(table).outages
        return outage_days([(outage.from_, outage.to) for outage in declared])


def _safe(sources: _Sources, days: list[date]) -> tuple[list[date], list[Broken]]:
    """The days up to the first on which a source cannot be trusted, and what is to be said of that day."""
    for index, day in enumerate(days):
        if broken := list(sources.broken_on(day)):
            return days[:index], broken
    return days, []


def _touched(kept: list[date], changed: list[Changed]) -> list[date]:
    """The kept days that a changed past may speak of: all from the first changed day on, for windows have no end."""
    first = min((item.since for item in changed if item.since is not None), default=None)
    return [day for day in kept if first is not None and day >= first]


def _keep(
    workspace: Workspace, writer: Writer, days: list[date], name: str, known_by: date | None, note: str
) -> list[Day]:
    """Score and keep the days; with `known_by` again, by what is known since. Returns those that were written."""
    found: list[Day] = []
    for part in history(workspace, days, name, known_by):
        found += keep_slice(writer, part, known_by, note=note, restating=known_by is not None)
    return found


def _rows(writer: Writer, name: str, day: date | None) -> pa.Table:
    """The newest answer of a day; no rows where there is none."""
    found = writer.results.read("scores", name, [day]) if day else None
    return found if found is not None and found.num_rows else pa.table({column: [] for column in COLUMNS})
