"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from keepwell.errors import OutputError

Content = bytes | Callable[[IO[bytes]], None]
"""What a file is to hold: bytes, or what writes them into it."""


def write_file(path: Path, content: Content) -> None:
    """Write beside, then rename, so that a full disk or a kill leaves what was there. Devices are written to."""
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                _fill(file, content)
        else:
            _replace(path.resolve(), content)
    except OSError as problem:
        raise OutputError(f"{path} cannot be written: {problem.strerror or problem}.") from None


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else is in such a block of this folder: a second process waits. The lock goes with its holder."""
    try:
        import fcntl
    except ImportError:  # Windows has no such lock; there the last of two imports at once wins
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _replace(path: Path, content: Content) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            _fill(file, content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _fill(file: IO[bytes], content: Content) -> None:
    if isinstance(content, bytes):
        file.write(content)
    else:
        content(file)


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
