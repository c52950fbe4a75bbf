"""Reasons in words, and the next step: what stands beside a score."""

from __future__ import annotations

import ibis

from keepwell.facts import fetch
from keepwell.model.score import Score, Step
from keepwell.scoring.cells import COUNTS
from keepwell.scoring.plan import stated_shares
from keepwell.scoring.score import Scores
from keepwell.scoring.words import node_label, plain, signed, value_words

MOST = 3
"""How many reasons stand beside a score."""
WORTH = 0.05
"""Below this many points a reason is not worth a line."""


def reasons_of(scores: Scores, currency: str = "") -> dict[str, list[str]]:
    """Account id → its first reasons.

    What evidence is lacking where it is too little, then what costs it most points.
    """
    found = {id_: [reason] for id_, reason in _lacking(scores).items()}
    for row in fetch.rows(_costly(scores).order_by("id", "rank")):
        found.setdefault(row["id"], []).append(_sentence(scores, row, currency))
    return {id_: reasons[:MOST] for id_, reasons in found.items()}


def _lacking(scores: Scores) -> dict[str, str]:
    """For accounts with too little evidence: how much there is, and the missing input that carries most weight."""
    poor = scores.table.filter(scores.table.standing == "insufficient").select("id", "coverage")
    missing = scores.cells.filter(scores.cells.state.isin(["missing", "expired"])).select("id", "node")
    shares = stated_shares(scores.plan)
    best: dict[str, int] = {}
    for row in fetch.rows(poor.inner_join(missing, "id").order_by("id", "node")):
        now = best.get(row["id"])
        if now is None or shares[row["node"]] > shares[now]:
            best[row["id"]] = row["node"]
    said = {}
    for row in fetch.rows(poor):
        place = scores.plan.places[best[row["id"]]] if row["id"] in best else None
        wanted = f"; most would come from {node_label(scores.model, place.name, place.node)}" if place else ""
        said[row["id"]] = f"Data for {plain(row['coverage'] * 100, 0)} % of the weight only{wanted}"
    return said


def _costly(scores: Scores) -> ibis.Table:
    """The measures of each account that cost it most: effective weight × (100 − points)."""
    measures = scores.measures()
    cost = measures.effective_weight * (100 - measures.points)
    ranked = measures.mutate(cost=cost).filter(cost >= WORTH)
    order = [ranked.cost.desc(), ranked.node]
    ranked = ranked.mutate(rank=ibis.row_number().over(ibis.window(group_by=ranked.id, order_by=order))).filter(
        ibis._["rank"] < MOST
    )
    leaves = ibis.memtable(scores.plan.leaves).select("node", "metric")
    named = ranked.inner_join(leaves, "node")
    values = scores.metrics.rows.select("id", "metric", "number", "text", "day")
    return named.left_join(values, ["id", "metric"]).select(
        "id", "node", "state", "points", "cost", "rank", "number", "text", "day"
    )


def _sentence(scores: Scores, row: dict[str, object], currency: str) -> str:
    place = scores.plan.places[int(str(row["node"]))]
    metric = scores.model.metrics.get(getattr(place.node, "metric", ""))
    label = node_label(scores.model, place.name, place.node)
    value = value_words(metric, row["number"], row["text"], row["day"], currency)  # type: ignore[arg-type]
    said = f"{label}: {value or 'none'}" if row["state"] in COUNTS else f"{label}: no data"
    aged = ", old" if row["state"] == "ageing" else ""
    return f"{said[0].upper()}{said[1:]}{aged} ({signed(-float(str(row['cost'])))} points)"


def step_of(score: Score, tier: str | None, zone: str | None) -> Step | None:
    """The next step that the model states for a tier, or for the zone within it."""
    for item in score.tiers:
        if item.is_ == tier:
            own = next((entry.do for entry in item.zones if entry.is_ == zone), None)
            return own or item.do
    return None
