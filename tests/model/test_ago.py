"""How far back a metric looks: days, or months of the calendar that keep calendar windows apart by as many."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from keepwell.model.ago import Ago, Back
from keepwell.model.window import Calendar

AGO = TypeAdapter(Back)


@pytest.mark.parametrize(
    ("day", "said", "expected"),
    [
        (date(2026, 5, 15), "1 month ago", date(2026, 4, 15)),
        (date(2026, 5, 31), "1 month ago", date(2026, 4, 30)),
        (date(2026, 2, 28), "1 month ago", date(2026, 1, 31)),
        (date(2024, 2, 29), "1 year ago", date(2023, 2, 28)),
        (date(2025, 2, 28), "1 year ago", date(2024, 2, 29)),
        (date(2026, 3, 30), "1 month ago", date(2026, 2, 27)),
        (date(2026, 6, 30), "1 quarter", date(2026, 3, 31)),
        (date(2026, 6, 30), "28 days ago", date(2026, 6, 2)),
    ],
)
def test_the_day_that_lies_so_far_back(day: date, said: str, expected: date) -> None:
    assert AGO.validate_python(said).before(day) == expected


@pytest.mark.parametrize(("unit", "months"), [("month", 1), ("quarter", 3), ("year", 12)])
def test_a_calendar_window_goes_back_by_just_as_many(unit: str, months: int) -> None:
    """Every day of four years, whatever the lengths of its months."""
    for index in range(1461):
        day = date(2024, 1, 1) + timedelta(days=index)
        now, then = (Calendar(1, unit).span(one)[0] for one in (day, Ago(months=months).before(day)))
        assert (now.year - then.year) * 12 + now.month - then.month == months


def test_days_never_go_back_over_each_other() -> None:
    found = [Ago(2, 1).before(date(2024, 1, 1) + timedelta(days=index)) for index in range(1461)]
    assert found == sorted(found)


def test_how_long_ago_is_said() -> None:
    assert [str(AGO.validate_python(text)) for text in ("1 day ago", "4 weeks", "1 quarter ago")] == [
        "1 day",
        "28 days",
        "3 calendar months",
    ]
    assert str(Ago(28) + Ago(months=1)) == "1 calendar month and 28 days"


@pytest.mark.parametrize("text", ["0 months ago", "21 years", "a year ago", "-1 month"])
def test_what_is_no_time_ago(text: str) -> None:
    with pytest.raises(ValidationError):
        AGO.validate_python(text)
