"""`backtest`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import typer

from keepwell.cli.beside import NO_AHEAD
from keepwell.cli.blocks import report
from keepwell.cli.evidence import about, of_scores, of_workspace
from keepwell.cli.options import GAP, HORIZON
from keepwell.cli.run import number_of_days, working
from keepwell.errors import UsageError
from keepwell.evidence.audit import Asked, audit
from keepwell.evidence.panel import Ahead
from keepwell.facts import fetch
from keepwell.workspace import open_workspace
from keepwell.workspace.audit import Files, opened, scores_of
from keepwell.workspace.backtest import Question, backtest, crossed
from keepwell.workspace.file import read_file


@dataclass(frozen=True)
class Said:
    """What the command was told."""

    folder: Path
    scores: Path | None
    outcomes: Path | None
    horizon: str
    gap: str
    until: date | None
    capacity: int
    healthy: str | None
    worst_first: str | None
    dates: Sequence[str]
    score: str | None
    outcome: str | None
    adjacent: bool
    cross_section: bool = False


def run(said: Said, style: str) -> None:
    """Hold the scores against the outcomes, and show the report."""
    if said.outcomes is not None and said.scores is None:
        raise UsageError("--outcomes goes with --scores: who left, and what was said of them.")
    if said.cross_section and said.scores is not None:
        raise UsageError("--cross-section holds one day of a workspace alone; leave out --scores.")
    if said.cross_section and (said.horizon, said.gap) != (HORIZON, GAP):
        raise UsageError(NO_AHEAD)
    ahead = Ahead(number_of_days(said.horizon, "--horizon", 1), number_of_days(said.gap, "--gap", 0))
    if said.scores is not None and said.outcomes is not None:
        _of_files(said, said.scores, said.outcomes, ahead, style)
    else:
        _of_workspace(said, ahead, style)


def _of_workspace(said: Said, ahead: Ahead, style: str) -> None:
    if (said.worst_first or said.dates) and said.scores is None:
        raise UsageError("--worst-first and --dates are for --scores; a workspace says such things itself.")
    config = read_file(said.folder).config
    last = config.day(said.until) if said.cross_section else config.last(said.until)
    other = None if said.scores is None else (said.scores.name, scores_of(said.scores, _order(said), said.dates))
    question = Question(said.score, said.outcome, said.adjacent, other)
    with open_workspace(said.folder, last) as workspace, working("scoring the past"):
        asked = Asked(last, ahead, said.capacity, _healthy(said.healthy, ()), dense=False)
        found = (crossed if said.cross_section else backtest)(workspace, asked, question)
        name, currency = workspace.config.workspace, workspace.currency
    if style == "json":
        plain = asdict(found)
        _json({**asdict(ahead), **plain, **plain.pop("audit")})
    else:
        report(of_workspace(name, currency, asked, found), style, about(name, asked, found.audit))


def _json(plain: dict[str, Any]) -> None:
    typer.echo(json.dumps(plain, ensure_ascii=False, indent=1, default=str))


def _of_files(said: Said, scores: Path, outcomes: Path, ahead: Ahead, style: str) -> None:
    if said.score or said.outcome or said.adjacent or said.cross_section:
        names = "--score, --outcome, --adjacent and --cross-section"
        raise UsageError(f"{names} are for a workspace, and not for --scores with --outcomes.")
    with working("holding the scores against who left"), opened(scores, outcomes, _order(said), said.dates) as files:
        asked = Asked(
            said.until or _last(files), ahead, said.capacity, _healthy(said.healthy, files.names), files.names
        )
        found = audit(files.scores, files.ends, asked)
    if style == "json":
        _json({"last": asked.last, **asdict(ahead), "unscored": files.unscored, **asdict(found)})
    else:
        blocks = of_scores(scores.name, asked, files.names, found, files.unscored)
        report(blocks, style, about(scores.name, asked, found))


def _order(said: Said) -> list[str]:
    return said.worst_first.split(",") if said.worst_first else []


def _healthy(text: str | None, names: Sequence[str]) -> float | None:
    if text is None:
        return float(len(names) - 1) if names else None
    if names:
        if (word := text.strip().lower()) not in names:
            raise UsageError(f"--healthy {text}: the scores are {', '.join(names)}.")
        return float(names.index(word))
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"--healthy {text}: the scores are numbers; write the lowest that is healthy.") from None


def _last(files: Files) -> date:
    """The last day that either file speaks of, and not after yesterday: an end that is announced is none yet."""
    days = files.scores.select("day").union(files.ends.select("day"))
    found: date | None = fetch.rows(days.aggregate(last=days.day.max()))[0]["last"]
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    return min(found or date.min, yesterday)
