"""`pulse`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import typer

from keepwell.cli.run import working
from keepwell.cli.screen import stderr, stdout
from keepwell.errors import UsageError
from keepwell.facts.check.words import many
from keepwell.workspace import open_workspace
from keepwell.workspace.pulses.answers import listed
from keepwell.workspace.pulses.export import export, told
from keepwell.workspace.pulses.sheet import sheet_of
from keepwell.workspace.pulses.take import take

MOST = 50
"""How many accounts are listed after an import."""


def run(
    folder: Path, out: Path | None, back: Path | None, owner: str | None, author: str | None, on: date | None
) -> None:
    """Export or import a sheet. Raises UsageError where it is not clear which, or an option belongs to the other."""
    if (out is None) == (back is None):
        raise UsageError(
            "say one of --export FILE, which writes a sheet to fill in, and --import FILE, which reads it."
        )
    if out is not None:
        _unfit("--export", **{"--author": author, "--on": on})
        _export(folder, out, owner)
    elif back is not None:
        _unfit("--import", **{"--owner": owner})
        _import(folder, back, author, on)


def _unfit(chosen: str, **others: object) -> None:
    if given := [name for name, value in others.items() if value is not None]:
        raise UsageError(f"{given[0]} does not go with {chosen}.")


def _export(folder: Path, path: Path, owner: str | None) -> None:
    with open_workspace(folder) as workspace:
        if workspace.own(path):
            raise UsageError(f"--export: {path} lies among the data of the workspace; write the sheet somewhere else.")
        with working("reading the answers"):
            sheet = sheet_of(workspace, owner)
        export(sheet, path)
    accounts, cells = len(sheet.rows), len(sheet.rows) * len(sheet.questions)
    whose = f" of {owner}" if owner else ""
    typer.echo(f"{path}: {many(accounts, 'account')}{whose}, {many(len(sheet.questions), 'question')}.")
    typer.echo(f"{sheet.answered:,} of {cells:,} cells have an answer that counts today.")
    for question in sheet.questions if path.suffix.lower() == ".csv" else ():  # a workbook explains itself
        stdout().say(f"{question.key}: {' '.join(told(question))}", indent=2)
    typer.echo(f"Fill in the columns named after the questions, then:  keepwell pulse {folder} --import {path}")


def _import(folder: Path, path: Path, author: str | None, on: date | None) -> None:
    with open_workspace(folder) as workspace, working("reading the sheet"):
        taken = take(workspace, path, author, on)
    if taken.strange:
        stderr().say(f"{path}: nothing reads the column {' or '.join(f'‘{name}’' for name in taken.strange)}.")
    if taken.new:
        typer.echo(f"{taken.file}: {many(len(taken.new), 'new answer')}.")
        for line in listed(taken.new, MOST):
            stdout().say(line)
    else:
        typer.echo(f"{taken.file}: nothing new in {path}.")
    if taken.before:
        said = "was taken from it before" if taken.before == 1 else "were taken from it before"
        typer.echo(f"{many(taken.before, 'answer')} {said}. To say the same again later, export a new sheet.")
