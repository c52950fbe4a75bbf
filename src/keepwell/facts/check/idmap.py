"""The id map itself: rows that say nothing, systems that nobody reads, domains that never match."""

from __future__ import annotations

import ibis

from keepwell.errors import did_you_mean
from keepwell.facts import fetch
from keepwell.facts.check.identity import owner
from keepwell.facts.check.matches import unmatched
from keepwell.facts.check.report import Findings, Look, few, one
from keepwell.facts.check.words import many, rows_of, such_as
from keepwell.facts.entities import ENDED, ID, lives
from keepwell.facts.freemail import domain_of, is_freemail
from keepwell.facts.identity import DOMAIN
from keepwell.facts.ids import as_id
from keepwell.facts.moment import Moment
from keepwell.model import IdColumn, Ids


def id_map(look: Look, level: str) -> Findings:
    """Check the feed as the id map of a level, and with it every table that speaks of ids of other systems."""
    ids = look.facts.model.entities[level].map
    if ids is None or ids.table != look.feed.name:
        return
    if look.count:
        yield from _empty(look, ids, level)
        yield from _systems(look, ids, level)
        yield from _freemail(look, ids)
        yield from owner(look, level, [IdColumn(level, ids.key or "")], required=False)
        yield from _ended(look, level)
    yield from unmatched(look, level, ids)


def _ended(look: Look, level: str) -> Findings:
    """Those that go on as one that has no score itself, and so vanish from the scores with all of their facts."""
    facts, day = look.facts, ibis.literal(look.as_of)
    table = facts.model.entities[level].table
    identity = facts.identity(level, Moment(look.as_of, look.as_of))
    if identity is None or not facts.has(table):
        return
    there = lives(facts.feed(table).rows, facts.model, level)
    running = there.filter(there[ENDED].isnull() | (there[ENDED].date() > day))
    living = facts.entity(level, Moment(look.as_of, look.as_of))
    ends = identity.heirs.semi_join(running, identity.heirs.id == running[ID]).semi_join(there, [("key", ID)])
    gone = ends.anti_join(living, [("key", ID)])
    number = one(gone.aggregate(ids=gone.count()))["ids"]
    if number:
        row = one(gone.order_by("id").limit(1))
        said = f"{many(number, level)} without an end go{'es' if number == 1 else ''} on as one that does not live"
        yield look.warn("ended-target", f"{said} on {look.as_of}, such as ‘{row['id']}’ as ‘{row['key']}’: not scored.")


def _empty(look: Look, ids: Ids, level: str) -> Findings:
    rows = look.feed.rows
    idle = rows[ids.system].isnull() | as_id(rows[ids.id]).isnull()
    nobody = ~idle & as_id(rows[ids.key or ""]).isnull()
    found = one(rows.aggregate(idle=idle.sum().fill_null(0), nobody=nobody.sum().fill_null(0)))
    if found["idle"]:
        said = f"{rows_of(int(found['idle']), look.count)} without ‘{ids.system}’ or ‘{ids.id}’"
        yield look.warn("no-id", f"{said}: they say of no id what it stands for.")
    if found["nobody"]:
        said = f"{rows_of(int(found['nobody']), look.count)} without ‘{ids.key}’"
        yield look.say("note", "no-target", f"{said}: from then on their ids stand for no {level}.")


def _systems(look: Look, ids: Ids, level: str) -> Findings:
    rows, known = look.feed.rows, (level, *ids.systems)
    system = rows[ids.system].cast("string")
    sizes = rows.filter(system.notnull() & ~system.isin(known)).group_by(name=system).aggregate(rows=ibis._.count())
    for row in fetch.rows(sizes.order_by(ibis.desc("rows"), "name").limit(5)):
        said = f"{rows_of(row['rows'], look.count)} of the system ‘{row['name']}’, which `systems` of the model"
        near = did_you_mean(row["name"], known)
        yield look.warn("unknown-system", f"{said} does not name, so nothing reads them.{near}")


def _freemail(look: Look, ids: Ids) -> Findings:
    rows = look.feed.rows
    domain = domain_of(as_id(rows[ids.id]))
    found = rows.filter((rows[ids.system] == DOMAIN) & is_freemail(domain)).select(domain=domain).distinct()
    number = one(found.aggregate(domains=found.count()))["domains"]
    if number:
        shown = such_as(few(found.order_by("domain"), "domain"))
        said = f"{many(number, 'domain')} of freemail in the map{shown}: anybody can have an address there"
        yield look.warn("freemail", f"{said}, so no row is matched by it; remove it.")
