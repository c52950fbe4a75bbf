"""How far the same measures can be made to reach: gradient boosting, which nobody can read, as the ceiling."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.forward import Fit
from keepwell.evidence.resampled import Numbers, Places, Rows

LEAVERS = 30
"""With fewer leavers, or stayers, to learn from, boosting learns their names."""
SMALL = 2_000_000
"""Fewer values are learned from on one thread."""


def challenger(features: Numbers, cluster: Places) -> Fit:
    """A fit of small, regularised boosting (Friedman 2001, Annals of Statistics 29, 1189–1232) on histograms.

    features: a column each; NaN where there is none, which boosting treats as a value of its own. What it tells is the
    probability of staying, so that low is bad as in a score. Default settings are worse: they learn the noise.
    """

    def fit(known: NDArray[np.intp], left: Rows, wanted: NDArray[np.intp]) -> Numbers | None:
        few = min(len(np.unique(cluster[known][who])) for who in (left, ~left))
        there = ~np.isnan(features[known]).all(axis=0)
        if few < LEAVERS or not there.any():
            return None
        own = features[:, there]
        from sklearn.ensemble import HistGradientBoostingClassifier
        from threadpoolctl import threadpool_limits

        model = HistGradientBoostingClassifier(
            learning_rate=0.05,
            max_iter=150,
            max_leaf_nodes=8,
            min_samples_leaf=int(np.clip(len(known) // 100, 20, 200)),
            l2_regularization=1.0,
            early_stopping=False,
            random_state=1,
        )
        # Of few rows threads only wait for one another: on a busy machine that took thirty times as long.
        with threadpool_limits(1 if own[known].size < SMALL else None, "openmp"):
            told: Numbers = model.fit(own[known], left).predict_proba(own[wanted])[:, 0]
        return told

    return fit
