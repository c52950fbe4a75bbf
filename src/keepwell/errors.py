"""Everything that can go wrong in a way its user can mend.

KeepwellError                 one clear sentence; `exit_code` is what a command ends with
├── UsageError        (2)     the command was called wrongly: an unknown account, a flag that does not fit
├── WorkspaceError    (1)     keepwell.yaml is missing, malformed or names what does not exist
├── ModelError        (1)     the health model cannot be used; carries its findings
├── FactsError        (1)     the data cannot be read as the model says; carries its findings
└── OutputError       (1)     a result could not be written; nothing is left half-written

A `Finding` is one line of `keepwell check`. This module imports nothing of Keepwell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, Self

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that `check` has to say, with the place it speaks of.

    `line` counts from 1 and is None where a finding concerns a whole file. `code` is stable for scripts.
    """

    file: str
    line: int | None
    severity: Severity
    code: str
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.severity}: {self.message}"


class KeepwellError(Exception):
    """The root: a sentence for a person and an exit code for a program."""

    exit_code = 1

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.findings = tuple(findings)

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> Self:
        """The error that the first of these findings is, with the others behind it."""
        return cls(str(findings[0]), findings)


class UsageError(KeepwellError):
    """The command was called in a way that cannot work."""

    exit_code = 2


class WorkspaceError(KeepwellError):
    """The workspace file is missing, malformed, or names what does not exist."""


class ModelError(KeepwellError):
    """The health model cannot be used as it stands.

    `path`: the steps to the part of the model file that is wrong, where whoever found it knows no lines; else ().
    """

    def __init__(self, message: str, findings: Sequence[Finding] = (), path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message, findings)
        self.path = path


class FactsError(KeepwellError):
    """The data cannot be read in the way that the model says."""


class OutputError(KeepwellError):
    """A result could not be written."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that this one was most likely meant to be; None where none is like it."""
    return next(iter(get_close_matches(name, sorted(set(known)), n=1, cutoff=0.6)), None)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """' Did you mean ‘seat_use’?' for the nearest known name, else the list of names that exist, else ''."""
    names = sorted(set(known))
    if near := nearest(name, names):
        return f" Did you mean ‘{near}’?"
    if not names:
        return ""
    shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    return f" There is: {shown}."
