"""Path to good: the fewest measures that lift an account over the next line, at levels that its peers have reached.

Definition. The line is the edge of the next better tier, judged on the value shown, with the account's own variant,
adjustments and overrides. A measure that counts with data can rise to its peers' level (see `peers`), if that is more
than it has. A missing, expired, young, inapplicable or unconnected one cannot; those without data are named as unknown.
A path is a set of measures that, all raised to their levels, gives a better tier. Of all such sets *the* path is one of
the fewest measures, among those the one with the largest raw score, among equals the first in the order of the file;
beyond `search.MOST` measures there is none. Where overrides that fired keep the tier even with every measure at its own
best, lifting them is the path.

The search is exact. Every set is scored by the one formula (see `state`), and only sets that cannot be the answer are
left out: raising points never lowers a score, and what hangs below nothing but means adds the same whatever else rises.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from keepwell.facts import fetch
from keepwell.model.edges import partition
from keepwell.model.output import INSUFFICIENT
from keepwell.model.score import Score
from keepwell.scoring.cells import COUNTS
from keepwell.scoring.keep import Keep
from keepwell.scoring.peers import Level, levels
from keepwell.scoring.plan import Place, stated_shares
from keepwell.scoring.score import Scores
from keepwell.scoring.search import search
from keepwell.scoring.state import State, scored, state_of
from keepwell.scoring.words import node_label, override_words, row_words, value_words

Kind = Literal["best", "path", "held", "none", "undecided", "evidence"]


@dataclass(frozen=True)
class Raise:
    """One measure of a path: `value` as it is and at its `level`, in words, and the points that they give.

    peers: how many accounts the level is taken from; same: what they have in common; dropped: what they would also have
    in common, were there enough of them.
    """

    measure: str
    label: str
    metric: str
    value: str
    level: str
    points: float
    level_points: float
    peers: int
    same: tuple[str, ...]
    dropped: tuple[str, ...]


@dataclass(frozen=True)
class Path:
    """The answer.

    best: there is no better tier · path: `steps` give `score` and `tier` · held: `because` says by which overrides ·
    none: no path of at most `search.MOST` measures; `could` measures raised together give `score` and `tier` ·
    undecided: too many sets to try, likewise · evidence: too little data for a tier. unknown: measures without data.
    peers: from how many accounts the levels are, of the measure with most of them; None where none were looked for.
    """

    kind: Kind
    tier: str | None
    score: float | None
    steps: tuple[Raise, ...] = ()
    could: int = 0
    unknown: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    peers: int | None = None


def path(scores: Scores, id_: str, keep: Keep, currency: str = "") -> Path | None:
    """The path of one account. None where the model has no tiers."""
    if not scores.plan.score.tiers:
        return None
    row = fetch.rows(scores.table.filter(scores.table.id == id_))[0]
    tier, score = row["tier"], row["score"]
    base = state_of(scores, id_)
    unknown = tuple(_labels(scores, (node for node, cell in base.cells.items() if cell[0] in ("missing", "expired"))))
    better = _better(scores.plan.score, tier)
    if tier == INSUFFICIENT:
        return Path("evidence", tier, score, unknown=unknown)
    if not better:
        return Path("best", tier, score, unknown=unknown)
    if (held := _held(scores, base, better, keep)) is not None:
        return Path("held" if held else "none", tier, score, unknown=unknown, because=held)
    reached = levels(scores, id_, base.cells)
    rising = {node: level for node, level in reached.items() if _rises(scores, base, node, level)}
    found = search(scores, base, {node: level.points for node, level in rising.items()}, better, keep)
    steps = tuple(_steps(scores, id_, base, {node: rising[node] for node in found.nodes}, currency))
    return Path(
        _KINDS[found.kind], found.row["tier"], found.row["score"], steps, len(rising), unknown, peers=_most(reached)
    )


_KINDS: dict[str, Kind] = {"found": "path", "none": "none", "undecided": "undecided"}


def _better(score: Score, tier: str | None) -> frozenset[str]:
    """The tiers above this one that a score can fall into. A label that is no tier lies below all of them."""
    low, high = score.scale
    pieces = [piece for piece in partition([tier.at for tier in score.tiers]) if piece.index is not None]
    order = [score.tiers[piece.index].is_ for piece in pieces if piece.index is not None]
    above = order.index(tier) + 1 if tier in order else 0
    reached = [piece.end > (low, 0) and piece.start < (high, 1) for piece in pieces]
    return frozenset(name for name, there in list(zip(order, reached, strict=True))[above:] if there)


def _held(scores: Scores, base: State, better: frozenset[str], keep: Keep) -> tuple[str, ...] | None:
    """The overrides that keep the tier though every measure were at its best; none of them: (); not kept: None."""
    best = dict(zip(*(scores.plan.scales[name].to_pylist() for name in ("scale", "reach_high")), strict=True))
    cells = {
        node: (state, best[scale], scale) if state in COUNTS else (state, points, scale)
        for node, (state, points, scale) in base.cells.items()
    }
    top, overrides = replace(base, cells=cells), scores.plan.score.overrides
    fired = [index for index, item in enumerate(overrides) if base.truths[index] and item.mode != "floor"]
    freed = [_without(top, {index}) for index in fired]
    tiers = [row["tier"] for row in scored(scores, [top, _without(top, fired), *freed], keep)]
    if tiers[0] in better:
        return None
    alone = [index for index, tier in zip(fired, tiers[2:], strict=True) if tier in better]
    return tuple(
        override_words(overrides[index], scores.plan.score.scale)
        for index in alone or (fired if tiers[1] in better else ())
    )


def _without(state: State, fired: Iterable[int]) -> State:
    """The state as it would be without these overrides."""
    off = set(fired)
    return replace(state, truths=tuple(held and index not in off for index, held in enumerate(state.truths)))


def _most(reached: dict[int, Level]) -> int:
    return max((level.peers for level in reached.values()), default=0)


def _rises(scores: Scores, base: State, node: int, level: Level) -> bool:
    state, points, _ = base.cells[node]
    weighs = stated_shares(scores.plan)[node] > 0
    return weighs and state in COUNTS and points is not None and level.points > points


def _labels(scores: Scores, nodes: Iterable[int]) -> list[str]:
    return [_label(scores, scores.plan.places[node]) for node in sorted(nodes)]


def _label(scores: Scores, place: Place) -> str:
    return node_label(scores.model, place.name, place.node)


def _steps(scores: Scores, id_: str, base: State, raised: dict[int, Level], currency: str) -> Iterable[Raise]:
    own = scores.metrics.rows.filter(scores.metrics.rows.id == id_)
    values: dict[str, dict[str, Any]] = {row["metric"]: row for row in fetch.rows(own)}
    same: Sequence[str] = scores.model.peers.same if scores.model.peers else ()
    for node, level in sorted(raised.items()):
        place, name = scores.plan.places[node], getattr(scores.plan.places[node].node, "metric", "")
        metric, now = scores.model.metrics.get(name), values.get(name, {})
        yield Raise(
            place.path,
            _label(scores, place),
            name,
            row_words(metric, now, currency) or "none",
            value_words(metric, level.number, level.text, level.day, currency),
            base.cells[node][1] or 0.0,
            level.points,
            level.peers,
            level.same,
            tuple(same[len(level.same) :]),
        )
