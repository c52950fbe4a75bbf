"""Reasons in words, and the next step: what stands beside a score."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import ibis
import ibis.expr.types as ir

from keepwell.facts import fetch
from keepwell.model.score import Score, Step
from keepwell.scoring.adjust import rule_names, rules, stated_rules
from keepwell.scoring.cells import COUNTS, applicability
from keepwell.scoring.plan import Place, stated_shares
from keepwell.scoring.scales import UNKNOWN
from keepwell.scoring.score import Scores
from keepwell.scoring.terms import beside
from keepwell.scoring.words import label_of, node_label, plain, row_words, signed, words_of

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

    For those without a score because a measure that it needs does not count: which, and why.
    """
    without = _withheld(scores)
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
        if row["id"] in without:
            said[row["id"]] = f"No score without {without[row['id']]}"
            continue
        wanted = f"; most would come from {_named(scores, best[row['id']])}" if row["id"] in best else ""
        said[row["id"]] = f"Data for {plain(row['coverage'] * 100, 0)} % of the weight only{wanted}"
    return said


def _withheld(scores: Scores) -> dict[str, str]:
    """For accounts without a score: the first measure that says `missing: no_score` and does not count, and why."""
    plan, found = scores.plan, dict[str, str]()
    if not len(plan.needed):
        return found
    nobody = scores.table.filter(scores.table.score.isnull())
    lost = scores.cells.filter(scores.cells.state.isin(["missing", "expired", "not_connected"])).semi_join(nobody, "id")
    needed = ibis.memtable(plan.needed.select(["node"])).inner_join(ibis.memtable(plan.leaves), "node")
    lost = lost.inner_join(needed.select("node", "metric"), "node")
    values = scores.metrics.rows.select("id", "metric", "number", "text", "day")
    rows = beside(lost, values, ["id", "metric"])
    if (applies := applicability(plan, scores.metrics)) is not None:
        rows = rows.left_join(applies, ["id", "node"])
        rows = rows.mutate(open=rows.conditional.notnull() & rows.applies.isnull())
    else:
        rows = rows.mutate(open=ibis.literal(False))
    names = ("id", "node", "state", "scale", "number", "text", "day", "open")
    for row in fetch.rows(rows.order_by("id", "node").select(*names)):
        if row["id"] not in found:
            found[row["id"]] = f"{_named(scores, row['node'])}{_why(scores, row)}"
    return found


def _why(scores: Scores, row: dict[str, Any]) -> str:
    """Why a measure does not count: whichever the formula asks first."""
    if row["open"]:
        return ", of which it is unknown whether it applies"
    words = row_words(scores.model.metrics.get(scores.plan.measured[row["node"]].metric), row)
    if not words:
        return ", which has no data"
    if row["scale"] <= UNKNOWN:
        return ", of which it is unknown which case holds"
    return ", whose value has expired" if row["state"] == "expired" else f": ‘{words}’ has no points"


def _named(scores: Scores, node: int) -> str:
    place = scores.plan.places[node]
    return node_label(scores.model, place.name, place.node)


def _costly(scores: Scores) -> ir.Table:
    """The measures and rules of each account that cost it most.

    A measure costs effective weight × (100 − points). A rule has the number of no node, but one beyond them all.
    """
    measures = scores.measures()
    cost = measures.effective_weight * (100 - measures.points)
    ranked = measures.select("id", "node", "state", cost=cost).filter(ibis._.cost >= WORTH)
    if scores.plan.score.adjust:
        ranked = ibis.union(ranked, *_taking(scores))
    order = [ranked.cost.desc(), ranked.node]
    ranked = ranked.mutate(rank=ibis.row_number().over(ibis.window(group_by=ranked.id, order_by=order))).filter(
        ibis._["rank"] < MOST
    )
    leaves = ibis.memtable(scores.plan.leaves).select("node", "metric")
    named = beside(ranked, leaves, ["node"])
    values = scores.metrics.rows.select("id", "metric", "number", "text", "day")
    return named.left_join(values, ["id", "metric"]).select(
        "id", "node", "state", "cost", "rank", "number", "text", "day"
    )


def _taking(scores: Scores) -> Iterator[ir.Table]:
    """For each rule the accounts with a score from which it takes points, in the columns of measures."""
    plan = scores.plan
    scored = scores.table.filter(scores.table.score.notnull())
    did = rules(plan.score, plan.native, scores.metrics).semi_join(scored, "id")
    for index, name in enumerate(rule_names(plan.score)):
        node = ibis.literal(len(plan.places) + index, "int16")
        cost = -did[name]
        yield did.filter(cost >= WORTH).select("id", node=node, state=ibis.literal("rule"), cost=cost)


def _costs(scores: Scores, currency: str) -> Iterator[tuple[str, str]]:
    """Account id and reason, by account and rank. Column by column, and each number in words once: there are many."""
    names = ("id", "node", "state", "cost", "number", "text", "day")
    rows = fetch.arrow(_costly(scores).order_by("id", "rank").select(*names))
    begins = {place.number: _begin(scores, place) for place, _ in scores.plan.measures}
    metrics = scores.model.metrics
    words = {place.number: cache(words_of(metrics.get(leaf.metric), currency)) for place, leaf in scores.plan.measures}
    costs = cache(signed)
    ruled = _ruled(scores)
    for id_, node, state, cost, number, text, day in zip(*(rows[name].to_pylist() for name in names), strict=True):
        if node in ruled:
            yield id_, f"{ruled[node]} ({costs(-cost)} points)"
            continue
        said = (words[node](number, text, day) or "none") if state in COUNTS else "no data"
        aged = ", old" if state == "ageing" else ""
        yield id_, f"{begins[node]}: {said}{aged} ({costs(-cost)} points)"


def _begin(scores: Scores, place: Place) -> str:
    return _upper(_named(scores, place.number))


def _ruled(scores: Scores) -> dict[int, str]:
    """Number of a rule in `_costly` → ‘Malus: Bills are late’."""
    score = scores.plan.score
    stated = enumerate(stated_rules(score), len(scores.plan.places))
    return {
        number: f"{_upper(label_of(name, score.adjust[name].label))}: {rule.because}" for number, (name, rule) in stated
    }


def _upper(label: str) -> str:
    return f"{label[0].upper()}{label[1:]}"


def step_of(score: Score, tier: str | None, zone: str | None) -> Step | None:
    """The next step that the model states for a tier, or for the zone within it."""
    for item in score.tiers:
        if item.is_ == tier:
            own = next((entry.do for entry in item.zones if entry.is_ == zone), None)
            return own or item.do
    return None
