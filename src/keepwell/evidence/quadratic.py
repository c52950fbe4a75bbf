"""Small quadratic programmes: the least of ½ xᵀCx + gᵀx between bounds, with some sums of x kept."""

from __future__ import annotations

import numpy as np

from keepwell.evidence.ranking import Numbers

NEAR = 1e-10


def least(curve: Numbers, slope: Numbers, fixed: Numbers, low: Numbers, high: Numbers) -> Numbers:
    """The x with fixed · x = 0 and low ≤ x ≤ high at which ½ xᵀ curve x + slopeᵀ x is least.

    curve: symmetric, positive definite where `fixed` leaves it free. x = 0 has to be allowed. By an active set (Nocedal
    and Wright 2006, Numerical Optimization, algorithm 16.3): go to the least place of the bounds that hold now, stop at
    the first other bound and hold it too, and let go of a bound that pushes the wrong way.
    """
    x = np.zeros(len(slope))
    held = np.zeros(len(slope), np.int64)  # −1 at its low bound, 1 at its high one
    held[low >= -NEAR], held[high <= NEAR] = -1, 1
    for _ in range(20 * len(slope)):
        step, push = _free_step(curve, slope + curve @ x, fixed, held != 0)
        room, side = _room(x, step, low, high, held)
        first = int(np.argmin(room))
        if room[first] < 1:
            x = x + room[first] * step
            held[first] = side[first]
            continue
        x = x + step
        wrong = np.where(held != 0, held * push, -np.inf)
        worst = int(np.argmax(wrong))
        if wrong[worst] <= NEAR * (1 + np.abs(push).max()):
            break
        held[worst] = 0
    return np.clip(x, low, high)


def _free_step(curve: Numbers, slope: Numbers, fixed: Numbers, held: np.ndarray) -> tuple[Numbers, Numbers]:
    """From here to the least place with some x held, and how the objective rises with each x that is held."""
    count = len(slope)
    rows = np.vstack([fixed, np.eye(count)[held]])
    _, size, right = np.linalg.svd(rows)
    free = right[int((size > 1e-9).sum()) :].T
    step = free @ np.linalg.solve(free.T @ curve @ free, -free.T @ slope) if free.shape[1] else np.zeros(count)
    rest = slope + curve @ step
    force, *_ = np.linalg.lstsq(rows.T, rest, rcond=None)
    push = np.zeros(count)
    push[held] = force[len(fixed) :]
    return step, push


def _room(x: Numbers, step: Numbers, low: Numbers, high: Numbers, held: np.ndarray) -> tuple[Numbers, np.ndarray]:
    """How much of the step each x can go before it meets a bound, and which; 0 where it is there and goes on."""
    side = np.where(step < 0, -1, 1)
    bound = np.where(step < 0, low, high)
    with np.errstate(divide="ignore", invalid="ignore"):
        room = (bound - x) / step
    still = (held != 0) | (np.abs(step) < 1e-14) | ~np.isfinite(bound)
    return np.where(still, np.inf, np.maximum(room, 0.0)), side
