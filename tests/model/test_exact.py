"""Weights, shares, durations and numbers: exact, and shown as they were typed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from keepwell.model.exact import Days, NodeWeight, Number, Share, Span
from tests.model.mistakes import edited, refused, sound

WEIGHT, SHARE, SPAN = TypeAdapter(NodeWeight), TypeAdapter(Share), TypeAdapter(Span)


@pytest.mark.parametrize(
    ("typed", "value", "percent"),
    [
        ("6/17", Fraction(6, 17), False),
        ("25 %", Fraction(25), True),
        ("33.33%", Fraction("33.33"), True),
        (2, Fraction(2), False),
        (Decimal("0.1"), Fraction(1, 10), False),
        ("0.1", Fraction(1, 10), False),
        (0, Fraction(0), False),
    ],
)
def test_weights(typed: object, value: Fraction, percent: bool) -> None:
    weight = WEIGHT.validate_python(typed)
    assert (weight.value, weight.percent, str(weight)) == (value, percent, str(typed))


@given(st.integers(0, 10**15 - 1), st.integers(1, 10**15 - 1))
def test_a_fraction_is_never_rounded(top: int, bottom: int) -> None:
    assert WEIGHT.validate_python(f"{top} / {bottom}").value == Fraction(top, bottom)


@pytest.mark.parametrize("typed", ["-1", "1e5", "a/b", "25%%", "1/2/3", "½", "", None, "٣", float("nan"), "1 000"])
def test_no_weights(typed: object) -> None:
    with pytest.raises(ValidationError):
        WEIGHT.validate_python(typed)


def test_shares() -> None:
    typed = ("50 %", Decimal("0.5"), "33.3%", 0, 1)
    shares = [SHARE.validate_python(one) for one in typed]
    assert shares == [Fraction(1, 2), Fraction(1, 2), Fraction(333, 1000), 0, 1]
    for wrong in ("150 %", 50, -1, "half", "0.5"):
        with pytest.raises(ValidationError):
            SHARE.validate_python(wrong)


def test_durations() -> None:
    assert [SPAN.validate_python(text).days for text in ("28 days", "1 day", "4 weeks", "7days", "28 days ago")] == [
        28, 1, 28, 7, 28,
    ]  # fmt: skip
    assert SPAN.validate_python("2 weeks").delta == timedelta(days=14)
    assert str(SPAN.validate_python("1 week")) == "7 days"
    assert TypeAdapter(Days).validate_python("0 days").days == 0
    for wrong in ("0 days", "-3 days", "1 month", "2 years", "6 hours", "a week", "1.5 days", 28, "9999999 days"):
        with pytest.raises(ValidationError):
            SPAN.validate_python(wrong)


def test_numbers() -> None:
    number = TypeAdapter(Number)
    assert number.validate_python(Decimal("0.1")) == Decimal("0.1")
    assert number.validate_python(10**18 - 1) == 10**18 - 1
    for wrong in (10**18, Decimal("-1e18"), Decimal("NaN"), float("inf"), True, "1", None):
        with pytest.raises(ValidationError):
            number.validate_python(wrong)


# ---- Weights among siblings

LINES = ("weight: 1,", "weight: 2,")


def weights(first: str, second: str) -> tuple[str, ...]:
    return LINES[0], f"weight: {first},", LINES[1], f"weight: {second},"


@pytest.mark.parametrize(("first", "second"), [("49.97 %", "50 %"), ("50.5 %", "50 %"), ("99.5 %", "0 %"), ("0", "1")])
def test_published_percentages_may_be_rounded(first: str, second: str) -> None:
    assert not sound(*weights(first, second)).warnings


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("70 %", "70 %", ("these percentages sum to 140, not 100 (usage 70 %, seats 70 %); mend them, or write plain "
                         "numbers for relative weights.")),
        ("50.51 %", "50 %", ("these percentages sum to 100.51, not 100 (usage 50.51 %, seats 50 %); mend them, or "
                            "write plain numbers for relative weights.")),
        ("50 %", "0.5", "these parts mix percent and plain weights (usage 50 %, seats 0.5); use one of them for all."),
        ("0", "0", "all weights here are 0 (usage 0, seats 0), so nothing would count."),
        ("0 %", "0 %", "all weights here are 0 (usage 0 %, seats 0 %), so nothing would count."),
    ],
)  # fmt: skip
def test_weights_that_cannot_be_meant(first: str, second: str, said: str) -> None:
    assert refused(edited(*weights(first, second))) == [f"model.yaml:12: error: {said}"]
