"""Results out of the engine: the one place where a query's rows are taken."""

from __future__ import annotations

from typing import Any

import ibis
import pyarrow as pa


def arrow(expression: ibis.Table) -> pa.Table:
    """The rows as an Arrow table."""
    return expression.to_pyarrow()


def rows(expression: ibis.Table) -> list[dict[str, Any]]:
    """The rows as dicts, for few of them."""
    found: list[dict[str, Any]] = arrow(expression).to_pylist()
    return found
