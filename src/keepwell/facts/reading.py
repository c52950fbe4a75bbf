"""What went wrong while reading, in one sentence, whoever noticed it first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb

from keepwell.errors import FactsError, Finding, KeepwellError

_OVERFLOW = re.compile("overflow|out of range|Could not cast value", re.IGNORECASE)
Diagnosis = Callable[[], list[Finding]]


def refuse(origin: str, code: str, message: str) -> FactsError:
    """The FactsError that says this of a file or table."""
    return FactsError(f"{origin}: {message}", [Finding(origin, None, "error", code, message)])


def unread(origin: str, diagnose: Diagnosis | None, code: str, message: str) -> FactsError:
    """The FactsError for a value that could not be read: with what is found of it, else with this message."""
    findings = diagnose() if diagnose else []
    return FactsError(str(findings[0]), findings) if findings else refuse(origin, code, message)


@contextmanager
def reading(origin: str, diagnose: Diagnosis | None = None) -> Iterator[None]:
    """Errors of the engine and of files inside the block become FactsErrors about `origin`.

    `diagnose` is asked for findings where a value could not be read: a second query, so it costs only on failure.
    """
    try:
        yield
    except KeepwellError:
        raise
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except duckdb.OutOfMemoryException:
        raise refuse(origin, "memory", "reading this needs more memory (or disk for spilling) than there is.") from None
    except (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.InvalidInputException) as problem:
        code = "overflow" if _OVERFLOW.search(str(problem)) else "unreadable"
        raise unread(origin, diagnose, code, _first_line(problem)) from None
    except (duckdb.IOException, OSError) as problem:
        raise refuse(_blamed(problem) or origin, "cannot-read", file_problem(problem)) from None


def _first_line(problem: Exception) -> str:
    text = str(problem).strip()
    if found := re.search(r"CSV Error on Line: (\d+)", text):
        return _line_problem(int(found[1]), text)
    text = text.splitlines()[0]
    text = re.sub(r"^[A-Z][A-Za-z ]+ Error: ", "", text)
    if text.startswith("Overflow"):
        return f"a computed number became too large to be kept exactly ({text})."
    return f"cannot be read: {text}."


def _line_problem(line: int, text: str) -> str:
    """What is wrong with a line of a delimited file."""
    if found := re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text):
        hint = "a value that holds the delimiter must stand in double quotes"
        return f"line {line:,} has {found[2]} columns, and the header has {found[1]}; {hint}."
    if "unicode" in text:
        option = "`encoding: windows-1252` for this table in keepwell.yaml"
        return f"line {line:,} is not UTF-8; say which encoding the file has: {option}."
    if "quote" in text:
        return f"line {line:,} opens a quote that is never closed, or goes on after one."
    return f"line {line:,} cannot be read: {text.splitlines()[-1]}."


def _blamed(problem: Exception) -> str | None:
    """The file that the engine speaks of, by its last name."""
    found = re.search(r'"([^"]*/)?([^"/]+)"', str(problem).splitlines()[0])
    return found[2] if found else None


def file_problem(problem: Exception) -> str:
    """What is wrong with a file, as the end of a sentence about it."""
    text = str(problem)
    if isinstance(problem, FileNotFoundError) or "No files found" in text or "No such file" in text:
        return "the file is not there any more; was it moved while it was read?"
    if isinstance(problem, PermissionError) or "Permission denied" in text:
        return "this user may not read it."
    if "No space left" in text:
        return "the disk for temporary files is full."
    if isinstance(problem, OSError):
        return f"cannot be read: {problem.strerror or problem}."
    if "GZIP" in text or "gzip" in text:
        return "the compressed file is damaged or not gzip."
    return _first_line(problem)
