"""One writer at a time, and who it is. The lock goes with its holder, however that ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keepwell.errors import OutputError

FILE = ".writer"


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. Raises OutputError, naming the holder, where another process has it."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if not _taken(handle):
            raise OutputError(f"{folder} is being written by {_holder(handle)}; nothing was done here.")
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows: a region of the file is locked instead
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(handle: int) -> str:
    said = os.pread(handle, 20, 0).decode("ascii", "replace").strip()
    return f"process {said}" if said.isdigit() else "another process"
