"""Running a command: an error is a sentence on stderr with the right exit code, a user's mistake no traceback."""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from keepwell.errors import KeepwellError, OutputError, UsageError
from keepwell.workspace.progress import watched

if TYPE_CHECKING:
    from keepwell.cli.screen import Screen

INTERRUPTED = 130


def begin() -> None:
    """What a process needs before its first line: UTF-8 whatever the terminal says, and a kill that cleans up.

    A stream that the caller closed (`>&-`) leads nowhere from here on, else the next file opened would take its place.
    """
    gc.set_threshold(50_000, 20, 100)  # a sixth of a run was collecting what lives
    signal.signal(signal.SIGTERM, _stop)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 (until the end)
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _stop(number: int, _: object) -> None:
    raise SystemExit(128 + number)


@contextmanager
def sentences() -> Iterator[None]:
    """Turns what went wrong into sentences and an exit code."""
    try:
        yield
    except KeepwellError as problem:
        raise _said(problem) from None
    except KeyboardInterrupt:
        _aside().say("interrupted; nothing was left half-written.")
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        _let_go()  # the reader had enough (`| head`), which is no error
        raise typer.Exit(0) from None
    except OSError as problem:
        _let_go()
        named = os.fsdecode(problem.filename) if problem.filename else "the output"
        raise _said(OutputError(f"{named}: {problem.strerror or problem}.")) from None


def _aside() -> Screen:
    """Where everything goes that is no result. Loaded late: Rich would be a third of what `--help` takes."""
    from keepwell.cli.screen import stderr

    return stderr()


def _said(problem: KeepwellError) -> typer.Exit:
    """Says all of it on stderr; returns what ends the command."""
    for line in [str(finding) for finding in problem.findings] or [f"error: {problem.message}"]:
        _aside().say(line)
    return typer.Exit(problem.exit_code)


def _let_go() -> None:
    """What could not be written to stdout is dropped: Python would try again at exit, and complain."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def working(what: str) -> Iterator[None]:
    """A spinner on stderr while something takes a while, with how far it is; silent where nobody watches."""
    console = _aside()
    if not console.is_terminal:
        yield
        return
    with console.status(what) as shown, watched(lambda far: shown.update(f"{what}: {far}")):
        yield


def number_of_days(text: str, option: str, least: int) -> int:
    """A number of days such as 90d. Raises UsageError."""
    found = re.fullmatch(r"\s*(\d{1,5})\s*(d|days?)?\s*", text)
    if found is None or int(found[1]) < least:
        raise UsageError(f"{option} {text}: write a number of days, such as 90d.")
    return int(found[1])


def percent(text: str, option: str) -> float:
    """A share such as 5 %, as a part of one. Raises UsageError."""
    found = re.fullmatch(r"\s*(\d{1,3}(?:\.\d{1,9})?)\s*%?\s*", text)
    if found is None or float(found[1]) > 100:
        raise UsageError(f"{option} {text}: write a share from 0% to 100%, such as 5%.")
    return float(found[1]) / 100


def day(text: str | None, option: str = "--as-of") -> date | None:
    """The value of a date option: 2026-01-31 and no other form. Raises UsageError."""
    if text is None:
        return None
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise UsageError(f"{option}: ‘{text}’ is not a date that exists; write it as 2026-01-31.")
