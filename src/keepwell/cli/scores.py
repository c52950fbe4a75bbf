"""`score`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from rich.table import Table

from keepwell.cli.output import refuse_own, refuse_screen, write
from keepwell.cli.screen import Screen, safe, stderr, stdout
from keepwell.errors import UsageError
from keepwell.model.exact import Duration
from keepwell.model.score import Score
from keepwell.scoring.portfolio import by_tier, lowest_tier, need_someone
from keepwell.scoring.tables import group_table, measure_table, metric_table, score_table
from keepwell.scoring.words import HUNDRED, Ends, of_scale, plain
from keepwell.workspace import open_workspace

LONGEST = 60
"""A name is cut after so many characters where people read it."""


@dataclass(frozen=True)
class Found:
    """What a run has to show: the rows asked for, and what is said around them."""

    rows: pa.Table
    score: Score
    title: str
    currency: str
    notices: list[str]


def refuse(style: str, kind: str, output: Path | None) -> None:
    """Raise UsageError, before any work is done, for options that do not fit each other."""
    if style == "table" and output is not None:
        raise UsageError("a table for people goes to the screen; add --format csv, json or parquet to write a file.")
    if style == "table" and kind != "scores":
        raise UsageError(f"--table {kind} is for programs; add --format csv, json or parquet.")
    refuse_screen(style, output)


def compute(
    folder: Path, as_of: date | None, known_by: date | None, name: str | None, kind: str, output: Path | None = None
) -> Found:
    """Score the workspace and take the rows asked for. Raises UsageError for an `output` that it reads from."""
    with open_workspace(folder, as_of) as workspace:
        refuse_own(workspace, output)
        scores = workspace.score(as_of, known_by, name)
        with workspace.facts.reads():
            rows = score_table(scores, workspace.currency) if kind == "scores" else _others[kind](scores)
        moment = scores.metrics.moment
        restated = f", known by {moment.known_by}" if moment.known_by != moment.as_of else ""
        title = f"{scores.model.title or scores.model.model} as of {moment.as_of}{restated} (version {scores.version})"
        return Found(rows, scores.plan.score, title, workspace.currency, workspace.notices(scores))


_others: dict[str, Any] = {"measures": measure_table, "parts": group_table, "metrics": metric_table}


def show(found: Found, style: str, output: Path | None, top: int) -> None:
    """Print for people, or write for programs."""
    for notice in found.notices:
        stderr().say(notice, "yellow")
    if style == "table":
        portfolio(found, top)
    else:
        write([found.rows], style, output)


def portfolio(found: Found, top: int) -> None:
    """The book by tier, and the accounts that need someone."""
    console = stdout()
    console.say(found.title, "bold")
    if not found.rows.num_rows:
        return
    console.print(_tiers(found))
    rows = need_someone(found.score, found.rows, top)
    if not rows:
        return
    tier = (lowest_tier(found.score) or "").replace("_", " ")
    console.say()
    console.say(f"Who needs someone ({tier}; most value × missing points first)", "bold")
    for row in rows:
        _account(console, row, found.currency, found.score.scale)


def _tiers(found: Found) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("tier")
    for name in ("accounts", "share", "provisional", f"value {found.currency}".strip()):
        table.add_column(name, justify="right")
    total = max(found.rows.num_rows, 1)
    for line in by_tier(found.score, found.rows):
        table.add_row(
            line.tier.replace("_", " "),
            f"{line.accounts:,}",
            f"{100 * line.accounts / total:.0f} %",
            f"{line.provisional:,}",
            f"{line.value:,.0f}",
        )
    return table


def _account(screen: Screen, row: dict[str, Any], currency: str, scale: Ends) -> None:
    name = safe(row["name"] or "", LONGEST)
    parts = [f"{name} ({row['account_id']})" if name else row["account_id"]]
    parts += [f"{row['value']:,.0f} {currency}".strip()] if row["value"] is not None else []
    parts += [row["zone"].replace("_", " ")] if row["zone"] else []
    parts += [row["owner"]] if row["owner"] else []
    screen.say()
    shown = _shown(row, scale)
    screen.say(f"{shown}  {' · '.join(parts)}", "bold")
    screen.say(f"{_range(row)}{100 * row['coverage']:.0f} % of the weight has data, {row['standing']}", "dim", 6)
    for reason in [*row["overrides"], *row["reasons"]]:
        screen.say(f"· {reason}", indent=6)
    if row["next_step"]:
        due = f", within {Duration(row['next_step_days'])}" if row["next_step_days"] else ""
        screen.say(f"→ {row['next_step']} ({row['next_step_owner'] or 'nobody named'}{due})", indent=6)


def _shown(row: dict[str, Any], scale: Ends) -> str:
    """The score, with its value on a scale of its own beside it."""
    if row["score"] is None:
        return "no score"
    native = f" ({of_scale(row['native'], scale)})" if scale != HUNDRED else ""
    return f"{plain(row['score'], 6)}{native}"


def _range(row: dict[str, Any]) -> str:
    """What the score could be, where something missing could still move it."""
    return f"could be {plain(row['low'], 6)}–{plain(row['high'], 6)}, " if row["low"] != row["high"] else ""
