"""Statistics against simulated companies whose truth is known: what is found, how surely, and when nothing is said."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from keepwell.evidence.firmness import calibrate
from keepwell.evidence.panel import Ahead
from keepwell.evidence.ranking import Numbers, Sample, rank
from keepwell.evidence.verdict import NO_SIGNAL, PREDICTS, verdict
from keepwell.evidence.weights import belief, weigh
from tests.evidence.test_ranking import drawn
from tests.evidence.weighed import HORIZON, Company, company

COMPANIES, LABELS = 200, 500


def run() -> None:
    """Print every figure with what it has to be."""
    for said, found, wanted in figures():
        print(f"{said:<96} {found:<14} {wanted}", flush=True)


def figures() -> Iterator[tuple[str, str, str]]:
    """What was asked, what was seen, and the goal."""
    yield from _many()
    yield from _few()
    yield from _labels()
    yield from _unseen()


def _many() -> Iterator[tuple[str, str, str]]:
    inside, widths = [], []
    for seed in range(COMPANIES):
        rng = np.random.default_rng(seed)
        truth = company(rng, 100_000, 10_000)
        found = calibrate(truth.seen, belief(rng.dirichlet(np.full(8, 4.0))), Ahead(HORIZON)).weighed
        inside += list((found.low <= truth.weights) & (truth.weights <= found.high))
        widths.append(np.mean(found.error) / np.mean(_oracle(truth)))
    yield "10,000 left, 200 companies: true weight in its 90 % interval", f"{np.mean(inside):.1%}", "85–95 %"
    yield "  width of the interval ÷ that of somebody who knows level and slope", f"{np.median(widths):.2f}", "≤ 1.3"


def _oracle(truth: Company) -> Numbers:
    """The standard error of each weight for somebody who knows all but the weights, by Fisher's information there."""
    points, score = truth.seen.points, truth.seen.score
    slope = 1 / score.std()
    spread = (truth.chance * (1 - truth.chance))[:, None]
    information = slope**2 * (points * spread).T @ points
    free = np.linalg.svd(np.ones((1, points.shape[1])))[2][1:].T
    return np.sqrt(np.diag(free @ np.linalg.solve(free.T @ information @ free, free.T)))


def _few() -> Iterator[tuple[str, str, str]]:
    moved, found, same = [], [], []
    for seed in range(COMPANIES):
        rng = np.random.default_rng(1_000 + seed)
        seen, expert = company(rng, 300, 9, days=3).seen, rng.dirichlet(np.full(8, 4.0))
        moved.append(np.abs(calibrate(seen, belief(expert), Ahead(HORIZON)).weighed.weights - expert).max() > 0.05)
        none = weigh(seen.points, np.zeros(len(seen), np.bool_), belief(expert, 0.05)).weights
        same.append(none.tobytes() == expert.tobytes())
        truth, expert = company(rng, 10_000, 300), rng.dirichlet(np.ones(8))
        weights = calibrate(truth.seen, belief(expert), Ahead(HORIZON)).weighed.weights
        found.append(1 - np.abs(weights - truth.weights).sum() / np.abs(expert - truth.weights).sum())
    yield "nobody left, 200 companies: weights are the expert's, bit for bit", f"{np.mean(same):.0%}", "100 %"
    yield "9 of 300 left, 200 companies: some weight moves more than 5 points", f"{np.mean(moved):.1%}", "≤ 5 %"
    yield "300 left, wrong expert, 200 companies: of the way to the truth (median)", f"{np.median(found):.0%}", "≥ 50 %"


def _labels() -> Iterator[tuple[str, str, str]]:
    chance = [_ranked(seed, 100, 900, 0.5) for seed in range(LABELS)]
    inside = np.mean([low <= 0.5 <= high for low, high, _ in chance])
    yield "random labels, 500 runs: interval of the AUC holds 0.5", f"{inside:.1%}", "≥ 93 %"
    yield "  it says predicts", f"{np.mean([said == PREDICTS for *_, said in chance]):.1%}", "≤ 5 %"
    true = [_ranked(seed, 300, 2_700, 0.7)[2] == PREDICTS for seed in range(COMPANIES)]
    yield "AUC of 0.70, 300 left, 200 runs: it says predicts", f"{np.mean(true):.1%}", "≥ 90 %"


def _ranked(seed: int, left: int, stayed: int, area: float) -> tuple[float, float, str]:
    sample = drawn(np.random.default_rng(seed), left, stayed, area)
    found = rank(sample, 300)
    return found.auc.low or 0.0, found.auc.high or 0.0, verdict(sample, found.auc).said


def _unseen() -> Iterator[tuple[str, str, str]]:
    """Twenty companies, half of them with a score of chance: the score of the true weights, and a shuffled one."""
    right = 0
    for seed in range(20):
        rng = np.random.default_rng(77_000 + seed)
        seen = company(rng, 12_000, 500).seen
        score, wanted = (seen.score, PREDICTS) if seed % 2 else (rng.permutation(seen.score), NO_SIGNAL)
        sample = Sample(score, seen.left, seen.account)
        right += verdict(sample, rank(sample, 300).auc).said == wanted
    yield "twenty companies that nobody looked at: right verdict", f"{right} of 20", "≥ 19"
