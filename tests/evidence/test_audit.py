"""Scores held against who left: which score counts for which end, worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.evidence.audit import Asked, Audit, Called, audit
from keepwell.evidence.doubts import Doubt
from keepwell.evidence.panel import Ahead, before, panel, returns
from keepwell.evidence.verdict import TOO_LITTLE
from keepwell.facts import fetch

LAST = date(2026, 6, 30)
AHEAD = Ahead(horizon=30, gap=2)
CUT = date(2026, 5, 29)
"""Its gap is 30 and 31 May, its horizon June."""


def scores(rows: list[tuple[str, date, float]]) -> ir.Table:
    names = {"account": pa.string(), "day": pa.date32(), "score": pa.float64()}
    return _table(rows, names)


def ends(rows: list[tuple[str, date]]) -> ir.Table:
    return _table(rows, {"account": pa.string(), "day": pa.date32()})


def _table(rows: list[Any], names: dict[str, pa.DataType]) -> ir.Table:
    schema = pa.schema(names)
    return ibis.memtable(pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], schema))


def test_the_last_horizon_ends_on_the_last_day_and_none_overlaps() -> None:
    assert AHEAD.cuts(date(2026, 3, 30), LAST) == [date(2026, 3, 30), date(2026, 4, 29), CUT]
    assert AHEAD.cuts(date(2026, 3, 31), LAST) == [date(2026, 4, 29), CUT]
    assert AHEAD.cuts(date(2026, 5, 30), LAST) == []


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, Any]]:
    told = scores([
        ("newest", CUT, 3), ("newest", CUT - timedelta(1), 9), ("newest", CUT + timedelta(1), 1),
        ("oldest", CUT - timedelta(29), 4),
        ("too_old", CUT - timedelta(30), 4),
        ("twice", CUT, 7), ("twice", CUT, 5),
        ("first_day", CUT, 1), ("last_day", CUT, 1), ("gap", CUT, 1), ("later", CUT, 1),
        ("on_the_cut", CUT, 1), ("gone", CUT, 1), ("returned", CUT, 1), ("often", CUT, 1),
    ])  # fmt: skip
    left = ends([
        ("first_day", date(2026, 6, 1)), ("last_day", LAST), ("gap", date(2026, 5, 31)), ("later", date(2026, 7, 1)),
        ("on_the_cut", CUT), ("gone", date(2026, 1, 1)), ("returned", date(2026, 1, 1)), ("returned", date(2026, 6, 9)),
        ("often", date(2026, 6, 20)), ("often", date(2026, 6, 10)), ("never_scored", date(2026, 6, 1)),
    ])  # fmt: skip
    return {row["account"]: row for row in fetch.rows(panel(told, returns(left), [CUT], AHEAD))}


@pytest.mark.parametrize(("account", "score"), [("newest", 3), ("oldest", 4), ("twice", 5)])
def test_the_newest_score_known_by_the_cut_counts(found: dict[str, dict[str, Any]], account: str, score: float) -> None:
    assert found[account]["score"] == score
    assert (found[account]["state"], found[account]["left"]) == ("counted", False)


def test_a_score_older_than_a_horizon_does_not_count(found: dict[str, dict[str, Any]]) -> None:
    assert "too_old" not in found
    assert "never_scored" not in found
    assert len(found) == 11


@pytest.mark.parametrize(
    ("account", "state", "left"),
    [
        ("first_day", "counted", True),
        ("last_day", "counted", True),
        ("later", "counted", False),
        ("gap", "leaving", True),
        ("on_the_cut", "gone", False),
        ("gone", "gone", False),
        ("returned", "counted", True),
        ("often", "counted", True),
    ],
)
def test_what_became_of_each(found: dict[str, dict[str, Any]], account: str, state: str, left: bool) -> None:
    assert found[account]["state"] == state
    if state == "counted":
        assert found[account]["left"] == left


def test_an_account_that_left_twice_left_when_it_first_did_after_the_cut(found: dict[str, dict[str, Any]]) -> None:
    assert found["often"]["left_on"] == date(2026, 6, 10)


def test_so_many_days_before_each_end_its_score_was() -> None:
    told = scores([("a", date(2026, 6, 1), 1), ("a", date(2026, 5, 1), 2), ("a", date(2026, 1, 1), 3)])
    left = ends([("a", date(2026, 6, 2)), ("b", LAST)])

    def at(days: int) -> list[float]:
        return [row["score"] for row in fetch.rows(before(told, left, days, AHEAD))]

    assert (at(1), at(2), at(30), at(32), at(62)) == ([1], [], [2], [2], [])


WHO = st.sampled_from("abcdef")
DAYS = st.dates(date(2026, 2, 1), LAST)


@given(
    st.lists(st.tuples(WHO, DAYS, st.integers(0, 4)), max_size=40),
    st.lists(st.tuples(WHO, DAYS), max_size=8),
    st.integers(1, 60),
    st.integers(0, 20),
)
def test_an_audit_is_what_counting_day_by_day_gives(
    told: list[tuple[str, date, int]], left: list[tuple[str, date]], horizon: int, gap: int
) -> None:
    found = audit(scores([(who, day, float(s)) for who, day, s in told]), ends(left), Asked(LAST, Ahead(horizon, gap)))
    lost: list[int] = []
    kept: list[int] = []
    for cut in (LAST - timedelta(gap + horizon * step) for step in range(1, 200)):
        for who in "abcdef":
            near = [(day, -s) for w, day, s in told if w == who and 0 <= (cut - day).days < horizon]
            later = sorted(day for w, day in left if w == who and day > cut)
            if not near or cut < min(day for _, day, _ in told):
                continue
            if later and (later[0] - cut).days > gap + horizon:
                became = "stayed"
            elif later:
                became = "left" if (later[0] - cut).days > gap else "leaving"
            else:
                became = "gone" if any(w == who and day <= cut for w, day in left) else "stayed"
            if became in ("left", "stayed"):
                (lost if became == "left" else kept).append(-max(near)[1])
    assert (found.left, sum(cut.accounts for cut in found.cuts)) == (len(lost), len(lost) + len(kept))
    if lost and kept:
        right = sum((own < other) + 0.5 * (own == other) for own in lost for other in kept)
        assert found.ranking.auc.value == pytest.approx(right / (len(lost) * len(kept)))
    else:
        assert found.ranking.auc.value is None


@pytest.fixture(scope="module")
def audited() -> Audit:
    """Twenty accounts with the scores 0 to 19, of which the lowest three and the highest one leave, and ties at 5."""
    told = [(f"a{score:02}", CUT, float(score)) for score in range(20)] + [("b", CUT, 5.0), ("c", CUT, 5.0)]
    left = [(f"a{score:02}", date(2026, 6, 10)) for score in (0, 1, 2, 19)] + [("c", date(2026, 6, 3))]
    return audit(scores(told), ends(left), Asked(LAST, AHEAD, capacity=6))


def test_an_audit_counts_what_happened(audited: Audit) -> None:
    assert [(cut.day, cut.accounts, cut.left) for cut in audited.cuts] == [(CUT, 22, 5)]
    assert (audited.accounts, audited.left, audited.gone, audited.leaving) == (22, 5, 0, 0)
    assert sum(band.accounts for band in audited.bands) == 22
    assert [band.left for band in audited.bands] == [3, 1, 0, 0, 1]
    assert audited.verdict.said == TOO_LITTLE
    # Pairs in order: 17 for each of 0, 1, 2; none for 19; c has 5: 14 above it, 5 with two equals.
    stayed = [score for score in range(20) if score not in (0, 1, 2, 19)] + [5]
    pairs = sum((score > own) + 0.5 * (score == own) for own in (0, 1, 2, 19, 5) for score in stayed)
    assert audited.ranking.auc.value == pytest.approx(pairs / (5 * 17))
    assert audited.cuts[0].auc == audited.ranking.auc.value


def test_ties_where_the_capacity_ends_count_by_their_share(audited: Audit) -> None:
    """Five lie below 5, of whom three left; one more of the three at 5, of whom one left."""
    assert audited.called == Called(6, 3 + 1 / 3, (3 + 1 / 3) / 6, (3 + 1 / 3) / 6 / (5 / 22), (3 + 1 / 3) / 5)


def test_the_healthy_that_left_are_named(audited: Audit) -> None:
    assert [(one.account, one.score, one.left_on) for one in audited.missed] == [("a19", 19, date(2026, 6, 10))]
    whole = audit(scores([("a", CUT, 70)]), ends([("a", LAST)]), Asked(LAST, AHEAD, healthy=70))
    assert [one.account for one in whole.missed] == ["a"]
    none = audit(scores([("a", CUT, 70)]), ends([("a", LAST)]), Asked(LAST, AHEAD, healthy=70.5))
    assert none.missed == []


def test_levels_in_words_are_bands_of_their_own() -> None:
    told = scores([("a", CUT, 0), ("b", CUT, 2), ("c", CUT, 2), ("d", CUT, 0)])
    found = audit(told, ends([("a", LAST)]), Asked(LAST, AHEAD, healthy=2, names=("red", "amber", "green")))
    assert [(band.low, band.accounts, band.left) for band in found.bands] == [(0, 2, 1), (2, 2, 0)]


@pytest.mark.parametrize("told", [[], [("a", LAST, 3.0)]])
def test_without_a_score_that_counts_there_is_too_little_data(told: list[tuple[str, date, float]]) -> None:
    found = audit(scores(told), ends([("b", LAST)]), Asked(LAST, AHEAD))
    assert (found.verdict.said, found.left, found.bands, found.called) == (TOO_LITTLE, 0, [], None)


def codes(told: list[tuple[str, date, float]], left: list[tuple[str, date]]) -> dict[str, Doubt]:
    return {doubt.code: doubt for doubt in audit(scores(told), ends(left), Asked(LAST, AHEAD)).doubts}


MONTHS = [date(2026, month, 1) for month in range(1, 6)]


def test_scores_of_one_day_are_no_history() -> None:
    assert codes([(f"a{n}", CUT, n) for n in range(9)], []) == {"one-day": Doubt("one-day", 1, 9)}


def test_scores_that_never_change_are_doubted() -> None:
    same = [(f"a{n}", day, float(n)) for n in range(20) for day in MONTHS]
    assert codes(same, []) == {"unchanging": Doubt("unchanging", 20, 20)}
    moved = [(f"b{n}", day, float(day.month)) for n in range(2) for day in MONTHS]
    assert codes(same + moved, []) == {}


def test_leavers_without_a_score_are_doubted_and_those_from_before_the_history_are_not() -> None:
    told = [(f"a{n}", day, float(n + day.month)) for n in range(9) for day in MONTHS]
    assert codes(told, [("a1", LAST), ("x", date(2026, 4, 1))]) == {"unscored": Doubt("unscored", 1, 2)}
    assert codes(told, [("a1", LAST), ("x", date(2025, 12, 31))]) == {}


def test_scores_after_the_end_are_doubted() -> None:
    told = [(f"a{n}", day, float(n + day.month)) for n in range(9) for day in MONTHS]
    assert codes(told, [("a1", date(2026, 3, 2))]) == {"after-end": Doubt("after-end", 2)}


def test_a_score_that_falls_on_the_eve_of_the_end_is_doubted_and_one_that_falls_in_time_is_not() -> None:
    stayed = [(f"s{n}", day, 50.0 + n) for n in range(20) for day in (CUT, *MONTHS)]
    left = [(f"l{n}", date(2026, 6, 20)) for n in range(12)]
    eve = [(f"l{n}", day, 50.0 + n) for n in range(12) for day in (CUT - timedelta(20), *MONTHS)]
    fell = [(f"l{n}", date(2026, 6, 18), 1.0) for n in range(12)]
    late = codes(stayed + eve + fell, left)["late"]
    assert late.near == 1.0
    assert late.far is not None
    assert late.far < 0.8
    early = [(f"l{n}", CUT - timedelta(20), 1.0) for n in range(12)]
    assert "late" not in codes(stayed + early + fell, left)
