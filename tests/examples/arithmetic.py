"""Points, means and the score shown, as a reader would work them out from a model file. Nothing of Keepwell is used."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

Value = float | str | None
"""A metric's value as SQL gives it; None where there is none."""


def line(value: float | None, *knots: tuple[float, float]) -> float | None:
    """Points on straight lines between the knots, flat outside."""
    if value is None:
        return None
    if value <= knots[0][0]:
        return knots[0][1]
    for (left, low), (right, high) in pairwise(knots):
        if value <= right:
            return low + (high - low) * (value - left) / (right - left)
    return knots[-1][1]


def mean(*parts: tuple[float, float | None]) -> float | None:
    """Weighted mean of the (weight, points) that there are; None where there are none."""
    there = [(weight, points) for weight, points in parts if points is not None]
    return sum(weight * points for weight, points in there) / sum(weight for weight, _ in there) if there else None


def shown(raw: float) -> float:
    """Two decimals, half away from zero."""
    return float(Decimal(repr(round(raw, 9))).quantize(Decimal("0.01"), ROUND_HALF_UP))


def asked(sql: str, folder: Path) -> Iterator[dict[str, Value]]:
    """The rows of a query over Parquet files, whose folder stands in it as {data}; numbers to nine decimals."""
    with duckdb.connect() as connection:
        found = connection.execute(sql.replace("{data}", str(folder)))
        names = [column[0] for column in found.description or ()]
        for row in found.fetchall():
            yield {name: _plain(value) for name, value in zip(names, row, strict=True)}


def _plain(value: Any) -> Value:
    return value if value is None or isinstance(value, str) else round(float(value), 9)
