"""`explain`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from keepwell.errors import UsageError
from keepwell.scoring.change import Change
from keepwell.scoring.explain import Branch, Explanation, explain
from keepwell.scoring.words import plain, signed
from keepwell.workspace import open_workspace
from keepwell.workspace.workspace import FILE


@dataclass(frozen=True)
class Found:
    """An explanation, and the change since an earlier day if one was asked for."""

    explanation: Explanation
    as_of: date
    version: str
    since: date | None
    change: Change | None


def place(names: Sequence[str]) -> tuple[Path, str]:
    """The workspace folder and the account among the arguments, in either order."""
    if len(names) == 1:
        return Path("."), names[0]
    if len(names) > 2:
        raise UsageError("explain takes one account: keepwell explain [WORKSPACE] ACCOUNT")
    first, second = names
    if not (Path(first) / FILE).is_file() and (Path(second) / FILE).is_file():
        return Path(second), first
    return Path(first), second


def compute(folder: Path, account: str, as_of: date | None, since: date | None, known_by: date | None, name: str | None) -> Found:
    """Score the day (and the earlier one) and explain the account."""
    with open_workspace(folder) as workspace:
        scores = workspace.score(as_of, known_by, name)
        with workspace.facts.reads():
            found = explain(scores, account, workspace.currency)
            change = workspace.change(account, workspace.score(since, None, name), scores) if since else None
        return Found(found, scores.metrics.moment.as_of, scores.version, since, change)


def show(found: Found, style: str) -> None:
    """Print the tree for people, or everything as JSON."""
    if style == "json":
        typer.echo(json.dumps(asdict(found), default=_plain, ensure_ascii=False, indent=1))
        return
    console = Console(highlight=False, soft_wrap=True)
    for line in _head(found):
        console.print(line, markup=False)
    console.print(_table(found.explanation.tree))
    for line in _tail(found):
        console.print(line, markup=False)


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)


def _head(found: Found) -> Iterator[str]:
    row, said = found.explanation.row, found.explanation
    yield f"{said.name} ({said.account_id})" if said.name else said.account_id
    tier = (row["tier"] or "no tier").replace("_", " ")
    zone = f", {row['zone'].replace('_', ' ')}" if row["zone"] else ""
    if row["score"] is None:
        yield f"no score as of {found.as_of}: {tier}"
    else:
        yield f"{row['score']:g} as of {found.as_of}: {tier}{zone} ({row['standing']})"
        yield f"could be {row['low']:g}–{row['high']:g} if the missing data came in; {100 * row['coverage']:.0f} % of the weight has data"
    yield ""


def _table(tree: Branch) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("part")
    table.add_column("value")
    for name in ("points", "weight", "counts", "adds"):
        table.add_column(name, justify="right")
    table.add_column("")
    for depth, branch in _walk(tree, 0):
        points = "" if branch.value is None else plain(branch.value, 1)
        counts = f"{100 * branch.effective_weight:.1f} %" if branch.effective_weight else "–"
        adds = f"{branch.contribution:.1f}" if branch.effective_weight else "–"
        state = "" if branch.state in ("", "ok") else branch.state.replace("_", " ")
        table.add_row(f"{'  ' * depth}{branch.label}", branch.words, points, branch.weight if depth else "", counts, adds, state)
    return table


def _walk(branch: Branch, depth: int) -> Iterator[tuple[int, Branch]]:
    yield depth, branch
    for part in branch.parts:
        yield from _walk(part, depth + 1)


def _tail(found: Found) -> Iterator[str]:
    said = found.explanation
    for label, points in said.lines[1:]:
        yield f"{signed(points) if abs(points) >= 0.05 else f'{points:+.4f}'}  {label}"
    for flag, because in said.flags:
        yield f"flag {flag.replace('_', ' ')}: {because}"
    if said.reasons:
        yield from ("", "Why:", *(f"  · {reason}" for reason in said.reasons))
    if said.next_step:
        due = f", within {said.next_step.due}" if said.next_step.due else ""
        yield from ("", f"Next: {said.next_step.step} ({said.next_step.owner or 'nobody named'}{due})")
    if found.change is not None:
        yield from ("", *_change(found.change, found))


def _change(change: Change, found: Found) -> Iterator[str]:
    if change.before is None or change.after is None:
        yield f"Since {found.since}: no comparison, as there is no score on {'the later day' if change.before is not None else 'the earlier day'}."
        return
    yield f"Since {found.since}: {change.before:g} → {change.after:g} ({signed(change.after - change.before)} points)"
    for part in change.parts:
        detail = f" {part.detail}" if part.detail else ""
        yield f"  {signed(part.points):>7}  {part.kind}: {part.label}{detail}"
