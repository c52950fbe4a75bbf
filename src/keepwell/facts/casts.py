"""One column of a source read as one kind: number, time, yes/no or text. Pure Ibis expressions.

Two forms of each: `tried` is NULL where a value cannot be read; `strict` fails there. Typed columns are cast strictly
inside the scan, which costs least, and only a failure pays for finding out where.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from keepwell.facts.config import ISO, TableFile
from keepwell.facts.expressions import NUMBER

BOUNDED = "decimal(24,6)"
"""Numbers from outside pass through this: below 10^18, so that no sum of them overflows DECIMAL(38,6)."""
TIME = dt.Timestamp(scale=6)
_ZONED = dt.Timestamp(timezone="UTC")

_CLOCK = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
_OFFSET = r"(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)"
_ISO = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([T ]{_CLOCK} ?{_OFFSET}?)?$"
_HAS_OFFSET = rf":[0-9.:]+ ?{_OFFSET}$"
_PLAIN = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_YES = ("true", "yes", "y", "t", "1")
_NO = ("false", "no", "n", "f", "0")


@ibis.udf.scalar.builtin(name="timezone", signature=((dt.string, TIME), _ZONED))
def _in_zone(zone, value):  # type: ignore[no-untyped-def]
    """The moment of a naive time in this zone."""


@ibis.udf.scalar.builtin(name="timezone", signature=((dt.string, _ZONED), TIME))
def _naive(zone, value):  # type: ignore[no-untyped-def]
    """The naive time of a moment in this zone."""


@ibis.udf.scalar.builtin(name="epoch_us", signature=((_ZONED,), dt.int64))
def _microseconds(value):  # type: ignore[no-untyped-def]
    """Microseconds since 1970 in UTC."""


@ibis.udf.scalar.builtin(name="make_timestamp", signature=((dt.int64,), TIME))
def _from_microseconds(value):  # type: ignore[no-untyped-def]
    """The naive UTC time of these microseconds."""


@ibis.udf.scalar.builtin(name="try_strptime", signature=((dt.string, dt.string), TIME))
def _parsed(value, form):  # type: ignore[no-untyped-def]
    """The time written in this form, or NULL."""


@ibis.udf.scalar.builtin(name="try_strptime", signature=((dt.string, dt.string), _ZONED))
def _parsed_zoned(value, form):  # type: ignore[no-untyped-def]
    """The moment written in this form, which names an offset, or NULL."""


@ibis.udf.scalar.builtin(name="trim", signature=((dt.string,), dt.string))
def bare(value):  # type: ignore[no-untyped-def]
    """Text without the spaces around it. Not Ibis' `strip`: naming tabs and more makes it five times as slow."""


@ibis.udf.scalar.builtin(name="error", signature=((dt.string,), dt.string))
def _fail(message):  # type: ignore[no-untyped-def]
    """Ends the query with this message."""


@dataclass(frozen=True)
class Zones:
    """The zone that naive times of a table are written in, and the workspace's, which they are turned into."""

    table: str
    workspace: str

    def naive(self, value: ir.Value) -> ir.Value:
        """A naive time of the table as one of the workspace."""
        return value if self.table == self.workspace else self.moment(_in_zone(self.table, value))

    def moment(self, value: ir.Value) -> ir.Value:
        """A moment as a naive time of the workspace. UTC takes the short way: a tenth of the cost over many rows."""
        if self.workspace == "UTC":
            return _from_microseconds(_microseconds(value))
        return _naive(self.workspace, value)


def natural(kind: dt.DataType) -> str:
    """The kind that a typed column has of itself."""
    if kind.is_boolean():
        return "yes_no"
    if kind.is_numeric():
        return "number"
    return "time" if kind.is_timestamp() or kind.is_date() else "text"


def given(value: ir.Value, options: TableFile) -> ir.BooleanValue:
    """Whether there is a value at all: not NULL, and of text neither blank nor a null word."""
    if not value.type().is_string():
        return value.notnull()
    blank = ["", *(word.lower() for word in options.null_words)]
    return ibis.coalesce(~bare(value).lower().isin(blank), ibis.literal(False))


def read_text(value: ir.Value, kind: str, options: TableFile, zones: Zones) -> ir.Value:
    """A text column as this kind: NULL where it is empty, a null word, or cannot be read (`tried`).

    The kind `whole` is for numbers that are known to be whole; it fails on others.
    """
    words = [word.lower() for word in options.null_words]
    if words:
        value = ibis.ifelse(bare(value).lower().isin(words), ibis.null("string"), value)
    if kind in ("text", "id"):
        return value.nullif("")
    value = bare(value).nullif("")
    if kind == "whole":
        return value.cast("int64")
    if kind == "number":
        return _number(value, options)
    if kind == "yes_no":
        return ibis.cases((value.lower().isin(_YES), True), (value.lower().isin(_NO), False))
    return _time(value, options, zones)


def _number(value: ir.Value, options: TableFile) -> ir.Value:
    plain = value
    if options.thousands or options.decimal != ".":
        mark, group = re.escape(options.decimal), re.escape(options.thousands or "")
        grouped = rf"^[+-]?([0-9]{{1,3}}({group}[0-9]{{3}})+|[0-9]+)({mark}[0-9]+)?$"
        plain = ibis.ifelse(value.re_search(grouped), value, ibis.null("string"))
        plain = plain.replace(options.thousands, "") if options.thousands else plain
        plain = plain.replace(options.decimal, ".")
    plain = ibis.ifelse(plain.re_search(_PLAIN), plain, ibis.null("string"))
    return plain.try_cast(BOUNDED).cast(NUMBER)


def _time(value: ir.Value, options: TableFile, zones: Zones) -> ir.Value:
    if not options.dates:
        return iso_time(value, zones)
    return ibis.coalesce(*(_written(value, form, zones) for form in options.dates))


def iso_time(value: ir.Value, zones: Zones) -> ir.Value:
    """ISO 8601 text as a time: a date is midnight of that day in any zone, an offset is obeyed."""
    plain = value.try_cast(TIME)
    return ibis.cases(
        (~value.re_search(_ISO), ibis.null(TIME)),
        (value.length() == len("2026-01-31"), plain),
        (value.re_search(_HAS_OFFSET), zones.moment(value.try_cast(_ZONED))),
        else_=zones.naive(plain),
    )


def _written(value: ir.Value, form: str, zones: Zones) -> ir.Value:
    if form == ISO:
        return iso_time(value, zones)
    if "%z" in form:
        return zones.moment(_parsed_zoned(value, form))
    found = _parsed(value, form)
    # %Y reads «26» as the year 26, and the word «epoch» is a time of its own
    found = ibis.ifelse((found.year() >= 1000) & value.re_search("[0-9]"), found, ibis.null(TIME))
    return zones.naive(found) if re.search(r"%-?[HIMSfp]", form) else found


def read_typed(value: ir.Value, kind: str, options: TableFile, zones: Zones) -> tuple[ir.Value, ir.Value] | None:
    """(tried, strict) of a typed column as this kind; None where its type can never be that kind."""
    own = value.type()
    if own.is_string() and kind not in ("text", "id"):
        tried = read_text(value, kind, options, zones)
        bad = tried.isnull() & given(value, options)
        return tried, ibis.ifelse(bad, _fail(value).cast(tried.type()), tried)
    if kind == "id":
        return value, value
    both = _DIRECT[kind](value, own, zones)
    if kind == "number" and not own.is_integer() and both is not None:
        return value.try_cast(BOUNDED).cast(NUMBER), both
    return None if both is None else (both, both)


def _typed_number(value: ir.Value, own: dt.DataType, _: Zones) -> ir.Value | None:
    if own.is_boolean() or (own.is_integer() and own != dt.uint64):
        return value.cast("int64")
    return value.cast(BOUNDED).cast(NUMBER) if own.is_numeric() else None


def _typed_time(value: ir.Value, own: dt.DataType, zones: Zones) -> ir.Value | None:
    if own.is_date():
        return value.cast(TIME)
    if not own.is_timestamp():
        return None
    if own.timezone is not None:
        return zones.moment(value.cast(_ZONED))
    return zones.naive(value if own == TIME else value.cast(TIME))


def _typed_yes_no(value: ir.Value, own: dt.DataType, _: Zones) -> ir.Value | None:
    if own.is_boolean():
        return value
    return value != 0 if own.is_integer() else None


def _typed_text(value: ir.Value, own: dt.DataType, _: Zones) -> ir.Value | None:
    return value if own.is_string() else value.cast("string")


_DIRECT = {"number": _typed_number, "time": _typed_time, "yes_no": _typed_yes_no, "text": _typed_text}
