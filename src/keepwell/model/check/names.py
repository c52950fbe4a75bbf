"""Names in conditions."""

from __future__ import annotations

from collections.abc import Iterable

from keepwell.model.check.report import Report
from keepwell.model.graph import BUILT_IN
from keepwell.model.model import Model
from keepwell.model.yaml import Steps


def names_exist(model: Model, report: Report, names: Iterable[str], path: Steps) -> None:
    """Every name is a metric of an account."""
    known = [name for name, metric in model.metrics.items() if metric.for_ == "account"] + list(BUILT_IN)
    for name in sorted(names):
        if name not in known:
            report.unknown("metric of an account (text is written in 'single quotes')", name, known, path)
