"""The kinds of text columns, from all of their values: nothing is decided on a sample."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from keepwell.facts import fetch
from keepwell.facts.casts import Zones, bare, read_text
from keepwell.facts.config import TableFile
from keepwell.facts.unreadable import Attempt, Unreadable, look

WHOLE = r"^[+-]?[0-9]{1,18}$"
_CODE = r"^[+-]?0[0-9]"
"""Leading zeros make a code (007, a postcode), not a number."""
_COUNTED = ("all", "whole", "code", "yes_no", "number", "time")
_TELLING = ("number", "time", "yes_no")


def infer(
    raw: ir.Table, known: Mapping[str, str], options: TableFile, zones: Zones
) -> tuple[dict[str, str], list[Unreadable]]:
    """Column → kind (`whole` for numbers without decimals), and the columns that have no kind: the values differ.

    `known` kinds stay; of a known number it is only found whether it is whole. A column without a value is text.
    Nobody may guess the kind of a column that holds numbers and words: read without its later rows it would have been
    numbers, so a row of tomorrow would change what is read of today.
    """
    sizes = _sizes(raw, known, options, zones)
    kinds: dict[str, str] = {}
    mixed: dict[str, str] = {}
    for column in raw.columns:
        size = {name: sizes.get(f"{column}:{name}", 0) for name in _COUNTED}
        kinds[column] = _kind(known.get(column), size)
        if column not in known and (almost := _almost(kinds[column], size)):
            mixed[column] = almost
    tried = {column: read_text(raw[column], kind, options, zones) for column, kind in mixed.items()}
    return kinds, look(Attempt(raw, tried, options))


def _kind(known: str | None, size: Mapping[str, int]) -> str:
    if known == "number":
        return "whole" if size["all"] and size["whole"] == size["all"] else "number"
    if known is not None or not size["all"]:
        return known or "text"
    if size["yes_no"] == size["all"]:
        return "yes_no"
    if size["number"] == size["all"] and not size["code"]:
        return "whole" if size["whole"] == size["all"] else "number"
    return "time" if size["time"] == size["all"] else "text"


def _almost(kind: str, size: Mapping[str, int]) -> str | None:
    """The kind of most of the values that are no words, of a column that has words too. Codes are words."""
    most = max(_TELLING, key=lambda name: size[name])
    return most if kind == "text" and not size["code"] and size[most] else None


def _sizes(raw: ir.Table, known: Mapping[str, str], options: TableFile, zones: Zones) -> dict[str, int]:
    """How many values each open column has, and how many of them each kind can read: one query over all columns."""
    counts: dict[str, ir.Value] = {"rows": raw.count()}
    for column in raw.columns:
        if known.get(column, "number") != "number":
            continue
        word = bare(read_text(raw[column], "text", options, zones)).nullif("")
        flags = {"whole": word.re_search(WHOLE)}
        if column not in known:
            flags |= {"code": word.re_search(_CODE), "yes_no": word.lower().isin(("true", "false"))}
            flags |= {kind: read_text(raw[column], kind, options, zones).notnull() for kind in ("number", "time")}
        counts |= {f"{column}:{name}": flag.sum() for name, flag in flags.items()}
        counts[f"{column}:all"] = word.count()
    return {name: int(count or 0) for name, count in fetch.rows(raw.aggregate(**counts))[0].items()}
