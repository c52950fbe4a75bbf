"""Figures: round ticks, and places that were computed by hand."""

from __future__ import annotations

from datetime import date
from math import inf, nan

import pytest

from keepwell.cli.drawing import drawn
from keepwell.cli.figures import Axis, Course, Curve, Dots, Figure, Point
from keepwell.cli.scale import scale, written
from tests.cli.markup import Element, read

SHARE = Axis("share that left", ".1%", low=0.0, high=1.0)
AUC = Axis("AUC", ".2f", mark=0.5, marked="chance")


def svg(figure: Figure) -> Element:
    found = read(drawn(figure, "Who left", "figure-1")).inside[0]
    assert isinstance(found, Element)
    return found


def texts(found: Element, kind: str) -> list[str]:
    return [text.text for text in found.all("text", kind)]


# ---- Scales


@pytest.mark.parametrize(
    ("axis", "values", "ticks"),
    [
        (SHARE, [0.5], ["0%", "20%", "40%", "60%", "80%", "100%"]),
        (Axis("", ".1%", low=0.0), [0.031], ["0%", "1%", "2%", "3%", "4%"]),
        (Axis("", ".1%", low=0.0), [0.009], ["0.0%", "0.2%", "0.4%", "0.6%", "0.8%", "1.0%"]),
        (AUC, [0.65, 0.75, None], ["0.50", "0.55", "0.60", "0.65", "0.70", "0.75"]),
        (Axis("EUR"), [11_800_000.0, 14_700_000.0], [f"{n},000,000" for n in range(11, 16)]),
        (Axis(""), [-30.0, 20.0], ["−30", "−20", "−10", "0", "10", "20"]),
        (Axis(""), [7.0], ["0", "2", "4", "6", "8"]),
        (Axis("", ".2f"), [], ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (Axis("", ".2f"), [0.0, nan, inf], ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    ],
)  # fmt: skip
def test_ticks_are_round_numbers_that_hold_the_values(axis: Axis, values: list[float | None], ticks: list[str]) -> None:
    assert scale(axis, values).labels() == ticks


def test_a_place_is_the_share_of_the_way() -> None:
    assert [scale(SHARE, [0.5]).place(value) for value in (0.0, 0.5, 1.0)] == [0.0, 50.0, 100.0]
    assert scale(AUC, [0.4, 0.8]).place(0.5) == pytest.approx(25.0)  # from 0.4 to 0.8
    assert scale(Axis("", low=0.0, high=10.0), [25.0]).place(25.0) == pytest.approx(25 / 25 * 100)


def test_a_minus_is_none_of_nothing() -> None:
    assert [written(value, ",.0f") for value in (-0.4, -1_234.0, 5.0)] == ["0", "−1,234", "5"]
    assert written(-0.0001, ".1%") == "0.0%"


# ---- Names and values


def test_a_share_of_a_half_lies_at_half_of_the_axis() -> None:
    found = svg(Dots("Who left.", [Point("at risk", 0.5, 0.25, 0.8), Point("good", 0.1)], SHARE))
    first, second = found.all("circle")
    assert first.attributes["cx"] == "50%"
    assert second.attributes["cx"] == "10%"
    whisker = found.one("line", "whisker")  # a point without an interval has none
    assert whisker.numbers("x1", "x2") == (25, 80)
    assert whisker.numbers("y1", "y2") == (*first.numbers("cy"), *first.numbers("cy"))
    assert second.numbers("cy")[0] - first.numbers("cy")[0] == 46
    assert texts(found, "row") == ["at risk", "50.0%", "good", "10.0%"]
    assert [(text.text, *text.numbers("x")) for text in found.all("text", "tick")] == [
        ("0%", 0), ("20%", 20), ("40%", 40), ("60%", 60), ("80%", 80), ("100%", 100)
    ]  # fmt: skip
    assert texts(found, "name") == ["share that left"]


def test_chance_has_a_line_of_its_own_beside_every_dot() -> None:
    found = svg(Dots("", [Point("seats", 0.7, 0.6, 0.8), Point("calls", 0.4, 0.35, 0.45)], AUC))
    assert [mark.numbers("x1", "x2") for mark in found.all("line", "mark")] == [(40, 40), (40, 40)]  # 0.3 to 0.8
    assert [(text.text, *text.numbers("x")) for text in found.all("text", "name")] == [("AUC", 100), ("chance", 40)]


def test_what_is_not_known_is_not_drawn_and_said() -> None:
    found = svg(
        Dots("Who left.", [Point("none", None), Point("nan", nan, nan, nan), Point("half", 0.5, None, 0.6)], SHARE)
    )
    assert len(found.all("circle")) == 1
    assert found.all("line", "whisker") == []
    assert texts(found, "value") == ["–", "–", "50.0%"]
    assert found.one("desc").text == "Who left. none: no value; nan: no value; half: 50.0%."


def test_a_long_name_ends_before_its_value_and_long_numbers_leave_each_other_room() -> None:
    found = svg(Dots("", [Point("n" * 60, 1_234_567.0, 200_000.0, 2_000_000.0)], Axis("EUR")))
    assert texts(found, "row") == ["n" * 33 + "…", "1,234,567"]
    # Of 0; 500,000; 1,000,000; 1,500,000; 2,000,000 every other one.
    assert texts(found, "tick") == ["0", "1,000,000", "2,000,000"]
    assert [text.attributes["text-anchor"] for text in found.all("text", "tick")] == ["middle", "middle", "end"]


# ---- Over time


def test_days_lie_as_far_apart_as_they_are() -> None:
    days = [date(2026, 1, 1), date(2026, 1, 26), date(2026, 4, 11)]  # 0, 25 and 100 days
    found = svg(Course("", [Point(day, value) for day, value in zip(days, (0.5, 0.6, 0.7), strict=True)], AUC))
    assert [dot.numbers("cx", "cy") for dot in found.all("circle")] == [(0, 100), (25, 50), (100, 0)]  # 0.5 to 0.7
    assert found.one("polyline").attributes["points"] == "0,100 25,50 100,0"
    assert texts(found, "tick")[-3:] == ["2026-01-01", "2026-01-26", "2026-04-11"]
    assert found.one("line", "mark").numbers("y1", "y2") == (100, 100)
    assert [dot.text for dot in found.all("circle")][1] == "2026-01-26: 0.60"


def test_a_day_without_a_value_breaks_the_line() -> None:
    values = [0.5, 0.7, None, 0.6]
    points = [Point(date(2026, 1, 1 + 3 * place), value) for place, value in enumerate(values)]
    found = svg(Course("", points, AUC))
    assert [line.attributes["points"] for line in found.all("polyline")] == ["0,100 33.33,0", "100,50"]
    assert len(found.all("circle")) == 3


def test_a_band_is_the_area_between_low_and_high() -> None:
    months = [date(2026, month, 1) for month in (1, 2, 3)]
    points = [Point(months[0], 50.0), Point(months[1], 60.0, 40.0, 80.0), Point(months[2], 60.0, 20.0, 100.0)]
    found = svg(Course("", points, Axis("EUR", low=0.0), band=True, days="%Y-%m"))
    # 31 of 59 days; from 0 to 100, and down is more on paper.
    assert found.one("polygon").attributes["points"] == "52.54,60 100,80 100,0 52.54,20"
    assert [line.attributes["points"] for line in found.all("polyline", "edge")] == [
        "52.54,60 100,80",
        "52.54,20 100,0",
    ]
    assert found.one("polyline", "joined").attributes["points"] == "0,50 52.54,40 100,40"
    assert texts(found, "tick")[-3:] == ["2026-01", "2026-02", "2026-03"]
    assert found.all("line", "whisker") == []
    assert "2026-02: 60 (40 to 80)" in found.one("desc").text


def test_one_day_stands_in_the_middle_and_no_day_is_an_empty_figure() -> None:
    assert svg(Course("", [Point(date(2026, 1, 1), 0.6)], AUC)).one("circle").numbers("cx") == (50,)
    assert svg(Course("", [], AUC)).all("circle") == []
    assert svg(Dots("", [], AUC)).all("circle") == []


# ---- One number against another


def test_the_diagonal_is_where_both_are_equal() -> None:
    said, left = Axis("share said", ".1%", low=0.0), Axis("share that left", ".1%", low=0.0)
    found = svg(Curve("", [Point(0.1, 0.1), Point(0.2, 0.4, 0.3, 0.5)], left, said, "as said"))
    first, second = found.all("circle")  # both axes from 0 to 0.5
    assert first.numbers("cx", "cy") == (20, 80)
    assert second.numbers("cx", "cy") == (40, 20)
    assert found.one("line", "mark").numbers("x1", "y1", "x2", "y2") == (0, 100, 100, 0)
    whisker = found.one("line", "whisker")
    assert whisker.numbers("x1", "y1", "x2", "y2") == (40, 40, 40, 0)
    assert texts(found, "tick")[:6] == texts(found, "tick")[6:] == ["0%", "10%", "20%", "30%", "40%", "50%"]
    assert [dot.text for dot in found.all("circle")] == ["10.0%: 10.0%", "20.0%: 40.0% (30.0% to 50.0%)"]


def test_without_a_diagonal_each_axis_has_its_own_numbers_and_many_points_are_a_line() -> None:
    points = [Point(place / 100, place * 1_000.0) for place in range(101)]
    found = svg(Curve("", points, Axis("EUR"), Axis("share", ".0%")))
    assert texts(found, "tick")[5:7] == ["100,000", "0%"]
    assert found.all("circle") == found.all("line", "mark") == []
    assert len(found.one("polyline").attributes["points"].split()) == 101
    assert found.one("desc").text.endswith("; and 89 more.")


# ---- Words


def test_a_figure_is_an_image_with_a_name_and_a_description() -> None:
    found = svg(Dots("Share that left.", [Point("at risk", 0.051, 0.042, 0.061)], SHARE))
    assert found.attributes["role"] == "img"
    title = found.all("title")[0]
    assert (title.text, title.attributes["id"]) == ("Who left", found.attributes["aria-labelledby"])
    assert found.one("desc").attributes["id"] == found.attributes["aria-describedby"]
    assert found.one("desc").text == "Share that left. at risk: 5.1% (4.2% to 6.1%)."


def test_names_are_only_text() -> None:
    evil = "</text><script>alert('\"&')"
    found = svg(Dots(evil, [Point(evil, 0.5), Point("a\u202eb\x1b[0m", 0.5)], Axis(evil, mark=0.5, marked=evil)))
    assert found.all("script") == []
    assert texts(found, "row")[0] == evil
    assert texts(found, "row")[2] == r"a\u202eb\x1b[0m"
