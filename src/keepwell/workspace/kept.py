"""The scores that a workspace keeps: its results folder, and who wrote which version into it."""

from __future__ import annotations

import getpass
from datetime import UTC, date, datetime
from pathlib import Path

from keepwell.results import Results
from keepwell.results.manifest import Day, Version
from keepwell.results.store import Writer
from keepwell.workspace.history import Slice

FOLDER = "results"


def results_of(folder: Path) -> Results:
    """The results of a workspace folder."""
    return Results(folder / FOLDER)


def keep_slice(
    writer: Writer,
    slice_: Slice,
    known_by: date | None,
    measures: bool = False,
    note: str = "",
    restating: bool = False,
) -> tuple[Day, ...]:
    """Write the days of a slice that are new or differ from what is kept; returns those. See `Writer.write`."""
    workspace = slice_.workspace
    dated = {item.file: item.from_ for item in workspace.config.model}
    version = Version(
        version=slice_.scores.version,
        model=workspace.loaded.model.model,
        file=workspace.model,
        since=dated.get(workspace.model),
        made_at=datetime.now(UTC).replace(microsecond=0),
        author=_author(),
        note=note,
    )
    with workspace.facts.reads():
        return writer.write(slice_.scores, known_by, version, measures, restating)


def _author() -> str:
    """The name of whoever runs this; '' where the machine does not know."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
