"""Reasons in words, and the next step: what stands beside a score."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import ibis

from keepwell.facts import fetch
from keepwell.model.score import Score, Step
from keepwell.scoring.cells import COUNTS
from keepwell.scoring.plan import Place, stated_shares
from keepwell.scoring.score import Scores
from keepwell.scoring.words import node_label, plain, signed, words_of

MOST = 3
"""How many reasons stand beside a score."""
WORTH = 0.05
"""Below this many points a reason is not worth a line."""


def reasons_of(scores: Scores, currency: str = "") -> dict[str, list[str]]:
    """Account id → its first reasons.

    What evidence is lacking where it is too little, then what costs it most points.
    """
    found = {id_: [reason] for id_, reason in _lacking(scores).items()}
    for id_, reason in _costs(scores, currency):
        found.setdefault(id_, []).append(reason)
    return {id_: reasons[:MOST] for id_, reasons in found.items()}


def _lacking(scores: Scores) -> dict[str, str]:
    """For accounts with too little evidence: how much there is, and the missing input that carries most weight.

    For those without a score because a measure has no data that it needs: which.
    """
    poor = scores.table.filter(scores.table.standing == "insufficient").select("id", "coverage", "score")
    missing = scores.cells.filter(scores.cells.state.isin(["missing", "expired"])).select("id", "node")
    shares = stated_shares(scores.plan)
    best: dict[str, int] = {}
    needed = set(scores.plan.needed["node"].to_pylist())
    without: dict[str, int] = {}
    for row in fetch.rows(poor.inner_join(missing, "id").order_by("id", "node")):
        if row["score"] is None and row["node"] in needed:
            without.setdefault(row["id"], row["node"])
        now = best.get(row["id"])
        if now is None or shares[row["node"]] > shares[now]:
            best[row["id"]] = row["node"]
    said = {}
    for row in fetch.rows(poor):
        if row["id"] in without:
            said[row["id"]] = f"No score without {_named(scores, without[row['id']])}, which has no data"
            continue
        wanted = f"; most would come from {_named(scores, best[row['id']])}" if row["id"] in best else ""
        said[row["id"]] = f"Data for {plain(row['coverage'] * 100, 0)} % of the weight only{wanted}"
    return said


def _named(scores: Scores, node: int) -> str:
    place = scores.plan.places[node]
    return node_label(scores.model, place.name, place.node)


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


def _costs(scores: Scores, currency: str) -> Iterator[tuple[str, str]]:
    """Account id and reason, by account and rank. Column by column, and each number in words once: there are many."""
    names = ("id", "node", "state", "cost", "number", "text", "day")
    rows = fetch.arrow(_costly(scores).order_by("id", "rank").select(*names))
    begins = {place.number: _begin(scores, place) for place, _ in scores.plan.measures}
    metrics = scores.model.metrics
    words = {place.number: cache(words_of(metrics.get(leaf.metric), currency)) for place, leaf in scores.plan.measures}
    costs = cache(signed)
    for id_, node, state, cost, number, text, day in zip(*(rows[name].to_pylist() for name in names), strict=True):
        said = (words[node](number, text, day) or "none") if state in COUNTS else "no data"
        aged = ", old" if state == "ageing" else ""
        yield id_, f"{begins[node]}: {said}{aged} ({costs(-cost)} points)"


def _begin(scores: Scores, place: Place) -> str:
    label = _named(scores, place.number)
    return f"{label[0].upper()}{label[1:]}"


def step_of(score: Score, tier: str | None, zone: str | None) -> Step | None:
    """The next step that the model states for a tier, or for the zone within it."""
    for item in score.tiers:
        if item.is_ == tier:
            own = next((entry.do for entry in item.zones if entry.is_ == zone), None)
            return own or item.do
    return None
