"""How PostgreSQL says what DuckDB says: the few places where Ibis' SQL for it means another number, or cannot be run.

A double becomes a decimal as DuckDB makes it one: scaled, then rounded half away from zero. PostgreSQL's own way keeps
15 digits, and would round 0.0000000005 by what it is in binary.
"""

from __future__ import annotations

from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis.backends.postgres import Backend
from ibis.backends.sql.compilers.postgres import PostgresCompiler
from ibis.expr.schema import Schema

from keepwell.facts.casts import BOUNDED
from keepwell.facts.dialect import Numbers

_FROM_OUTSIDE = dt.dtype(BOUNDED)


class Dialect(Numbers, PostgresCompiler):  # type: ignore[misc]
    """Ibis' compiler for PostgreSQL, with our numbers."""

    __slots__ = ()
    # Ibis' own rewrite of DISTINCT with ORDER BY makes distinct by the sorted column's old name too: rows come twice.
    post_rewrites = ()

    def to_sqlglot(self, expr: Any, **options: Any) -> Any:
        """The query, with a fence behind every step that decides something.

        The planner would copy what a step computes into each place that reads it, and those into the next: a score is
        thirty steps deep, and the query would outgrow any memory. `OFFSET 0` keeps a step as it is.
        """
        query = super().to_sqlglot(expr, **options)
        for step in query.find_all(sge.Select):
            if (
                step is not query
                and not step.args.get("limit")
                and any(item.find(sge.Case) is not None for item in step.selects)
            ):
                step.set("offset", sge.Offset(expression=sge.Literal.number(0)))
        return query

    def visit_Cast(self, op: Any, *, arg: Any, to: dt.DataType) -> Any:
        own = op.arg.dtype
        if own.is_boolean() and to.is_numeric():
            arg = self.cast(arg, dt.int32)
        if own.is_floating() and to.is_decimal():
            return self.cast(self._rounded(arg, to.scale or 0), to)
        if own.is_decimal() and to == _FROM_OUTSIDE:
            return self.cast(self._number(arg), to)
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_Round(self, op: Any, *, arg: Any, digits: Any) -> Any:
        if not op.arg.dtype.is_floating():
            return super().visit_Round(op, arg=arg, digits=digits)
        places = op.digits.value if op.digits is not None else 0
        whole = self.cast(self._whole(arg, places), dt.float64)
        return self.cast(whole / sge.Literal.number(10**places), op.dtype)

    def visit_Hash(self, op: Any, *, arg: Any) -> Any:
        """Of a whole row: by its text."""
        if op.arg.dtype.is_struct():
            return self.f.hashtextextended(self.cast(arg, dt.string), 0)
        return super().visit_Hash(op, arg=arg)

    def visit_ScalarUDF(self, op: Any, **arguments: Any) -> Any:
        """The two steps by which DuckDB turns a moment into UTC's naive time fastest are one here."""
        name = self.__sql_name__(op)
        if name == "epoch_us":
            return arguments["value"]
        if name == "make_timestamp":
            return self.f.timezone("UTC", arguments["value"])
        return super().visit_ScalarUDF(op, **arguments)

    def _rounded(self, double: Any, places: int) -> Any:
        """A double as an exact number with so many decimals."""
        return sge.paren(self._whole(double, places)) * sge.Literal.number(f"1e-{places}")

    def _whole(self, double: Any, places: int) -> Any:
        """A double × 10^places as an exact whole number."""
        scaled = sge.paren(double) * sge.cast(sge.Literal.number(10**places), "double")
        return self.f.round(self._number(scaled))

    def _number(self, value: Any) -> Any:
        """An exact number, through text, which alone keeps every digit of a double.

        «NaN» is a decimal as well here, and a failure elsewhere: without its N it is none here either.
        """
        return sge.cast(self.f.anon.translate(sge.cast(value, "text"), "N", "?"), "decimal")


class Postgres(Backend):  # type: ignore[misc]
    """Ibis' PostgreSQL with this dialect."""

    compiler = Dialect()

    def create_table(self, name: str, /, obj: Any = None, **options: Any) -> Any:
        """As Ibis does it, with text that is ordered by its characters: a table forgets how its query ordered it."""
        schema = options.pop("schema", None) or (obj.schema() if isinstance(obj, ir.Table) else None)
        return super().create_table(name, obj, schema=Collated(schema) if schema else None, **options)


class Collated(Schema):  # type: ignore[misc]
    """A schema whose columns of text say how they are ordered."""

    def to_sqlglot_column_defs(self, dialect: Any) -> list[sge.ColumnDef]:
        found: list[sge.ColumnDef] = super().to_sqlglot_column_defs(dialect)
        order = sge.CollateColumnConstraint(this=sge.to_identifier("C", quoted=True))
        for column, kind in zip(found, self.types, strict=True):
            if kind.is_string():
                column.append("constraints", sge.ColumnConstraint(kind=order.copy()))
        return found
