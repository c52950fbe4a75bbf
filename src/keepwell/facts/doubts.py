"""Values that could be read in two ways: which of them is meant is asked, or pointed out, and never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import ibis
import ibis.expr.types as ir

from keepwell.errors import FactsError, Finding
from keepwell.facts import fetch
from keepwell.facts.casts import Zones, bare, read_text
from keepwell.facts.config import TableFile
from keepwell.facts.sources import Relation

_POINTS = r"^[+-]?[0-9]{1,3}(\.[0-9]{3})+$"
_COMMA = r"^[+-]?[1-9][0-9]{0,2},[0-9]{3}$"


def thousands_or_tenths(relation: Relation, raw: ir.Table, columns: Sequence[str], options: TableFile) -> None:
    """Refuse to guess whether 42.000 is 42 or 42 thousand, in a file that is written as where it means thousands.

    Asked only of files with semicolons or dates such as 31.12.2026 that say nothing of their marks.
    """
    elsewhere = options.delimiter == ";" or any("." in written for written in options.dates)
    if not elsewhere or options.thousands is not None or "decimal" in options.model_fields_set:
        return
    for column, such in _all_in_groups(raw, columns, ".", _POINTS):
        said = f"column {column}: ‘{such}’ may be {such.replace('.', '')} or {such.rstrip('0').rstrip('.')}. "
        said += 'Say `thousands: "."` or `decimal: "."` for this table in keepwell.yaml.'
        raise _error(relation, "thousands", said)


def tenths_for_thousands(
    relation: Relation, raw: ir.Table, columns: Sequence[str], options: TableFile
) -> list[Finding]:
    """A warning for each column where `decimal: ","` is said, and every comma stands as one between thousands would."""
    if options.decimal != ",":
        return []
    return [
        Finding(relation.origin, None, "warning", "thousands", _tenths(column, such))
        for column, such in _all_in_groups(raw, columns, ",", _COMMA)
    ]


def _tenths(column: str, such: str) -> str:
    read = such.replace(",", ".").rstrip("0").rstrip(".")
    said = f"column ‘{column}’: every comma has three digits behind it, so ‘{such}’ reads as {read} "
    return f'{said}where {such.replace(",", "")} may be meant; then say `thousands: ","` in place of `decimal: ","`.'


def _all_in_groups(raw: ir.Table, columns: Sequence[str], mark: str, groups: str) -> list[tuple[str, str]]:
    """Columns whose every value with this mark is written in groups of three digits, and one such value."""
    if not columns:
        return []
    counts: dict[str, ir.Value] = {}
    for column in columns:
        word = bare(raw[column])
        such = ibis.ifelse(word.re_search(groups), word, ibis.null("string"))
        counts |= {f"{column}:some": word.contains(mark).sum(), f"{column}:groups": such.count()}
        counts[f"{column}:such"] = such.max()
    found = fetch.rows(raw.aggregate(**counts))[0]
    alike = [column for column in columns if found[f"{column}:some"] == found[f"{column}:groups"]]
    return [(column, found[f"{column}:such"]) for column in alike if found[f"{column}:such"]]


def one_day_or_another(
    relation: Relation, raw: ir.Table, columns: Sequence[str], options: TableFile, zones: Zones
) -> None:
    """Refuse forms of dates of which two read one value as different times: the order of a list is no knowledge."""
    pairs = list(combinations(options.dates, 2))
    columns = [column for column in columns if raw[column].type().is_string()]
    if not pairs or not columns:
        return
    found = fetch.rows(
        raw.aggregate(
            **{
                f"{column}:{number}": raw[column].max(where=_differ(raw[column], pair, options, zones))
                for column in columns
                for number, pair in enumerate(pairs)
            }
        )
    )[0]
    for column in columns:
        for number, (first, second) in enumerate(pairs):
            if such := found[f"{column}:{number}"]:
                said = f"column ‘{column}’: ‘{such}’ is one time by `{first}` and another by `{second}`; "
                raise _error(relation, "dates", f"{said}leave the one that is meant under `dates:` in keepwell.yaml.")


def _differ(value: ir.Value, pair: tuple[str, str], options: TableFile, zones: Zones) -> ir.Value:
    alone = (options.model_copy(update={"dates": (form,)}) for form in pair)
    first, second = (read_text(value, "time", one, zones) for one in alone)
    return first != second


def _error(relation: Relation, code: str, said: str) -> FactsError:
    return FactsError.of([Finding(relation.origin, None, "error", code, said)])
