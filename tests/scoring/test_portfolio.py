"""The book by tier, and who needs somebody: on rows written down here."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from keepwell.model.score import Score
from keepwell.scoring.portfolio import TierLine, by_tier, need_someone

PARTS: dict[str, Any] = {"x": {"metric": "x", "bands": [["else", 50]]}}
UP = Score.model_validate(
    {
        "parts": PARTS,
        "tiers": [{"at": ">= 70", "is": "great"}, {"at": "> 50", "is": "good"}, {"at": "else", "is": "at_risk"}],
    }
)
DOWN = Score.model_validate(
    {
        "parts": PARTS,
        "tiers": [{"at": "< 30", "is": "red"}, {"at": "< 60", "is": "amber"}, {"at": "else", "is": "green"}],
    }
)
BY_HAND = Score.model_validate(
    {
        "parts": PARTS,
        "tiers": [{"at": ">= 70", "is": "great"}, {"at": "< 0", "is": "lapsed"}, {"at": "else", "is": "at_risk"}],
        "overrides": [{"when": "silent >= 365", "tier": "lapsed", "because": "It has not ordered for a year"}],
    }
)
NONE = Score.model_validate({"parts": PARTS})

COLUMNS = {
    "account_id": pa.string(),
    "score": pa.float64(),
    "tier": pa.string(),
    "standing": pa.string(),
    "value": pa.float64(),
}


def table(*rows: tuple[str, float | None, str | None, str, float | None]) -> pa.Table:
    """Rows of account, score, tier, standing, value."""
    return pa.table(
        {name: pa.array(column, COLUMNS[name]) for name, column in zip(COLUMNS, zip(*rows, strict=True), strict=True)}
    )


BOOK = table(
    ("A", 80.0, "great", "firm", 100.0),
    ("B", 75.0, "great", "provisional", None),
    ("C", 40.0, "at_risk", "firm", 10.0),
    ("D", None, "insufficient evidence", "insufficient", 7.0),
    ("E", 10.0, "insufficient evidence", "insufficient", 5.0),
)


def test_by_tier_has_a_line_for_every_tier() -> None:
    assert by_tier(UP, BOOK) == [
        TierLine("great", 2, 1, 100.0),
        TierLine("good", 0, 0, 0.0),
        TierLine("at_risk", 1, 0, 10.0),
        TierLine("insufficient evidence", 2, 0, 12.0),
    ]


def test_by_tier_in_a_model_without_tiers() -> None:
    book = table(("A", 80.0, None, "firm", 3.0), ("B", None, "insufficient evidence", "insufficient", None))
    assert by_tier(NONE, book) == [TierLine("no tier", 1, 0, 3.0), TierLine("insufficient evidence", 1, 0, 0.0)]


def ids(score: Score, book: pa.Table, most: int = 10) -> str:
    return "".join(row["account_id"] for row in need_someone(score, book, most))


def test_who_needs_someone_is_ranked_by_value_and_missing_points() -> None:
    """10 × 60 = 600, 100 × 10 = 1,000, 20 × 30 = 600 (the tie goes by id), and 9,999 × 100 for what has no score.

    An override put that one there: it gave notice before anything was known of it. No tier is not here.
    """
    book = table(
        ("C", 40.0, "at_risk", "firm", 10.0),
        ("A", 90.0, "at_risk", "firm", 100.0),
        ("B", 70.0, "at_risk", "provisional", 20.0),
        ("D", None, "at_risk", "firm", 9_999.0),
        ("E", 5.0, "insufficient evidence", "insufficient", 9_999.0),
        ("F", 55.0, "good", "firm", 9_999.0),
    )
    assert ids(UP, book) == "DABC"
    assert ids(UP, book, most=2) == "DA"
    assert ids(UP, book, most=0) == ""


def test_an_account_without_a_value_counts_as_one() -> None:
    """0 is a value, and nothing is at stake there."""
    book = table(
        ("A", 30.0, "at_risk", "firm", 0.0), ("B", 30.0, "at_risk", "firm", None), ("C", 20.0, "at_risk", "firm", None)
    )
    assert ids(UP, book) == "CBA"


@pytest.mark.parametrize(("score", "wanted"), [(UP, ""), (DOWN, "A"), (NONE, "")])
def test_the_lowest_tier_is_that_of_the_lowest_scores(score: Score, wanted: str) -> None:
    """Wherever in the file it stands; a model without tiers has none."""
    book = table(("A", 20.0, "red", "firm", 1.0), ("B", 90.0, "green", "firm", 1.0), ("C", 90.0, None, "firm", 1.0))
    assert ids(score, book) == wanted


def test_a_tier_that_no_score_falls_into_is_not_the_lowest() -> None:
    """‘< 0’: one that only an override gives."""
    book = table(("A", 0.0, "lapsed", "firm", 1.0), ("B", 0.0, "at_risk", "firm", 1.0))
    assert ids(BY_HAND, book) == "B"
