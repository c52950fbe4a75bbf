"""The kinds of text columns, from all of their values: nothing is decided on a sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from keepwell.facts.casts import Zones, read_text
from keepwell.facts.config import TableFile
from keepwell.facts.unreadable import Attempt, Unreadable, look

WHOLE = r"^[+-]?[0-9]{1,18}$"
_CODE = r"^[+-]?0[0-9]"
"""Leading zeros make a code (007, a postcode), not a number."""
_MOSTLY = 0.5


def infer(
    raw: ir.Table, known: Mapping[str, str], options: TableFile, zones: Zones
) -> tuple[dict[str, str], list[Unreadable]]:
    """Column → kind (`whole` for numbers without decimals), and the columns where a few values spoil a kind.

    `known` kinds stay; of a known number it is only found whether it is whole. A column without a value is text.
    """
    sizes = _sizes(raw, known, options, zones)
    kinds: dict[str, str] = {}
    mixed: dict[str, str] = {}
    for column in raw.columns:
        size = {name: sizes[f"{column}:{name}"] or 0 for name in ("all", "whole", "code", "yes_no", "number", "time")}
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
    """The kind that most values have, of a column that stayed text for the others."""
    most = max(("number", "time"), key=lambda name: size[name])
    spoiled = kind == "text" and not size["code"] and size["all"] * _MOSTLY < size[most] < size["all"]
    return most if spoiled else None


def _sizes(raw: ir.Table, known: Mapping[str, str], options: TableFile, zones: Zones) -> dict[str, Any]:
    """How many values each column has, and how many of them each kind can read: one query over all columns."""
    counts: dict[str, ir.Value] = {}
    for column in raw.columns:
        text = read_text(raw[column], "text", options, zones)
        word = text.strip().nullif("")
        if column in known and known[column] != "number":
            flags = {}
        else:
            flags = {"whole": word.re_search(WHOLE), "code": word.re_search(_CODE)}
            plain = ibis.coalesce(word.lower().isin(("true", "false")), ibis.literal(False))
            if column not in known:
                flags |= {"yes_no": plain}
                flags |= {kind: read_text(raw[column], kind, options, zones).notnull() for kind in ("number", "time")}
        counts[f"{column}:all"] = word.count()
        for name in ("whole", "code", "yes_no", "number", "time"):
            counts[f"{column}:{name}"] = flags[name].sum() if name in flags else ibis.literal(0)
    found: dict[str, Any] = raw.aggregate(**counts).to_pyarrow().to_pylist()[0]
    return found
