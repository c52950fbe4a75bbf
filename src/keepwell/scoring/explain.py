"""One account's score as a tree that a CSM can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from keepwell.errors import UsageError, did_you_mean
from keepwell.facts import fetch
from keepwell.model.score import Step
from keepwell.scoring.final import override_names
from keepwell.scoring.reasons import reasons_of, step_of
from keepwell.scoring.score import Scores
from keepwell.scoring.tree import descend
from keepwell.scoring.words import node_label, value_words


@dataclass
class Branch:
    """A part of the tree. value: points 0–100 (None: nothing counts); low, high: its range; coverage: 0–1.

    weight: as the file states it; effective_weight: what one of its points is worth in the score; contribution: what it
    adds to the score. A measure has `metric` and its value in words; state is `ok`, `missing` …, or '' for a group.
    """

    name: str
    label: str
    weight: str
    value: float | None
    low: float | None
    high: float | None
    coverage: float | None
    effective_weight: float
    contribution: float
    metric: str = ""
    words: str = ""
    state: str = ""
    parts: list[Branch] = field(default_factory=list)


@dataclass(frozen=True)
class Explanation:
    """Everything that is said of one account on one day. `lines`: from raw to score, each an own line in points."""

    account_id: str
    name: str | None
    row: dict[str, Any]
    tree: Branch
    lines: tuple[tuple[str, float], ...]
    flags: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    next_step: Step | None


def explain(scores: Scores, id_: str, currency: str = "") -> Explanation:
    """The explanation of one account. Raises UsageError where nobody of this id lives on the day."""
    account = _account(scores, id_)
    row = fetch.rows(scores.table.filter(scores.table.id == id_))[0]
    own = _only(scores, id_)
    return Explanation(
        id_,
        account["name"],
        row | {"value": account["value"], "owner": account["owner"]},
        _tree(own, currency),
        tuple(_lines(scores, row)),
        tuple((flag, scores.model.flags[flag].because) for flag in _flags(scores, id_)),
        tuple(reasons_of(own, currency).get(id_, ())),
        step_of(scores.plan.score, row["tier"], row["zone"]),
    )


def _account(scores: Scores, id_: str) -> dict[str, Any]:
    accounts = scores.metrics.accounts
    found: list[dict[str, Any]] = fetch.rows(accounts.filter(accounts.id == id_))
    if not found:
        known: Sequence[str] = fetch.arrow(accounts.select("id"))["id"].to_pylist()
        day = scores.metrics.moment.as_of
        raise UsageError(f"no account ‘{id_}’ lives on {day}.{did_you_mean(id_, known)}")
    return found[0]


def _only(scores: Scores, id_: str) -> Scores:
    """The same scores, of one account."""
    from dataclasses import replace

    kept = {
        name: (table := getattr(scores, name)).filter(table.id == id_) for name in ("table", "cells", "groups", "flags")
    }
    rows = scores.metrics.rows
    return replace(scores, **kept, metrics=replace(scores.metrics, rows=rows.filter(rows.id == id_)))


def _lines(scores: Scores, row: dict[str, Any]) -> list[tuple[str, float]]:
    """From the weighted tree to the score: what rounding, bounds and each override did."""
    if row["raw"] is None:
        return []
    lines = [("from the parts below", row["raw"]), ("kept within 0–100", row["clamped"]), ("rounded", row["rounding"])]
    for name, override in zip(override_names(scores.plan.score), scores.plan.score.overrides, strict=True):
        if row[name] is not None:
            lines.append((f"{override.mode} {_target(override)}: {override.because}", row[name]))
    return [line for index, line in enumerate(lines) if index == 0 or line[1] or index > 2]


def _target(override: Any) -> str:
    value = getattr(override, override.mode)
    return str(value)


def _flags(scores: Scores, id_: str) -> list[str]:
    found: list[str] = fetch.arrow(scores.flags.filter(scores.flags.id == id_).order_by("flag"))["flag"].to_pylist()
    return found


def _tree(scores: Scores, currency: str) -> Branch:
    nodes = {row["node"]: row for row in fetch.rows(scores.values(range(len(scores.plan.places))))}
    cells = {row["node"]: row for row in fetch.rows(scores.cells)}
    worth = {
        row["node"]: row["effective_weight"] for row in fetch.rows(descend(scores.plan, scores.cells, scores.groups))
    }
    values = {row["metric"]: row for row in fetch.rows(scores.metrics.rows)}
    branches: dict[int, Branch] = {}
    for place in scores.plan.places:
        node, weight = nodes.get(place.number, {}), worth.get(place.number, 0.0)
        value = _float(node.get("value"))
        branch = Branch(
            place.name, node_label(scores.model, place.name, place.node), str(place.node.weight), value,
            _float(node.get("low")), _float(node.get("high")), _float(node.get("coverage")),
            weight, weight * (value or 0.0),
        )  # fmt: skip
        if (metric := getattr(place.node, "metric", None)) is not None:
            row = values.get(metric, {})
            branch.metric, branch.state = metric, cells[place.number]["state"] if place.number in cells else "missing"
            branch.words = value_words(
                scores.model.metrics.get(metric), row.get("number"), row.get("text"), row.get("day"), currency
            )
        branches[place.number] = branch
        if place.parent is not None:
            branches[place.parent].parts.append(branch)
    return branches[0]


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
