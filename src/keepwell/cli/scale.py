"""Where a value lies on an axis: ends and ticks that are round numbers, places in percent of its length."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from keepwell.cli.figures import Axis

PARTS = 5
"""An axis has about so many intervals between ticks."""


@dataclass(frozen=True)
class Scale:
    """The ticks, the first and the last of which are the ends, and how they are written."""

    ticks: tuple[float, ...]
    form: str

    def place(self, value: float) -> float:
        """The value's distance from the beginning, in percent."""
        first, last = self.ticks[0], self.ticks[-1]
        return (value - first) / (last - first) * 100

    def labels(self) -> list[str]:
        """The ticks in words, with as many decimals as tell them apart."""
        kind = "%" if self.form.endswith("%") else "f"
        step = (self.ticks[1] - self.ticks[0]) * (100 if kind == "%" else 1)
        decimals = max(0, -floor(log10(step) + 1e-9))
        return [written(tick, f",.{decimals}{kind}") for tick in self.ticks]


def scale(axis: Axis, values: Iterable[float | None]) -> Scale:
    """A scale that holds the values, and what the axis itself asks for."""
    known = [value for value in (*values, axis.low, axis.high, axis.mark) if value is not None and isfinite(value)]
    low, high = min(known, default=0.0), max(known, default=0.0)
    if low == high:  # from nothing to the only value there is
        low, high = (min(low, 0.0), max(high, 0.0)) if low else (0.0, 1.0)
    step = _round((high - low) / PARTS)
    first, last = floor(round(low / step, 9)), ceil(round(high / step, 9))
    return Scale(tuple(index * step for index in range(first, last + 1)), axis.form)


def written(value: float, form: str) -> str:
    """The value as people write it: a minus is none of 0, and longer than a hyphen."""
    text = format(value, form)
    return (text if text.strip("-0.,%") else text.lstrip("-")).replace("-", "−")


def _round(least: float) -> float:
    """The next number of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** floor(log10(least))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= least * (1 - 1e-9))
