"""Checks of the data: everything in it that would make a score wrong or doubtful, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from keepwell.errors import Finding, KeepwellError, Severity
from keepwell.facts.check.identity import keys, links, owners
from keepwell.facts.check.life import before_start, lives
from keepwell.facts.check.report import CODES, Findings, Look
from keepwell.facts.check.times import times
from keepwell.facts.check.values import currencies, expectations, ranges, repeats, same_day
from keepwell.facts.intake import Intake
from keepwell.facts.unreadable import finding

if TYPE_CHECKING:
    from keepwell.facts.facts import Facts

__all__ = ["CODES", "check"]

_ORDER = {"error": 0, "warning": 1, "note": 2}


def check(facts: Facts, as_of: date) -> list[Finding]:
    """Every finding about the data as of a day: tables in the model's order, the worst first within each."""
    found: list[Finding] = []
    for table in facts.needs:
        found += sorted(_table(facts, table, as_of), key=lambda item: _ORDER[item.severity])
    return list(dict.fromkeys(found))


def _table(facts: Facts, table: str, as_of: date) -> Iterator[Finding]:
    try:
        if not facts.has(table):
            said = f"{facts.not_there(table)} What reads it is not connected."
            yield Finding(table, None, "warning", "not-connected", said)
            return
        with facts.reads():
            intake = facts.intake(table)
            broken = list(_values(intake))
            yield from broken
            if any(item.severity == "error" for item in broken):
                return  # what follows would stumble over the same values
            yield from _feed(Look(facts, facts.feed(table), as_of))
    except KeepwellError as problem:
        yield from problem.findings or [Finding(table, None, "error", "cannot-read", problem.message)]


def _values(intake: Intake) -> Findings:
    """Values that could not be read, and columns that stayed text because of a few."""
    options, relation = intake.options, intake.relation
    severity: Severity = "error" if options.unreadable == "error" else "warning"
    for item in (*intake.lost, *intake.unread()):
        yield finding(item, relation, options, severity)
    for item in intake.mixed:
        said = finding(item, relation, options, "error").message
        share = f"column ‘{item.column}’ reads as text, though most of its values are {item.kind}s; "
        yield Finding(relation.origin, None, "warning", "mixed", share + said.removeprefix(f"column ‘{item.column}’, "))


def _feed(look: Look) -> Findings:
    if not look.count:
        yield look.say("note", "empty", "there is a header and no row.")
        return
    yield from times(look)
    yield from owners(look)
    if look.feed.spec.key:
        yield from keys(look, look.feed.spec.key, "they count twice.")
    yield from repeats(look)
    yield from same_day(look)
    yield from ranges(look)
    yield from currencies(look)
    yield from expectations(look)
    yield from before_start(look)
    for level, entity in look.facts.model.entities.items():
        if entity.table == look.feed.name:
            yield from lives(look, level)
            yield from links(look, level)
