"""A filled-in sheet, read: every cell is held against its question, and one that is wrong refuses the whole sheet."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from keepwell.errors import FactsError, Finding, UsageError, did_you_mean, nearest
from keepwell.facts import fetch
from keepwell.facts.config import TableFile
from keepwell.facts.engine import Engine
from keepwell.facts.files import Folder
from keepwell.facts.reading import reading, refuse
from keepwell.model.exact import plain, shorten
from keepwell.model.pulses import Question
from keepwell.workspace.pulses.export import PAGE, allowed, format_of, unquoted
from keepwell.workspace.pulses.sheet import ANSWERED, REASON, SHEET, TAIL, WHO, columns_of

LARGEST, DECIMALS = Decimal(10) ** 15, 6
"""Numbers are kept with so many decimals; larger ones are typing errors."""
LONGEST = 1_000
"""Characters of a reason."""


@dataclass(frozen=True)
class SaidBy:
    """What all answers of a row have in common. `sheet`: which one they came from; '' for one made by hand."""

    account: str
    author: str
    on: date
    reason: str
    sheet: str


@dataclass(frozen=True)
class Answer:
    """One answer as it will be kept; `value` is a word, a number or a day, as text."""

    question: Question
    value: str
    by: SaidBy


@dataclass(frozen=True)
class Filled:
    """A sheet as it came back: its rows by column, where each stands, and columns that nothing here reads."""

    origin: str
    rows: tuple[Mapping[str, str], ...]
    places: tuple[str, ...]
    strange: tuple[str, ...]


def read_filled(path: Path, asked: Sequence[Question]) -> Filled:
    """The sheet's cells as text. Raises UsageError where there is no such sheet, FactsError where it cannot be read."""
    ending = format_of(path, "--import")
    if not path.is_file():
        raise UsageError(f"--import: there is no file {path}.")
    options = TableFile(path=path.name, sheet=PAGE if ending == ".xlsx" else None, delimiter=_delimiter(path, ending))
    engine = Engine()
    try:
        relation = Folder(engine, path.resolve().parent, path.resolve().parent).relation(PAGE, options)
        if relation is None:
            raise refuse(path.name, "cannot-read", "the file is not there any more.")
        with reading(path.name):
            found = fetch.rows(relation.scan(relation.columns))
            places = tuple(relation.place(index) for index in range(len(found)))
    finally:
        engine.close()
    rows = tuple({name: unquoted((row[name] or "").strip()) for name in relation.columns} for row in found)
    return Filled(path.name, rows, places, _strange(path.name, relation.columns, asked))


def _delimiter(path: Path, ending: str) -> str | None:
    """What stands behind the first column's name: spreadsheets of some countries write ; where they read a comma."""
    if ending != ".csv":
        return None
    with path.open("rb") as file:
        found = re.match(rb'(?:\xef\xbb\xbf)?"?account_id"?([,;\t])', file.readline())
    return found[1].decode() if found else None


def _strange(origin: str, columns: Sequence[str], asked: Sequence[Question]) -> tuple[str, ...]:
    """Columns that nothing here reads. Raises FactsError where one is nearly a question, or none is `account_id`."""
    keys = [question.key for question in asked]
    known = [*WHO, *TAIL, *(name for key in keys for name in columns_of(key))]
    strange = tuple(name for name in columns if name not in known)
    for name in strange:
        if near := nearest(name, keys):
            raise refuse(origin, "header", f"the model asks for nothing called ‘{name}’. Did you mean ‘{near}’?")
    if WHO[0] not in columns:
        raise refuse(origin, "header", f"there is no column ‘{WHO[0]}’.{did_you_mean(WHO[0], columns)}")
    if not set(keys) & set(columns):
        said = f"none of its columns is a question of the model.{did_you_mean('', keys)}"
        raise refuse(origin, "header", said)
    return strange


@dataclass(frozen=True)
class Context:
    """What cells are held against: who is an account, the day of the import, and what was said on the command line."""

    accounts: Collection[str]
    today: date
    on: date | None
    author: str | None


def answers_of(filled: Filled, asked: Sequence[Question], context: Context) -> list[Answer]:
    """Every answer of the sheet. Raises FactsError with a finding for each cell that is wrong."""
    found: list[Answer] = []
    wrong: list[str] = []
    first: dict[tuple[str, str], str] = {}
    for row, place in zip(filled.rows, filled.places, strict=True):
        answered = [question for question in asked if row.get(question.key)]
        try:
            said_by = _said_by(row, context) if answered else None
        except ValueError as problem:
            said_by = None
            wrong.append(f"{place}: {problem}")
        for question in answered:
            try:
                value = _value(row[question.key], question)
                _once(row[WHO[0]], question, place, first)
            except ValueError as problem:
                wrong.append(f"{place}, {question.key}: {problem}")
            else:
                found += [Answer(question, value, said_by)] if said_by else []
    if wrong:
        raise FactsError.of([_finding(filled.origin, said) for said in wrong])
    return found


def _finding(origin: str, said: str) -> Finding:
    return Finding(origin, None, "error", "pulse", said if said[-1] in ".?" else f"{said}.")


def _once(account: str, question: Question, place: str, first: dict[tuple[str, str], str]) -> None:
    if first.setdefault((account, question.key), place) != place:
        raise ValueError(f"‘{account}’ has an answer in {first[account, question.key]} already")


def _said_by(row: Mapping[str, str], context: Context) -> SaidBy:
    """What holds for all answers of a row. Raises ValueError with a sentence without its full stop, as below."""
    account = row[WHO[0]]
    if account not in context.accounts:
        near = nearest(account, context.accounts)
        raise ValueError(f"there is no account ‘{shorten(account)}’{f'. Did you mean ‘{near}’?' if near else ''}")
    author = context.author or row.get("owner")
    if not author:
        raise ValueError(f"‘{account}’ has no owner in this sheet, so nobody is known to say this; add --author NAME")
    reason = row.get(REASON) or ""
    if len(reason) > LONGEST:
        raise ValueError(f"the reason has {len(reason):,} characters; {LONGEST:,} are kept")
    return SaidBy(account, author, _on(row, context), reason, row.get(SHEET) or "")


def _on(row: Mapping[str, str], context: Context) -> date:
    """The day of an answer: the row's own, else the command's, else today."""
    text = row.get(ANSWERED)
    day = _day(text, f"{ANSWERED}: ") if text else context.on or context.today
    if day > context.today:
        raise ValueError(f"{ANSWERED}: {day} lies ahead; today is {context.today}")
    return day


def _value(text: str, question: Question) -> str:
    """The value as it is kept."""
    if question.words:
        return _word(text, question)
    return _day(text).isoformat() if question.column == "date" else _number(text, question)


def _word(text: str, question: Question) -> str:
    for word in question.words:
        if word.casefold() == text.casefold():
            return word
    near = nearest(text.lower(), question.words)
    hint = f". Did you mean ‘{near}’?" if near else f"; {_lower(allowed(question))}"
    raise ValueError(f"‘{shorten(text)}’ is no answer here{hint}")


def _day(text: str, where: str = "") -> date:
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise ValueError(f"{where}‘{shorten(text)}’ is no date that exists; write it as 2026-01-31")


def _number(text: str, question: Question) -> str:
    asked = question.input
    try:
        number = Decimal(text) if re.fullmatch(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?(E[+-]?[0-9]{1,2})?", text) else None
    except InvalidOperation:
        number = None
    if number is None:
        hint = "; write decimals with a point and thousands without a mark" if "," in text else ""
        raise ValueError(f"‘{shorten(text)}’ is no number{hint}")
    low, high = asked.scale or asked.number or (None, None)
    outside = (low is not None and number < low) or (high is not None and number > high)
    if outside or (asked.scale and number != number.to_integral_value()):
        raise ValueError(f"{plain(number)} does not fit: {_lower(allowed(question))}")
    if abs(number) >= LARGEST or number != round(number, DECIMALS):
        raise ValueError(f"{plain(number)} is kept with {DECIMALS} decimals, and below {plain(LARGEST)}")
    return plain(number)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def listed(answers: Sequence[Answer], most: int) -> Iterator[str]:
    """A line per account with what was said of it; at most so many."""
    by_account: dict[str, list[str]] = {}
    for answer in answers:
        by_account.setdefault(answer.by.account, []).append(f"{answer.question.key}: {answer.value}")
    lines = [f"  {account}  {', '.join(said)}" for account, said in by_account.items()]
    yield from lines[:most]
    if len(lines) > most:
        yield f"  and {len(lines) - most:,} more accounts"
