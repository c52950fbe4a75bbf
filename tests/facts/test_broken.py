"""A broken source and quiet customers, told apart by rows per day; every case worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from keepwell.facts.broken import Hole, holes, lost, outage_days, silent, thin

START = date(2026, 1, 1)


def day(index: int) -> date:
    return START + timedelta(days=index)


def daily(count: int, rows: int = 100) -> dict[date, int]:
    return {day(index): rows for index in range(count)}


def test_a_daily_source_is_waited_for_one_day_and_then_silent() -> None:
    counts = daily(60)
    assert list(holes(counts, day(59), None)) == []
    assert list(holes(counts, day(60), None)) == [Hole(day(60), day(60), 0, waiting=True)]
    (found,) = holes(counts, day(61), None)
    assert found == Hole(day(60), day(61), 0)
    said = silent("logins", [found], day(60), None)
    assert said is not None
    assert str(said) == "logins has no row from 2026-03-02 to 2026-03-03; it had some on every day"
    assert silent("logins", [found], day(59), None) is None


def test_a_source_is_silent_when_it_is_so_for_more_than_twice_its_longest_silence() -> None:
    """Rows on weekdays only: two days without are usual, four are borne, the sixth is too many."""
    counts = {d: rows for d, rows in daily(60).items() if d.isoweekday() < 6}
    last = max(counts)
    for quiet, expected in ((4, []), (5, [True]), (6, [False])):
        assert [hole.waiting for hole in holes(counts, last + timedelta(days=quiet), None)] == expected


def test_a_hole_that_ended_is_none_to_wait_for() -> None:
    counts = daily(60)
    del counts[day(40)]
    assert list(holes(counts, day(59), None)) == []
    del counts[day(41)]
    assert list(holes(counts, day(59), None)) == [Hole(day(40), day(41), 0)]


def test_what_the_model_calls_fresh_is_the_limit() -> None:
    counts = daily(60)
    assert [hole.waiting for hole in holes(counts, day(61), 3)] == [True]
    assert list(holes(counts, day(62), 3)) == [Hole(day(60), day(62), 0)]
    young = daily(5)
    assert list(holes(young, day(20), None)) == []
    assert [hole.first for hole in holes(young, day(20), 7)] == [day(5)]


def test_a_declared_outage_is_no_silence_and_no_measure_of_later_ones() -> None:
    counts = {d: rows for d, rows in daily(60).items() if not day(30) <= d <= day(39)}
    known = outage_days([(day(30), day(39))])
    assert list(holes(counts, day(59), None, known)) == []
    assert [hole.first for hole in holes(counts, day(61), None, known)] == [day(60)]
    assert [hole.first for hole in holes(counts, day(61), None)] == [day(30)]


def test_a_week_is_thin_below_the_poorest_of_the_year() -> None:
    """Seven days of 100 rows each before; half of them from the 90th day on."""
    counts = daily(90) | {day(index): 50 for index in range(90, 97)}
    assert thin("logins", counts, day(89), 0.3) is None
    assert thin("logins", counts, day(93), 0.3) is None  # 3 × 100 + 4 × 50 = 500 of 700
    found = thin("logins", counts, day(94), 0.3)  # 450
    assert found is not None
    assert found.because.startswith("has 450 rows in the seven days to 2026-04-05")
    assert thin("logins", counts, day(96), 0.5) is None  # 350 is just half
    assert thin("logins", daily(90, rows=5), day(89), 0.3) is None


def test_a_young_or_a_small_source_is_never_thin() -> None:
    assert thin("logins", daily(40) | {day(39): 0}, day(39), 0.0) is None
    small = daily(90, rows=7) | {day(index): 0 for index in range(83, 90)}
    assert thin("logins", small, day(89), 0.3) is None


@pytest.mark.parametrize(("gone", "share", "expected"), [(30, 0.3, None), (31, 0.3, "31%"), (1, 0.0, "1%")])
def test_rows_that_have_gone_are_lost(gone: int, share: float, expected: str | None) -> None:
    old = daily(10, rows=10)
    new = dict(old)
    for index in range(10):
        new[day(index)] = 10 - min(10, max(0, gone - 10 * index))
    found = lost("logins", old, new, day(9), share)
    assert (found and expected) == expected
    if found:
        assert str(found) == f"logins has lost {gone} of 100 rows, {expected} of what it had"


def test_a_short_past_that_has_gone_is_seen_in_a_long_one() -> None:
    old = daily(1000)
    new = {d: rows for d, rows in old.items() if d <= day(980)}
    found = lost("logins", old, new, day(999), 0.3)
    assert found is not None
    assert found.because == "has lost 1,900 of 2,800 rows, 68% of the last 28 days"
    assert lost("logins", old, old | {day(5): 1_000}, day(999), 0.0) is None
