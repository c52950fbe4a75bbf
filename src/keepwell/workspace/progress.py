"""How far a long piece of work is, told to whoever watches; nobody has to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_watcher: ContextVar[Callable[[str], None] | None] = ContextVar("watcher", default=None)


@contextmanager
def watched(watcher: Callable[[str], None]) -> Iterator[None]:
    """Whatever is told meanwhile is said to the watcher."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def tell(done: int, total: int, what: str) -> None:
    """So many of so many, such as «12 of 24 days scored»."""
    if (watcher := _watcher.get()) is not None:
        watcher(f"{done:,} of {total:,} {what}")
