"""`explain`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from keepwell.cli.path import path_lines
from keepwell.cli.screen import safe, stderr, stdout
from keepwell.errors import UsageError
from keepwell.model.score import Step
from keepwell.scoring.change import Change
from keepwell.scoring.explain import Branch, Explanation, Raised
from keepwell.scoring.path import Path as PathToGood
from keepwell.scoring.words import HUNDRED, of_scale, plain, signed
from keepwell.workspace import open_workspace
from keepwell.workspace.changes import ordered
from keepwell.workspace.changes import since as moved
from keepwell.workspace.file import FILE

SHOWN = ("score", "low", "high", "coverage", "tier", "zone", "standing", "raw", "native", "value", "owner")
"""What of an account's row is told to programs, beside the lines and the tree."""

SMALLEST = 0.00005
"""Below this a line would read 0.0000."""


@dataclass(frozen=True)
class Found:
    """An explanation with the path to good, and the change since an earlier day if one was asked for."""

    explanation: Explanation
    path: PathToGood | None
    as_of: date
    known_by: date
    version: str
    since: date | None
    change: Change | None
    notices: list[str]


def place(names: Sequence[str]) -> tuple[Path, str]:
    """The workspace folder and the account among the arguments, in either order."""
    if len(names) > 2:
        raise UsageError("explain takes one account: keepwell explain [WORKSPACE] ACCOUNT")
    if len(names) == 2:
        first, second = names
        turned = not _is_workspace(first) and _is_workspace(second)
        return (Path(second), first) if turned else (Path(first), second)
    if _is_workspace(names[0]) and not _is_workspace("."):
        raise UsageError(f"explain needs an account as well: keepwell explain {names[0]} ACCOUNT")
    return Path(), names[0]


def _is_workspace(name: str) -> bool:
    return (Path(name) / FILE).is_file()


def compute(
    folder: Path, account: str, as_of: date | None, since: date | None, known_by: date | None, name: str | None
) -> Found:
    """Score the day (and the earlier one) and explain the account."""
    with open_workspace(folder, as_of) as workspace:
        if since is not None:
            ordered(workspace, since, workspace.day(as_of))
        scores = workspace.score(as_of, known_by, name)
        found = workspace.explain(scores, account)
        path = workspace.path(scores, found.account_id)
        change = moved(workspace, found.account_id, since, scores, name) if since else None
        moment = scores.metrics.moment
        notices = workspace.notices(scores)
        return Found(found, path, moment.as_of, moment.known_by, scores.version, since, change, notices)


def show(found: Found, style: str) -> None:
    """Print the tree for people, or everything as JSON."""
    for notice in found.notices:
        stderr().say(notice, "yellow")
    if style == "json":
        typer.echo(json.dumps(_object(found), default=_plain, ensure_ascii=False, indent=1))
        return
    screen = stdout()
    for line in _head(found):
        screen.say(line)
    screen.print(_table(found.explanation.tree))
    for line in _tail(found):
        screen.say(line)


def _object(found: Found) -> dict[str, Any]:
    """What `--format json` prints. Points are points of 100; `coverage` is a share."""
    said = found.explanation
    return {
        "account_id": said.account_id,
        "name": said.name,
        "as_of": found.as_of,
        "known_by": found.known_by,
        "version": found.version,
        **{name: said.row[name] for name in SHOWN},
        "scale": [float(end) for end in said.scale],
        "lines": [asdict(line) for line in said.lines],
        "tree": asdict(said.tree),
        "unsettled": said.unsettled,
        "flags": [_flag(raised) for raised in said.flags],
        "reasons": said.reasons,
        "next_step": _step(said.next_step),
        "path": asdict(found.path) if found.path else None,
        "change": asdict(found.change) | {"since": found.since} if found.change else None,
    }


def _flag(raised: Raised) -> dict[str, Any]:
    evidence = [{"label": label, "value": words} for label, words in raised.evidence]
    return {"flag": raised.flag, "because": raised.because, "evidence": evidence}


def _step(step: Step | None) -> dict[str, Any] | None:
    if step is None:
        return None
    return {"step": step.step, "owner": step.owner, "due_days": step.due.days if step.due else None}


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _head(found: Found) -> Iterator[str]:
    row, said = found.explanation.row, found.explanation
    yield f"{said.name} ({said.account_id})" if said.name else said.account_id
    tier = (row["tier"] or "no tier").replace("_", " ")
    zone = f", {row['zone'].replace('_', ' ')}" if row["zone"] else ""
    known = f", known by {found.known_by}" if found.known_by != found.as_of else ""
    if row["score"] is None:
        yield f"no score as of {found.as_of}{known}: {tier}"
    else:
        sure = f" ({row['standing']})" if row["standing"] != "insufficient" else ""
        native = f" ({of_scale(row['native'], said.scale)})" if said.scale != HUNDRED else ""
        yield f"{plain(row['score'], 6)} as of {found.as_of}{known}{native}: {tier}{zone}{sure}"
        low, high = (plain(row[name], 6) for name in ("low", "high"))
        why = " if the missing data came in" if row["coverage"] < 1 else ""
        could = f"could be {low}–{high}{why}; " if low != high else ""
        yield f"{could}{100 * row['coverage']:.0f} % of the weight has data"
    yield ""


def _table(tree: Branch) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("part")
    table.add_column("value")
    for name in ("points", "weight", "counts", "adds"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("")
    for depth, branch in _walk(tree, 0):
        label = Padding(Text(safe(branch.label)), (0, 0, 0, 2 * depth))
        table.add_row(label, safe(branch.words), *_numbers(branch, depth))
    return table


def _numbers(branch: Branch, depth: int) -> Iterator[str]:
    """points, weight as stated, share of the score, points it adds, and the state where it is not plainly there."""
    counts = branch.effective_weight > 0 and branch.value is not None
    yield "" if branch.value is None else plain(branch.value, 1)
    yield branch.weight if depth else ""
    yield f"{100 * branch.effective_weight:.1f} %" if counts else "–"
    yield f"{branch.contribution:.1f}" if counts else "–"
    yield "" if branch.state in ("", "ok") else branch.state.replace("_", " ")


def _walk(branch: Branch, depth: int) -> Iterator[tuple[int, Branch]]:
    yield depth, branch
    for part in branch.parts:
        yield from _walk(part, depth + 1)


def _tail(found: Found) -> Iterator[str]:
    said = found.explanation
    for line in said.lines:
        if abs(line.points) >= SMALLEST or line.label != "rounded":
            yield f"{_moved(line.points)}  {line.label}"
            yield from (f"        {_moved(rule.points)}  {rule.because}" for rule in line.rules)
    for sentence in said.unsettled:
        yield f"perhaps  {sentence}"
    for raised in said.flags:
        told = "; ".join(f"{label}: {words}" for label, words in raised.evidence)
        yield f"flag {raised.flag.replace('_', ' ')}: {raised.because}{f' ({told})' if told else ''}"
    if said.reasons:
        yield from ("", "Why:", *(f"  · {reason}" for reason in said.reasons))
    if said.next_step:
        due = f", within {said.next_step.due}" if said.next_step.due else ""
        yield from ("", f"Next: {said.next_step.step} ({said.next_step.owner or 'nobody named'}{due})")
    if found.path is not None:
        yield from ("", *path_lines(found.path, said.row))
    if found.change is not None:
        yield from ("", *_change(found.change, found))


def _moved(points: float) -> str:
    """Points that a line adds, with more decimals where they are few; – for what holds and moves nothing."""
    if not points:
        return "–"
    return signed(points) if abs(points) >= 0.05 else signed(points, 4)


def _change(change: Change, found: Found) -> Iterator[str]:
    if change.before is None or change.after is None:
        day = "the later day" if change.before is not None else "the earlier day"
        yield f"Since {found.since}: no comparison, as there is no score on {day}."
        return
    moved = f"{plain(change.before, 6)} → {plain(change.after, 6)}"
    yield f"Since {found.since}: {moved} ({signed(change.after - change.before)} points)"
    for part in change.parts:
        detail = f", {part.detail}" if part.detail else ""
        yield f"  {signed(part.points):>7}  {part.kind}: {part.label}{detail}"
