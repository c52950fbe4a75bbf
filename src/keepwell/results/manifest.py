"""What the results folder holds, in one small file: a run can be seen from the moment in which that file names it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from pydantic import ValidationError

from keepwell.disk import write_file
from keepwell.errors import WorkspaceError
from keepwell.model.spec import Spec

FILE = "manifest.json"
FORMAT = 1
"""The number of this layout; raised when a reader of today could not read what is written."""


class Day(Spec):
    """One day of a run. hash: of its canonical rows, the same for the same scores whoever computes them."""

    as_of: date
    known_by: date
    accounts: int
    hash: str


class Run(Spec):
    """Some days scored by one version in one go. tables: those that have a file of this run's number."""

    number: int
    made_at: datetime
    score: str
    version: str
    tables: tuple[str, ...]
    days: tuple[Day, ...]

    @property
    def file(self) -> str:
        """The name of its file in the folder of each of its tables."""
        return f"{self.number:06d}.parquet"


class Version(Spec):
    """A model as it was when it first wrote scores: who brought it in, why, and from which day it applies."""

    version: str
    model: str
    file: str
    since: date | None
    made_at: datetime
    author: str
    note: str


class Manifest(Spec):
    """The whole file."""

    format: int = FORMAT
    versions: tuple[Version, ...] = ()
    runs: tuple[Run, ...] = ()

    def latest(
        self, score: str, version: str | None = None, until: Callable[[date], date] | None = None
    ) -> dict[date, tuple[Run, Day]]:
        """Day → the run that has its newest answer: known latest, then written last.

        `until`: by when, at the latest, the answer of a day was known; default: whenever.
        """
        found: dict[date, tuple[Run, Day]] = {}
        for run in self.runs:
            if run.score != score or (version is not None and run.version != version):
                continue
            for day in run.days:
                if until is not None and day.known_by > until(day.as_of):
                    continue
                if (old := found.get(day.as_of)) is None or old[1].known_by <= day.known_by:
                    found[day.as_of] = (run, day)
        return found


def read(folder: Path) -> Manifest:
    """The manifest of a results folder; an empty one where nothing was written yet.

    Raises WorkspaceError where the file is damaged, or of a later Keepwell.
    """
    path = folder / FILE
    try:
        found = Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Manifest()
    except (ValidationError, UnicodeDecodeError) as problem:
        raise WorkspaceError(f"{path} is not a manifest that Keepwell wrote: {_first(problem)}.") from None
    if found.format != FORMAT:
        raise WorkspaceError(f"{path} has format {found.format}, and this Keepwell reads format {FORMAT}.")
    return found


def write(folder: Path, manifest: Manifest) -> None:
    """Replace the file at once: whoever reads sees the old one or the new one, after a kill too."""
    write_file(folder / FILE, (manifest.model_dump_json(indent=1) + "\n").encode())


def _first(problem: ValidationError | UnicodeDecodeError) -> str:
    if isinstance(problem, UnicodeDecodeError):
        return "it is no text"
    error = problem.errors()[0]
    place = ".".join(map(str, error["loc"]))
    return f"{place + ': ' if place else ''}{error['msg']}"
