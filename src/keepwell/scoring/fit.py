"""Distributions of metrics over all accounts, for percentiles and z-scores: taken once and stored."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from keepwell.errors import FactsError
from keepwell.facts import fetch
from keepwell.model.fitted import STANDARD, relative_scales, wanted
from keepwell.model.model import Model
from keepwell.scoring.metrics import Metrics

FEWEST = 30
"""With fewer accounts the outer percentiles are a matter of one or two of them."""


def spreads(model: Model, metrics: Metrics) -> dict[str, dict[str, Any]]:
    """Metric → n, mean, sd and percentiles, for every metric that a scale relative to all accounts reads.

    Over the living accounts that have a value. Percentiles are interpolated between order statistics (Hyndman and Fan,
    «Sample Quantiles in Statistical Packages», The American Statistician 50, 1996: their definition 7); sd divides by
    n − 1. Numbers are rounded to 9 decimals.

    Raises FactsError where fewer than `FEWEST` accounts have a value, or all have the same.
    """
    asked: dict[str, set[Decimal]] = {}
    for score in model.scores.values():
        for metric, scale in relative_scales(score):
            asked.setdefault(metric, set(STANDARD)).update(wanted(None, scale))
    rows = fetch.arrow(metrics.rows.filter(metrics.rows.metric.isin(list(asked))).select("metric", "number"))
    return {metric: _spread(metric, _values(rows, metric), sorted(at)) for metric, at in asked.items()}


def _values(rows: pa.Table, metric: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The metric's values in order, so that their sum is the same whatever the order of the rows."""
    here = rows.filter(pa.compute.equal(rows["metric"], metric))["number"].drop_null()
    return np.sort(here.to_numpy())


def _spread(metric: str, values: np.ndarray[Any, np.dtype[np.float64]], at: Sequence[Decimal]) -> dict[str, Any]:
    if len(values) < FEWEST:
        said = f"{len(values)} accounts have a value of ‘{metric}’, and a fit needs {FEWEST}"
        raise FactsError(f"{said}; with fewer, state the points yourself (`curve:`).")
    if values[0] == values[-1]:
        raise FactsError(f"every account has the same value of ‘{metric}’, so nobody stands above or below another.")
    found = np.quantile(values, [float(each) / 100 for each in at], method="linear")
    return {
        "n": len(values),
        "mean": _nine(values.mean()),
        "sd": _nine(values.std(ddof=1)),
        "percentiles": [[each, _nine(value)] for each, value in zip(at, found, strict=True)],
    }


def _nine(value: float) -> Decimal:
    return Decimal(repr(round(float(value), 9)))
