"""The columns that every table with a time has without declaring them: where in the calendar a fact lies."""

from __future__ import annotations

from collections.abc import Callable

import ibis.expr.types as ir

CALENDAR: dict[str, Callable[[ir.TimestampValue], ir.Value]] = {
    "day": lambda time: time.date(),
    "week": lambda time: time.date().truncate("W"),
}
"""day: the calendar day of the fact; week: the Monday of its week. A column that the data has goes before them."""
