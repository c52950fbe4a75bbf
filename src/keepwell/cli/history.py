"""`history`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from rich.table import Table

from keepwell.cli import changes
from keepwell.cli.blocks import report
from keepwell.cli.output import refuse_own, refuse_screen, write
from keepwell.cli.publish import said
from keepwell.cli.run import working
from keepwell.cli.screen import stderr, stdout
from keepwell.errors import UsageError
from keepwell.facts import fetch
from keepwell.model.output import INSUFFICIENT
from keepwell.model.score import Score
from keepwell.results.manifest import Day
from keepwell.scoring.rows import ROWS, score_rows
from keepwell.workspace import Workspace, open_workspace
from keepwell.workspace.calendar import Every
from keepwell.workspace.changes import intervals
from keepwell.workspace.history import Slice, asked_days, history, parts_at_top
from keepwell.workspace.kept import keep_slice, results_of
from keepwell.workspace.publish import publish_kept


@dataclass(frozen=True)
class Asked:
    """What `history` was asked for."""

    folder: Path
    first: date | None
    last: date | None
    every: Every
    known_by: date | None
    score: str | None
    table: str
    save: bool
    note: str


def run(asked: Asked, style: str, output: Path | None) -> None:
    """Score the days, keep them where that is asked for, and show or write the rows."""
    refuse_screen(style, output)
    if style == "table" and (output is not None or asked.table not in ("scores", "changes")):
        raise UsageError("--output and --table are for programs; add --format csv, json or parquet.")
    with open_workspace(asked.folder, asked.last) as workspace:
        refuse_own(workspace, output)
        days = asked_days(workspace, asked.first, asked.last, asked.every)
        if asked.table == "changes":
            _changes(asked, workspace, days, style, output)
            return
        if style == "table":
            _people(asked, workspace, days)
        else:
            names = parts_at_top(workspace, days, asked.score) if asked.table == "scores" else []
            write((_rows(asked, part, names) for part in _scored(asked, workspace, days)), style, output)
        if asked.save and workspace.config.publish is not None:
            stderr().say(said(publish_kept(workspace)))


def _changes(asked: Asked, workspace: Workspace, days: list[date], style: str, output: Path | None) -> None:
    if asked.save or asked.known_by is not None:
        raise UsageError(
            "--table changes keeps nothing, and each day is what was known then: no --save, no --known-by."
        )
    if len(days) < 2:
        raise UsageError(f"--table changes needs two days, and the history has one ({days[0]}); begin earlier.")
    found = intervals(workspace, days, asked.score)
    if style == "table":
        with working(f"splitting {len(days) - 1} changes"):
            block = changes.portfolio(list(found), parts_at_top(workspace, days, asked.score))
        report([block], "text")
    else:
        write((changes.rows(interval) for interval in found), style, output)


def _rows(asked: Asked, part: Slice, names: list[str]) -> pa.Table:
    """The rows of a slice with all of these columns of parts, last: models of other days may have others."""
    rows = fetch.arrow(ROWS[asked.table](part.scores))
    for name in names:
        if name not in rows.column_names:
            rows = rows.append_column(name, pa.nulls(rows.num_rows, pa.float64()))
    return rows.select([*(name for name in rows.column_names if name not in names), *names])


def _scored(asked: Asked, workspace: Workspace, days: list[date]) -> Iterator[Slice]:
    """The slices, each kept where that is asked for; says on stderr what was written."""
    new: list[Day] = []
    with ExitStack() as stack:
        writer = stack.enter_context(results_of(asked.folder).writer()) if asked.save else None
        for part in history(workspace, days, asked.score, asked.known_by):
            if writer is not None:
                new += keep_slice(writer, part, asked.known_by, asked.table == "measures", asked.note)
            yield part
    if asked.save:
        same = len(days) - len(new)
        stderr().say(f"kept {len(new)} days; {same} were there already, with the same scores.")


def _people(asked: Asked, workspace: Workspace, days: list[date]) -> None:
    score: Score | None = None
    rows: list[dict[str, Any]] = []
    with working(f"scoring {len(days)} days"):
        for part in _scored(asked, workspace, days):
            score, found = part.scores.plan.score, score_rows(part.scores)
            groups = found.group_by("as_of", "tier")
            sums = groups.aggregate(accounts=found.count(), total=found.score.sum(), scored=found.score.count())
            rows += fetch.rows(sums)
    if score is not None:
        stdout().print(_portfolio(rows, days, score))


def _portfolio(rows: list[dict[str, Any]], days: list[date], score: Score) -> Table:
    """A line per day: accounts, their mean score, and how many are in each tier."""
    tiers = [*score.tier_names, INSUFFICIENT]
    table = Table(box=None, pad_edge=False)
    table.add_column("as of")
    for name in ("accounts", "mean score", *tiers):
        table.add_column(name.replace("_", " "), justify="right")
    for day in days:
        own = [row for row in rows if row["as_of"] == day]
        scored = sum(row["scored"] for row in own)
        mean = f"{sum(row['total'] or 0.0 for row in own) / scored:.1f}" if scored else ""
        counts = {row["tier"]: row["accounts"] for row in own}
        cells = [f"{counts.get(tier, 0):,}" for tier in tiers]
        table.add_row(str(day), f"{sum(counts.values()):,}", mean, *cells)
    return table
