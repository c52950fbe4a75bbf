"""Entities as of a day: who lives, with which attributes."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from keepwell.facts.feed import visible
from keepwell.facts.ids import as_id
from keepwell.facts.moment import TIME, When
from keepwell.model import Column, Entity, Model, Table

ID, BEGAN, ENDED, PARENT, IN = OWN = ("@id", "@began", "@ended", "@parent", "@in")
"""Columns that every entity table has beside its attributes. Data cannot have them: intake refuses such names."""

_RANK, _KEY = "@rank", "@key"


def entity_table(model: Model, level: str) -> Table:
    """What the model says of the level's table; `until` reads empty while it lies ahead, unless it is `planned`."""
    entity = model.entities[level]
    spec = model.tables.get(entity.table) or Table()
    declared = spec.columns.get(entity.until or "", Column())
    if entity.until is None or declared.happened or declared.planned:
        return spec
    return spec.model_copy(
        update={"columns": {**spec.columns, entity.until: declared.model_copy(update={"happened": True})}}
    )


def alive(entities: ir.Table, moment: When) -> ir.Table:
    """Those who began by the day and did not end by it. An unknown beginning counts as long ago."""
    day = moment.today(entities)
    began, ended = entities[BEGAN], entities[ENDED]
    return entities.filter((began.isnull() | (began.date() <= day)) & (ended.isnull() | (ended.date() > day)))


def every(rows: ir.Table, model: Model, level: str, moment: When | None) -> ir.Table:
    """One row per entity that ever was (as far as could be seen). `rows`: the level's table, canonical.

    Columns: @id (text), @began and @ended (times, NULL if unknown or not yet), @parent and @in (ids as text or NULL,
    as the rows state them), and the table's columns as attributes (the latest row valid by then).
    """
    entity = model.entities[level]
    if moment is not None:
        rows = visible(rows, entity_table(model, level), entity.table, moment)
        if entity.valid_from is not None:
            since = rows[entity.valid_from]
            rows = rows.filter(since.isnull() | moment.happened(rows, since))
    keys = (entity.key, *(moment.keys if moment else ()))
    each = [rows[name] for name in keys]
    newest = ibis.row_number().over(group_by=each, order_by=_order(rows, model, entity, keys))
    rows = rows.mutate(**{ID: as_id(rows[entity.key]), BEGAN: _began(rows, entity, each), _RANK: newest})
    latest = rows.filter(rows[ID].notnull() & (rows[_RANK] == 0))
    links = [link.column for link in model.link(level) if link.system == entity.in_]
    own = {
        ENDED: latest[entity.until] if entity.until else ibis.null(TIME),
        PARENT: as_id(latest[entity.parent]) if entity.parent else ibis.null("string"),
        IN: ibis.coalesce(*(as_id(latest[column]) for column in links)) if links else ibis.null("string"),
    }
    return latest.mutate(**own).drop(_RANK)


def lives(rows: ir.Table, model: Model, level: str) -> ir.Table:
    """@id, @began and @ended of everybody who ever was, over all days.

    Cheaper than `every`: with at most one row per entity, or nothing to say of ends, no row is ranked.
    """
    entity = model.entities[level]
    if entity.until and entity.valid_from:
        spec = model.tables.get(entity.table)
        links = (link.column for link in model.link(level))
        names = (entity.key, entity.from_, entity.until, entity.valid_from, entity.parent, *links)
        read = [name for name in dict.fromkeys((*names, spec.known if spec else None)) if name]
        return every(rows.select(*read), model, level, None).select(ID, BEGAN, ENDED)
    source = entity.from_ or entity.valid_from
    began = rows[source].min() if source else ibis.null(TIME)
    ended = rows[entity.until].max() if entity.until else ibis.null(TIME)
    found = rows.group_by(**{_KEY: rows[entity.key]}).aggregate(**{BEGAN: began, ENDED: ended})
    found = found.select(BEGAN, ENDED, **{ID: as_id(found[_KEY])})
    return found.filter(found[ID].notnull())


def beginnings(rows: ir.Table, model: Model, level: str) -> ir.Table:
    """@id and @began of everybody who ever was: one group-by, whatever the level says of ends."""
    entity = model.entities[level].model_copy(update={"until": None})
    level_only = model.model_copy(update={"entities": {**model.entities, level: entity}})
    return lives(rows, level_only, level).select(ID, BEGAN)


def _began(rows: ir.Table, entity: Entity, each: Sequence[ir.Value]) -> ir.Value:
    """The earliest beginning that any row of the entity states; without such a column, its first `valid_from`."""
    source = entity.from_ or entity.valid_from
    if source is None:
        return ibis.null(TIME)
    return rows[source].min().over(group_by=each) if entity.valid_from else rows[source]


def _order(rows: ir.Table, model: Model, entity: Entity, keys: Sequence[str]) -> list[ir.Value]:
    """Newest first, then a total order: which of two rows is taken never depends on their order in the file.

    `keys`: the columns that all of an entity's rows have alike.
    """
    spec = model.tables.get(entity.table)
    first = [name for name in (entity.valid_from, spec.known if spec else None) if name]
    rest = sorted(name for name in rows.columns if name not in (*first, *keys))
    # There is always something to order by: Spark ranks nothing without.
    return [rows[name].desc(nulls_first=False) for name in (*first, *rest) or keys]
