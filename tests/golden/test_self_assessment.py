"""The self-assessment: one sheet is enough, words are read whatever their capitals, and CSV does as well as Excel."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

SHIPPED = Path(__file__).parents[2] / "src" / "keepwell" / "shipped" / "self-assessment"
MODEL = SHIPPED / "model.yaml"
JUNE = "2026-06-01"
RATINGS = ("recommends", "relationship", "usage", "goals_reached", "easier_work")
WORDS = {
    "reference": ("yes", "no"),
    "commitment": ("renews", "leaves"),
    "usage_trend": ("growing", "falling"),
    "problems": ("none", "blocking"),
    "goals_agreed": ("yes", "no"),
    "savings": ("yes", "no"),
}


def sheet(name: str, day: str, answers: Mapping[str, object]) -> dict[str, object]:
    columns = dict.fromkeys(("csm", "yearly_value", "left_on", *RATINGS, *WORDS), "")
    return {"account": name, "date": day, **columns, **answers}


def every(rating: int, which: int) -> dict[str, object]:
    return {**dict.fromkeys(RATINGS, rating), **{question: words[which] for question, words in WORDS.items()}}


def test_golden(scored: Any) -> None:
    loud = {question: f" {words[0].upper()} " for question, words in WORDS.items()}
    found = scored(
        MODEL,
        {
            "assessments": [
                sheet("best", JUNE, every(5, 0)),
                sheet("loud", JUNE, {**every(5, 0), **loud}),
                sheet("worst", JUNE, every(1, 1)),
                sheet("three", JUNE, dict.fromkeys(RATINGS, 3)),
                sheet("too old", "2025-06-30", every(5, 0)),
                sheet("gone", "2025-01-10", every(5, 0)),
                sheet("gone", "2026-01-10", {"left_on": "2026-01-10"}),
                sheet("not yet", "2026-07-01", every(5, 0)),
            ]
        },
    )
    assert set(found) == {"best", "loud", "worst", "three", "too old"}
    assert (found["best"]["score"], found["best"]["tier"], found["best"]["standing"]) == (100, "great", "firm")
    assert found["loud"]["score"] == 100
    assert (found["worst"]["score"], found["worst"]["tier"], found["worst"]["zone"]) == (0, "at_risk", "exception")
    three = found["three"]
    assert (three["score"], three["low"], three["high"]) == (50, 27.92, 72.08)
    assert (three["tier"], three["zone"], three["standing"]) == ("at_risk", "focus", "provisional")
    assert three["coverage"] == pytest.approx(0.558333333)
    assert (found["too old"]["score"], found["too old"]["standing"]) == (None, "insufficient")


def test_the_newest_answer_to_each_question_counts(scored: Any) -> None:
    rows = [sheet("a", "2026-01-01", every(5, 0)), sheet("a", JUNE, {"goals_reached": 1})]
    found = scored(MODEL, {"assessments": rows})["a"]
    assert (found["score"], found["coverage"]) == (75, 1)
