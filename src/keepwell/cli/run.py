"""Running a command: every error a sentence on stderr with the right exit code, never a traceback for a user's mistake."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import typer
from rich.console import Console

from keepwell.errors import KeepwellError, OutputError

INTERRUPTED = 130


def stderr() -> Console:
    """Where everything goes that is not data."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def sentences() -> Iterator[None]:
    """Turns what went wrong into sentences and an exit code."""
    try:
        yield
    except KeepwellError as problem:
        _say(problem)
        raise typer.Exit(problem.exit_code) from None
    except KeyboardInterrupt:
        stderr().print("interrupted; nothing was left half-written.", markup=False)
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        # The reader went away (`| head`): not an error, and Python must not complain at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except OSError as problem:
        _say(OutputError(f"{problem.filename or 'the output'}: {problem.strerror or problem}."))
        raise typer.Exit(1) from None


def _say(problem: KeepwellError) -> None:
    lines = [str(finding) for finding in problem.findings] or [f"error: {problem.message}"]
    for line in lines:
        stderr().print(line, markup=False)


@contextmanager
def working(what: str) -> Iterator[None]:
    """A spinner on stderr while something takes a while; silent where nobody watches."""
    console = stderr()
    if not console.is_terminal:
        yield
        return
    with console.status(what):
        yield


def day(text: str | None) -> date | None:
    """A date option: 2026-01-31. Raises a usage error in words."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"‘{text}’ is not a date; write it as 2026-01-31.") from None
