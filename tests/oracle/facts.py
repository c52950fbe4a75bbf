"""What could be seen on a day: rows that had happened and were known, with changing columns as they stood then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from keepwell.model import Column, Model, Table
from tests.oracle.expressions import evaluate, truth
from tests.oracle.identity import IdMap
from tests.oracle.numbers import Given, Value, exact, rounded

Row = dict[str, Value]
DAY = timedelta(days=1)
ALWAYS = datetime(1, 1, 1)  # noqa: DTZ001 (naive, as facts are)


def end_of(day: date) -> datetime:
    """00:00 of the day after: what lies before it has happened by this day."""
    return datetime.combine(day, time()) + DAY


def before(moment: Value, bound: datetime) -> bool:
    """Whether a time lies before the bound; an empty one does not."""
    return isinstance(moment, datetime) and moment < bound


def moment(row: Row, column: str | None) -> datetime:
    """The time in a column that is known to hold one."""
    found = row[column or ""]
    assert isinstance(found, datetime)
    return found


class Facts:
    """Every row of every table, and the model that says what they mean. Nothing here knows of a database.

    `scored`: the day of the score, whose merges hold also where a metric looks back; default: the day asked for.
    """

    def __init__(
        self, model: Model, tables: Mapping[str, Sequence[Mapping[str, Given]]], scored: date | None = None
    ) -> None:
        self.model = model
        self.scored = scored
        self.tables = {name: [_exact(row) for row in rows] for name, rows in tables.items()}
        self._seen: dict[tuple[str, date, date], list[Row]] = {}
        self._of: dict[tuple[str, str, date, date], dict[Value, list[Row]]] = {}
        self._rows: dict[tuple[str, date], dict[Value, list[Row]]] = {}
        self._parts: dict[tuple[str, bool, date, date], dict[Value, list[Value]]] = {}
        self._maps: dict[tuple[str, date, date], IdMap] = {}
        self._born: dict[tuple[str, Value, date, date], datetime | None] = {}
        self._merged: dict[tuple[str, date, date], dict[Value, list[Value]]] = {}

    def seen(self, table: str, as_of: date, known_by: date) -> list[Row]:
        """Rows of the table with time before the end of `as_of` and known before the end of `known_by`."""
        key = (table, as_of, known_by)
        if key not in self._seen:
            spec = self.model.tables[table]
            rows = (visible(row, spec, as_of, known_by) for row in self.tables.get(table, ()))
            self._seen[key] = [row for row in rows if row is not None]
        return self._seen[key]

    def rows_of(self, table: str, level: str, entity: Value, as_of: date, known_by: date) -> list[Row]:
        """The visible rows of one entity; every visible row where the table names no entity."""
        if self.for_all(table):
            return self.seen(table, as_of, known_by)
        key = (table, level, as_of, known_by)
        if key not in self._of:
            columns, ids = self.model.whose(table, level), self.map(level, as_of, known_by)
            grouped = defaultdict(list)
            for row in self.seen(table, as_of, known_by):
                at = moment(row, self.model.tables[table].time)
                grouped[ids.end(ids.meant(row, columns, at))].append(row)
            self._of[key] = grouped
        return self._of[key].get(entity, [])

    def map(self, level: str, as_of: date, known_by: date) -> IdMap:
        """The level's id map on the day of the score."""
        key = (level, self.scored or as_of, known_by)
        if key not in self._maps:
            ids = self.model.entities[level].ids
            self._maps[key] = IdMap(self.model, level, self.tables.get(ids.table, ()) if ids else (), *key[1:])
        return self._maps[key]

    def for_all(self, table: str) -> bool:
        """Whether nothing says whom a row of the table is about."""
        own = [entity.table for entity in self.model.entities.values()]
        return table not in own and not self.model.tables[table].ids

    def newest(self, table: str, as_of: date, known_by: date) -> datetime | None:
        """The time of the table's newest visible row, whoever's it is."""
        column = self.model.tables[table].time
        return max((moment(row, column) for row in self.seen(table, as_of, known_by)), default=None)

    def entity(self, level: str, entity: Value, as_of: date, known_by: date) -> Row | None:
        """The row with an entity's attributes as they hold on the day: the latest `valid_from` that is not after it."""
        column = self.model.entities[level].valid_from
        rows = self._valid(level, entity, as_of, known_by)
        return max(rows, key=lambda row: _since(row, column), default=None)

    def living(self, level: str, as_of: date, known_by: date) -> list[Value]:
        """Entities whose life has begun by this day and has not ended: the end's own day is no longer part of it."""
        return [entity for entity in self._entities(level, known_by) if self.lives(level, entity, as_of, known_by)]

    def lives(self, level: str, entity: Value, as_of: date, known_by: date) -> bool:
        """Whether the entity lives on the day."""
        until = self.model.entities[level].until
        row = self.entity(level, entity, as_of, known_by)
        born = self.born(level, entity, as_of, known_by)
        if (
            row is None
            or self.map(level, as_of, known_by).end(entity) != entity
            or (born is not None and not before(born, end_of(as_of)))
        ):
            return False
        return until is None or not before(row[until], end_of(as_of))

    def born(self, level: str, entity: Value, as_of: date, known_by: date) -> datetime | None:
        """The earliest beginning that any row states which holds by then; without such a column, the first row's."""
        key = (level, entity, as_of, known_by)
        if key not in self._born:
            spec = self.model.entities[level]
            column = spec.from_ or spec.valid_from
            one = [entity]
            if spec.ids and spec.ids.life == "first":
                one = self._one_now(level, as_of, known_by).get(entity, [])
            rows = [row for other in one for row in self._valid(level, other, as_of, known_by)] if column else []
            times = (moment(row, column) for row in rows if row[column or ""] is not None)
            self._born[key] = min(times, default=None)
        return self._born[key]

    def _one_now(self, level: str, as_of: date, known_by: date) -> dict[Value, list[Value]]:
        """Entity → all those that went on as it, itself among them."""
        key = (level, as_of, known_by)
        if key not in self._merged:
            self._merged[key] = defaultdict(list)
            for other in self._entities(level, known_by):
                self._merged[key][self.map(level, as_of, known_by).end(other)].append(other)
        return self._merged[key]

    def tenure(self, level: str, entity: Value, as_of: date, known_by: date) -> Fraction | None:
        """Days since the life began; None where nobody knows, and outside of it."""
        born = self.born(level, entity, as_of, known_by)
        return Fraction((as_of - born.date()).days) if born and self.lives(level, entity, as_of, known_by) else None

    def parts_of(self, level: str, children: bool, as_of: date, known_by: date) -> dict[Value, list[Value]]:
        """Entity above, or parent → the living entities of the level that name it, by what their ids mean then."""
        key = (level, children, as_of, known_by)
        if key not in self._parts:
            self._parts[key] = defaultdict(list)
            for entity in self.living(level, as_of, known_by):
                row = self.entity(level, entity, as_of, known_by) or {}
                above = self._above(level, row, children, as_of, known_by)
                if above != entity or row[self.model.entities[level].parent or ""] == entity:  # else it went on as this
                    self._parts[key][above].append(entity)
        return self._parts[key]

    def _above(self, level: str, row: Row, children: bool, as_of: date, known_by: date) -> Value:
        entity = self.model.entities[level]
        if children:
            return self.map(level, as_of, known_by).end(row[entity.parent or ""])
        ids = self.map(entity.in_ or "", as_of, known_by)
        return ids.end(ids.meant(row, self.model.link(level), end_of(as_of) - timedelta(microseconds=1)))

    def _valid(self, level: str, entity: Value, as_of: date, known_by: date) -> list[Row]:
        """The rows of one entity that hold by this day: one without a `valid_from` always did."""
        column = self.model.entities[level].valid_from
        rows = self._entities(level, known_by).get(entity, [])
        return [row for row in rows if _since(row, column) < end_of(as_of)]

    def _entities(self, level: str, known_by: date) -> dict[Value, list[Row]]:
        """Entity → its rows, as far as they were known."""
        key = (level, known_by)
        if key not in self._rows:
            spec = self.model.entities[level]
            table = self.model.tables.get(spec.table) or Table()
            self._rows[key] = defaultdict(list)
            for row in self.tables.get(spec.table, ()):
                timed = table.time is None or row[table.time] is not None
                if timed and (table.known is None or before(row[table.known], end_of(known_by))):
                    self._rows[key][row[spec.key]].append(row)
        return self._rows[key]


def _since(row: Row, column: str | None) -> datetime:
    """From when a row holds; always where it does not say."""
    return ALWAYS if column is None or row[column] is None else moment(row, column)


def _exact(row: Mapping[str, Given]) -> Row:
    return {column: exact(cell) for column, cell in row.items()}


def visible(row: Row, spec: Table, as_of: date, known_by: date) -> Row | None:
    """The row as it could be read: None where it had not happened, was not known, or is no fact of the table."""
    if spec.time is not None:
        known = row[spec.known] if spec.known else row[spec.time]
        if not before(row[spec.time], end_of(as_of)) or not before(known, end_of(known_by)):
            return None
    seen = {name: _masked(name, row, spec.columns.get(name), as_of, known_by) for name in row}
    for name in [*(name for name in spec.columns if name not in spec.derived), *spec.derived]:
        if name in spec.derived:
            made = evaluate(spec.derived[name].tree, seen)
            seen[name] = rounded(made, 6) if isinstance(made, Fraction) else made
        seen[name] = _possible(seen[name], spec.columns[name])
    if spec.time is not None:
        day = datetime.combine(moment(row, spec.time), time())
        seen |= {"day": day, "week": day - day.weekday() * DAY}
    return seen if spec.where is None or truth(spec.where, seen) else None


def _masked(name: str, row: Row, column: Column | None, as_of: date, known_by: date) -> Value:
    """A column that changes after its row was written, as it stood: empty until it happened, or until it was known."""
    value = row[name]
    if column is not None and column.happened and not before(value, end_of(as_of)):
        return None
    if column is not None and column.known and not before(row[column.known], end_of(known_by)):
        return None
    return _possible(value, column) if column is not None else value


def _possible(value: Value, column: Column) -> Value:
    """A number outside `between` is none."""
    if column.between is None or not isinstance(value, Fraction):
        return value
    low, high = column.between
    return None if (low is not None and value < low) or (high is not None and value > high) else value
