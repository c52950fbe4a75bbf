"""The past as matrices, and what was known by a day of what became of it, worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from keepwell.evidence.landmarks import STEP
from keepwell.workspace.courses import Courses, courses, known
from keepwell.workspace.curves import cohorts
from keepwell.workspace.past import Past

DAYS = [date(2026, 1, 1) + timedelta(days=STEP * place) for place in range(6)]
WHO = ["back", "gone", "later", "sold", "stays"]


def past() -> Past:
    rows = [(who, day) for day in DAYS for who in WHO]
    accounts, days = [who for who, _ in rows], pa.array([day for _, day in rows], pa.date32())
    points = [10.0 * DAYS.index(day) for _, day in rows]
    none = pa.nulls(len(rows), pa.string())
    scores = pa.table({
        "account": accounts, "day": days, "score": points, "tier": none, "standing": none, "variant": none,
        "value": [1.0] * len(rows),
    })  # fmt: skip
    parts = [
        pa.table({"account": accounts, "day": days, "measure": [path] * len(rows), "state": none,
                  "points": values, "weight": [weight] * len(rows)})
        for path, values, weight in [
            ("health/use/a", points, 0.3), ("health/use/b", [50.0] * len(rows), 0.1),
            ("health/said/c", [0.0] * len(rows), 0.2), ("health/mood", [None] * len(rows), 0.4),
        ]
    ]  # fmt: skip
    ends = [
        (date(2026, 2, 15) - day).days if day < date(2026, 2, 15) else (date(2026, 5, 16) - day).days for day in DAYS
    ]
    metrics = [
        pa.table({"account": accounts, "day": days, "metric": [name] * len(rows),
                  "number": [float(own[DAYS.index(day)]) for _, day in rows], "text": none})
        for name, own in [("renewal_in", ends), ("tenure_days", range(100, 100 + STEP * 6, STEP))]
    ]  # fmt: skip
    measures = pa.concat_tables([part.cast(parts[0].schema) for part in parts])
    return Past(scores, measures, pa.concat_tables(metrics), groups=measures.slice(0, 0), left_out=())


@pytest.fixture(scope="module")
def made() -> Courses:
    return courses(past(), DAYS, ["health/said/c"], "renewal_in")


def test_dimensions_are_the_means_of_their_measures_by_weight(made: Courses) -> None:
    assert made.parts == ("use",)  # what is left out, and what nobody has, is no dimension
    assert made.dims[0][0].tolist() == pytest.approx([(3 * 10 * place + 50) / 4 for place in range(6)])
    assert made.trend[0][3:].tolist() == pytest.approx([22.5] * 3)
    assert np.isnan(made.trend[:, :3]).all()
    assert made.tenure[4].tolist() == [100, 130, 160, 190, 220, 250]


def test_the_length_of_a_contract_is_known_once_the_next_one_is_seen(made: Courses) -> None:
    # To 15 February 45 days are the most that was seen, so a quarter; then 90 days from end to end.
    assert made.term[0].tolist() == [92, 92, 92, 92, 92, 92]
    assert made.renewal[0].tolist() == [45, 15, 75, 45, 15, -15]


def ends(*rows: tuple[str, date, date | None] | tuple[str, date, date | None, str]) -> pa.Table:
    names = {"account": pa.string(), "day": pa.date32(), "back": pa.date32(), "how": pa.string()}
    return pa.Table.from_pylist([dict(zip(names, (*row, None), strict=False)) for row in rows], pa.schema(names))


def lives(**ended: date) -> pa.Table:
    rows = [{"account": who, "began": date(2025, 1, 1), "ended": ended.get(who)} for who in WHO]
    schema = pa.schema({"account": pa.string(), "began": pa.date32(), "ended": pa.date32()})
    return pa.Table.from_pylist(rows, schema)


def test_who_left_is_at_risk_until_then_and_again_when_back(made: Courses) -> None:
    told = ends(
        ("gone", date(2026, 2, 10), None), ("back", date(2026, 1, 31), date(2026, 3, 5)),
        ("later", date(2026, 4, 20), None), ("stranger", date(2026, 2, 1), None),
    )  # fmt: skip
    found = known(made, told, lives(sold=date(2026, 3, 20)), DAYS[4], DAYS[0], {})
    own = {who: {} for who in WHO}  # type: dict[str, dict[int, tuple[float, float]]]
    marks = found.marks
    for place in range(len(marks)):
        column = int((marks.day[place] - np.datetime64(DAYS[0])).astype(int)) // STEP
        own[WHO[marks.account[place]]][column] = (float(marks.after[place]), float(marks.seen[place]))
    assert set(own["gone"]) == {0, 1}
    assert [after for after, _ in own["gone"].values()] == [40, 10]
    # It left on the second landmark, and was back on 5 March.
    assert set(own["back"]) == {0, 3, 4}
    assert own["back"][0] == (30, 120)
    assert [own["later"][place][0] for place in range(4)] == [109, 79, 49, 19]
    assert set(own["later"]) == {0, 1, 2, 3}
    # A life that ends in another way is seen to its end.
    assert [own["sold"][place][1] for place in range(3)] == [78, 48, 18]
    assert all(np.isnan(after) for after, _ in own["stays"].values())
    assert found.leavers == 3


def test_an_outcome_after_the_life_ended_is_that_life_s_end(made: Courses) -> None:
    """Whether the list of customers says it a day before or not at all, the same accounts leave."""
    told = ends(
        ("gone", date(2026, 2, 10), None), ("later", date(2026, 4, 20), None), ("stays", date(2026, 5, 20), None)
    )
    plain = known(made, told, lives(), DAYS[4], DAYS[0], {})
    found = known(made, told, lives(gone=date(2026, 2, 9), later=date(2026, 4, 19)), DAYS[4], DAYS[0], {})
    assert plain.leavers == found.leavers == 2
    for who, days in (("gone", [39, 9]), ("later", [108, 78, 48, 18])):
        assert found.marks.after[found.marks.account == WHO.index(who)].tolist() == days
        assert found.marks.left_within(np.inf)[found.marks.account == WHO.index(who)].all()
    # What is not known by the day is no outcome yet.
    assert not found.marks.left_within(np.inf)[found.marks.account == WHO.index("stays")].any()


def test_accounts_under_one_parent_are_one_group(made: Courses) -> None:
    found = known(made, ends(), lives(), DAYS[4], DAYS[0], {"gone": "back", "sold": "holding", "stays": "holding"})
    assert found.group(np.arange(5)).tolist() == [0, 0, 2, 3, 3]
    # A parent more, and the others keep their numbers.
    found = known(made, ends(), lives(), DAYS[4], DAYS[0], {"sold": "holding", "stays": "holding"})
    assert found.group(np.arange(5)).tolist() == [0, 1, 2, 3, 3]


def test_a_life_that_ended_before_another_began_did_not_end_by_the_later_outcome(made: Courses) -> None:
    """It ended on 5 January without one, was there again on 31 January, and left on 20 April."""
    found = known(made, ends(("later", date(2026, 4, 20), None)), lives(later=date(2026, 1, 5)), DAYS[4], DAYS[0], {})
    own = found.marks.only(found.marks.account == WHO.index("later"))
    assert own.seen.tolist()[0] == 4
    assert own.left_within(np.inf).tolist() == [False, True, True, True]


def test_cohorts_count_who_left_whether_or_not_the_life_had_ended() -> None:
    first, last = date(2025, 1, 1), date(2026, 1, 1)
    names = {"account": pa.string(), "began": pa.date32(), "ended": pa.date32()}
    left = ends(*((f"a{n}", date(2025, 6, 2), None) for n in range(6)))
    for ended, days in ((None, 152), (date(2025, 6, 1), 151)):
        rows = [{"account": f"a{n}", "began": date(2020, 1, 1), "ended": ended if n < 6 else None} for n in range(12)]
        found = cohorts(pa.Table.from_pylist(rows, pa.schema(names)), left, first, last)["before 2025-01-01"]
        assert (found.days.tolist(), found.left.tolist()) == ([days], [6])


def test_cohorts_are_followed_from_their_beginning_or_from_the_first_day() -> None:
    first, last = date(2025, 1, 1), date(2026, 1, 1)
    rows = [
        *({"account": f"old{n}", "began": date(2020, 1, 1), "ended": None} for n in range(12)),
        *({"account": f"new{n}", "began": date(2025, 2, 1), "ended": None} for n in range(12)),
        {"account": "before", "began": date(2020, 1, 1), "ended": date(2024, 6, 1)},
        *({"account": f"few{n}", "began": date(2025, 5, 1), "ended": None} for n in range(3)),
    ]
    schema = pa.schema({"account": pa.string(), "began": pa.date32(), "ended": pa.date32()})
    left = ends(("old0", date(2025, 1, 11), None), ("new0", date(2025, 3, 1), None), ("old1", date(2024, 6, 1), None))
    found = cohorts(pa.Table.from_pylist(rows, schema), left, first, last)
    assert list(found) == ["before 2025-01-01", "2025 Q1"]
    assert (found["before 2025-01-01"].days.tolist(), found["before 2025-01-01"].at_risk.tolist()) == ([10], [11])
    assert (found["2025 Q1"].days.tolist(), found["2025 Q1"].at_risk.tolist()) == ([28], [12])


def test_who_ends_in_another_way_is_seen_until_then_and_no_longer_at_risk(made: Courses) -> None:
    """The merger of `sold` is known on 25 March, five days after its life ended; `later` left before it merged."""
    told = ends(
        ("sold", date(2026, 3, 25), None, "merged"), ("gone", date(2026, 2, 10), None, "merged"),
        ("later", date(2026, 2, 20), None), ("later", date(2026, 3, 20), None, "merged"),
        ("stays", date(2026, 5, 20), None, "merged"),
    )  # fmt: skip
    found = known(made, told, lives(sold=date(2026, 3, 20)), DAYS[4], DAYS[0], {}).marks
    own = {who: found.only(found.account == WHO.index(who)) for who in WHO}
    assert own["sold"].other.tolist() == own["sold"].seen.tolist() == [78, 48, 18]
    assert own["gone"].other.tolist() == [40, 10]
    assert own["later"].after.tolist() == [50, 20]
    for who in ("later", "stays", "back"):  # it left before, or nobody knows of it by the day
        assert not own[who].ended_otherwise(np.inf).any()
    assert own["gone"].ended_otherwise(30).tolist() == [False, True]
    assert own["gone"].followed(30).tolist() == [True, True]
    assert found.left_within(np.inf).sum() == 2


def test_of_a_cohort_those_that_merged_did_not_leave() -> None:
    """Of twelve that are followed for a year four leave on day 100 and four merge on day 50: a third has left."""
    first, last = date(2025, 1, 1), date(2026, 1, 1)
    names = {"account": pa.string(), "began": pa.date32(), "ended": pa.date32()}
    day = first + timedelta(days=100)
    rows = [{"account": f"a{n}", "began": date(2020, 1, 1), "ended": day if n < 8 else None} for n in range(12)]
    merged = [(f"a{n}", first + timedelta(days=50), None, "merged") for n in range(4)]
    told = ends(*merged, ("a0", day, None), *((f"a{n}", day, None) for n in range(4, 8)))
    found = cohorts(pa.Table.from_pylist(rows, pa.schema(names)), told, first, last)["before 2025-01-01"]
    assert (found.days.tolist(), found.left.tolist(), found.otherwise.tolist()) == ([50, 100], [0, 4], [4, 0])
    assert found.at(100).value == pytest.approx(8 / 12)
    # Whoever was back after another end goes on, and leaves when it leaves.
    back = [(f"a{n}", first + timedelta(days=50), first + timedelta(days=70), "silent") for n in range(4)]
    again = ends(*back, *((f"a{n}", day, None) for n in range(8)))
    went_on = cohorts(pa.Table.from_pylist(rows, pa.schema(names)), again, first, last)["before 2025-01-01"]
    assert (went_on.days.tolist(), went_on.left.tolist(), went_on.otherwise.tolist()) == ([100], [8], [0])
    censored = cohorts(
        pa.Table.from_pylist(rows, pa.schema(names)), told.filter(pc.is_null(told["how"])), first, last
    )  # fmt: skip
    assert censored["before 2025-01-01"].otherwise.sum() == 0
