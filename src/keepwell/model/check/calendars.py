"""A past by days of what is counted by the calendar: so many days back is not always so many months back."""

from __future__ import annotations

from keepwell.model.check.report import Report
from keepwell.model.graph import reads
from keepwell.model.metrics import Aggregate, Change, OfScore, Past
from keepwell.model.model import Model
from keepwell.model.window import DAYS, Calendar


def check_calendars(model: Model, report: Report) -> None:
    """Ask about every `change` and `past` of what is over calendar months, quarters or years."""
    for name, metric in model.metrics.items():
        if not isinstance(metric, (Change, Past)):
            continue
        field, ago = ("against", metric.against) if isinstance(metric, Change) else ("ago", metric.ago)
        found = _by_calendar(model, name)
        if found is None:
            continue
        window = found[1]
        back = window.back(ago.days) if ago.days else [ago.months]  # months of the calendar go back by whole windows
        if len(back) > 1:
            units = f"{' or '.join(map(str, back))} calendar {window.unit}s"
            said = f"‘{found[0]}’ is over {window}, and its value {ago} before a day is {units} older, depending on "
            said += (
                f"the day; give it a window in days (over: {window.count * DAYS[window.unit]} days), which moves along"
            )
            here = ("metrics", name)
            report.doubt(metric, here, "calendar", (*here, field), said)


def _by_calendar(model: Model, name: str) -> tuple[str, Calendar] | None:
    """The first metric with a calendar window that this one is made of; scores are not looked into."""
    metric = model.metrics.get(name)
    if metric is None or isinstance(metric, OfScore):
        return None
    if isinstance(metric, Aggregate) and isinstance(metric.over, Calendar):
        return name, metric.over
    return next((found for other in reads(model, name) if (found := _by_calendar(model, other))), None)
