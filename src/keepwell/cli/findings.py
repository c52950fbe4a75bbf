"""`check`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import typer

from keepwell.cli.screen import stdout
from keepwell.errors import Finding
from keepwell.workspace import check_workspace

_STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def collect(folder: Path, as_of: date | None) -> list[Finding]:
    """Every finding of the workspace."""
    return check_workspace(folder, as_of)


def show(found: Sequence[Finding], style: str, strict: bool) -> int:
    """Print findings on stdout; returns the exit code."""
    if style == "json":
        typer.echo(json.dumps([asdict(item) for item in found], indent=2, ensure_ascii=False))
    else:
        _print(found)
    worst = {item.severity for item in found}
    return 1 if "error" in worst or (strict and "warning" in worst) else 0


def _print(found: Sequence[Finding]) -> None:
    screen = stdout()
    for item in found:
        screen.say(str(item), _STYLES[item.severity])
    counts = [(kind, sum(item.severity == kind for item in found)) for kind in _STYLES]
    said = ", ".join(f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in counts if count)
    screen.say(said or "No findings: the model and the data are sound.")
