"""Whose an id is: the id map read row by row, as of one day and by what was known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from keepwell.model import Model
from tests.oracle.numbers import Value

Row = dict[str, Value]
FREEMAIL = ("gmail.com", "web.de", "qq.com")
"""Those that occur in tests."""


class IdMap:
    """What the rows of one level's map say on the day of the score. Of no map: every id is a key of the level."""

    def __init__(self, model: Model, level: str, rows: Sequence[Row], day: date, known_by: date) -> None:
        self.level = level
        self.ids = model.entities[level].map
        self.rows: dict[tuple[str, Value], list[tuple[Value, datetime, datetime]]] = defaultdict(list)
        self._ends: dict[Value, Value] = {}
        if self.ids is None:
            return
        spec = model.tables[self.ids.table]
        for row in rows:
            since = _time(row, self.ids.valid_from)
            learned = _time(row, spec.known)
            if spec.known and row[spec.known] is None:
                continue
            if since >= _end(day) or learned >= _end(known_by):
                continue
            system, key = str(row[self.ids.system]), row[self.ids.key or ""]
            id_ = _domain(row[self.ids.id]) if system == "domain" else row[self.ids.id]
            if id_ is not None and not (system == "domain" and id_ in FREEMAIL):
                self.rows[system, id_].append((key, since, learned))

    def said(self, system: str, id_: Value, at: datetime) -> tuple[Value] | None:
        """The key that the id stood for, in a tuple; None where the map says nothing of it at that time."""
        rows = [row for row in self.rows.get((system, id_), ()) if row[1] <= at]
        return (max(rows, key=lambda row: row[1:])[0],) if rows else None

    def meant(self, row: Row, columns: Sequence[tuple[str, str]], at: datetime) -> Value:
        """The entity that a row's ids meant: the first column that answers decides."""
        for system, column in columns:
            value = row[column]
            if value is None:
                continue
            if system == self.level:
                return value
            if found := self.said(system, _domain(value) if system == "domain" else value, at):
                return found[0]
        return None

    def end(self, key: Value) -> Value:
        """Whoever an entity went on as, at last."""
        if key not in self._ends:
            seen, last = set(), key
            while last is not None and last not in seen:
                seen.add(last)
                found = self.said(self.level, last, datetime.max)  # noqa: DTZ901 (naive, as facts are)
                last = found[0] if found else last
            self._ends[key] = last
        return self._ends[key]


def _time(row: Row, column: str | None) -> datetime:
    value = row[column] if column else None
    return value if isinstance(value, datetime) else datetime(1, 1, 1)  # noqa: DTZ001 (naive, as facts are)


def _end(day: date) -> datetime:
    return datetime.combine(day, time()) + timedelta(days=1)


def _domain(value: Value) -> Value:
    return value.rsplit("@", 1)[-1].strip().lower() if isinstance(value, str) else value
