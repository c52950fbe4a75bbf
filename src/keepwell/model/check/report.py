"""Collects findings with the place they speak of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from keepwell.errors import Finding, Severity, did_you_mean
from keepwell.model.spec import Confirmable
from keepwell.model.yaml import Document, Steps


class Confirming(Protocol):
    """A part of the model that can say `confirmed:`."""

    @property
    def confirmed(self) -> tuple[Confirmable, ...]: ...


class Report:
    """Findings of one document; `path` is where in the file a finding belongs."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.findings: list[Finding] = []
        self.asked: set[tuple[Steps, str]] = set()

    def say(self, severity: Severity, code: str, path: Steps, message: str) -> None:
        place = self.document.place(path)
        self.findings.append(Finding(place.file, place.line, severity, code, message))

    def error(self, code: str, path: Steps, message: str) -> None:
        self.say("error", code, path, message)

    def warning(self, code: str, path: Steps, message: str) -> None:
        self.say("warning", code, path, message)

    def note(self, code: str, path: Steps, message: str) -> None:
        self.say("note", code, path, message)

    def doubt(self, item: Confirming, here: Steps, code: Confirmable, path: Steps, said: str) -> None:
        """Warn of what may be meant so, unless `item`, which stands at `here`, has confirmed it."""
        self.asked.add((here, code))
        if code not in item.confirmed:
            self.warning(code, path, f"{said}; if that is meant, write `confirmed: [{code}]`.")

    def unknown(self, kind: str, name: str, known: Iterable[str], path: Steps) -> None:
        """Say that a name is unknown: ‘seat_us’ is no metric. Did you mean ‘seat_use’?."""
        self.error("unknown-name", path, f"‘{name}’ is no {kind}.{did_you_mean(name, known)}")
