"""Computing a table once that is read more than once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from itertools import count

import ibis
import ibis.expr.types as ir

_NUMBERS = count()

Keep = Callable[[ir.Table], ir.Table]
"""Computes a table; what it returns stands for it, and lives as long as the engine's connection."""


def keeper(backend: ibis.BaseBackend, reads: Callable[[], AbstractContextManager[None]] = nullcontext) -> Keep:
    """A `Keep` on this engine; `reads` turns the engine's errors into sentences."""

    def keep(table: ir.Table) -> ir.Table:
        with reads():
            return backend.create_table(f"keepwell_{next(_NUMBERS)}", table, temp=True)

    return keep
