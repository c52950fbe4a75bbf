"""One account's score as a tree that a CSM can read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from keepwell.errors import UsageError, did_you_mean
from keepwell.facts import fetch
from keepwell.model.score import Step
from keepwell.scoring.lines import Line, Values, lines, ruled, unsettled
from keepwell.scoring.reasons import reasons_of, step_of
from keepwell.scoring.score import Scores
from keepwell.scoring.tree import descend
from keepwell.scoring.words import Ends, label_of, node_label, row_words


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
class Raised:
    """A flag that is raised, why, and on what evidence: label and value of each metric in its condition."""

    flag: str
    because: str
    evidence: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Explanation:
    """Everything that is said of one account on one day.

    `lines`: what leads from raw to score; `unsettled`: rules and overrides of which it is unknown whether they hold.
    `scale`: the score's own.
    """

    account_id: str
    name: str | None
    row: dict[str, Any]
    tree: Branch
    lines: tuple[Line, ...]
    unsettled: tuple[str, ...]
    flags: tuple[Raised, ...]
    reasons: tuple[str, ...]
    next_step: Step | None
    scale: Ends


def explain(scores: Scores, account: str, currency: str = "") -> Explanation:
    """The explanation of one account, given its id or its whole name.

    Raises UsageError where no such account lives, or where it is outside of the score's population.
    """
    found = _account(scores, account)
    own = _only(scores, found["id"])
    row = _row(own, account)
    values = {item["metric"]: item for item in fetch.rows(own.metrics.rows)}
    did = ruled(own)
    return Explanation(
        found["id"],
        found["name"],
        row | {"value": found["value"], "owner": found["owner"]},
        _tree(own, row["variant"], values, currency),
        tuple(lines(own, row, did)),
        tuple(unsettled(own, row, values, did)),
        tuple(_flags(own, values, currency)),
        tuple(reasons_of(own, currency).get(found["id"], ())),
        step_of(scores.plan.score, row["tier"], row["zone"]),
        scores.plan.score.scale,
    )


def _account(scores: Scores, said: str) -> dict[str, Any]:
    """The account of this id, else the only one of this name, whatever its capitals."""
    accounts = scores.metrics.accounts
    by_name = accounts["name"].lower() == said.lower()
    found = fetch.rows(accounts.filter((accounts.id == said) | by_name).order_by("id"))
    same = [account for account in found if account["id"] == said] or found
    if len(same) == 1:
        return same[0]
    if same:
        ids = ", ".join(item["id"] for item in same)
        raise UsageError(f"{len(same)} accounts are called ‘{said}’: {ids}. Say which id.")
    known = fetch.arrow(accounts.select("id", "name"))
    names = [name for column in ("id", "name") for name in known[column].to_pylist() if name]
    raise UsageError(f"no account ‘{said}’ lives on {scores.metrics.moment.as_of}.{did_you_mean(said, names)}")


def _row(own: Scores, said: str) -> dict[str, Any]:
    """The one row of these scores; whoever lives and has none is outside of the population."""
    for row in fetch.rows(own.table):
        return row
    population = own.plan.score.population
    raise UsageError(
        f"account ‘{said}’ is outside of the score's population ({population.text if population else ''})."
    )


def _only(scores: Scores, id_: str) -> Scores:
    """The same scores, of one account."""
    kept = {
        name: (table := getattr(scores, name)).filter(table.id == id_) for name in ("table", "cells", "groups", "flags")
    }
    own = {name: (table := getattr(scores.metrics, name)).filter(table.id == id_) for name in ("rows", "accounts")}
    return replace(scores, **kept, metrics=replace(scores.metrics, **own))


def _flags(own: Scores, values: Values, currency: str) -> Iterator[Raised]:
    for name in fetch.arrow(own.flags.order_by("flag"))["flag"].to_pylist():
        flag = own.model.flags[name]
        read = [metric for metric in own.model.metrics if metric in flag.when.names]
        specs = own.model.metrics
        labels = {metric: label_of(metric, specs[metric].label) for metric in read}
        words = {metric: row_words(specs[metric], values.get(metric, {}), currency) for metric in read}
        yield Raised(name, flag.because, tuple((labels[metric], words[metric] or "no data") for metric in read))


def _tree(scores: Scores, variant: int, values: Values, currency: str) -> Branch:
    places = scores.plan.tree(variant)
    nodes = {row["node"]: row for row in fetch.rows(scores.values([place.number for place in places]))}
    cells = {row["node"]: row for row in fetch.rows(scores.cells)}
    worth = {
        row["node"]: row["effective_weight"] for row in fetch.rows(descend(scores.plan, scores.cells, scores.groups))
    }
    branches: dict[int, Branch] = {}
    for place in places:
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
            worst = "none" if row.get("state") == "worst" else ""
            branch.words = worst or row_words(scores.model.metrics.get(metric), row, currency)
        branches[place.number] = branch
        if place.parent is not None:
            branches[place.parent].parts.append(branch)
    return branches[places[0].number]


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
