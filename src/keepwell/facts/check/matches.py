"""What the id map does not match: how many ids and rows of each table, and what hangs on them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from keepwell.errors import KeepwellError, Severity
from keepwell.facts import fetch
from keepwell.facts.check.identity import orphans, spoken_ids
from keepwell.facts.check.proposals import proposals
from keepwell.facts.check.report import Findings, Look, one
from keepwell.facts.check.words import many, plain, rows_of
from keepwell.facts.freemail import domain_of, is_freemail
from keepwell.facts.identity import DOMAIN, OWNER, Identity
from keepwell.facts.ids import as_id
from keepwell.facts.moment import Moment
from keepwell.model import IdColumn, Ids
from keepwell.model.metrics import Sum


def unmatched(look: Look, level: str, ids: Ids) -> Findings:
    """Check every table with ids of other systems for rows that the map gives to nobody, and propose matches.

    Nothing is matched here: a proposal is a line that somebody may add to the map. `look`: at the map.
    """
    facts = look.facts
    identity = facts.identity(level, Moment(look.as_of, look.as_of))
    strangers: list[ir.Table] = []
    for table, spec in facts.model.tables.items() if identity else ():
        columns = spec.ids.get(level, ())
        if all(item.system == level for item in columns):
            continue
        try:
            if not facts.has(table) or not (there := Look(facts, facts.feed(table), look.as_of)).count:
                continue
        except KeepwellError:  # said where that table is checked
            continue
        yield from _of_table(there, level, columns, identity, strangers)
    if strangers:
        yield from proposals(look, level, ids, ibis.union(*strangers) if len(strangers) > 1 else strangers[0])
    for kept in strangers:
        facts.compute.drop(kept)


def _of_table(
    look: Look, level: str, columns: Sequence[IdColumn], identity: Identity | None, strangers: list[ir.Table]
) -> Findings:
    """What is to be said of one table; its strangers (system, id, rows, table) are added to the list."""
    if identity is None:
        return
    engine = look.facts.compute
    asked = engine.keep(_asked(look, level, columns))
    yield from _own(look, level, columns, asked)
    lost = engine.keep(_lost(asked, columns))
    yield from _nobody(look, level, columns, lost)
    first = identity.meanings.group_by("system", "id").aggregate(
        since=identity.meanings.since.min(), nobody=identity.meanings.key.isnull().any()
    )
    named = lost.filter(lost.id.notnull()).group_by("system", "id")
    named = named.aggregate(rows=ibis._["rows"].sum(), amount=ibis._.amount.sum())
    told = engine.keep(named.left_join(first, ["system", "id"]).drop("system_right", "id_right"))
    yield from _early(look, told.filter(told.since.notnull() & ~told.nobody))
    unknown = told.filter(told.since.isnull())
    whole = one(asked.aggregate(owned=asked.owner.count()))["owned"] == 0
    yield from _strangers(look, level, unknown, "error" if whole else "warning")
    rows = unknown["rows"].cast("int64")
    strangers.append(engine.keep(unknown.select("system", "id", rows=rows, table=ibis.literal(look.feed.name))))
    for kept in (asked, lost, told):
        engine.drop(kept)


def _asked(look: Look, level: str, columns: Sequence[IdColumn]) -> ir.Table:
    """owner, rows, amount by what the id columns c0, c1 … say. Rows without a time never count and are left out."""
    rows, _ = look.whose(level)
    if look.feed.spec.time:
        rows = rows.filter(rows[look.feed.spec.time].notnull())
    said = {f"c{number}": as_id(rows[item.column]) for number, item in enumerate(columns)}
    said |= {
        name: domain_of(said[name]) for name, item in zip(list(said), columns, strict=True) if item.system == DOMAIN
    }
    column = _amount(look)
    amount = rows[column].cast("float64").sum() if column else ibis.null("float64")
    return rows.group_by(owner=rows[OWNER], **said).aggregate(rows=rows.count(), amount=amount)


def _amount(look: Look) -> str | None:
    """The column that the model's first sum over the table adds up."""
    found = (metric for metric in look.facts.model.metrics.values() if isinstance(metric, Sum))
    columns = [metric.column for metric in found if metric.source == look.feed.name and metric.column]
    return next((name for name in columns if look.feed.kinds.get(name) == "number"), None)


def _own(look: Look, level: str, columns: Sequence[IdColumn], asked: ir.Table) -> Findings:
    """Rows that a column of the level's own keys decides: keys that nobody has."""
    known = spoken_ids(look, level)
    for number, item in enumerate(columns):
        if item.system == level and known is not None:
            mine = asked.filter(asked.owner == asked[f"c{number}"])
            yield from orphans(
                look, level, item.column, mine.group_by(id=mine.owner).aggregate(rows=mine["rows"].sum()), known
            )


def _lost(asked: ir.Table, columns: Sequence[IdColumn]) -> ir.Table:
    """system, id, free, rows, amount of rows of nobody: the first id that could have said whose they are.

    free: there is none but an address of freemail.
    """
    lost = asked.filter(asked.owner.isnull())
    free: ir.BooleanValue = ibis.literal(False)
    usable: list[tuple[ir.BooleanValue, IdColumn, ir.StringValue]] = []
    for number, item in enumerate(columns):
        value = lost[f"c{number}"]
        public = is_freemail(value) if item.system == DOMAIN else ibis.literal(False)
        free = reduce(or_, (free, public))
        usable.append((value.notnull() & ~public, item, value))
    system = ibis.cases(*((use, item.system) for use, item, _ in usable), else_=ibis.null("string"))
    id_ = ibis.cases(*((use, value) for use, _, value in usable), else_=ibis.null("string"))
    return lost.select("rows", "amount", system=system, id=id_, free=free)


def _nobody(look: Look, level: str, columns: Sequence[IdColumn], lost: ir.Table) -> Findings:
    none = lost.filter(lost.id.isnull())
    found = one(
        none.aggregate(
            free=none["rows"].sum(where=none.free).fill_null(0), blank=none["rows"].sum(where=~none.free).fill_null(0)
        )
    )
    named = " or ".join(f"‘{name}’" for name in dict.fromkeys(item.column for item in columns))
    if found["blank"]:
        said = f"{rows_of(int(found['blank']), look.count)} without {named}"
        yield look.warn("no-id", f"{said}: nobody's, so it counts for no {level}.")
    if found["free"]:
        said = f"freemail: {rows_of(int(found['free']), look.count)} with an address that anybody can have ({named})"
        yield look.warn("freemail", f"{said}, not matched, so it counts for no {level}.")


def _early(look: Look, early: ir.Table) -> Findings:
    """Ids that the map knows, in rows of a time of which it says nothing."""
    found = one(early.aggregate(ids=early.count(), rows=early["rows"].sum().fill_null(0)))
    if found["ids"]:
        row = one(early.order_by(ibis.desc("rows"), "system", "id").limit(1))
        said = f"{rows_of(int(found['rows']), look.count)} of {many(found['ids'], 'id')} lie before the day from which"
        such = f"the map has them, such as {row['system']} ‘{row['id']}’ from {row['since'].date()} on"
        yield look.warn("unmatched", f"{said} {such}; a row with an empty day holds always.")


def _strangers(look: Look, level: str, unknown: ir.Table, severity: Severity) -> Findings:
    """Ids that the map does not have, the biggest by name."""
    found = one(
        unknown.aggregate(ids=unknown.count(), rows=unknown["rows"].sum().fill_null(0), amount=unknown.amount.sum())
    )
    if not found["ids"]:
        return
    biggest = fetch.rows(unknown.order_by(ibis.desc("rows"), "system", "id").limit(3))
    shown = [f"{row['system']} ‘{plain(row['id'])}’ with {many(int(row['rows']), 'row')}" for row in biggest]
    column = _amount(look)
    worth = f", {found['amount']:,.0f} of {column} in all" if column and found["amount"] is not None else ""
    said = f"{rows_of(int(found['rows']), look.count)} of {many(found['ids'], 'id')} that the id map does not have"
    yield look.say(severity, "unmatched", f"{said}, first {', '.join(shown)}{worth}: they count for no {level}.")
