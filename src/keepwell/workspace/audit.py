"""Two files, scores that somebody kept and who left, as tables that can be held against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from keepwell.errors import FactsError, UsageError, did_you_mean
from keepwell.facts import fetch
from keepwell.facts.config import TableFile
from keepwell.facts.engine import Engine
from keepwell.facts.files import Folder
from keepwell.facts.intake import take_in
from keepwell.facts.needs import Needs
from keepwell.facts.sources import Relation

NAMES = {
    "account": ("account", "account_id", "customer", "customer_id", "id"),
    "day": ("day", "date", "as_of", "churn_date", "churned_on", "ended_on", "snapshot_date"),
    "score": ("score", "health", "health_score", "colour", "color", "status"),
}
"""What the columns of each kind may be called."""
_TIME = " is not a time"
COLOURS = (("red", "amber", "green"), ("red", "yellow", "green"), ("red", "orange", "green"))


@dataclass(frozen=True)
class Files:
    """Tables of both.

    scores: account, day, score (higher is healthier). ends: account, day. names: levels of a score in words, worst
    first. unscored: rows of the scores without one.
    """

    scores: ir.Table
    ends: ir.Table
    names: tuple[str, ...]
    unscored: int


@contextmanager
def opened(scores: Path, outcomes: Path, order: Sequence[str], dates: Sequence[str] = ()) -> Iterator[Files]:
    """Both files. order: the levels of a score in words, worst first; empty: those of colours are known.

    dates: how they are written, see `TableFile.dates`.

    Raises UsageError where there is no such file, FactsError for values that cannot be read.
    """
    engine = Engine()
    try:
        ends = _read(engine, "outcomes", outcomes, ("account", "day"), dates)
        told = _read(engine, "scores", scores, ("account", "day", "score"), dates)
        given = told.filter(told.score.notnull(), told.account.notnull(), told.day.notnull())
        number, names = _numbered(given, scores, order)
        missing = fetch.rows(told.aggregate(n=told.count(where=told.score.isnull())))[0]["n"]
        yield Files(
            engine.keep(given.select("account", "day", score=number)),
            engine.keep(ends.filter(ends.account.notnull(), ends.day.notnull()).distinct()),
            names,
            int(missing),
        )
    finally:
        engine.close()


def scores_of(scores: Path, order: Sequence[str], dates: Sequence[str] = ()) -> pa.Table:
    """account, day, score of the first file alone; as in `opened`."""
    engine = Engine()
    try:
        told = _read(engine, "scores", scores, ("account", "day", "score"), dates)
        given = told.filter(told.score.notnull(), told.account.notnull(), told.day.notnull())
        number, _ = _numbered(given, scores, order)
        return fetch.arrow(given.select("account", "day", score=number))
    finally:
        engine.close()


def _read(engine: Engine, option: str, path: Path, wanted: Sequence[str], dates: Sequence[str]) -> ir.Table:
    if not path.is_file():
        raise UsageError(f"--{option} {path}: there is no such file.")
    options = TableFile(path=path.name, dates=tuple(dates))
    relation = Folder(engine, path.parent, path.parent).relation(option, options)
    if relation is None:
        raise UsageError(f"--{option} {path}: this is no table that can be read.")
    found = {name: _column(relation.columns, name, path) for name in wanted}
    needs = Needs()
    for name, column in found.items():
        needs.add(column, f"--{option}", {"account": "id", "day": "time"}.get(name))
    rows = _taken(engine, option, relation, needs, options)
    columns: Mapping[str, ir.Value] = {name: rows[column] for name, column in found.items()}
    return rows.select(**{**columns, "day": columns["day"].cast("date"), "account": columns["account"].cast("string")})


def _taken(engine: Engine, option: str, relation: Relation, needs: Needs, options: TableFile) -> ir.Table:
    try:
        return take_in(engine, engine, option, relation, needs, options, "UTC").rows
    except FactsError as problem:
        # What is advised for a table of a workspace is said here by an option, or changed in the file itself.
        found = problem.findings[0] if problem.findings else None
        what = (f"{found.file}: {found.message}" if found else problem.message).partition(" Say `")[0]
        dates = " Dates that are not written 2026-01-31: --dates, such as --dates %d.%m.%Y." if _TIME in what else ""
        raise FactsError(f"{what}{dates}") from None


def _column(columns: Sequence[str], wanted: str, path: Path) -> str:
    known = {column.strip().lower().replace(" ", "_"): column for column in columns}
    found = next((known[name] for name in NAMES[wanted] if name in known), None)
    if found is None:
        names = ", ".join(NAMES[wanted])
        raise FactsError(f"{path.name}: there is no column of the {wanted}; call it one of {names}.")
    return found


def _numbered(rows: ir.Table, path: Path, order: Sequence[str]) -> tuple[ir.Value, tuple[str, ...]]:
    """The score as a number. Words become their place in the order."""
    if rows.score.type().is_numeric():
        if order:
            raise UsageError("--worst-first is for scores in words, and these are numbers.")
        return rows.score.cast("float64"), ()
    if not rows.score.type().is_string():
        raise FactsError(f"{path.name}: the score is neither a number nor a word.")
    word = rows.score.strip().lower()
    there = sorted(row["word"] for row in fetch.rows(rows.select(word=word).distinct()))
    names = [name.strip().lower() for name in order] or next(
        (list(colours) for colours in COLOURS if set(there) <= set(colours)), []
    )
    if unknown := [name for name in there if name not in names]:
        said = f"{path.name}: ‘{unknown[0]}’ is a score in words whose place is not known; "
        near = did_you_mean(unknown[0], names) if names else ""
        raise UsageError(f"{said}say all of them, worst first: --worst-first {','.join(there)}.{near}")
    places = ((word == name, ibis.literal(float(place))) for place, name in enumerate(names))
    return ibis.cases(*places, else_=ibis.null("float64")), tuple(names)
