"""Accounts that the team did something for about the time of a score: who was saved looks like a false alarm."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from keepwell.evidence.panel import Ahead
from keepwell.evidence.resampled import Rows

SHORTLY = 30
"""What was done in so many days up to the score may still be at work after it."""


def treated(
    accounts: pa.ChunkedArray,
    day: NDArray[np.datetime64],
    left_on: NDArray[np.datetime64],
    done: pa.Table,
    ahead: Ahead,
) -> Rows:
    """By row, whether anything was done (account, day) in the `SHORTLY` days up to the day or in the horizon after it.

    Of accounts that left in the horizon, until then: what was done later was no help.
    """
    if not len(day) or not done.num_rows:
        return np.zeros(len(day), np.bool_)
    names = pa.chunked_array([accounts.combine_chunks().cast(pa.string()), done["account"].combine_chunks()])
    code = names.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    span = np.int64(1) << 32
    acts = np.sort(code[len(day) :] * span + _days(done["day"].to_numpy().astype("datetime64[D]")))
    until = day + np.timedelta64(ahead.gap + ahead.horizon, "D")
    until = np.where(np.isnat(left_on), until, np.minimum(until, left_on))
    own = code[: len(day)] * span
    first = np.searchsorted(acts, own + _days(day) - SHORTLY, side="right")
    found: Rows = np.searchsorted(acts, own + _days(until), side="right") > first
    return found


def _days(day: NDArray[np.datetime64]) -> NDArray[np.int64]:
    return day.astype("datetime64[D]").astype(np.int64) + (1 << 24)
