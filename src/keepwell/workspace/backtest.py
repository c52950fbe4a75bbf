"""A workspace's own scores held against its outcomes: every day scored as it would have been then.

outcome (model) ──▶ ends ─┐
cut days ──▶ history ─────┴─▶ audit
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

import ibis
import pyarrow as pa

from keepwell.errors import ModelError, UsageError, did_you_mean
from keepwell.evidence.audit import Asked, Audit, audit
from keepwell.facts import fetch
from keepwell.insight.outcomes import ends_of
from keepwell.model.adjacent import without_adjacent
from keepwell.scoring.rows import measure_rows, score_rows
from keepwell.scoring.score import score_name
from keepwell.workspace.history import replay
from keepwell.workspace.workspace import Workspace, on_model_of

CHURN = "churn"


@dataclass(frozen=True)
class Backtested:
    """What became of the scores.

    left_out: outcome-adjacent parts that did not count. assumed: tables that do not say when their rows became known.
    """

    audit: Audit
    last: date
    outcome: str
    tiers: tuple[str, ...]
    left_out: tuple[str, ...]
    assumed: tuple[str, ...]


def backtest(workspace: Workspace, asked: Asked, score: str | None, outcome: str | None, adjacent: bool) -> Backtested:
    """Score the cut days and hold them against what became of the accounts by `asked.last`.

    adjacent: outcome-adjacent measures count as well. Raises ModelError where the model has no such outcome, and what
    scoring raises.
    """
    model = workspace.loaded.model
    name, named = score_name(model, score), _outcome(workspace, outcome)
    with workspace.facts.reads():
        ends = fetch.arrow(ends_of(workspace.facts, named, asked.last))
    oldest = workspace.facts.oldest() or asked.last
    cuts = asked.ahead.cuts(oldest + timedelta(days=asked.ahead.horizon), asked.last)
    parts = list(_scored(workspace, cuts, name, adjacent))
    if not parts:
        said = f"the facts begin on {oldest}, and a score of a horizon later looks {asked.ahead.horizon} days ahead"
        raise UsageError(f"{said}, beyond {asked.last}; ask for a shorter --horizon.")
    told = ibis.memtable(pa.concat_tables(part.scores for part in parts))
    found = audit(told, ibis.memtable(ends), asked, pa.concat_tables(part.measures for part in parts))
    left_out = tuple(dict.fromkeys(path for part in parts for path in part.left_out))
    assumed = tuple(t for t, spec in model.tables.items() if spec.time and not spec.known and workspace.facts.has(t))
    return Backtested(found, asked.last, named, tuple(model.scores[name].tier_names), left_out, assumed)


def _outcome(workspace: Workspace, name: str | None) -> str:
    known = workspace.loaded.model.outcomes
    chosen = name or CHURN
    if chosen not in known:
        said = f"the model has no outcome ‘{chosen}’"
        if name is None and not known:
            said += "; say what became of accounts: `outcomes: {churn: {table: contracts, time: decided_on, where: …}}`"
            raise ModelError(f"{workspace.model}: {said}.")
        raise UsageError(f"{said}.{did_you_mean(chosen, known)}")
    return chosen


@dataclass(frozen=True)
class _Part:
    """Some days: account, day, score, tier, standing; points of measures; and what of the score was left out."""

    scores: pa.Table
    measures: pa.Table
    left_out: tuple[str, ...]


def _scored(workspace: Workspace, cuts: list[date], name: str, adjacent: bool) -> Iterator[_Part]:
    """A slice of days at a time, each day by the model that held on it."""
    for _, days in groupby(cuts, key=workspace.config.model_on):
        own = list(days)
        with on_model_of(workspace, own[0]) as opened:
            own_model = opened.loaded.model
            model, gone = (own_model, ()) if adjacent else without_adjacent(own_model, name)
            if not model.scores[name].parts and not model.scores[name].adjust:
                raise UsageError("every part of the score is outcome-adjacent; add --adjacent to count them.")
            # The facts that are open serve the model as it is; another one reads its own.
            judging = replace(opened, loaded=replace(opened.loaded, model=model)) if gone else opened
            with closing(judging) if gone else nullcontext():
                for part in replay(judging, own, name):
                    scores, measures = score_rows(part.scores), measure_rows(part.scores)
                    yield _Part(
                        fetch.arrow(scores.select("score", "tier", "standing", account="account_id", day="as_of")),
                        fetch.arrow(measures.select("account_id", "as_of", "measure", "points")),
                        gone,
                    )
