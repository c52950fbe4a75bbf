"""A filled-in sheet into the workspace: all of it or nothing, and nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from keepwell.errors import UsageError
from keepwell.facts import as_id, fetch
from keepwell.workspace.pulses.answers import Answer, Context, answers_of, read_filled
from keepwell.workspace.pulses.journal import journal_of
from keepwell.workspace.pulses.sheet import asked_of, clock
from keepwell.workspace.workspace import Workspace


@dataclass(frozen=True)
class Taken:
    """What an import did. `new`: the answers added to `file`; `before`: how many were there already."""

    file: str
    new: Sequence[Answer]
    before: int
    strange: tuple[str, ...]


def take(workspace: Workspace, path: Path, author: str | None, on: date | None) -> Taken:
    """Import a sheet. Raises UsageError for a day that lies ahead, FactsError with a finding for each wrong cell."""
    asked, now = asked_of(workspace), clock(workspace)
    if on is not None and on > now.date():
        raise UsageError(f"--on {on} lies ahead; today is {now.date()}.")
    journal = journal_of(workspace)
    filled = read_filled(path, asked)
    context = Context(_accounts(workspace), now.date(), on, author)
    answers = answers_of(filled, asked, context)
    new = journal.append(answers, now)
    return Taken(journal.shown, new, len(answers) - len(new), filled.strange)


def _accounts(workspace: Workspace) -> frozenset[str]:
    """The ids of everybody who ever was an account: an answer may come when one has just left."""
    entity = workspace.loaded.model.entities["account"]
    with workspace.facts.reads():
        rows = workspace.facts.intake(entity.table).rows
        return frozenset(
            row["id"] for row in fetch.rows(rows.select(id=as_id(rows[entity.key])).distinct()) if row["id"]
        )
