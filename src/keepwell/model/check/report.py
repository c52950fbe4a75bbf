"""Collects findings with the place they speak of."""

from __future__ import annotations

from collections.abc import Iterable

from keepwell.errors import Finding, Severity, did_you_mean
from keepwell.model.yaml import Document, Steps


class Report:
    """Findings of one document; `path` is where in the file a finding belongs."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.findings: list[Finding] = []

    def say(self, severity: Severity, code: str, path: Steps, message: str) -> None:
        place = self.document.place(path)
        self.findings.append(Finding(place.file, place.line, severity, code, message))

    def error(self, code: str, path: Steps, message: str) -> None:
        self.say("error", code, path, message)

    def warning(self, code: str, path: Steps, message: str) -> None:
        self.say("warning", code, path, message)

    def note(self, code: str, path: Steps, message: str) -> None:
        self.say("note", code, path, message)

    def unknown(self, kind: str, name: str, known: Iterable[str], path: Steps) -> None:
        """Say that a name is unknown: ‘seat_us’ is no metric. Did you mean ‘seat_use’?."""
        self.error("unknown-name", path, f"‘{name}’ is no {kind}.{did_you_mean(name, known)}")
