"""What may be meant so, and is a mistake more often than not: asked once, and silent where the model confirms it."""

from __future__ import annotations

from collections.abc import Iterator

from keepwell.model.check.calendars import check_calendars
from keepwell.model.check.direction import check_direction, check_ends
from keepwell.model.check.nulls import check_least, check_zero
from keepwell.model.check.report import Report
from keepwell.model.check.scales import scales
from keepwell.model.check.scores import walk
from keepwell.model.check.twice import check_twice
from keepwell.model.metrics import Change, Past
from keepwell.model.model import Model
from keepwell.model.spec import Confirmable
from keepwell.model.tree import Measure
from keepwell.model.yaml import Steps


def check_doubts(model: Model, report: Report) -> None:
    """Check a sound model for the faults that published ones have."""
    check_least(model, report)
    check_twice(model, report)
    check_calendars(model, report)
    for name, score in model.scores.items():
        here = ("scores", name)
        for path, node in walk(score, here):
            if isinstance(node, Measure):
                _measure(model, report, node, path)
        check_ends(report, score, here)
    _confirmed(model, report)


def _measure(model: Model, report: Report, measure: Measure, path: Steps) -> None:
    for place, scale in scales(measure, path):
        check_direction(model, report, measure, scale, path, place)
        check_zero(model, report, measure, scale, path, place)


def _confirmed(model: Model, report: Report) -> None:
    """Warn of confirmations that confirm nothing; runs last, when all that can be confirmed has been asked.

    A variant has the lines of its score, so what was asked is known by its line.
    """
    asked = {(report.document.place(path), code) for path, code in report.asked}
    for path, codes in _given(model):
        for code in codes:
            if (report.document.place(path), code) not in asked:
                said = f"there is nothing to confirm as ‘{code}’ here; remove it, so that a later mistake is seen."
                report.warning("confirmed", (*path, "confirmed"), said)


def _given(model: Model) -> Iterator[tuple[Steps, tuple[Confirmable, ...]]]:
    """What the model confirms, with the place of what confirms it."""
    for name, metric in model.metrics.items():
        if isinstance(metric, (Change, Past)):
            yield ("metrics", name), metric.confirmed
    for name, score in model.scores.items():
        yield from ((path, node.confirmed) for path, node in walk(score, ("scores", name)))
        yield from ((("scores", name, "overrides", i), item.confirmed) for i, item in enumerate(score.overrides))
