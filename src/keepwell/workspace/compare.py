"""Two models of one workspace: what they say differently, and what that would have made of the past."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from keepwell.errors import UsageError, did_you_mean
from keepwell.facts import fetch
from keepwell.model.diff import Difference, differences
from keepwell.model.output import INSUFFICIENT
from keepwell.results.moves import Moves, moves
from keepwell.scoring.rows import flag_rows, score_rows
from keepwell.scoring.score import Scores, score_name
from keepwell.workspace.file import FILE, WorkspaceFile, model_path, read_file
from keepwell.workspace.history import replay
from keepwell.workspace.workspace import Workspace, with_model


@dataclass(frozen=True)
class View:
    """What one model makes of a day: accounts and their worth by tier, mean score (None: nobody has one), flags."""

    tiers: dict[str, int]
    values: dict[str, float]
    mean: float | None
    flags: dict[str, int]


@dataclass(frozen=True)
class Day:
    """A day as both judge it, and who stands otherwise."""

    as_of: date
    before: View
    after: View
    moves: Moves
    raised: int
    dropped: int
    """Flags (an account and a name) that only the second, and that only the first, raises."""

    @property
    def moved(self) -> int:
        """How many accounts change tier."""
        return sum(line.accounts for line in self.moves.migrations)


@dataclass(frozen=True)
class Comparison:
    """tiers: the names of both models' tiers, insufficient evidence last. days: earliest first.

    ordered: whether both have the same tiers in the same order, so that one can speak of up and down.
    """

    before: str
    after: str
    differences: list[Difference]
    tiers: list[str]
    ordered: bool
    days: list[Day]
    currency: str


def compare(folder: Path, before: str, after: str, days: list[date], name: str | None = None) -> Comparison:
    """Replay both over the days, each by what was known at its end.

    before, after: model files, relative to the workspace or as they stand; or days, which mean the model that holds on
    them. Raises UsageError where neither is there, ModelError for one that cannot be used.
    """
    with _opened(folder, before) as old, _opened(folder, after) as new:
        said = differences(old.loaded.document, new.loaded.document)
        judged = [_judged(workspace, days, name) for workspace in (old, new)]
        names = [_tiers(workspace, name) for workspace in (old, new)]
        tiers = [*dict.fromkeys([*names[0], *names[1]]), INSUFFICIENT]
        found = [_day(day, judged[0][day], judged[1][day]) for day in days]
        return Comparison(before, after, said, tiers, names[0] == names[1], found, old.currency)


@contextmanager
def _opened(folder: Path, named: str) -> Iterator[Workspace]:
    """The workspace with another model in the place of its own."""
    file = read_file(folder)
    path, shown = _model(folder, file, named)
    with with_model(folder, file, path, shown) as workspace:
        yield workspace


def _model(folder: Path, file: WorkspaceFile, named: str) -> tuple[Path, str]:
    """The file that is meant, and what it is called. Raises UsageError where there is none."""
    for path in (folder / named, Path(named)):
        if path.is_file():
            return path, named
    try:
        name = file.config.model_on(date.fromisoformat(named))
    except ValueError:
        near = did_you_mean(named, [path.name for path in folder.glob("*.y*ml") if path.name != FILE])
        raise UsageError(f"{named} is neither a model file, in {folder} or here, nor a day.{near}") from None
    return model_path(folder, file, name), name


def _tiers(workspace: Workspace, name: str | None) -> list[str]:
    model = workspace.loaded.model
    return model.scores[score_name(model, name)].tier_names


@dataclass(frozen=True)
class _Answer:
    """The rows of one day: scores, and pairs of account and flag."""

    scores: pa.Table
    flags: frozenset[tuple[str, str]]


def _judged(workspace: Workspace, days: list[date], name: str | None) -> dict[date, _Answer]:
    found: dict[date, _Answer] = {}
    for part in replay(workspace, days, name):
        found |= _answers(part.days, part.scores)
    return found


def _answers(days: tuple[date, ...], scores: Scores) -> dict[date, _Answer]:
    rows, flags = fetch.arrow(score_rows(scores)), fetch.rows(flag_rows(scores))
    raised: dict[date, set[tuple[str, str]]] = {day: set() for day in days}
    for row in flags:
        raised[row["as_of"]].add((row["account_id"], row["flag"]))
    return {day: _Answer(_of_day(rows, day), frozenset(raised[day])) for day in days}


def _of_day(rows: pa.Table, day: date) -> pa.Table:
    return rows.filter(pc.equal(rows["as_of"], pa.scalar(day, pa.date32())))


def _day(day: date, old: _Answer, new: _Answer) -> Day:
    found = moves(old.scores, new.scores)
    return Day(day, _summed(old), _summed(new), found, len(new.flags - old.flags), len(old.flags - new.flags))


def _summed(answer: _Answer) -> View:
    scores = [value for value in answer.scores["score"].to_pylist() if value is not None]
    tiers = [tier or "no tier" for tier in answer.scores["tier"].to_pylist()]
    values: dict[str, float] = defaultdict(float)
    for tier, value in zip(tiers, answer.scores["value"].to_pylist(), strict=True):
        values[tier] += value or 0.0
    mean = sum(scores) / len(scores) if scores else None
    return View(dict(Counter(tiers)), dict(values), mean, dict(Counter(flag for _, flag in answer.flags)))
