"""Whose an id is: the id map of a level, seen as of a day.

Two steps, both stated row by row in the map and none of them guessed. An id of another system *means* an entity: the
one that it stood for at the row's own time. An entity that was merged, or registered anew, *goes on* as another one:
from that day on all of its rows are the other's, whenever they happened.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import ibis
import ibis.expr.types as ir

from keepwell.errors import FactsError
from keepwell.facts import fetch
from keepwell.facts.compute import Compute
from keepwell.facts.entities import BEGAN, ID, IN, PARENT
from keepwell.facts.feed import Feed, visible
from keepwell.facts.freemail import domain_of, is_freemail
from keepwell.facts.ids import as_id
from keepwell.facts.moment import ON, TIME, Days, Moment, When
from keepwell.facts.reading import refuse
from keepwell.model import Entity, IdColumn, Ids

OWNER = "@owner"
"""The column with the entity that a row is about, beside the columns of its table; NULL: nobody's.

Data cannot have it, nor the columns on the way to it, which begin with it: intake refuses such names.
"""

OWN_DAY = "@owner:on"
"""The day of an identity of many days, beside rows that have their own."""

DOMAIN = "domain"
"""The system of e-mail domains: an address counts as what stands behind its @, and freemail is nobody's."""

_ALWAYS = datetime(1, 1, 1)  # noqa: DTZ001 (naive, as facts are)
_STILL = datetime(9999, 12, 31)  # noqa: DTZ001 (likewise)


@dataclass(frozen=True)
class Identity:
    """The id map of one level, as known by a day and with the merges of a day.

    meanings: system, id, key (text; NULL: nobody), since, until (times, never NULL): a row per stretch of time in which
    an id stands for one entity. heirs: id, key: entities that go on as another one, which itself goes on as none.
    keys: a column more in both, where the identities of many days are one (see `When.keys`).
    """

    level: str
    meanings: ir.Table
    heirs: ir.Table
    keys: tuple[str, ...] = ()

    @property
    def days(self) -> tuple[str, ...]:
        """The name of that column where the map is beside rows that have their own."""
        return (OWN_DAY,) if self.keys else ()


def identities_of(compute: Compute, feed: Feed, level: str, ids: Ids, moment: When) -> Identity:
    """The same of a day, or of many: computed once for each stretch of days in which the map stays the same."""
    if isinstance(moment, Moment):
        return identity_of(compute, feed, level, ids, moment)
    if not isinstance(moment, Days):
        raise TypeError(moment)
    changes = _changes(feed, ids)
    stretches: dict[int, list[date]] = {}
    for day in moment.on:
        stretches.setdefault(bisect_right(changes, day), []).append(day)
    meanings, heirs = [], []
    for days in stretches.values():
        alike = replace(moment, on=tuple(days))
        one = identity_of(compute, feed, level, ids, alike.moments[0])
        meanings.append(alike.spread(one.meanings))
        heirs.append(alike.spread(one.heirs))
    return Identity(level, compute.keep(ibis.union(*meanings)), compute.keep(ibis.union(*heirs)), moment.keys)


def _changes(feed: Feed, ids: Ids) -> list[date]:
    """Every day on which the map may say something else than the day before."""
    special = feed.spec.columns.items()
    named = [feed.spec.time, feed.spec.known, ids.valid_from]
    named += [name for column, what in special for name in (column if what.happened else None, what.known)]
    found: set[date] = set()
    for name in filter(None, dict.fromkeys(named)):
        # Plain rows: the table's filter may let a row go on a later day, and `rows` would not have it at all.
        rows = feed.plain if name in feed.plain.columns else feed.rows
        found |= {row["day"] for row in fetch.rows(rows.select(day=rows[name].date()).distinct()) if row["day"]}
    return sorted(found)


def identity_of(compute: Compute, feed: Feed, level: str, ids: Ids, moment: Moment) -> Identity:
    """The map as of a moment, computed and held in memory. `ids`: what the model says of it, its `key` said.

    Raises FactsError where an id stands for two entities at once, and where entities go on as each other in a circle.
    """
    said = compute.keep(stated(feed, ids, moment))
    _refuse_two(said, feed)
    meanings = compute.keep(_stretches(said))
    compute.drop(said)
    own = meanings.filter((meanings.system == level) & (meanings.until == ibis.literal(_STILL, TIME)))
    moves = own.filter(own.key.isnull() | (own.key != own.id)).select("id", "key")
    return Identity(level, meanings, _ends(compute, moves, feed))


def stated(feed: Feed, ids: Ids, moment: Moment) -> ir.Table:
    """system, id, key, since of every row of the map that could be seen and holds by then, later corrections alone.

    Of two rows of one id from one time on the one that was learned last is meant.
    """
    rows = visible(feed.plain, feed.spec, feed.name, moment)
    since = rows[ids.valid_from].fill_null(_always()) if ids.valid_from else _always()
    known = rows[feed.spec.known] if feed.spec.known else _always()
    plain, system = as_id(rows[ids.id]), rows[ids.system].cast("string")
    is_domain = system == DOMAIN
    rows = rows.select(
        system=system,
        id=ibis.ifelse(is_domain, domain_of(plain), plain),
        key=as_id(rows[ids.key or ""]),
        since=since.cast(TIME),
        known=known.cast(TIME),
    )
    rows = rows.filter(rows.system.notnull() & rows.id.notnull() & moment.happened(rows, rows.since))
    rows = rows.filter(~((rows.system == DOMAIN) & is_freemail(rows.id)))
    last = rows.known.max().over(group_by=[rows.system, rows.id, rows.since])
    rows = rows.mutate(last=last)
    return rows.filter(rows.known == rows["last"]).select("system", "id", "key", "since").distinct()


def _always() -> ir.TimestampValue:
    return ibis.literal(_ALWAYS, TIME)


def _refuse_two(said: ir.Table, feed: Feed) -> None:
    """Refuse an id that stands for two entities from the same time on."""
    name = said.key.fill_null("")
    groups = said.group_by("system", "id", "since").aggregate(one=name.min(), other=name.max(), all=said.count())
    twice = groups.filter(groups["all"] > 1)
    found = fetch.rows(twice.order_by("system", "id", "since").limit(1))
    if found:
        row = found[0]
        one = f"‘{row['one']}’" if row["one"] else "nobody"
        when = "always" if row["since"] == _ALWAYS else f"from {row['since'].date()} on"
        message = f"{row['system']} ‘{row['id']}’ stands for {one} and for ‘{row['other']}’, both {when}"
        raise refuse(feed.origin, "two-targets", f"{message}; leave the row that is meant, or give the later its day.")


def _stretches(said: ir.Table) -> ir.Table:
    """Each row with the time at which the next one of its id begins to hold."""
    following = said.since.lead().over(group_by=[said.system, said.id], order_by=said.since)
    return said.mutate(until=following.fill_null(ibis.literal(_STILL, TIME)))


def _ends(compute: Compute, moves: ir.Table, feed: Feed) -> ir.Table:
    """Each move with the end of its chain: A to B and B to C become A to C and B to C.

    Every round doubles the steps that are taken at once, so that a chain of a thousand takes ten.
    """
    first = here = compute.keep(moves)
    most = fetch.rows(first.count().name("rows").as_table())[0]["rows"].bit_length() + 1
    for _ in range(most):
        on = here.view().select(then="id", end="key")
        both = here.left_join(on, here.key == on.then)
        ahead = both.then.notnull()
        there = compute.keep(both.select("id", key=ibis.ifelse(ahead, both.end, both.key), ahead=ahead))
        moved = fetch.rows(there.aggregate(moved=there.ahead.sum().fill_null(0)))[0]["moved"]
        here = there.select("id", "key")
        if not moved:
            return here
    raise _circle(first, feed)


def _circle(moves: ir.Table, feed: Feed) -> FactsError:
    """The error that names a circle; only the rows that lead into one never come to an end."""
    then = {row["id"]: row["key"] for row in fetch.rows(moves)}
    for start in sorted(then):
        path = [start]
        while (following := then.get(path[-1])) is not None and following not in path:
            path.append(following)
        if following == start:
            shown = [f"‘{name}’" for name in (path if len(path) < 6 else [*path[:4], "…"])]
            message = f"these go on as each other in a circle: {' → '.join([*shown, shown[0]])}"
            return refuse(feed.origin, "id-cycle", f"{message}; remove the row that is wrong.")
    raise AssertionError("every endless chain holds a circle")


def meant(rows: ir.Table, columns: Sequence[IdColumn], identity: Identity | None, level: str, at: ir.Value) -> ir.Table:
    """The rows with @owner, the entity that their ids meant at the time `at`.

    Of several columns the first decides whose id somebody has, or, in another system, whose id the map knows.
    """
    rows = rows.mutate(**{"@owner:at": at})
    answers: list[tuple[ir.BooleanValue, str]] = []
    for number, (system, column) in enumerate(columns):
        own = as_id(rows[column])
        found, key = f"@owner:found{number}", f"@owner:key{number}"
        if system == level or identity is None:
            rows = rows.mutate(**{found: own, key: own})
        else:
            own = _no_freemail(own) if system == DOMAIN else own
            rows = _looked_up(rows.mutate(**{found: own}), identity, system, found, key)
        answers.append((found, key))
    owner = ibis.cases(*((rows[found].notnull(), rows[key]) for found, key in answers), else_=ibis.null("string"))
    return rows.mutate(**{OWNER: owner}).drop("@owner:at", *(name for pair in answers for name in pair))


def _looked_up(rows: ir.Table, identity: Identity, system: str, found: str, key: str) -> ir.Table:
    """The rows with the key that an id meant; `found` becomes NULL where the map has nothing of it at that time."""
    own = identity.meanings.filter(identity.meanings.system == system)
    shown = {"@owner:id": own.id, key: own.key, "@owner:since": own.since, "@owner:until": own.until}
    map_ = own.select(**shown, **_days(identity, own))
    both = rows.left_join(
        map_,
        [
            rows[found] == map_["@owner:id"],
            rows["@owner:at"] >= map_["@owner:since"],
            rows["@owner:at"] < map_["@owner:until"],
            *_same_day(identity, rows, map_),
        ],
    )
    return both.mutate(**{found: both["@owner:id"]}).drop("@owner:id", "@owner:since", "@owner:until", *identity.days)


def _days(identity: Identity, rows: ir.Table) -> dict[str, ir.Value]:
    """The day of each row of an identity of many days, under a name of its own."""
    return {OWN_DAY: rows[ON]} if identity.keys else {}


def _same_day(identity: Identity, rows: ir.Table, of_map: ir.Table) -> list[ir.BooleanValue]:
    return [rows[ON] == of_map[OWN_DAY]] if identity.keys else []


def _no_freemail(address: ir.StringValue) -> ir.StringValue:
    domain = domain_of(address)
    return ibis.ifelse(is_freemail(domain), ibis.null("string"), domain)


def gone_on(rows: ir.Table, identity: Identity, column: str = OWNER) -> ir.Table:
    """The rows with those who went on as another one named by that one's key."""
    named = {"@owner:was": identity.heirs.id, "@owner:is": identity.heirs.key}
    heirs = identity.heirs.select(**named, **_days(identity, identity.heirs))
    both = rows.left_join(heirs, [rows[column] == heirs["@owner:was"], *_same_day(identity, rows, heirs)])
    owner = ibis.ifelse(both["@owner:was"].notnull(), both["@owner:is"], both[column])
    return both.mutate(**{column: owner}).drop("@owner:was", "@owner:is", *identity.days)


def last_instant(rows: ir.Table, moment: When) -> ir.TimestampValue:
    """The last instant of the day."""
    return moment.ends(rows) - ibis.interval(microseconds=1)


def remaining(entities: ir.Table, entity: Entity, identity: Identity) -> ir.Table:
    """The entities without those that went on as another one, and parents named as they are now.

    With `life: first` a life began when the first of all those began that are one now.
    """
    merged = gone_on(entities.mutate(**{OWNER: entities[ID]}), identity)
    if entity.ids and entity.ids.life == "first":
        merged = merged.mutate(
            **{BEGAN: merged[BEGAN].min().over(group_by=[merged[name] for name in (OWNER, *identity.keys)])}
        )
    left = merged.filter((merged[OWNER] == merged[ID]).fill_null(False)).drop(OWNER)
    left = gone_on(left.mutate(**{OWNER: left[PARENT]}), identity)
    itself = (left[OWNER] == left[ID]) & (left[PARENT] != left[ID])  # its parent went on as this very one
    return left.mutate(**{PARENT: ibis.ifelse(itself, ibis.null("string"), left[OWNER])}).drop(OWNER)


def linked(entities: ir.Table, columns: Sequence[IdColumn], identity: Identity, moment: When) -> ir.Table:
    """The entities with what they are part of on the day, by what their ids mean then."""
    above = gone_on(meant(entities, columns, identity, identity.level, last_instant(entities, moment)), identity)
    return above.mutate(**{IN: above[OWNER]}).drop(OWNER)
