"""A folder that appears whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from keepwell.errors import OutputError, UsageError


@contextmanager
def appearing(folder: Path, last: str) -> Iterator[Path]:
    """A place to write into that becomes `folder` when the block ends well, and vanishes when it does not.

    A new folder is made beside its final place and renamed. An empty one that is there already may be a mount or
    somebody's working directory, so it is filled in place, the file named `last` at the very end.
    Raises UsageError when `folder` is not empty or is a file, OutputError when it cannot be written.
    """
    folder = folder.absolute()
    made = _refuse_or_prepare(folder)
    hidden = f".keepwell-{token_hex(4)}.partial"
    stage = (folder if folder.exists() else folder.parent) / hidden
    try:
        stage.mkdir()
        yield stage
        _publish(stage, folder, last)
    except BaseException as error:
        shutil.rmtree(stage, ignore_errors=True)
        for parent in reversed(made):
            _remove_if_empty(parent)
        if isinstance(error, OSError):
            raise OutputError(f"‘{folder}’ could not be written: {error.strerror or error}.") from error
        raise


def _refuse_or_prepare(folder: Path) -> list[Path]:
    """Makes the missing parents and returns them, outermost first."""
    made = [parent for parent in reversed(folder.parents) if not parent.exists()]
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"‘{folder}’ exists and is not an empty folder. Name another one, or remove it first.")
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"‘{folder}’ could not be written: {error.strerror or error}.") from error
    return made


def _publish(stage: Path, folder: Path, last: str) -> None:
    if stage.parent != folder:
        stage.rename(folder)
        return
    moved: list[Path] = []
    try:
        moved.extend(path.rename(folder / path.name) for path in _last_after_all(stage, last))
        stage.rmdir()
    except BaseException:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def _last_after_all(stage: Path, last: str) -> list[Path]:
    return sorted(stage.iterdir(), key=lambda path: (path.name == last, path.name))


def _remove_if_empty(folder: Path) -> None:
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()
