"""What the files of a folder hold: their columns, and of which kind the values are. All values are looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

import ibis.expr.types as ir

from keepwell.errors import FactsError, KeepwellError
from keepwell.facts import fetch
from keepwell.facts.casts import Zones, bare, natural, read_text
from keepwell.facts.config import TableFile
from keepwell.facts.engine import Engine
from keepwell.facts.files import ENDINGS, Folder
from keepwell.facts.reading import reading
from keepwell.facts.sources import Relation
from keepwell.workspace.guess.forms import BASES, Forms, forms_of, german, written

UTC = Zones("UTC", "UTC")
MOST_COLUMNS = 300
_CODE = r"^[+-]?0[0-9]"
"""Leading zeros make a code, not a number."""
_DATA = (*ENDINGS, ".txt")
_NUMBER = r"^[+-]?([0-9]{1,17}(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$"
_DATED = r"^[0-9A-Za-z]{1,4}[-./ ][0-9A-Za-z]{1,3}[-./, ].?[0-9]{2}"
"""What could begin as a date, in whatever form."""
_YES_NO = ("true", "false", "yes", "no")
_SIGNS = (";", "\t", "|")


@dataclass(frozen=True)
class Column:
    """A column of a file. `kind`: number, time, yes_no, text, or empty. `low`, `high`: of numbers; `newest`: of times.

    `unsure`: its dates can be read as two different days, so that its kind holds but its values may not.
    """

    name: str
    kind: str
    filled: int
    distinct: int
    low: float | None = None
    high: float | None = None
    newest: date | None = None
    unsure: bool = False


@dataclass(frozen=True)
class File:
    """A file (or a sheet of one, or a folder of parts). `name` is what tells the table; `options` how it is read."""

    name: str
    shown: str
    options: TableFile
    relation: Relation
    rows: int
    columns: Mapping[str, Column]


@dataclass(frozen=True)
class Unread:
    """A file that cannot be read, and why."""

    shown: str
    why: str


def files_of(engine: Engine, folder: Path) -> Iterator[File | Unread]:
    """Every data file directly in the folder, by name."""
    source = Folder(engine, folder, folder)
    for path in sorted(folder.iterdir()):
        if path.name[0] in "._" or not (path.is_dir() or path.name.lower().endswith(_DATA)):
            continue
        if path.is_dir() and not any(part.name.lower().endswith(_DATA) for part in path.rglob("*")):
            yield Unread(path.name, "a folder without a data file in it")
            continue
        for options in _sheets(path):
            shown = f"{path.name}, sheet {options.sheet}" if options.sheet else path.name
            try:
                yield _file(source, path, options, shown)
            except KeepwellError as problem:
                yield Unread(shown, problem.findings[0].message if problem.findings else problem.message)


def _sheets(path: Path) -> list[TableFile]:
    """One entry, or one for each sheet of a workbook that has several."""
    if path.suffix.lower() == ".xlsx":
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException

        try:
            book = load_workbook(path, read_only=True)
            names = [sheet.title for sheet in book.worksheets]
            book.close()
        except (BadZipFile, InvalidFileException, ParseError, KeyError, EOFError, OSError, ValueError):
            names = []  # reading it will say what is wrong
        if len(names) > 1:
            return [TableFile(path=path.name, sheet=name) for name in names]
    return [TableFile(path=path.name)]


def _file(source: Folder, path: Path, options: TableFile, shown: str) -> File:
    relation, options = _opened(source, options)
    names = [name for name in relation.columns if len(name) <= 200][:MOST_COLUMNS]
    with reading(relation.origin):
        rows = relation.scan(names)
        forms, counts = _counts(rows)
        columns = {name: _column(rows[name], forms, index, counts) for index, name in enumerate(names)}
    if dates := forms.dates:
        options = options.model_copy(update={"dates": dates})
    if forms.decimal_comma:
        options = options.model_copy(update={"decimal": ",", "thousands": "."})
    stem = options.sheet or path.name.split(".", 1)[0]
    return File(stem, shown, options, relation, int(counts["rows"]), columns)


def _opened(source: Folder, options: TableFile) -> tuple[Relation, TableFile]:
    """The file, as it is or with the delimiter and encoding that it needs. Raises FactsError if nothing helps."""
    for update in ({}, *({"delimiter": sign} for sign in _SIGNS)):
        for encoding in (None, "windows-1252"):
            tried = options.model_copy(update={**update, **({"encoding": encoding} if encoding else {})})
            try:
                found = source.relation("", tried)
                if found is not None:
                    _read_through(found)
                    return found, tried
            except FactsError as problem:
                first = problem
                code = problem.findings[0].code if problem.findings else ""
            if code != "encoding" and "not UTF-8" not in first.message:
                break
        if code != "delimiter":
            raise first
    raise first


def _read_through(relation: Relation) -> None:
    """Fail where a byte far down cannot be read, and not only later. Typed files cannot have one."""
    if relation.text:
        with reading(relation.origin):
            rows = relation.scan(relation.columns)
            fetch.rows(rows.aggregate(**{str(index): rows[name].count() for index, name in enumerate(rows.columns)}))


def _counts(rows: ir.Table) -> tuple[Forms, dict[str, Any]]:
    """How many values of each column can be read as what, and how the file writes dates and decimals.

    In two passes: forms of dates are many, and only asked of what could be a date.
    """
    texts = [name for name in rows.columns if rows[name].type().is_string()]
    asked: dict[str, ir.Value] = {"rows": rows.count()}
    for index, name in enumerate(rows.columns):
        word = bare(rows[name]).nullif("") if name in texts else rows[name]
        asked |= {f"{index}:all": word.count(), f"{index}:distinct": word.nunique()}
        asked |= {f"{index}:{what}": flag.sum() for what, flag in (_flags(word) if name in texts else {}).items()}
    counts = _numbers(rows, asked)
    again: dict[str, ir.Value] = {}
    for index, name in enumerate(rows.columns):
        word = bare(rows[name]).nullif("") if name in texts else rows[name]
        again |= {f"{index}:{form}": flag.sum() for form, flag in _readings(word, _sizes(counts, index)).items()}
    counts |= _numbers(rows, again)
    forms = forms_of({name: _sizes(counts, index) for index, name in enumerate(rows.columns) if name in texts})
    return forms, counts | _extremes(rows, forms, counts)


def _numbers(rows: ir.Table, asked: Mapping[str, ir.Value]) -> dict[str, int]:
    found = fetch.rows(rows.aggregate(**asked))[0] if asked else {}
    return {name: int(value or 0) for name, value in found.items()}


def _sizes(counts: Mapping[str, int], index: int) -> Counter[str]:
    """What was counted of one column; 0 of what was not asked."""
    mine = ((name.partition(":"), count) for name, count in counts.items())
    return Counter({parts[2]: count for parts, count in mine if parts[0] == str(index)})


def _flags(word: ir.Value) -> dict[str, ir.Value]:
    return {
        "number": word.re_search(_NUMBER),
        "code": word.re_search(_CODE),
        "yes_no": word.lower().isin(_YES_NO),
        "clock": word.re_search(":"),
        "dated": word.re_search(_DATED),
        "point": word.re_search(r"^[+-]?[0-9]+\.([0-9]{1,2}|[0-9]{4,})$"),
        **german(word),
    }


def _readings(word: ir.Value, size: Mapping[str, int]) -> dict[str, ir.Value]:
    """How a column could be read as dates, if all of its values look like some."""
    if not size["all"] or size["dated"] < size["all"]:
        return {}
    forms = {base: written(word, base).notnull() for base in BASES}
    return {"iso": read_text(word, "time", TableFile(), UTC).notnull(), **forms}


def _extremes(rows: ir.Table, forms: Forms, counts: Mapping[str, Any]) -> dict[str, Any]:
    """Lowest and highest number, newest time, and the clocks that dates are written with."""
    asked: dict[str, ir.Value] = {}
    options = TableFile(dates=forms.dates) if forms.dates else TableFile()
    for index, name in enumerate(rows.columns):
        value, kind = rows[name], _kind(rows[name], forms, name, _sizes(counts, index))
        if kind == "number":
            plain = TableFile(decimal=",", thousands=".") if forms.decimal_comma else TableFile()
            number = read_text(value, "number", plain, UTC) if value.type().is_string() else value
            asked |= {f"{index}:low": number.min().cast("float64"), f"{index}:high": number.max().cast("float64")}
        elif kind == "time":
            time = read_text(value, "time", options, UTC) if value.type().is_string() else value
            asked[f"{index}:newest"] = time.max().cast("date")
    return fetch.rows(rows.aggregate(**asked))[0] if asked else {}


def _kind(value: ir.Value, forms: Forms, name: str, size: Mapping[str, int]) -> str:
    if not size["all"]:
        return "empty"
    if not value.type().is_string():
        return natural(value.type())
    if size["yes_no"] == size["all"]:
        return "yes_no"
    if name in forms.times:
        return "time"
    number = max(size["number"], size["german"] if forms.decimal_comma else 0)
    return "number" if number == size["all"] and not size["code"] else "text"


def _column(value: ir.Value, forms: Forms, index: int, counts: Mapping[str, Any]) -> Column:
    name = value.get_name()
    kind = _kind(value, forms, name, _sizes(counts, index))
    filled, distinct = int(counts[f"{index}:all"]), int(counts[f"{index}:distinct"])
    low, high, newest = (counts.get(f"{index}:{what}") for what in ("low", "high", "newest"))
    return Column(name, kind, filled, distinct, low, high, newest, name in forms.unsure)
