"""Values that a column's kind cannot read: how many, the first one with its row, and what would settle it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation

import ibis
import ibis.expr.types as ir

from keepwell.errors import Finding, Severity
from keepwell.facts import fetch
from keepwell.facts.casts import Zones, given, read_text
from keepwell.facts.config import ISO, TableFile
from keepwell.facts.sources import Relation
from keepwell.model.exact import LARGEST

_DAYS = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y", "%d %b %Y", "%Y%m%d")
_FORMS = (*_DAYS, *(f"{form} %H:%M" for form in _DAYS), *(f"{form} %H:%M:%S" for form in _DAYS))

_ZONES = Zones("UTC", "UTC")
_WHAT = {"number": "a number", "time": "a time", "yes_no": "yes or no"}


@dataclass(frozen=True)
class Attempt:
    """A raw table and its columns read as their kinds: NULL in `tried` where `raw` is not NULL is unreadable."""

    raw: ir.Table
    tried: Mapping[str, ir.Value]
    options: TableFile


@dataclass(frozen=True)
class Unreadable:
    """What a column could not read. `row` is the index of the first such row, from 0; `among` all values there.

    `forms`: of a time, the forms that fit the first value and most of the others; `alone`: they fit every value.
    """

    column: str
    kind: str
    count: int
    among: int
    row: int
    value: str
    forms: tuple[str, ...] = ()
    alone: bool = False


def look(attempt: Attempt) -> list[Unreadable]:
    """Every column with unreadable values. One scan that counts, and one more per column that has some."""
    raw, tried = attempt.raw, attempt.tried
    if not tried:
        return []
    bad = {column: given(raw[column], attempt.options) & value.isnull() for column, value in tried.items()}
    counts = raw.aggregate(
        **{f"{column}:bad": flag.sum() for column, flag in bad.items()},
        **{f"{column}:all": raw[column].count() for column in bad},
    )
    found = fetch.rows(counts)[0]
    return [
        _formed(
            attempt,
            _first(raw, column, bad[column], _word(tried[column]), found[f"{column}:bad"], found[f"{column}:all"]),
        )
        for column in bad
        if found[f"{column}:bad"]
    ]


def _word(value: ir.Value) -> str:
    kind = value.type()
    return "number" if kind.is_numeric() and not kind.is_boolean() else "yes_no" if kind.is_boolean() else "time"


def _first(raw: ir.Table, column: str, bad: ir.Value, kind: str, count: int, among: int) -> Unreadable:
    rows = raw.select(value=raw[column].cast("string"), bad=bad, row=ibis.row_number())
    rows = rows.filter(rows.bad).order_by("row").limit(1).select("value", "row")
    first = fetch.rows(rows)[0]
    return Unreadable(column, kind, int(count), int(among), int(first["row"]), str(first["value"]))


def _formed(attempt: Attempt, item: Unreadable) -> Unreadable:
    """With the forms of dates that would settle it. Costs a scan, and only where a value looks like a date."""
    forms = [form for form in _FORMS if item.kind == "time" and _fits(item.value.strip(), form)]
    value = attempt.raw[item.column]
    if not forms or not value.type().is_string():
        return item
    alone = (attempt.options.model_copy(update={"dates": (form,)}) for form in forms)
    read = {form: read_text(value, "time", one, _ZONES) for form, one in zip(forms, alone, strict=True)}
    bad = given(value, attempt.options) & attempt.tried[item.column].isnull()
    counts = {f"{form}:all": time.count() for form, time in read.items()}
    counts |= {f"{form}:bad": time.count(where=bad) for form, time in read.items()}
    counts["given"] = given(value, attempt.options).sum()
    found = fetch.rows(attempt.raw.aggregate(**counts))[0]
    if whole := tuple(form for form in forms if found[f"{form}:all"] == found["given"]):
        return replace(item, forms=whole, alone=True)
    most = max(found[f"{form}:bad"] for form in forms)
    return replace(item, forms=tuple(form for form in forms if found[f"{form}:bad"] == most))


def finding(item: Unreadable, relation: Relation, options: TableFile, severity: Severity) -> Finding:
    """The finding that names the first value, how many there are, and the option that would settle it."""
    what, value = _WHAT[item.kind], _short(item.value)
    more = f" ({item.count:,} of {item.among:,} values are not)" if item.count > 1 else ""
    said = f"column ‘{item.column}’, {relation.place(item.row)}: ‘{value}’ {_is_not(item, what)}{more}."
    if severity != "error":
        return Finding(relation.origin, None, severity, "unreadable", f"{said} They read as missing.")
    text = relation.schema[item.column].is_string()
    return Finding(relation.origin, None, severity, "unreadable", f"{said} {_remedy(item, options, text=text)}")


def undecided(item: Unreadable, table: str, relation: Relation) -> Finding:
    """The finding that a column holds values of two kinds, and nothing says which it is."""
    few = item.among - item.count
    others = f"{few:,} other {'value is' if few == 1 else 'values are'}"
    said = f"column ‘{item.column}’, {relation.place(item.row)}: ‘{_short(item.value)}’ is not {_WHAT[item.kind]}, and "
    said += f"{others}; say which it is in the model, such as `columns: {{{item.column}: {{kind: {item.kind}}}}}` "
    said += f"(or kind: text) for table {table}, or which words mean «no value» with `null_words:` in keepwell.yaml."
    return Finding(relation.origin, None, "error", "mixed", said)


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:57] + "…"


def _is_not(item: Unreadable, what: str) -> str:
    if item.kind == "number" and _too_large(item.value.strip()):
        return "is beyond the numbers that are kept exactly (below 10^18)"
    if item.kind == "time" and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?", item.value.strip()):
        return "is no day or time that exists"
    return f"is not {what}"


def _too_large(value: str) -> bool:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return False
    return number.is_finite() and abs(number) >= LARGEST


def _remedy(item: Unreadable, options: TableFile, *, text: bool) -> str:
    missing = "`unreadable: missing` reads such values as missing"
    value = item.value.strip()
    if not text:
        return "Mend the value; or say `unreadable: missing` for this table in keepwell.yaml to read it as missing."
    if item.forms:
        others = () if item.alone else options.dates or ((ISO,) if item.count < item.among else ())
        listed = [*others, item.forms[0]]
        other = f" (or {item.forms[1]})" if len(item.forms) > 1 else ""
        shown = f'"{listed[0]}"' if len(listed) == 1 else "[" + ", ".join(f'"{form}"' for form in listed) + "]"
        return f"Say `dates: {shown}`{other} for this table in keepwell.yaml; {missing}."
    if item.kind == "number" and re.fullmatch(r"[+-]?[0-9][0-9.,' ]*", value):
        return f"Say {_marks(value)} for this table in keepwell.yaml; {missing}."
    if re.fullmatch(r"[^0-9]{0,20}", value):
        return f'Say `null_words: ["{value}"]` for this table in keepwell.yaml if it means «no value»; {missing}.'
    return f"Mend the value; or {missing} (for this table in keepwell.yaml)."


def _fits(value: str, form: str) -> bool:
    try:
        datetime.strptime(value, form)  # noqa: DTZ007 (only whether it fits)
    except ValueError:
        return False
    return True


def _marks(value: str) -> str:
    """The marks that this number seems to be written with."""
    signs = [sign for sign in value if sign in ".,' "]
    if re.fullmatch(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}", value):
        tenths = value.replace(",", ".").rstrip("0").rstrip(".")
        return f'`thousands: ","` if it is {value.replace(",", "")}, or `decimal: ","` if it is {tenths},'
    if signs and signs[-1] == "," and signs.count(",") == 1:
        return '`decimal: ","`' + (f' and `thousands: "{signs[0]}"`' if signs[0] != "," else "")
    group = next((sign for sign in signs if sign != "."), None)
    return f'`thousands: "{group}"`' if group else '`decimal: ","` and `thousands: "."`'
