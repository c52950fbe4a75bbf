"""Whom a score is of, and by which of its trees. FORMULA: population → variant."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from keepwell.model.score import Score
from keepwell.scoring.conditions import truth, widened
from keepwell.scoring.metrics import Metrics
from keepwell.scoring.terms import both, unknown


def candidates(score: Score, metrics: Metrics) -> ir.Table:
    """id, variant, main, unsure: one row per account and tree that can be its own.

    The main one gives the score; the others, of which it is unknown whether they come before it, only widen its range.
    Accounts outside of the population are not here; unsure: it is unknown whether it belongs to it.
    """
    conditions = [variant.when for variant in score.variants]
    asked = [*conditions, *([score.population] if score.population else [])]
    wide = widened(metrics, metrics.accounts.select("id"), {name for item in asked for name in item.names})
    inside = truth(score.population, wide, metrics) if score.population else ibis.literal(True)
    held = {f"held_{index}": truth(item, wide, metrics) for index, item in enumerate(conditions, 1)}
    known = wide.select("id", unsure=unknown(inside), inside=inside.fill_null(True), **held)
    known = known.filter(known.inside).drop("inside")
    found = [_candidate(known, index, len(conditions)) for index in range(len(conditions) + 1)]
    return ibis.union(*found) if len(found) > 1 else found[0]


def _candidate(known: ir.Table, variant: int, last: int) -> ir.Table:
    """Accounts that this tree may be the one of; 0 is the score's own, which comes last."""
    earlier = [known[f"held_{index}"] for index in range(1, variant or last + 1)]
    free = None
    for held in earlier:
        free = both(free, ~held.fill_null(False))
    mine = known[f"held_{variant}"] if variant else ibis.literal(True)
    possible = both(free, mine.fill_null(True)) if variant else free
    rows = known if possible is None else known.filter(possible)
    return rows.select("id", "unsure", variant=ibis.literal(variant, "int16"), main=mine.fill_null(False))
