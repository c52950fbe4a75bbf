"""Entities as of a day: who lives, with which attributes."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from keepwell.facts.feed import visible
from keepwell.facts.ids import as_id
from keepwell.facts.moment import Moment
from keepwell.model import Column, Entity, Model, Table

OWN = ("id", "began", "ended", "parent", "in_id")
"""Columns that every entity table has beside its attributes. An attribute of the same name gives way."""


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


def living(rows: ir.Table, model: Model, level: str, as_of: date, known_by: date) -> ir.Table:
    """One row per entity living at the end of `as_of`, as known at the end of `known_by`.

    Columns: id (text), the table's columns as attributes (the latest row valid by then), began and ended (times, NULL
    if unknown or not yet), parent and in_id (ids as text or NULL). `rows`: the level's table in canonical columns.
    """
    return alive(every(rows, model, level, Moment(as_of, known_by)), as_of)


def alive(entities: ir.Table, as_of: date) -> ir.Table:
    """Those who began by this day and did not end by it. An unknown beginning counts as long ago."""
    day = ibis.literal(as_of)
    began = entities.began.isnull() | (entities.began.date() <= day)
    return entities.filter(began & (entities.ended.isnull() | (entities.ended.date() > day)))


def every(rows: ir.Table, model: Model, level: str, moment: Moment | None) -> ir.Table:
    """One row per entity that ever was (as far as could be seen), in the columns of `living`."""
    entity = model.entities[level]
    if moment is not None:
        rows = visible(rows, entity_table(model, level), entity.table, moment)
        if entity.valid_from is not None:
            since = rows[entity.valid_from]
            rows = rows.filter(since.isnull() | moment.happened(since))
    rows = rows.mutate(id=as_id(rows[entity.key]), began=_began(rows, entity))
    rows = rows.filter(rows.id.notnull())
    latest = rows.mutate(rank=ibis.row_number().over(group_by=rows[entity.key], order_by=_order(rows, model, entity)))
    latest = latest.filter(latest["rank"] == 0)
    link = model.link(level)
    return latest.mutate(
        ended=latest[entity.until] if entity.until else ibis.null("timestamp(6)"),
        parent=as_id(latest[entity.parent]) if entity.parent else ibis.null("string"),
        in_id=as_id(latest[link]) if link else ibis.null("string"),
    ).drop("rank")


def _began(rows: ir.Table, entity: Entity) -> ir.Value:
    """The earliest beginning that any row of the entity states; without such a column, its first `valid_from`."""
    source = entity.from_ or entity.valid_from
    if source is None:
        return ibis.null("timestamp(6)")
    return rows[source].min().over(group_by=rows[entity.key]) if entity.valid_from else rows[source]


def _order(rows: ir.Table, model: Model, entity: Entity) -> list[ir.Value]:
    """Newest first, then a total order: which of two rows is taken never depends on their order in the file."""
    spec = model.tables.get(entity.table)
    first = [name for name in (entity.valid_from, spec.known if spec else None) if name]
    rest = sorted(name for name in rows.columns if name not in (*first, "id", "began"))
    return [rows[name].desc(nulls_first=False) for name in (*first, *rest)]
