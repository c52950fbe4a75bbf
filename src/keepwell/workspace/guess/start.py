"""From a folder of files to a workspace: looked at, guessed, shown, written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from keepwell.errors import OutputError, UsageError, WorkspaceError
from keepwell.facts import fetch
from keepwell.facts.check.words import many
from keepwell.facts.engine import Engine
from keepwell.workspace.guess.profile import File, Unread, files_of
from keepwell.workspace.guess.rules import rules_of
from keepwell.workspace.guess.tables import ACCOUNTS, Found, Guess, guessed
from keepwell.workspace.guess.write import Draft, files
from keepwell.workspace.templates import free_place, write_workspace

MOST_WORDS = 200
"""A column with more different words than these is not asked for one of them."""


@dataclass(frozen=True)
class Preview:
    """What would be written, and what was seen on the way."""

    draft: Draft
    guess: Guess


def look(folder: Path, target: Path) -> Preview:
    """Guess the workspace `target` over the data in `folder`. Nothing is written.

    Raises UsageError where there is no folder, or no data file in it, WorkspaceError where no file holds accounts.
    """
    if not folder.is_dir():
        raise UsageError(f"--from: there is no folder {folder}.")
    engine = Engine()
    try:
        seen = list(files_of(engine, folder.resolve()))
        if not seen:
            raise UsageError(
                f"--from: no file of {folder} can be data; read are CSV, TSV, Parquet, JSON Lines and XLSX."
            )
        guess = guessed(engine, [file for file in seen if isinstance(file, File)])
        guess.left_out |= {file.shown: file.why.rstrip(".") for file in seen if isinstance(file, Unread)}
        if ACCOUNTS not in guess.tables or guess.tables[ACCOUNTS].sure == "guess":
            raise WorkspaceError(_nobody(folder, seen))
        return Preview(_draft(folder, target, guess), guess)
    finally:
        engine.close()


def write(preview: Preview, target: Path) -> list[Path]:
    """Write the workspace into a new or empty folder. Raises UsageError for another, OutputError by the disk."""
    try:
        return write_workspace(target, files(preview.draft))
    except OSError as problem:
        raise OutputError(f"The workspace {target} cannot be written: {problem.strerror or problem}.") from None


def refuse_early(target: Path) -> None:
    """Raise UsageError where `target` could not be written, before anything is read."""
    free_place(target)


def _draft(folder: Path, target: Path, guess: Guess) -> Draft:
    tables = {name: found for name, found in guess.tables.items() if found.sure != "guess"}
    doubtful = {name: found for name, found in guess.tables.items() if found.sure == "guess"}
    name = re.sub(r"\W+", "_", target.resolve().name, flags=re.ASCII).strip("_")[:60]
    named = name if re.match(r"[A-Za-z]", name) else f"company_{name}".rstrip("_")
    source = str(folder) if folder.is_absolute() else os.path.relpath(folder.resolve(), target.resolve())
    rules = rules_of(tables, _words)
    there = {metric for rule in rules for metric in rule.metrics}
    more = [rule for rule in rules_of({**tables, **doubtful}, _words) if not there & set(rule.metrics)]
    today = datetime.now(UTC).date()  # the zone that the workspace is written with
    return Draft(named, source, tables, doubtful, tuple(rules), tuple(more), guess.left_out, today)


def _words(found: Found, column: str) -> frozenset[str]:
    """The words of a column, as they stand in the file; none where there are too many to be a choice."""
    match = found.used[column]
    if match.column.distinct > MOST_WORDS:
        return frozenset()
    rows = found.file.relation.scan([match.column.name]).distinct()
    return frozenset(
        str(row[match.column.name]).strip() for row in fetch.rows(rows) if row[match.column.name] is not None
    )


def _nobody(folder: Path, seen: list[File | Unread]) -> str:
    """Why there is nobody to score."""
    unread = [f"{file.shown}: {file.why}" for file in seen if isinstance(file, Unread)]
    names = ", ".join(file.shown for file in seen[:8]) + (", …" if len(seen) > 8 else "")
    said = f"{folder}: none of its files is a list of accounts ({names})"
    wanted = "needed is one with an id of accounts (account_id, customer_id, …) that is different in every row"
    return f"{said}; {wanted}.{' Not read: ' + ' '.join(unread) if unread else ''}"


def lines(preview: Preview) -> Iterator[str]:
    """The preview in words: file by file, column by column, with how sure each is and why."""
    for name, found in preview.guess.tables.items():
        yield f"{found.file.shown} → {name}  ({found.sure}: {found.why}; {many(found.file.rows, 'row')})"
        width = max(len(match.column.name) for match in found.matches.values())
        for match in found.matches.values():
            yield f"  {match.column.name:<{width}} → {match.standard:<15} {match.sure:<6}  {match.why}"
        if found.unused:
            yield f"  not used: {', '.join(found.unused)}"
    for file, why in preview.guess.left_out.items():
        yield f"{file}: left out; {why}."
    measured = [rule.measure for rule in preview.draft.rules if rule.points]
    yield f"Measured: {', '.join(measured) or 'nothing'}."
    yield f"Asked of people, as no file says it: {', '.join(preview.draft.asked) or 'nothing'}."
