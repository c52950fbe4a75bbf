"""Whose facts they are: rows of nobody, ids that no level knows, keys that repeat."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ibis
import ibis.expr.types as ir

from keepwell.errors import KeepwellError, Severity
from keepwell.facts import fetch
from keepwell.facts.check.report import Findings, Look, few, one
from keepwell.facts.check.words import many, rows_of, such_as
from keepwell.facts.feed import column_of
from keepwell.facts.ids import as_id
from keepwell.facts.moment import Moment
from keepwell.model import IdColumn
from keepwell.model.graph import tables_read

NEAR: tuple[tuple[str, Callable[[ir.Value], ir.Value]], ...] = (
    ("without the spaces around them", lambda value: value.strip()),
    ("written in the same case", lambda value: value.strip().lower()),
    ("without the ‘.0’ at the end", lambda value: value.strip().re_replace(r"\.0+$", "")),
    ("without leading zeros", lambda value: value.strip().re_replace("^0+", "")),
)
_ROWS = "@rows"


def spoken_ids(look: Look, level: str) -> ir.Table | None:
    """The ids of `known_ids`, and those that the level's id map says what became of."""
    known = known_ids(look, level)
    try:
        identity = look.facts.identity(level, Moment(look.as_of, look.as_of))
    except KeepwellError:  # said where the map is checked
        return None
    if known is None or identity is None:
        return known
    own = identity.meanings.filter(identity.meanings.system == level)
    return known.union(own.select("id"), distinct=True)


def known_ids(look: Look, level: str) -> ir.Table | None:
    """Every id that the level's table holds, in a column `id`; None where the table is not there or unusable."""
    table = look.facts.model.entities[level].table
    try:
        if not look.facts.has(table):
            return None
        feed = look.facts.feed(table)
    except KeepwellError:  # said where that table is checked
        return None
    key = look.facts.model.entities[level].key
    rows = feed.plain if key in feed.plain.columns else feed.rows  # those that the filter leaves out are known too
    ids = rows.select(id=as_id(rows[key])).distinct()
    return ids.filter(ids.id.notnull())


def owners(look: Look) -> Findings:
    """Check the id columns of a feed: rows of nobody, and of somebody unknown."""
    for level, columns in look.feed.spec.ids.items():
        if level in look.facts.model.entities and all(item.system == level for item in columns):
            yield from owner(look, level, columns, required=level == "account")


def unnamed(look: Look) -> Findings:
    """Check that a table whose metrics are the same for everybody is not one that only forgot to say whose rows are."""
    model, name = look.facts.model, look.feed.name
    relation = look.facts.relation(name)
    if relation is None or not model.holds_for_all(name) or name not in tables_read(model):
        return
    for level, entity in model.entities.items():
        if entity.key in relation.columns and entity.key.lower() != "id":
            said = f"it names no {level}, so every metric over it is the same for all; it has the column ‘{entity.key}’"
            yield look.warn("same-for-all", f"{said}: does `{level}: {entity.key}` belong to the table?")


def links(look: Look, level: str) -> Findings:
    """Check what an entity's table says about the entity above and the parent."""
    model = look.facts.model
    entity, link = model.entities[level], model.link(level)
    if entity.in_ is not None and entity.in_ not in look.feed.spec.ids:
        yield from owner(look, entity.in_, link, required=True)
    if entity.parent is not None:
        yield from owner(look, level, [IdColumn(level, entity.parent)], required=False)


def owner(look: Look, level: str, columns: Sequence[IdColumn], *, required: bool) -> Findings:
    """Check columns with the level's own keys: rows without one, and of somebody unknown."""
    rows, column = look.feed.rows, " or ".join(item.column for item in columns)
    first = rows[columns[0].column]
    key = first if len(columns) == 1 else ibis.coalesce(*(as_id(rows[item.column]) for item in columns))
    per_id = rows.group_by(key=key).aggregate(rows=rows.count())
    ids = look.facts.compute.keep(per_id.select(id=as_id(per_id["key"]), rows=per_id["rows"]))
    nobody = one(ids.aggregate(rows=ids["rows"].sum(where=ids.id.isnull()).fill_null(0)))["rows"]
    if required and nobody:
        yield look.warn(
            "no-id", f"{rows_of(int(nobody), look.count)} without ‘{column}’: nobody's, so it counts for no {level}."
        )
    known = spoken_ids(look, level)
    if known is not None:
        yield from orphans(look, level, column, ids.filter(ids.id.notnull()), known)
    look.facts.compute.drop(ids)


def orphans(look: Look, level: str, column: str, ids: ir.Table, known: ir.Table) -> Findings:
    """Check ids (id, rows) for those that are not known (id)."""
    strangers = look.facts.compute.keep(ids.anti_join(known, "id"))
    found = one(strangers.aggregate(ids=strangers.count(), rows=strangers["rows"].sum()))
    if found["ids"]:
        table = look.facts.model.entities[level].table
        shown = few(strangers.order_by(ibis.desc("rows"), "id"), "id")
        said = f"{rows_of(int(found['rows']), look.count)} of {many(found['ids'], level)} that {table} does not have"
        near = _near(strangers, known, found["ids"])
        whole = level == "account" and one(ids.count().name("ids").as_table())["ids"] == found["ids"]
        severity: Severity = "error" if whole else "warning"
        yield look.say(severity, "orphan", f"{said} ({column}){such_as(shown)}, so it counts for no {level}.{near}")
    look.facts.compute.drop(strangers)


def _near(strangers: ir.Table, known: ir.Table, count: int) -> str:
    """How the unknown ids would become known ones, if one simple change does that for some."""
    for words, change in NEAR:
        left = strangers.select(near=change(strangers.id), theirs="id")
        right = known.select(near=change(known.id), ours="id")
        both = left.inner_join(right, "near")
        hits = one(both.aggregate(hits=both["near"].nunique()))["hits"]
        if hits:
            first = one(both.order_by("theirs", "ours").limit(1))
            such = f"‘{first['theirs']}’ and ‘{first['ours']}’"
            return f" {'All' if hits == count else f'{hits:,}'} of these ids would match {words}, such as {such}."
    return ""


def alike(look: Look, level: str) -> Findings:
    """Check the ids of a level's own table for those that differ only in blanks around them or in capitals."""
    ids = known_ids(look, level)
    if ids is None:
        return
    try:
        if identity := look.facts.identity(level, Moment(look.as_of, look.as_of)):
            ids = ids.anti_join(identity.heirs, "id")
    except KeepwellError:  # said where the map is checked
        return
    groups = ids.group_by(near=ids.id.strip().lower()).aggregate(ids=ids.count(), one=ids.id.min(), other=ids.id.max())
    twice = groups.filter(groups.ids > 1)
    found = fetch.rows(twice.order_by("near").limit(1))
    if found:
        number = one(twice.aggregate(groups=twice.count()))["groups"]
        such = f"differ only in spaces or capitals, such as ‘{found[0]['one']}’ and ‘{found[0]['other']}’"
        stand = "stands" if number == 1 else "stand"
        said = f"{many(number, level)} {stand} under ids that {such}"
        yield look.warn("alike", f"{said}; they are scored apart.")


def keys(look: Look, columns: Sequence[str], code_words: str) -> Findings:
    """Check that no two rows share these columns. Rows where one of them is NULL or blank are not compared."""
    feed = look.feed
    rows = feed.rows.select(**{column: column_of(feed.rows, feed.spec, column) for column in columns})
    rows = rows.drop_null(how="any")
    groups = rows.group_by(list(columns)).aggregate(**{_ROWS: rows.count()})
    groups = groups.filter(groups[_ROWS] > 1)
    named = [as_id(groups[column]).notnull() for column in columns if groups[column].type().is_string()]
    groups = look.facts.compute.keep(groups.filter(*named) if named else groups)
    found = one(groups.aggregate(keys=groups.count(), rows=groups[_ROWS].sum().fill_null(0)))
    if found["keys"]:
        first = one(groups.order_by(*(groups[column] for column in columns)).limit(1))
        shown = ", ".join(str(first[column]) for column in columns)
        said = f"{many(int(found['rows']), 'row')} share {many(found['keys'], 'key')} ({', '.join(columns)})"
        yield look.say("error", "duplicate-key", f"{said}{such_as([shown])} with {first[_ROWS]:,} rows; {code_words}")
    look.facts.compute.drop(groups)
