"""What must always hold, over generated models and 200 generated accounts each. One example is one model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.model import load_text
from keepwell.model.scale import KINDS
from keepwell.scoring.metrics import Metrics
from keepwell.scoring.score import Scores, score
from keepwell.scoring.tables import group_table, measure_table
from keepwell.workspace import Workspace, open_workspace
from tests.oracle import score_accounts
from tests.scoring.cases import FEWER, Case, cases
from tests.scoring.compare import differences
from tests.scoring.generated import CHANGES, DAY, MIDNIGHT, Tables
from tests.scoring.workspaces import Result, scored, write

pytestmark = pytest.mark.timeout(3_600)  # the deep profile looks at a thousand models
TINY = 1e-9
FORMS = st.sampled_from(("parquet", "csv", "parts"))


def run(case: Case, form: str = "parquet") -> Result:
    with TemporaryDirectory() as folder:
        return scored(case, Path(folder), form)


# ---- 1 Every number is the formula's, sums, and stays within its bounds


@FEWER
@given(cases(), FORMS)
def test_keepwell_agrees_with_the_oracle(case: Case, form: str) -> None:
    model = load_text(case.text).model
    result = run(case, form)
    found = differences(model, result, score_accounts(model, case.tables, DAY, case.known_by))
    assert not found.differences, "\n".join(found.differences[:20])
    _sums(result, shared=not any(f'"{word}"' in case.text for word in ("sum", "round")))
    _bounds(result)


def _sums(result: Result, shared: bool) -> None:
    """Raw = Σ contributions; score = raw + its own lines; shared: effective weights are shares of a whole."""
    sums: dict[str, float] = {}
    weights: dict[str, float] = {}
    for row in result.measures:
        sums[row["account_id"]] = sums.get(row["account_id"], 0) + row["contribution"]
        weights[row["account_id"]] = weights.get(row["account_id"], 0) + row["effective_weight"]
    for row in result.scores:
        if row["score"] is None:
            assert sums[row["account_id"]] == weights[row["account_id"]] == 0
            continue
        assert abs(row["raw"] - sums[row["account_id"]]) <= TINY
        assert not shared or abs(weights[row["account_id"]] - 1) <= TINY
        lines = [
            row[name]
            for name in row
            if name in ("base", "clamped", "rounding") or name.startswith(("override_", "adjust_"))
        ]
        assert abs(row["score"] - row["raw"] - sum(line or 0 for line in lines)) <= TINY


def _bounds(result: Result) -> None:
    for row in result.scores:
        assert 0 <= row["coverage"] <= 1
        if row["score"] is not None:
            assert 0 <= row["low"] <= row["score"] <= row["high"] <= 100
    for row in result.measures:
        assert row["points"] is None or 0 <= row["points"] <= 100


# ---- 4 and 7 What cannot matter


def unknowable(case: Case) -> Case:
    """More facts, none of which had happened and was known by then: new rows, and columns that came later."""
    random = Random(case.seed)  # noqa: S311 (no secret)
    tables = deepcopy(case.tables)
    after = datetime.combine(case.known_by, MIDNIGHT.time()) + timedelta(days=1)
    for feed, (time, known) in TIMES.items():
        if tables.get(feed) and (feed not in ENTITIES or feed in case.changing):
            news = [dict(row) for row in random.choices(tables[feed], k=100)]
            late = case.model["tables"][feed].get("known") == known
            for row in news:
                moment = after + random.choice((timedelta(0), timedelta(hours=1), timedelta(days=9)))
                row[time] = moment if isinstance(row[time], datetime) else moment.date()
                if feed in ENTITIES:
                    row |= {name: CHANGES[name](random) for name in CHANGES if name in row and name != ENTITIES[feed]}
                if late and random.random() < 0.7:
                    row |= {time: after - timedelta(days=random.randrange(1, 60)), known: moment}
            tables[feed] += news
    _decide(tables, random, after)
    random.shuffle(tables["accounts"])
    return replace(case, changed=tables)


TIMES = {
    "logins": ("at", "loaded_at"),
    "tickets": ("opened_at", ""),
    "answers": ("answered_at", "imported_at"),
    "contracts": ("signed_on", ""),
    "accounts": ("changed_on", "recorded_at"),
    "contacts": ("changed_on", "recorded_at"),
}
ENTITIES = {"accounts": "account_id", "contacts": "user_id"}
"""Tables of entities, and their keys."""


def _decide(tables: Tables, random: Random, after: datetime) -> None:
    """Tickets are closed and contracts decided after the day."""
    for row in tables.get("tickets", ()):
        if row["closed_at"] is None and random.random() < 0.7:
            row |= {"closed_at": after, "csat": random.choice((1, 5))}
    for row in tables.get("contracts", ()):
        if row["decided_on"] is None and random.random() < 0.7:
            row |= {"decided_on": after.date(), "renewed": random.random() < 0.5}


VARIANTS: dict[str, Callable[[Case], Result]] = {
    "the same again": run,
    "the rows in another order, in several files, with columns in another order": lambda case: run(case, "parts"),
    "the facts as text": lambda case: run(case, "csv"),
    "facts that were not yet known": lambda case: run(unknowable(case)),
    "facts that were not yet known, in another order": lambda case: run(unknowable(case), "parts"),
}


@FEWER
@given(cases(), st.sampled_from(list(VARIANTS)))
def test_what_was_not_known_and_how_facts_lie_changes_nothing(case: Case, variant: str) -> None:
    before, after = run(case), VARIANTS[variant](case)
    for kind in ("metrics", "measures", "groups", "scores"):
        assert getattr(before, kind) == getattr(after, kind), f"{variant}: {kind}"


# ---- 2 and 3 From stored metric values: weights, points, missing measures


@contextmanager
def stored(case: Case) -> Iterator[tuple[Workspace, Metrics]]:
    with TemporaryDirectory() as name:
        write(case, Path(name), "parquet")
        with open_workspace(Path(name)) as workspace:
            yield workspace, workspace.metrics(DAY, case.known_by)


def rescored(workspace: Workspace, metrics: Metrics, case: Case) -> Scores:
    return score(load_text(case.text), metrics, workspace.keep)


@FEWER
@given(cases(), st.integers(0, 2**32), st.sampled_from((7, Fraction(1, 3), Fraction(1, 10**6))))
def test_what_weights_points_and_missing_measures_may_do(case: Case, seed: int, factor: Fraction) -> None:
    random = Random(seed)  # noqa: S311 (no secret)
    with stored(case) as (workspace, metrics):
        base = rescored(workspace, metrics, case)
        _scaled(raws(base), raws(rescored(workspace, metrics, _with_weights(case, factor))))
        _raised(raws(base), raws(rescored(workspace, metrics, _with_more_points(case, random))))
        _forgotten(workspace, metrics, case, base, random)


def raws(scores: Scores) -> dict[str, dict[str, Any]]:
    return {row["account_id"]: row for row in group_table(scores).to_pylist() if row["part"] == "health"}


def _scaled(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> None:
    """Weights are shares among siblings: all of them a third, or percentages as plain numbers, are the same."""
    assert before.keys() == after.keys()
    for account, row in before.items():
        for name in ("value", "low", "high", "coverage"):
            assert (row[name] is None) == (after[account][name] is None)
            assert abs((row[name] or 0) - (after[account][name] or 0)) <= TINY, (account, name)


def _with_weights(case: Case, factor: Fraction) -> Case:
    def scale(group: dict[str, Any]) -> dict[str, Any]:
        points = group["combine"] == "sum"  # where weights are points, and no shares
        return group | {"parts": {name: scaled(part, points) for name, part in group["parts"].items()}}

    def scaled(part: dict[str, Any], points: bool) -> dict[str, Any]:
        if points:
            return scale(part) if "parts" in part else part
        if "weight" not in part:
            return part  # of a variant, which says only what differs
        weight = Fraction(str(part["weight"]).removesuffix(" %")) * factor
        part = part | {"weight": f"{weight.numerator}/{weight.denominator}"}
        return scale(part) if "parts" in part else part

    def varied(variant: dict[str, Any]) -> dict[str, Any]:
        parts = {name: part and scaled(part, score["combine"] == "sum") for name, part in variant["parts"].items()}
        return variant | {"parts": parts}

    score = case.model["scores"]["health"]
    variants = [varied(variant) for variant in score.get("variants", ())]
    return case.with_model(scores=case.model["scores"] | {"health": scale(score) | {"variants": variants}})


def _raised(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> None:
    """More points for one measure lower nobody's raw score."""
    assert before.keys() == after.keys()
    for account, row in before.items():
        assert row["value"] is None or after[account]["value"] >= row["value"] - TINY, account


def _with_more_points(case: Case, random: Random) -> Case:
    """One measure's scale lifted, band by band, none of them past 100."""
    changed = deepcopy(case)
    measure = random.choice(_measures(changed.model["scores"]["health"]))
    scales = [measure, *measure.get("cases", ())]
    for entry in (entry for scale in scales for name in KINDS for entry in scale.get(name, ())):
        entry[1] = min(100, entry[1] + random.choice((0, 5, 40)))
    return changed


def _measures(group: dict[str, Any]) -> list[dict[str, Any]]:
    parts = list(group["parts"].values())
    return [leaf for part in parts for leaf in (_measures(part) if "parts" in part else [part])]


def _forgotten(workspace: Workspace, metrics: Metrics, case: Case, base: Scores, random: Random) -> None:
    """A measure that loses its value leaves an interval that holds the old one, and the old score.

    The measure gets a metric of its own, so that no condition changes; every second account keeps its value, so that
    the measure stays connected.
    """
    index = random.randrange(len(_measures(case.model["scores"]["health"])))
    path = base.plan.measures[index][0].path
    rows = [row for row in measure_table(base).to_pylist() if row["measure"] == path]
    counting = [row for row in rows if row["state"] in ("ok", "ageing")]
    lost = {row["account_id"] for row in counting[::2]}
    if len(counting) < 2:
        return
    changed = deepcopy(case)
    measure = _measures(changed.model["scores"]["health"])[index]
    changed.model["metrics"]["own"] = changed.model["metrics"].get(measure["metric"], {"attribute": "seats"})
    fewer = pa.Table.from_pylist([*_copied(metrics, measure["metric"], lost)], schema=ROWS)
    kinds = metrics.kinds | {"own": metrics.kinds[measure["metric"]]}
    for fit in changed.model.get("fitted", ()):
        if measure["metric"] in fit["metrics"]:
            fit["metrics"]["own"] = fit["metrics"][measure["metric"]]
    measure["metric"] = "own"
    forgetful = replace(metrics, rows=ibis.memtable(fewer), kinds=kinds)
    before, after = raws(base), raws(rescored(workspace, forgetful, changed))
    for account in lost:
        old, new = before[account], after[account]
        if new["value"] is not None:
            assert new["low"] - TINY <= old["low"] <= old["value"] <= old["high"] <= new["high"] + TINY, (account, path)


ROWS = pa.schema(
    [
        ("id", pa.string()),
        ("metric", pa.string()),
        ("number", pa.float64()),
        ("text", pa.string()),
        ("day", pa.date32()),
        ("state", pa.string()),
        ("at", pa.timestamp("us")),
    ]
)


def _copied(metrics: Metrics, metric: str, lost: set[str]) -> Iterator[dict[str, Any]]:
    """All stored rows, and those of one metric once more as `own`, without a value where it is lost."""
    for row in metrics.rows.to_pyarrow().to_pylist():
        yield row
        if row["metric"] == metric:
            gone = {"number": None, "text": None, "day": None, "state": "stale_feed", "at": None}
            yield row | {"metric": "own"} | (gone if row["id"] in lost else {})
