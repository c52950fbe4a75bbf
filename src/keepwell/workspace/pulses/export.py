"""A sheet of questions as a file: CSV for every program, XLSX with help, drop-downs and dates."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from keepwell.disk import write_file
from keepwell.errors import UsageError
from keepwell.model.exact import plain
from keepwell.model.pulses import Question
from keepwell.workspace.pulses.sheet import ANSWERED, REASON, Sheet, Value

FORMATS = (".csv", ".xlsx")
PAGE, HELP = "pulses", "help"
"""The pages of a workbook: the one to fill in, and the one that explains."""
OBEYED = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula."""
_TO_FILL = "FFF8E1"
_DATE = "yyyy-mm-dd"


def export(sheet: Sheet, path: Path) -> None:
    """Write the sheet. Raises UsageError for a file that is there, since it may hold answers."""
    format_of(path, "--export")
    if path.exists():
        raise UsageError(f"--export: {path} is there already and may hold answers; name a new file.")
    write_file(path, as_csv(sheet) if path.suffix.lower() == ".csv" else as_xlsx(sheet))


def format_of(path: Path, option: str) -> str:
    """The ending of a sheet's file. Raises UsageError for any other than .csv and .xlsx."""
    if path.suffix.lower() not in FORMATS:
        raise UsageError(f"{option}: {path.name} ends in neither .csv nor .xlsx; write one of the two.")
    return path.suffix.lower()


def quoted(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula: an apostrophe before it. `unquoted` takes it off."""
    return f"'{text}" if text.startswith(OBEYED) else text


def unquoted(text: str) -> str:
    """The text that `quoted` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(OBEYED) else text


def as_csv(sheet: Sheet) -> bytes:
    """UTF-8 with a mark, by which Excel knows it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(sheet.head)
    writer.writerows([_typed(cell) for cell in sheet.cells(row)] for row in sheet.rows)
    return text.getvalue().encode("utf-8-sig")


def _typed(cell: Value | None) -> str:
    if isinstance(cell, str):
        return quoted(cell)
    return plain(cell) if isinstance(cell, Decimal) else "" if cell is None else cell.isoformat()


def as_xlsx(sheet: Sheet) -> bytes:
    """A workbook with the page to fill in, and a page with what is asked."""
    from openpyxl import Workbook

    book = Workbook()
    page, help_ = book.active, book.create_sheet(HELP)
    page.title = PAGE
    words = _help(help_, sheet.questions)
    _head(page, sheet)
    for number, row in enumerate(sheet.rows, 2):
        for place, cell in enumerate(sheet.cells(row), 1):
            _put(page.cell(number, place), cell)
    if sheet.rows:
        _cells_to_fill(page, sheet, words)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _put(target: Any, cell: Value | None) -> None:
    """Text stays text, whatever it begins with; ids keep their zeros."""
    if isinstance(cell, str):
        target.value, target.data_type, target.number_format = quoted(cell), "s", "@"
    elif isinstance(cell, date):
        target.value, target.number_format = cell, _DATE
    elif cell is not None:
        target.value = int(cell) if cell == cell.to_integral_value() else cell


def _head(page: Any, sheet: Sheet) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    asked = {question.key: question for question in sheet.questions}
    for place, name in enumerate(sheet.head, 1):
        cell = page.cell(1, place, name)
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        page.column_dimensions[get_column_letter(place)].width = 24 if name == "name" else 14
        if name in asked:
            cell.comment = Comment(" ".join(told(asked[name])), "keepwell", height=120, width=280)
    page.freeze_panes = "C2"


def told(question: Question) -> list[str]:
    """What is asked, as sentences: the question, what it can be answered with, who answers, how long it counts."""
    said = [f"{question.asks.rstrip('.')}{'' if question.asks.endswith('?') else '.'}"] if question.asks else []
    said.append(f"{allowed(question)}.")
    said += [f"Answered by: {question.input.by}."] if question.input.by else []
    return said + ([f"Counts for {question.input.valid}."] if question.input.valid else [])


def allowed(question: Question) -> str:
    """What a question can be answered with."""
    asked = question.input
    if question.words:
        return f"One of: {', '.join(question.words)}"
    if asked.scale:
        return f"A whole number from {asked.scale[0]} to {asked.scale[1]}"
    if asked.number is None:
        return "A date, such as 2026-01-31"
    ends = [f"{word} {plain(end)}" for word, end in zip(("from", "to"), asked.number, strict=True) if end is not None]
    return " ".join(["A number", *ends, *([f"in {asked.unit}"] if asked.unit else [])])


def _help(page: Any, asked: Sequence[Question]) -> dict[str, str]:
    """One row per question, its words in cells of their own; returns, by key, where drop-downs find them."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    head = ("input", "question", "who answers", "counts for", "answers")
    for place, name in enumerate(head, 1):
        page.cell(1, place, name).font = Font(bold=True)
    found = {}
    for row, question in enumerate(asked, 2):
        words = _options(question)
        valid = str(question.input.valid) if question.input.valid else None
        texts = [question.key, question.asks, question.input.by, valid, *(words or [allowed(question)])]
        for place, text in enumerate(texts, 1):
            _put(page.cell(row, place), text)
        if words:
            last = get_column_letter(len(head) - 1 + len(words))
            found[question.key] = f"={HELP}!${get_column_letter(len(head))}${row}:${last}${row}"
    return found


def _options(question: Question) -> list[Any]:
    """What a drop-down offers; nothing for numbers and dates."""
    scale = question.input.scale
    return [Decimal(step) for step in range(scale[0], scale[1] + 1)] if scale else list(question.words)


def _cells_to_fill(page: Any, sheet: Sheet, words: dict[str, str]) -> None:
    """Colour, drop-downs and the form of dates for the columns that wait for something.

    Said of whole columns: styles of single cells would take most of the time of a large book.
    """
    from openpyxl.formatting.rule import FormulaRule
    from openpyxl.styles import PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    asked = {question.key: question for question in sheet.questions}
    for place, name in enumerate(sheet.head, 1):
        if name not in (*asked, ANSWERED, REASON):
            continue
        letter = get_column_letter(place)
        cells = f"{letter}2:{letter}{len(sheet.rows) + 1}"
        page.conditional_formatting.add(cells, FormulaRule(["TRUE"], fill=PatternFill("solid", bgColor=_TO_FILL)))
        if name == ANSWERED or (name in asked and asked[name].column == "date"):
            page.column_dimensions[letter].number_format = _DATE
        if name in words:
            rule = DataValidation("list", formula1=words[name], allow_blank=True)
            rule.error, rule.errorTitle = allowed(asked[name]), name
            page.add_data_validation(rule)
            rule.add(cells)
