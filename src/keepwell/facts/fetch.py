"""Results out of the engine."""

from __future__ import annotations

from itertools import count
from typing import Any

import ibis
import pyarrow as pa

_NAMES = count()


def arrow(expression: ibis.Table) -> pa.Table:
    """The rows as an Arrow table.

    Through a view that DuckDB reads itself: Ibis' own ways out import pandas, which costs every command a second.
    """
    backend: Any = ibis.get_backend(expression)
    name = f"fetch_{next(_NAMES)}"
    backend.create_view(name, expression)
    try:
        return backend.con.table(name).to_arrow_table()
    finally:
        backend.drop_view(name)


def rows(expression: ibis.Table) -> list[dict[str, Any]]:
    """The rows as dicts, for few of them."""
    found: list[dict[str, Any]] = arrow(expression).to_pylist()
    return found
