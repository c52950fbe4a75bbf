"""`score`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from rich.console import Console
from rich.table import Table
from rich.text import Text

from keepwell.cli.output import write
from keepwell.cli.run import stderr
from keepwell.errors import UsageError
from keepwell.model.score import Score
from keepwell.scoring.portfolio import by_tier, need_someone
from keepwell.scoring.tables import group_table, measure_table, metric_table, score_table
from keepwell.workspace import open_workspace


@dataclass(frozen=True)
class Found:
    """What a run has to show: the rows asked for, and what is said around them."""

    rows: pa.Table
    score: Score
    title: str
    currency: str
    not_connected: list[str]
    kind: str


def compute(folder: Path, as_of: date | None, known_by: date | None, name: str | None, kind: str) -> Found:
    """Score the workspace and take the rows asked for."""
    with open_workspace(folder) as workspace:
        scores = workspace.score(as_of, known_by, name)
        with workspace.facts.reads():
            rows = score_table(scores, workspace.currency) if kind == "scores" else _others[kind](scores)
            silent = [place.path for place in scores.not_connected()]
        moment = scores.metrics.moment
        restated = f", known by {moment.known_by}" if moment.known_by != moment.as_of else ""
        title = f"{scores.model.title or scores.model.model} as of {moment.as_of}{restated} (version {scores.version})"
        return Found(rows, scores.plan.score, title, workspace.currency, silent, kind)


_others: dict[str, Any] = {"measures": measure_table, "parts": group_table, "metrics": metric_table}


def show(found: Found, style: str, output: Path | None, top: int) -> None:
    """Print for people, or write for programs."""
    if found.not_connected:
        stderr().print(f"not connected, left out for all: {', '.join(found.not_connected)}", style="yellow", markup=False)
    if style != "table":
        write(found.rows, style, output)
        return
    if output is not None:
        raise UsageError("a table for people goes to the screen; add --format csv, json or parquet to write a file.")
    if found.kind != "scores":
        raise UsageError(f"--table {found.kind} is for programs; add --format csv, json or parquet.")
    portfolio(found, top)


def portfolio(found: Found, top: int) -> None:
    """The book by tier, and the accounts that need someone."""
    console = Console(highlight=False)
    console.print(found.title, style="bold", markup=False)
    console.print(_tiers(found))
    rows = need_someone(found.score, found.rows, top)
    if not rows:
        return
    console.print(f"\nWho needs someone ({found.score.tiers[-1].is_.replace('_', ' ')}; most value × missing points first)", style="bold", markup=False)
    for row in rows:
        _account(console, row, found.currency)


def _tiers(found: Found) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("tier")
    for name in ("accounts", "share", "provisional", f"value {found.currency}".strip()):
        table.add_column(name, justify="right")
    total = max(found.rows.num_rows, 1)
    for line in by_tier(found.score, found.rows):
        table.add_row(line.tier.replace("_", " "), f"{line.accounts:,}", f"{100 * line.accounts / total:.0f} %", f"{line.provisional:,}", f"{line.value:,.0f}")
    return table


def _account(console: Console, row: dict[str, Any], currency: str) -> None:
    named = f"{row['name']} ({row['account_id']})" if row["name"] else row["account_id"]
    worth = f" · {row['value']:,.0f} {currency}".rstrip() if row["value"] is not None else ""
    zone = f" · {row['zone'].replace('_', ' ')}" if row["zone"] else ""
    owner = f" · {row['owner']}" if row["owner"] else ""
    console.print(Text(f"\n{row['score']:g}  {named}", style="bold"), Text(f"{worth}{zone}{owner}"), sep="", soft_wrap=True)
    console.print(f"      could be {row['low']:g}–{row['high']:g}, {100 * row['coverage']:.0f} % of the weight has data, {row['standing']}", style="dim", markup=False, soft_wrap=True)
    for reason in [*row["overrides"], *row["reasons"]]:
        console.print(f"      · {reason}", markup=False, soft_wrap=True)
    if row["next_step"]:
        due = f", within {row['next_step_days']} days" if row["next_step_days"] else ""
        console.print(f"      → {row['next_step']} ({row['next_step_owner'] or 'nobody named'}{due})", markup=False, soft_wrap=True)
