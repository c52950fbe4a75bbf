"""`init` and `schema`."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from keepwell.errors import UsageError
from keepwell.workspace.templates import list_templates, write_template


def show_templates() -> None:
    """A line per template."""
    found = list_templates()
    width = max(len(item.name) for item in found)
    for item in found:
        typer.echo(f"{item.name:<{width}} {item.title}")


def write(template: str, folder: Path) -> None:
    """Write a template and say what to do next."""
    files = write_template(template, folder)
    typer.echo(f"{folder}: a workspace with {len(files)} files, from the template {template}.")
    typer.echo(f"Next:  keepwell check {folder}   then   keepwell score {folder}")


def guess(source: Path | None, folder: Path, template: str | None, dry_run: bool) -> None:
    """Show what a folder of files seems to hold, and write the workspace over it unless it is a dry run."""
    from keepwell.cli.run import working
    from keepwell.cli.screen import stdout
    from keepwell.workspace.guess.start import lines, look, refuse_early
    from keepwell.workspace.guess.start import write as write_guess

    if source is None:
        raise UsageError("--dry-run goes with --from FOLDER.")
    if template is not None:
        raise UsageError("--from and --template do not go together: the workspace is one or the other.")
    if not dry_run:
        refuse_early(folder)
    with working("looking at the files"):
        preview = look(source, folder)
    for line in lines(preview):
        stdout().say(line)
    if dry_run:
        typer.echo("Nothing was written.")
        return
    files = write_guess(preview, folder)
    typer.echo(f"{folder}: a workspace with {len(files)} files over the data in {source}.")
    typer.echo(f"Next:  read {folder / 'keepwell.yaml'}   then   keepwell check {folder}")


def show_schema(of: str) -> None:
    """Print a JSON Schema."""
    from keepwell.model import model_schema
    from keepwell.workspace.config import workspace_schema

    made = model_schema() if of == "model" else workspace_schema()
    typer.echo(json.dumps(made, indent=2, ensure_ascii=False))
