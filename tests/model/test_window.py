"""Windows: days back, whole calendar months, first days of a life."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from keepwell.model.window import Calendar, LastDays, Window

READ = TypeAdapter(Window)


@pytest.mark.parametrize(
    ("text", "day", "first", "last"),
    [
        ("28 days", "2026-06-30", "2026-06-03", "2026-06-30"),
        ("1 day", "2026-06-30", "2026-06-30", "2026-06-30"),
        ("2 weeks", "2026-03-01", "2026-02-16", "2026-03-01"),
        ("1 calendar month", "2026-06-30", "2026-06-01", "2026-06-30"),
        ("1 calendar month", "2026-06-29", "2026-05-01", "2026-05-31"),
        ("last 1 calendar month", "2026-07-01", "2026-06-01", "2026-06-30"),
        ("3 calendar months", "2026-01-31", "2025-11-01", "2026-01-31"),
        ("14 calendar months", "2026-01-30", "2024-11-01", "2025-12-31"),
        ("1 calendar quarter", "2026-06-29", "2026-01-01", "2026-03-31"),
        ("2 calendar quarters", "2026-06-30", "2026-01-01", "2026-06-30"),
        ("1 calendar year", "2024-02-29", "2023-01-01", "2023-12-31"),
        ("1 calendar year", "2024-12-31", "2024-01-01", "2024-12-31"),
    ],
)
def test_which_days_are_read(text: str, day: str, first: str, last: str) -> None:
    window = READ.validate_python(text)
    assert isinstance(window, (Calendar, LastDays))
    assert window.span(date.fromisoformat(day)) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("text", ["28 days", "1 calendar month", "3 calendar quarters", "first 90 days"])
def test_it_is_written_as_it_was_read(text: str) -> None:
    assert READ.dump_python(READ.validate_python(text)) == text


@pytest.mark.parametrize(
    "text", ["1 month", "0 calendar months", "241 calendar months", "first month", "month", "-3 days"]
)
def test_what_is_no_window(text: str) -> None:
    with pytest.raises(ValidationError):
        READ.validate_python(text)
