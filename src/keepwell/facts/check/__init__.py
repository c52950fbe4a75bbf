"""Checks of the data: everything in it that would make a score wrong or doubtful, in words."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from keepwell.errors import Finding, KeepwellError, Severity
from keepwell.facts.absent import sentences
from keepwell.facts.check.changing import changing
from keepwell.facts.check.circles import circles
from keepwell.facts.check.identity import alike, keys, links, owners, unnamed
from keepwell.facts.check.idmap import id_map
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
    """Every finding about the data as of a day: what is not there, then table by table, the worst first."""
    said: dict[str, list[Finding]] = {}
    intakes: dict[str, Intake] = {}
    for table in facts.needs:
        said[table], intake = _opened(facts, table)
        if intake is not None:
            intakes[table] = intake
    origins = Counter(intake.relation.origin for intake in intakes.values())
    compared: set[str] = set()
    for table, intake in intakes.items():
        said[table] += _looked(facts, table, as_of, origins[intake.relation.origin] > 1, compared)
    absent = [table for table in facts.needs if table not in intakes and not said[table]]
    found = [*_absent(facts, absent)]
    found += [item for items in said.values() for item in sorted(items, key=lambda item: _ORDER[item.severity])]
    return list(dict.fromkeys(found))


def _absent(facts: Facts, tables: list[str]) -> Findings:
    """What is to be said of tables that are not there."""
    accounts = facts.model.entities["account"].table
    if accounts in tables:
        said = f"{facts.not_there(accounts)} Without this table there is nobody to score."
        yield Finding(accounts, None, "error", "nobody", said)
    maps = {entity.ids.table: level for level, entity in facts.model.entities.items() if entity.ids}
    for table in maps.keys() & set(tables):
        yield Finding(table, None, "error", "no-map", facts.no_map(maps[table], table))
    for source, message in sentences(facts, [table for table in tables if table not in (accounts, *maps)]):
        yield Finding(source, None, "warning", "not-connected", message)


def _opened(facts: Facts, table: str) -> tuple[list[Finding], Intake | None]:
    """What is to be said of the table's values, and the table; None where it is not there, or cannot be read on."""
    try:
        if not facts.has(table):
            return [], None
        with facts.reads():
            intake = facts.intake(table)
            broken = list(_values(intake))
    except KeepwellError as problem:
        return _findings(table, problem), None
    # what follows would stumble over the same values
    return broken, None if any(item.severity == "error" for item in broken) else intake


def _looked(facts: Facts, table: str, as_of: date, shared: bool, compared: set[str]) -> list[Finding]:
    """What is to be said of the table as the model means it."""
    found: list[Finding] = []
    try:
        with facts.reads():
            found.extend(_feed(Look(facts, facts.feed(table), as_of, shared, compared)))
    except KeepwellError as problem:
        found += _findings(table, problem)
    return found


def _findings(table: str, problem: KeepwellError) -> list[Finding]:
    return list(problem.findings) or [Finding(table, None, "error", "cannot-read", problem.message)]


def _values(intake: Intake) -> Findings:
    """Values that could not be read, and those that may mean something else."""
    options, relation = intake.options, intake.relation
    severity: Severity = "error" if options.unreadable == "error" else "warning"
    for item in (*intake.lost, *intake.unread()):
        yield finding(item, relation, options, severity)
    yield from intake.doubts


def _feed(look: Look) -> Findings:
    if not look.count:
        yield look.say("note", "empty", "there is a header and no row.")
        for level in look.facts.model.entities:
            yield from id_map(look, level)
        return
    yield from times(look)
    yield from changing(look)
    yield from owners(look)
    yield from unnamed(look)
    if look.feed.spec.key:
        yield from keys(look, look.feed.spec.key, "they count twice.")
    yield from repeats(look)
    yield from same_day(look)
    yield from ranges(look)
    yield from currencies(look)
    yield from expectations(look)
    yield from before_start(look)
    for level, entity in look.facts.model.entities.items():
        yield from id_map(look, level)
        if entity.table == look.feed.name:
            yield from lives(look, level)
            yield from links(look, level)
            yield from circles(look, level)
            yield from alike(look, level)
