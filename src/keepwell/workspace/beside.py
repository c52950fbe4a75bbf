"""What stands beside a score on the days of a backtest: plain signs, and the ceiling that its measures allow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow.compute as pc

from keepwell.evidence.challenger import challenger
from keepwell.evidence.forward import Lesson, directed, walk
from keepwell.evidence.grid import Grid, before
from keepwell.evidence.resampled import Numbers
from keepwell.evidence.rivals import Rival, rivals
from keepwell.model.adjacent import measures_of
from keepwell.model.model import Model
from keepwell.workspace.past import Past

TENURE = "tenure_days"
PREVIOUS = "previous score"
CHALLENGER = "gradient boosting"


def wanted(model: Model, name: str) -> tuple[str, ...]:
    """The metrics that a backtest reads beside the score: those of `evidence`, tenure, and those of its measures."""
    return tuple(dict.fromkeys((*model.evidence.metrics, TENURE, *measures_of(model, name).values())))


def compared(
    found: Past, model: Model, name: str, grid: Grid, lessons: Sequence[Lesson], more: dict[tuple[str, str], Numbers]
) -> list[Rival]:
    """The score, others' scores (`more`), the plain signs and the challenger, each on the rows that it speaks of."""
    own = model.evidence
    signs = [name for name in dict.fromkeys((*own.baselines, own.renewal, TENURE)) if name]
    values = grid.numbers(found.metrics, "metric", "number", signs)
    if np.isnan(values[:, -1]).all():  # nothing says when accounts began
        signs = signs[:-1]
    others = dict(more)
    others |= {("baseline", sign): walk(len(grid), lessons, directed(values[:, i])) for i, sign in enumerate(signs)}
    if not np.isnan(earlier := before(grid)).all():
        others["baseline", PREVIOUS] = earlier
    features = features_of(found, model, name, grid)
    others["challenger", CHALLENGER] = walk(len(grid), lessons, challenger(features, grid.cluster))
    kept = grid.counts
    return rivals(
        grid.score[kept],
        {key: told[kept] for key, told in others.items()},
        grid.left[kept],
        grid.cluster[kept],
        grid.stratum[kept],
    )


def features_of(found: Past, model: Model, name: str, grid: Grid) -> Numbers:
    """A column per measure that counted with its points, and one per metric of theirs with its number."""
    paths = sorted(pc.unique(found.measures["measure"]).to_pylist())
    metrics = [metric for path, metric in measures_of(model, name).items() if path in paths]
    points = grid.numbers(found.measures, "measure", "points", paths)
    values = grid.numbers(found.metrics, "metric", "number", list(dict.fromkeys(metrics)))
    return np.hstack([points, values])
