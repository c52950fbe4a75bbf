"""Excel workbooks: the cells of one sheet as text, so that they take the same way as any other untyped file."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Sequence
from contextlib import closing
from datetime import date, datetime, time
from itertools import count
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

import ibis

from keepwell.errors import did_you_mean
from keepwell.facts.config import TableFile
from keepwell.facts.engine import Engine
from keepwell.facts.reading import file_problem, refuse
from keepwell.facts.sources import Relation
from keepwell.facts.text import check_names

_copies = count()


def excel_relation(engine: Engine, path: Path, origin: str, options: TableFile) -> Relation:
    """The relation of one sheet. The workbook is read at once: openpyxl has no cheaper way to its header."""
    skipped, rows = _cells(path, origin, options.sheet)
    names = [_word(cell) or f"column {place}" for place, cell in enumerate(rows[0], 1)]
    check_names(names, origin)
    # Through a text file: handing Python lists to Arrow would import pandas.
    target = engine.scratch / f"{next(_copies)}-{path.stem}.csv"
    with target.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([*row, *[None] * (len(names) - len(row))] for row in rows[1:])

    def scan(wanted: Sequence[str]) -> ibis.Table:
        return engine.delimited(target, names).select(*wanted)

    schema = ibis.schema(dict.fromkeys(names, "string"))
    return Relation(origin, schema, scan, text=True, iso=True, place=lambda index: f"row {index + 2 + skipped:,}")


def _cells(path: Path, origin: str, sheet: str | None) -> tuple[int, list[list[str | None]]]:
    """How many empty rows come first, and the others as text from the header on; empty rows at the end are left out."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that hold no values
            with closing(load_workbook(path, read_only=True, data_only=True)) as book:
                chosen = book[_sheet([one.title for one in book.worksheets], origin, sheet, path.stem)]
                chosen.reset_dimensions()  # the size that the file states is often wrong
                rows = [[_text(cell) for cell in row] for row in chosen.iter_rows(values_only=True)]
    except (BadZipFile, InvalidFileException, ParseError, KeyError, EOFError, ValueError):
        raise refuse(origin, "cannot-read", "this is not an Excel workbook (.xlsx); save it again as one.") from None
    except OSError as problem:
        raise refuse(origin, "cannot-read", file_problem(problem)) from None
    full = [index for index, row in enumerate(rows) if any(row)]
    if not full:
        raise refuse(origin, "empty-file", "the sheet is empty; not even a header stands in it.")
    header = rows[full[0]]
    width = max(place for place, cell in enumerate(header, 1) if cell)
    return full[0], [row[:width] for row in rows[full[0] : full[-1] + 1]]


def _sheet(names: list[str], origin: str, wanted: str | None, table: str) -> str:
    if wanted is None and len(names) > 1 and table not in names:
        shown = ", ".join(f"‘{name}’" for name in names[:8])
        said = f"the workbook has {len(names)} sheets ({shown}); say `sheet:` for this table in keepwell.yaml."
        raise refuse(origin, "sheet", said)
    chosen = wanted or (table if table in names else names[0])
    if chosen not in names:
        raise refuse(origin, "sheet", f"the workbook has no sheet ‘{chosen}’.{did_you_mean(chosen, names)}")
    return chosen


def _word(cell: str | None) -> str:
    return (cell or "").strip()


def _text(value: Any) -> str | None:
    """A cell as the text that an exact CSV export would hold.

    A midnight becomes a date: Excel tells the two apart by their looks only.
    """
    if value is None or isinstance(value, str):
        return value.replace("\r", "") if value else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)
