"""What the dialects of other engines have in common: numbers that are DuckDB's."""

from __future__ import annotations

import math
from typing import Any

import ibis.expr.datatypes as dt
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import NULL


class Numbers:
    """Beside a compiler of Ibis, and before it in the order of its bases."""

    __slots__ = ()

    def visit_TryCast(self, op: Any, *, arg: Any, to: dt.DataType) -> Any:
        """Of numbers into decimals: NULL where one is too large, or no number. Others are cast as they are."""
        compiler: Any = self
        cast = compiler.visit_Cast(op, arg=arg, to=to)
        if not (op.arg.dtype.is_numeric() and to.is_decimal()):
            return cast
        most = sge.Literal.number(10 ** (to.precision - to.scale) - 1)
        return compiler.if_(compiler.f.abs(arg) < most, cast, NULL)

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: dt.DataType) -> Any:
        """A number with a point as a double: by itself it would be a decimal."""
        compiler: Any = self
        if dtype.is_floating() and math.isfinite(value):
            return compiler.cast(repr(float(value)), dtype)
        parent: Any = super()
        return parent.visit_NonNullLiteral(op, value=value, dtype=dtype)
