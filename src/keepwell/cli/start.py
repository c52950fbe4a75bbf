"""`init` and `schema`."""

from __future__ import annotations

import json
from pathlib import Path

import typer

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


def show_schema(of: str) -> None:
    """Print a JSON Schema."""
    from keepwell.model import model_schema
    from keepwell.workspace.config import workspace_schema

    made = model_schema() if of == "model" else workspace_schema()
    typer.echo(json.dumps(made, indent=2, ensure_ascii=False))
