"""What changed between two days: the difference of two scores as parts that sum, along a stated path.

The path: model (another model or fit judges the earlier day) → variant (another tree) → applicability (what began or
ceased to apply, or is judged on another scale) → late facts about the earlier day → presence (data that arrived, or
went away) → values → adjustments → overrides; within each, measures in file order. Each part is one step from one
scoring to the next, so the parts sum by construction. All steps are scored in one query, as accounts of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from keepwell.facts import fetch
from keepwell.scoring.cells import COUNTS, bare_cells
from keepwell.scoring.keep import Keep
from keepwell.scoring.metrics import Metrics
from keepwell.scoring.score import Scores
from keepwell.scoring.state import Cell, State, by_account, scored, states_of
from keepwell.scoring.words import label_of, node_label, override_words, row_words

Kind = Literal["model", "variant", "applicability", "late facts", "presence", "values", "adjustments", "overrides"]
UNCONNECTED = "not_connected"
Truths = tuple[bool | None, ...]
"""Of each override, in the order of the file, whether it holds; None: unknown"""


@dataclass(frozen=True)
class Part:
    """One step of the path. `points`: what it moved the score by; `label` and `detail` say what, in words.

    measure: the path of the measure that it is a step of; None for what is no measure's.
    """

    kind: Kind
    label: str
    detail: str
    points: float
    measure: str | None = None


@dataclass(frozen=True)
class Change:
    """before and after: the two scores (None: no score, then there are no parts). after = before + Σ parts."""

    before: float | None
    after: float | None
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class _Step:
    """A state, and what led to it: `node` for a measure, `index` for an adjustment."""

    kind: Kind
    state: State
    node: int | None = None
    index: int | None = None


def changes(
    before: Scores, restated: Metrics, after: Scores, ids: Sequence[str], keep: Keep, currency: str = ""
) -> dict[str, Change]:
    """Split the changes of the scores of these accounts. `restated`: the earlier day's metrics as known on the later.

    One that lives on one of the days only, or is outside of the population, has no score then, and so no parts.
    """
    shown = [_shown(scores, ids) for scores in (before, after)]
    both = [id_ for id_ in ids if all(id_ in found for found in shown)]
    first, last = states_of(before, both), states_of(after, both)
    bare = [_bare(after, metrics, both) for metrics in (before.metrics, restated, after.metrics)]
    steps = {
        id_: [_Step("variant", first[id_]), *_path(first[id_], last[id_], [cells[id_] for cells in bare])]
        for id_ in both
    }
    states = [step.state for path in steps.values() for step in path]
    worth = iter([row["score"] for row in scored(before, states, keep)] if states else [])
    words = _Words(after, (before.metrics, after.metrics), both, currency)
    found = {id_: Change(shown[0].get(id_), shown[1].get(id_), ()) for id_ in ids}
    for id_, path in steps.items():
        points = [next(worth) for _ in path]
        if points[0] is not None and points[-1] is not None:
            parts = tuple(_parts(path, points, _Told(words, id_, first[id_].truths)))
            found[id_] = Change(points[0], points[-1], parts)
    return found


def _shown(scores: Scores, ids: Sequence[str]) -> dict[str, float | None]:
    rows = scores.table.filter(scores.table.id.isin(list(ids))).select("id", "score")
    return {row["id"]: row["score"] for row in fetch.rows(rows)}


def remodelled(found: Change, old: float | None, then: str, now: str) -> Change:
    """The change where another model or fit judged the earlier day, at `old`; then, now: the versions."""
    if old is None or found.after is None:
        return Change(old, found.after, ())
    # Where this model has no score of the earlier day, nothing can be told apart: the step to it is the whole change.
    to = found.after if found.before is None else found.before
    part = Part("model", f"version {then} → {now}", "", to - old)
    return Change(old, found.after, (part, *found.parts))


def _parts(steps: list[_Step], shown: list[float | None], told: _Told) -> Iterator[Part]:
    """A part per step that moved the score. Where a step leaves no score, the next that has one speaks for both."""
    then = shown[0]
    for step, now in zip(steps[1:], shown[1:], strict=True):
        if then is not None and now is not None and (now != then or step.kind == "overrides"):
            yield told.part(step, now - then)
        then = then if now is None else now


def _path(first: State, last: State, bare: list[dict[int, Cell]]) -> Iterator[_Step]:
    """Every step from the first state to the last."""
    # Where the later day does not know whether a measure applies, its cell is settled by that and by nothing else.
    settled = {node for node, cell in last.cells.items() if cell != bare[2][node] and cell[0] != UNCONNECTED}
    here = first
    if first.variant != last.variant:
        cells = {node: last.cells[node] if node in settled else bare[0][node] for node in last.cells}
        here = replace(first, variant=last.variant, cells=cells)
        yield _Step("variant", here)
    for step in _measures(here, last.cells, bare, settled):
        here = step.state
        yield step
    for index, points in enumerate(last.added):
        if here.added[index] != points:
            here = replace(here, added=(*here.added[:index], points, *here.added[index + 1 :]))
            yield _Step("adjustments", here, index=index)
    if here.truths != last.truths:
        yield _Step("overrides", replace(here, truths=last.truths))


def _measures(start: State, last: dict[int, Cell], bare: list[dict[int, Cell]], settled: set[int]) -> list[_Step]:
    """The steps of the measures. What arrives comes before what leaves, so that a score is kept.

    That a measure is connected for anybody, or no longer, is presence.
    """
    then, late, now = bare
    here = dict(start.cells)
    silent = {node for node in here if here[node][0] == UNCONNECTED}
    steps: list[_Step] = []

    def walk(kind: Kind, nodes: Iterable[int], target: Callable[[int], Cell]) -> None:
        for node in nodes:
            if here[node] != target(node):
                here[node] = target(node)
                steps.append(_Step(kind, replace(start, cells=dict(here)), node))

    def finally_(node: int) -> Cell:
        return last[node] if last[node][0] == UNCONNECTED else now[node]

    walk("applicability", [node for node in here if node not in settled | silent], then.__getitem__)
    walk("applicability", sorted(settled), last.__getitem__)
    free = [node for node in here if node not in settled]
    heard = [node for node in free if node not in silent or late.get(node, here[node])[0] in COUNTS]
    walk("late facts", heard, lambda node: late.get(node, here[node]))
    arrived = [node for node in free if here[node][0] not in COUNTS and finally_(node)[0] in COUNTS]
    left = [node for node in free if here[node][0] in COUNTS and finally_(node)[0] not in COUNTS]
    rest = [node for node in free if UNCONNECTED in (here[node][0], last[node][0])]
    walk("presence", [*arrived, *left, *rest], finally_)
    walk("values", free, now.__getitem__)
    return steps


def _bare(scores: Scores, metrics: Metrics, ids: Sequence[str]) -> dict[str, dict[int, Cell]]:
    """Every account's cells, judged on the scales of the later day, as if every measure applied."""
    rows = metrics.rows.filter(metrics.rows.id.isin(list(ids)))
    scaled = scores.cells.select("id", "node", "scale")
    return by_account(bare_cells(scores.plan, rows, metrics.when, scaled), ids)


class _Words:
    """The values of these accounts on both days, in words where they are asked for."""

    def __init__(self, scores: Scores, metrics: tuple[Metrics, Metrics], ids: Sequence[str], currency: str) -> None:
        self.scores, self.currency = scores, currency
        read = [leaf.metric for _, leaf in scores.plan.measures]
        self.rows = [_rows(one, ids, read) for one in metrics]

    def value(self, day: int, id_: str, metric: str) -> str:
        """A metric's value on the earlier day (0) or the later (1)."""
        row = self.rows[day].get((id_, metric))
        return row_words(self.scores.model.metrics.get(metric), row, self.currency) if row else ""


def _rows(metrics: Metrics, ids: Sequence[str], names: Sequence[str]) -> dict[tuple[str, str], dict[str, Any]]:
    rows = metrics.rows.filter(metrics.rows.id.isin(list(ids)) & metrics.rows.metric.isin(list(names)))
    return {(row["id"], row["metric"]): row for row in fetch.rows(rows)}


@dataclass(frozen=True)
class _Told:
    """Says what a step of one account was: ‘seat use’, ‘62 % → 31 %’."""

    words: _Words
    id: str
    held: Truths

    @property
    def scores(self) -> Scores:
        return self.words.scores

    def part(self, step: _Step, points: float) -> Part:
        if step.node is None:
            return Part(step.kind, self._label(step), "", round(points, 9))
        place = self.scores.plan.places[step.node]
        metric = getattr(place.node, "metric", "")
        then, now = (self.words.value(day, self.id, metric) or "no data" for day in (0, 1))
        detail = then if then == now else f"{then} → {now}"
        label = node_label(self.scores.model, place.name, place.node)
        return Part(step.kind, label, detail, round(points, 9), place.path)

    def _label(self, step: _Step) -> str:
        own = self.scores.plan.score
        if step.kind == "variant":
            named = [variant.is_ for variant in own.variants]
            return label_of(named[step.state.variant - 1]) if step.state.variant else "as usual"
        if step.index is not None:
            name, item = list(own.adjust.items())[step.index]
            return label_of(name, item.label)
        return "; ".join(self._turned(step.state.truths))

    def _turned(self, truths: Truths) -> Iterator[str]:
        """Every override of which the truth is another one than it was, and what became of it."""
        own = self.scores.plan.score
        for override, then, now in zip(own.overrides, self.held, truths, strict=True):
            if then != now:
                became = "does not hold, as is known now" if (then, now) == (None, False) else _BECAME[now]
                yield f"{override_words(override, own.scale)} ({became})"


_BECAME = {True: "began to hold", False: "ceased to hold", None: "nobody knows whether it holds"}
