"""A workspace's own scores held against its outcomes: every day scored as it would have been then.

outcome (model) ──▶ ends ─┐
cut days ──▶ history ─────┴─▶ audit
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

import ibis

from keepwell.errors import UsageError
from keepwell.evidence.audit import Asked, Audit, audit
from keepwell.evidence.grid import grid, lessons
from keepwell.evidence.rivals import Rival
from keepwell.scoring.score import score_name
from keepwell.workspace.beside import compared, wanted
from keepwell.workspace.groups import roots
from keepwell.workspace.past import assumed, ends, outcome_name, past
from keepwell.workspace.workspace import Workspace


@dataclass(frozen=True)
class Backtested:
    """What became of the scores.

    left_out: outcome-adjacent parts that did not count. assumed: tables that do not say when their rows became known.
    beside: the score and what it has to be better than, on the same rows.
    """

    audit: Audit
    last: date
    outcome: str
    tiers: tuple[str, ...]
    left_out: tuple[str, ...]
    assumed: tuple[str, ...]
    beside: list[Rival] = field(default_factory=list)


def backtest(workspace: Workspace, asked: Asked, score: str | None, outcome: str | None, adjacent: bool) -> Backtested:
    """Score the cut days and hold them against what became of the accounts by `asked.last`.

    adjacent: outcome-adjacent measures count as well. Raises ModelError where the model has no such outcome, and what
    scoring raises.
    """
    model = workspace.loaded.model
    name, named = score_name(model, score), outcome_name(workspace, outcome)
    became = ends(workspace, named, asked.last)
    oldest = workspace.facts.oldest() or asked.last
    cuts = asked.ahead.cuts(oldest + timedelta(days=asked.ahead.horizon), asked.last)
    found = past(workspace, cuts, name, adjacent, wanted(model, name))
    if found is None:
        said = f"the facts begin on {oldest}, and a score of a horizon later looks {asked.ahead.horizon} days ahead"
        raise UsageError(f"{said}, beyond {asked.last}; ask for a shorter --horizon.")
    told, groups = found.scores.select(["account", "day", "score", "tier", "standing"]), roots(workspace, asked.last)
    held = audit(ibis.memtable(told), ibis.memtable(became), asked, found.measures, groups)
    rows = grid(found.scores, became, cuts, asked.ahead, groups)
    taught = list(lessons(rows, asked.ahead, partial(ends, workspace, named)))
    tiers = tuple(model.scores[name].tier_names)
    return Backtested(
        held,
        asked.last,
        named,
        tiers,
        found.left_out,
        assumed(workspace),
        compared(found, model, name, rows, taught, {}),
    )
