"""An entity's life: facts before it began, ends before beginnings, exports that left the departed out."""

from __future__ import annotations

from datetime import timedelta

from keepwell.errors import KeepwellError
from keepwell.facts.check.identity import keys
from keepwell.facts.check.report import Findings, Look, one
from keepwell.facts.check.words import many, rows_of
from keepwell.facts.entities import BEGAN, ENDED, ID, beginnings
from keepwell.facts.entities import lives as lives_of
from keepwell.facts.ids import as_id

FEWEST = 50
LONG_ENOUGH = timedelta(days=365)
"""From so many entities over so long a time, it is remarkable that not one of them ended."""


def before_start(look: Look) -> Findings:
    """Check a feed for facts of accounts that had not begun."""
    facts, spec = look.facts, look.feed.spec
    entity = facts.model.entities["account"]
    if "account" not in spec.ids or spec.time is None or entity.table == look.feed.name:
        return
    if not (entity.from_ or entity.valid_from):
        return
    try:
        if not facts.has(entity.table):
            return
        accounts = beginnings(facts.feed(entity.table).rows, facts.model, "account")
        rows, column = look.whose("account")
    except KeepwellError:  # said where that table is checked
        return
    per_id = rows.group_by(key=rows[column]).aggregate(first=rows[spec.time].min())
    per_id = per_id.select("first", **{"@key": per_id["key"], ID: as_id(per_id["key"])}).inner_join(accounts, ID)
    early = facts.compute.keep(per_id.filter(per_id["first"].date() < per_id[BEGAN].date()).select("@key", BEGAN))
    number = one(early.aggregate(ids=early.count()))["ids"]
    if number:
        theirs = rows.inner_join(early, rows[column] == early["@key"])
        found = one(theirs.aggregate(rows=(theirs[spec.time].date() < theirs[BEGAN].date()).sum()))["rows"]
        said = f"{rows_of(int(found), look.count)} of {many(number, 'account')} before the account began"
        yield look.warn("before-start", f"{said} ({entity.from_ or entity.valid_from}).")
    facts.compute.drop(early)


def lives(look: Look, level: str) -> Findings:
    """Check the table of a level: one row per entity, and lives that make sense."""
    entity = look.facts.model.entities[level]
    if entity.valid_from is None:
        yield from keys(look, [entity.key], f"one row per {level} is needed, or `valid_from:` that tells them apart.")
    elif entity.valid_from != look.feed.spec.time:  # a feed of facts may well have several rows of one moment
        yield from keys(look, [entity.key, entity.valid_from], "two rows cannot hold from the same moment on.")
    if entity.key not in look.feed.spec.id_columns:
        yield from _nameless(look, entity.key, level)
    entities = look.facts.compute.keep(lives_of(look.feed.rows, look.facts.model, level))
    began, ended = entities[BEGAN], entities[ENDED]
    found = one(
        entities.aggregate(
            all=entities.count(),
            no_start=began.isnull().sum().fill_null(0),
            ended=ended.count(),
            wrong=(ended.date() < began.date()).sum().fill_null(0),
            first=began.min(),
        )
    )
    look.facts.compute.drop(entities)
    if entity.from_ and found["no_start"]:
        said = f"{many(int(found['no_start']), level)} of {found['all']:,} without ‘{entity.from_}’"
        yield look.warn("no-start", f"{said}: {_then(look, entity.from_)}.")
    if found["wrong"]:
        said = f"{many(int(found['wrong']), level)} with an end ({entity.until}) before the beginning"
        yield look.warn("ended-before-start", f"{said}: never scored.")
    long = found["first"] is not None and found["first"].date() <= look.as_of - LONG_ENOUGH
    if entity.until and not found["ended"] and found["all"] >= FEWEST and long:
        said = f"not one of {found['all']:,} {level}s ever ended ({entity.until}) since {found['first'].date()}"
        yield look.warn("nobody-left", f"{said}; does the export leave out those who left?")


def _then(look: Look, began: str) -> str:
    """What becomes of those who have no beginning: the row is not even seen where that column is its time."""
    if began in (look.feed.spec.time, look.feed.spec.known):
        return "a row without its time is never seen, so they have no score on any day"
    return "they count as having lived all along"


def _nameless(look: Look, key: str, level: str) -> Findings:
    rows = look.feed.rows
    none = one(rows.aggregate(rows=as_id(rows[key]).isnull().sum().fill_null(0)))["rows"]
    if none:
        yield look.warn("no-id", f"{rows_of(int(none), look.count)} without ‘{key}’: that is no {level}.")
