"""How Spark says what DuckDB says: the places where Ibis' SQL for it means another number, or cannot be run.

Spark's decimals end at 38 digits: where a sum or product could need more it keeps the left ones, and drops decimals.
DuckDB fails there. So operands are made narrower first, which fails where a number does not fit.
"""

from __future__ import annotations

from typing import Any

import ibis.expr.datatypes as dt
import pyarrow.parquet as pq
import sqlglot.expressions as sge
from ibis.backends.pyspark import Backend as PySpark
from ibis.backends.sql.compilers.base import NULL, SQLGlotCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler

from keepwell.facts.casts import BOUNDED
from keepwell.facts.dialect import Numbers


class Dialect(Numbers, PySparkCompiler):  # type: ignore[misc]
    """Ibis' compiler for Spark, with our numbers."""

    __slots__ = ()

    def visit_Field(self, op: Any, *, rel: Any, name: str) -> Any:
        """Without Ibis' option for NaN, which only `ibis.pyspark.connect` declares."""
        return SQLGlotCompiler.visit_Field(self, op, rel=rel, name=name)

    def visit_IsNull(self, op: Any, *, arg: Any) -> Any:
        """NULL alone: what is no number is found where facts come in, and named."""
        return SQLGlotCompiler.visit_IsNull(self, op, arg=arg)

    def visit_NotNull(self, op: Any, *, arg: Any) -> Any:
        return SQLGlotCompiler.visit_NotNull(self, op, arg=arg)

    def visit_Cast(self, op: Any, *, arg: Any, to: dt.DataType) -> Any:
        own = op.arg.dtype
        if own.is_timestamp() and to.is_timestamp():
            return arg  # the session is UTC's
        if own.is_floating() and to.is_decimal():
            exact = self.cast(self._rounded(arg, to), to)
            return self._finite(arg, exact, to) if to == dt.dtype(BOUNDED) else exact
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_Round(self, op: Any, *, arg: Any, digits: Any) -> Any:
        if not op.arg.dtype.is_floating():
            return super().visit_Round(op, arg=arg, digits=digits)
        places = op.digits.value if op.digits is not None else 0
        whole = self._whole(arg, places)
        return self.cast(whole / self.cast(sge.Literal.number(10**places), dt.float64), op.dtype)

    def visit_Multiply(self, op: Any, *, left: Any, right: Any) -> Any:
        """Factors of 18 digits: of a product that may have more than 38, Spark would drop decimals."""
        if op.dtype.is_decimal():
            left, right = self._factor(op.left.dtype, left), self._factor(op.right.dtype, right)
        return super().visit_Multiply(op, left=left, right=right)

    def _factor(self, own: dt.DataType, value: Any) -> Any:
        if own.is_integer():
            return self.cast(value, dt.Decimal(18, 0))
        if own.is_decimal() and (own.precision or 38) > 18:
            return self.cast(value, dt.Decimal(18, own.scale))
        return value

    def visit_Add(self, op: Any, *, left: Any, right: Any) -> Any:
        return super().visit_Add(op, left=self._term(op, left), right=self._term(op, right))

    def visit_Subtract(self, op: Any, *, left: Any, right: Any) -> Any:
        return super().visit_Subtract(op, left=self._term(op, left), right=self._term(op, right))

    def _term(self, op: Any, value: Any) -> Any:
        """A term of 37 digits: Spark would drop a decimal to make room for what is carried into a 39th."""
        if not op.dtype.is_decimal():
            return value
        scale = max(side.dtype.scale if side.dtype.is_decimal() else 0 for side in (op.left, op.right))
        return self.cast(value, dt.Decimal(37, scale))

    def visit_Divide(self, _: Any, *, left: Any, right: Any) -> Any:
        return self.cast(left, dt.float64) / self.cast(right, dt.float64)

    def visit_ScalarUDF(self, op: Any, **arguments: Any) -> Any:
        """Times are naive, or moments in UTC: between the two only a zone makes a difference."""
        name = self.__sql_name__(op)
        if name in ("epoch_us", "make_timestamp"):
            return arguments["value"]
        if name == "timezone":
            value, zone = arguments["value"], arguments["zone"]
            return self._moment(value, zone) if op.dtype.timezone else self.f.anon.from_utc_timestamp(value, zone)
        return super().visit_ScalarUDF(op, **arguments)

    def visit_Hash(self, op: Any, *, arg: Any) -> Any:
        """Of a whole row: by its text with its NULLs, which the hash by itself passes over."""
        if op.arg.dtype.is_struct():
            arg = self.f.anon.to_json(arg, self.f.anon.map("ignoreNullFields", "false"))
        return self.f.anon.xxhash64(arg)

    def _moment(self, value: Any, zone: Any) -> Any:
        """A time of a zone as a moment. Of an hour that comes twice the later is meant, as elsewhere."""
        first = self.f.anon.to_utc_timestamp(value, zone)
        hour = sge.Interval(this=sge.Literal.string("1"), unit=sge.Var(this="HOUR"))
        later = sge.paren(sge.Add(this=first, expression=hour))
        twice = self.f.anon.from_utc_timestamp(later.copy(), zone).eq(self.cast(value, dt.timestamp))
        return self.if_(twice, later, first.copy())

    def _finite(self, double: Any, exact: Any, to: dt.Decimal) -> Any:
        """A fact that is no number ends the query, as elsewhere; by itself Spark would read it as missing."""
        fails = self.cast(self.f.anon.raise_error("CAST_INVALID_INPUT: no number"), to)
        good = sge.or_(double.is_(NULL), self.f.abs(double) < self.cast("1e300", dt.float64))
        return self.if_(good, exact, fails)

    def _rounded(self, double: Any, to: dt.Decimal) -> Any:
        """A double as an exact number. More digits than these, and Spark would drop decimals of the product."""
        places = to.scale
        whole = self.cast(self._whole(double, places), dt.Decimal(min(to.precision, 36 - places), 0))
        return whole * self.cast(f"1e-{places}", dt.Decimal(places + 1, places))

    def _whole(self, double: Any, places: int) -> Any:
        """A double × 10^places as a whole double."""
        return self.f.round(sge.paren(double) * self.cast(sge.Literal.number(10**places), dt.float64), 0)


class Backend(PySpark):  # type: ignore[misc]
    """Ibis' PySpark with this dialect; tables in memory go to Spark as Arrow, so that NULL stays NULL."""

    compiler = Dialect()

    def _register_in_memory_table(self, op: Any) -> None:
        rows = op.data.to_pyarrow(op.schema)
        self._session.createDataFrame(rows).createOrReplaceTempView(op.name)

    def to_pyarrow(self, expr: Any, /, **options: Any) -> Any:
        """The rows as Spark's Arrow. Ibis' own way goes through pandas, in which a NULL may become a NaN."""
        table = expr.as_table()
        self._register_in_memory_tables(table)
        rows = self._session.sql(self.compile(table, **options)).toArrow()
        return expr.__pyarrow_result__(rows.cast(table.schema().to_pyarrow()))

    def to_parquet(self, expr: Any, /, path: Any, **_: Any) -> None:
        """One file on this machine, as other backends write it. Spark's own way is a folder where its workers run."""
        pq.write_table(self.to_pyarrow(expr), path)
