"""A backtest from every side: by tier, timing, help and segment, in revenue, as a probability, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from keepwell.evidence.alarms import Alarms, alarms
from keepwell.evidence.forward import Lesson, walk
from keepwell.evidence.grid import Grid
from keepwell.evidence.growth import Growth, growth
from keepwell.evidence.panel import Ahead
from keepwell.evidence.parts import NOTHING, Held, Parts, by_revenue, parts, tenths
from keepwell.evidence.probability import Probability, base, logistic, probability
from keepwell.evidence.rates import Interval
from keepwell.evidence.resampled import Numbers, Places, Rows
from keepwell.evidence.treated import treated
from keepwell.model.model import Model
from keepwell.workspace.past import Past

RENEWAL = ("up to 30", "31 to 90", "91 to 180", "over 180", "unknown")
EDGES = (30, 90, 180)
LOWEST = 0.2
MOST = 20
"""So many words of a segment are told apart; those that fewer accounts have are one."""
REST = "others"


@dataclass(frozen=True)
class Judged:
    """The scores that count, from every side.

    tenths, tiers: by score and by tier. renewal: by days to it; None where the model names no such metric. helped: all,
    untouched and treated; None where it names no interventions. segments: by each that it names. revenue: the area by
    revenue.
    """

    tenths: Parts
    tiers: Parts
    renewal: Parts | None = None
    helped: Parts | None = None
    segments: dict[str, Parts] = field(default_factory=dict)
    revenue: Interval = NOTHING
    growth: Growth | None = None
    probability: Probability | None = None
    alarms: Alarms | None = None


def judged(
    found: Past, model: Model, name: str, grid: Grid, lessons: Sequence[Lesson], done: pa.Table | None, ahead: Ahead
) -> Judged:
    """All of it. done: what the team did (account, day); None: nobody wrote it down."""
    kept, own = grid.counts, model.evidence
    value = np.array([np.nan if one is None else float(one) for one in grid.column("value")], np.float64)
    held = Held(grid.score, grid.left, grid.cluster, value).only(kept)
    helped = None
    if done is not None:
        helped = treated(grid.rows["account"], grid.day, np.where(grid.left, grid.left_on, _never(grid)), done, ahead)
    names = model.scores[name].tier_names
    expected, usual = walk(len(grid), lessons, logistic(grid.score)), walk(len(grid), lessons, base)
    return Judged(
        parts(held, *tenths(held.score)),
        _by(held, _kept(grid.column("tier"), kept), [*reversed(names)]),
        _renewal(held, found, own.renewal, grid),
        None if helped is None else _helped(held, helped[kept]),
        {one: _by(held, _kept(grid.words(found.metrics, one), kept)) for one in own.segments},
        by_revenue(held),
        growth(grid.score[kept], grew(found.scores, grid, value)[kept], grid.cluster[kept], grid.stratum[kept]),
        probability(expected[kept], usual[kept], grid.left[kept], grid.cluster[kept]),
        _alarms(grid, names, helped, ahead),
    )


def _never(grid: Grid) -> np.ndarray:
    return np.full(len(grid), np.datetime64("NaT"), "datetime64[D]")


def _kept(words: list[str | None], rows: Rows) -> list[str | None]:
    return [word for word, keep in zip(words, rows.tolist(), strict=True) if keep]


def _by(held: Held, words: list[str | None], order: Sequence[str] = ()) -> Parts:
    """By word, those of the order first; the most frequent ones where there are many."""
    counts: dict[str, int] = {}
    for word in words:
        counts[word or "none"] = counts.get(word or "none", 0) + 1
    most = sorted(counts, key=lambda word: (-counts[word], word))[:MOST]
    names = [*(word for word in order if word in most), *sorted(word for word in most if word not in order)]
    if len(counts) > MOST:
        names.append(REST)
    known = {word: index for index, word in enumerate(names)}
    place = np.array([known.get(word or "none", len(names) - 1) for word in words], np.int64)
    return parts(held, place, names)


def _renewal(held: Held, found: Past, name: str | None, grid: Grid) -> Parts | None:
    if name is None:
        return None
    days = grid.numbers(found.metrics, "metric", "number", [name])[grid.counts, 0]
    return parts(held, np.where(np.isnan(days), len(EDGES) + 1, np.searchsorted(EDGES, days)), RENEWAL)


def _helped(held: Held, helped: Rows) -> Parts:
    all_ = parts(held, np.zeros(len(helped), np.int64), ("all",))
    told = parts(held, helped.astype(np.int64), ("untouched", "treated"))
    return Parts([*all_.parts, *told.parts], told.within)


def _alarms(grid: Grid, tiers: Sequence[str], helped: Rows | None, ahead: Ahead) -> Alarms | None:
    kept = grid.counts
    if not kept.any():
        return None
    if tiers:
        what, low = tiers[-1], np.array([word == tiers[-1] for word in grid.column("tier")], np.bool_)
    else:
        what, low = "lowest fifth", grid.score <= np.quantile(grid.score[kept], LOWEST)
    owner = _kept(grid.column("owner"), kept)
    return alarms(
        what,
        low[kept],
        grid.left[kept],
        None if helped is None else helped[kept],
        owner,
        grid.stratum[kept],
        ahead.horizon,
    )


def grew(scores: pa.Table, grid: Grid, value: Numbers) -> Numbers:
    """By row of accounts that stayed, what it paid on the next day ÷ on its own, less one; NaN: unknown."""
    days = np.unique(scores["day"].to_numpy().astype("datetime64[D]"))
    both = pa.chunked_array([scores["account"].combine_chunks(), grid.rows["account"].combine_chunks()])
    code = both.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    paid = np.full((len(days) + 1, int(code.max(initial=-1)) + 1), np.nan)
    then = np.searchsorted(days, scores["day"].to_numpy().astype("datetime64[D]"))
    paid[then, code[: scores.num_rows]] = [np.nan if one is None else float(one) for one in scores["value"].to_pylist()]
    later: Numbers = paid[np.searchsorted(days, grid.day) + 1, code[scores.num_rows :]]
    rows: Places = np.flatnonzero((value > 0) & ~grid.left)
    found = np.full(len(grid), np.nan)
    found[rows] = later[rows] / value[rows] - 1
    return found
