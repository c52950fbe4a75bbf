"""How a file writes dates and decimals, found from all values of all its columns together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis.expr.types as ir

from keepwell.facts.casts import Zones, read_text
from keepwell.facts.config import ISO, TableFile

BASES = ("%d.%m.%Y", "%d.%m.%y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d %b %Y", "%b %d, %Y")
"""Days as people write them; the time of day may follow."""
CLOCKS = ("", " %H:%M", " %H:%M:%S")
_GROUPED = r"^[+-]?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+)(,[0-9]+)?$"
_UTC = Zones("UTC", "UTC")


@dataclass(frozen=True)
class Forms:
    """`times`: the columns that are times; `unsure`: those whose days may be other ones; `dates`: the forms to read by.

    `decimal_comma`: the file writes 1.234,5 for what is 1234.5.
    """

    times: frozenset[str]
    unsure: frozenset[str]
    dates: tuple[str, ...]
    decimal_comma: bool


def written(word: ir.Value, base: str) -> ir.Value:
    """The time that a text is in this form, with or without a time of day; NULL for other texts."""
    return read_text(word, "time", TableFile(dates=with_clocks(base)), _UTC)


def with_clocks(base: str) -> tuple[str, ...]:
    """The form of a day, and with a time of day behind it."""
    return tuple(base + clock for clock in CLOCKS)


def german(word: ir.Value) -> dict[str, ir.Value]:
    """What tells a decimal comma: values of that form, those with a comma, and those that cannot be thousands."""
    return {
        "german": word.re_search(_GROUPED),
        "comma": word.re_search(_GROUPED) & word.re_search(","),
        "not_thousands": word.re_search(r",([0-9]{1,2}|[0-9]{4,})$"),
    }


def forms_of(sizes: Mapping[str, Mapping[str, int]]) -> Forms:
    """The forms of a file from what was counted in its text columns.

    A column is a time if one form (or ISO) reads all of its values. Where two do, another column of the file may tell
    which it is; else it stays unsure.
    """
    fits = {name: {base for base in BASES if size[base] == size["all"]} for name, size in sizes.items() if size["all"]}
    iso = {name for name, size in sizes.items() if size["all"] and size["iso"] == size["all"]}
    told = {name: bases for name, bases in fits.items() if bases and name not in iso}
    common = set.intersection(*told.values()) if told else set()
    chosen = {name: _first(bases & common or bases) for name, bases in told.items()}
    unsure = {name for name, bases in told.items() if len(bases & common or bases) > 1}
    timed = {base for name, base in chosen.items() if sizes[name]["clock"]}
    written_as = [base for base in BASES if base in chosen.values()]
    forms = [form for base in written_as for form in (with_clocks(base) if base in timed else (base,))]
    dates = ((ISO,) if iso else ()) + tuple(forms) if forms else ()
    comma = any(size["all"] and size["german"] == size["all"] and size["not_thousands"] for size in sizes.values())
    point = any(size["point"] for size in sizes.values())
    return Forms(frozenset(iso | set(chosen)), frozenset(unsure), dates, comma and not point)


def _first(bases: set[str]) -> str:
    return next(base for base in BASES if base in bases)
