"""A past by days over calendar windows lands on different periods; where that is meant, the metric confirms it."""

from __future__ import annotations

import pytest

from keepwell.model import load_text
from keepwell.model.window import Calendar

MODEL = """\
model: acme
entities:
  account: {table: accounts, key: account_id}
tables:
  orders: {account: account_id, time: at}
metrics:
  quarter: {sum: orders.amount, over: 1 calendar quarter}
  days: {sum: orders.amount, over: 91 days}
  double: {expr: 2 * quarter}
  trend: {change: quarter, against: 365 days ago}
  own: {score: health}
scores:
  health:
    parts:
      trend: {metric: trend, curve: [[-1, 0], [1, 100]]}
"""


def said(*changes: str) -> list[str]:
    text = MODEL
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in text, old
        text = text.replace(old, new)
    return [str(item) for item in load_text(text).warnings]


def test_how_many_periods_lie_between() -> None:
    """365 days before 30 March 2024 is 31 March 2023: from Q4 2023 to Q1 2023 are three quarters, else four."""
    assert Calendar(1, "quarter").back(365) == [3, 4]
    assert Calendar(1, "month").back(28) == [0, 1]
    assert Calendar(1, "month").back(31) == [1, 2]
    assert Calendar(2, "year").back(365) == [0, 1]
    assert Calendar(240, "year").back(36_500) == [99, 100]


def test_a_change_by_days_of_a_quarter() -> None:
    (found,) = said()
    assert found.startswith(
        "model.yaml:10: warning: ‘quarter’ is over 1 calendar quarter, and its value 365 days before a day is "
        "3 or 4 calendar quarters older, depending on the day; give it a window in days (over: 91 days), "
    )
    assert found.endswith("if that is meant, write `confirmed: [calendar]`.")


def test_a_past_of_what_is_made_of_it() -> None:
    (found,) = said("{change: quarter, against: 365 days ago}", "{past: double, ago: 4 weeks}")
    assert "‘quarter’ is over 1 calendar quarter, and its value 28 days before a day is 0 or 1 calendar" in found


@pytest.mark.parametrize(
    "metric", ["{change: days, against: 365 days ago}", "{past: own, ago: 91 days}", "{expr: double}"]
)
def test_days_scores_and_the_present_are_left_alone(metric: str) -> None:
    assert said("{change: quarter, against: 365 days ago}", metric, "metric: trend", "metric: days") == []


def test_it_can_be_confirmed() -> None:
    assert said("365 days ago}", "365 days ago, confirmed: [calendar]}") == []
    (found,) = said(
        "change: quarter, against: 365 days ago}", "change: days, against: 365 days ago, confirmed: [calendar]}"
    )
    assert found.startswith("model.yaml:10: warning: there is nothing to confirm as ‘calendar’ here")
    plain, confirmed = (
        load_text(MODEL.replace("365 days ago}", f"365 days ago{more}}}")).version
        for more in ("", ", confirmed: [calendar]")
    )
    assert plain == confirmed
