"""What changed between two days: the difference of two scores as parts that sum, along a stated path.

The path: applicability (what began or ceased to apply) → late facts about the earlier day → presence (data that
arrived, or went away) → values → overrides; within each, measures in file order. Each part is one step from one
scoring to the next, so the parts sum by construction. All steps are scored in one query, as accounts of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import ibis
import pyarrow as pa

from keepwell.facts import fetch
from keepwell.scoring.cells import COUNTS, bare_cells
from keepwell.scoring.final import finish, override_names
from keepwell.scoring.keep import Keep
from keepwell.scoring.metrics import Metrics
from keepwell.scoring.score import Scores, fired
from keepwell.scoring.tree import climb
from keepwell.scoring.words import node_label, value_words

Kind = Literal["applicability", "late facts", "presence", "values", "overrides"]
Cell = tuple[str, float | None]
"""state and points"""
Truths = tuple[bool | None, ...]


@dataclass(frozen=True)
class Part:
    """One step of the path. `points`: what it moved the score by; `label` and `detail` say what, in words."""

    kind: Kind
    label: str
    detail: str
    points: float


@dataclass(frozen=True)
class Change:
    """before and after: the two scores (None: no score, then there are no parts). after = before + Σ parts."""

    before: float | None
    after: float | None
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class _Step:
    kind: Kind
    node: int | None
    cells: dict[int, Cell]
    truths: Truths


def change(before: Scores, restated: Metrics, after: Scores, id_: str, keep: Keep, currency: str = "") -> Change:
    """Split the change of one account's score. `restated`: the earlier day's metrics as known on the later day."""
    first, last = _cells(before, id_), _cells(after, id_)
    bare = [_bare(before, metrics, id_) for metrics in (before.metrics, restated, after.metrics)]
    old, new = _truths(before, id_), _truths(after, id_)
    steps = [_Step("applicability", None, first, old), *_path(first, last, bare, old, new)]
    shown = _scored(before, steps, keep)
    if shown[0] is None or shown[-1] is None:
        return Change(shown[0], shown[-1], ())
    words = _Words(after, (before.metrics, after.metrics), id_, currency)
    return Change(shown[0], shown[-1], tuple(_parts(steps, shown, words)))


def _parts(steps: list[_Step], shown: list[float | None], words: _Words) -> Iterator[Part]:
    """A part per step that moved the score. Where a step leaves no score, the next that has one speaks for both."""
    then = shown[0]
    for step, now in zip(steps[1:], shown[1:], strict=True):
        if then is not None and now is not None and (now != then or step.kind == "overrides"):
            yield words.part(step, now - then)
        then = then if now is None else now


def _path(
    first: dict[int, Cell], last: dict[int, Cell], bare: list[dict[int, Cell]], old: Truths, new: Truths
) -> list[_Step]:
    """Every step from the first cells to the last. What arrives comes before what leaves, so that a score is kept."""
    then, late, now = bare
    here = dict(first)
    steps: list[_Step] = []

    def walk(kind: Kind, nodes: Iterable[int], target: Callable[[int], Cell]) -> None:
        for node in nodes:
            if here[node] != target(node):
                here[node] = target(node)
                steps.append(_Step(kind, node, dict(here), old))

    # Where the later day does not know whether a measure applies, its cell is settled by that and by nothing else.
    settled = {node for node in first if last[node] != now[node]}
    entering = [node for node in first if node not in settled and first[node] != then[node]]
    walk("applicability", entering, then.__getitem__)
    walk("applicability", sorted(settled), last.__getitem__)
    free = [node for node in first if node not in settled]
    walk("late facts", free, lambda node: late.get(node, here[node]))
    arrived = [node for node in free if here[node][0] not in COUNTS and now[node][0] in COUNTS]
    left = [node for node in free if here[node][0] in COUNTS and now[node][0] not in COUNTS]
    walk("presence", [*arrived, *left], now.__getitem__)
    walk("values", free, now.__getitem__)
    if old != new:
        steps.append(_Step("overrides", None, dict(here), new))
    return steps


def _cells(scores: Scores, id_: str) -> dict[int, Cell]:
    rows = fetch.rows(scores.cells.filter(scores.cells.id == id_).order_by("node"))
    return {row["node"]: (row["state"], row["points"]) for row in rows}


def _bare(scores: Scores, metrics: Metrics, id_: str) -> dict[int, Cell]:
    rows = metrics.rows.filter(metrics.rows.id == id_)
    found = fetch.rows(bare_cells(scores.plan, rows, metrics.moment.as_of))
    return {row["node"]: (row["state"], row["points"]) for row in found}


def _truths(scores: Scores, id_: str) -> Truths:
    table = fired(scores.plan, scores.metrics)
    row = fetch.rows(table.filter(table.id == id_))[0]
    return tuple(row[name] for name in override_names(scores.plan.score))


def _scored(scores: Scores, steps: list[_Step], keep: Keep) -> list[float | None]:
    """The score after each step, by the one formula."""
    names = [f"{index:04d}" for index in range(len(steps))]
    cells = [
        {"id": name, "node": node, "state": state, "points": points}
        for name, step in zip(names, steps, strict=True)
        for node, (state, points) in step.cells.items()
    ]
    overrides = override_names(scores.plan.score)
    truths: list[dict[str, Any]] = [
        {"id": name, **dict(zip(overrides, step.truths, strict=True))} for name, step in zip(names, steps, strict=True)
    ]
    held = ibis.memtable(
        pa.Table.from_pylist(
            truths, schema=pa.schema([("id", pa.string())] + [(name, pa.bool_()) for name in overrides])
        )
    )
    groups = keep(climb(scores.plan, ibis.memtable(pa.Table.from_pylist(cells, schema=_CELLS)), keep))
    found = finish(scores.plan, held.select("id"), groups.filter(groups.node == 0), held).order_by("id")
    shown: list[float | None] = fetch.arrow(keep(found).order_by("id"))["score"].to_pylist()
    return shown


_CELLS = pa.schema([("id", pa.string()), ("node", pa.int16()), ("state", pa.string()), ("points", pa.float64())])


class _Words:
    """Says what a step was: ‘seat use’, ‘62 % → 31 %’."""

    def __init__(self, scores: Scores, metrics: tuple[Metrics, Metrics], id_: str, currency: str) -> None:
        self.scores, self.currency = scores, currency
        self.values = [self._values(one, id_) for one in metrics]

    def _values(self, metrics: Metrics, id_: str) -> dict[str, str]:
        rows = fetch.rows(metrics.rows.filter(metrics.rows.id == id_))
        known = self.scores.model.metrics
        return {
            row["metric"]: value_words(known.get(row["metric"]), row["number"], row["text"], row["day"], self.currency)
            for row in rows
        }

    def part(self, step: _Step, points: float) -> Part:
        if step.node is None:
            return Part(step.kind, "overrides", "", round(points, 9))
        place = self.scores.plan.places[step.node]
        metric = getattr(place.node, "metric", "")
        then, now = (values.get(metric, "") or "no data" for values in self.values)
        detail = then if then == now else f"{then} → {now}"
        return Part(step.kind, node_label(self.scores.model, place.name, place.node), detail, round(points, 9))
