"""`score` where a model says less, or says it otherwise: no tiers, tiers written upward, scores that were forced."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.folder import MODEL, keepwell, written

TIERS = MODEL[MODEL.index("    tiers:") : MODEL.index("flags:")]
UP = """    tiers:
      - {at: "< 70", is: at_risk}
      - {at: else, is: great}
"""
OVERRIDES = """    overrides:
      - {when: "tenure_days > 100", tier: at_risk, because: we say so}
      - {when: "logins_28d < 2", cap: 20, because: hardly used}
"""


def edited(folder: Path, *changes: str) -> Path:
    """The small workspace with pairs of old and new text in its model."""
    model = MODEL
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in model, old
        model = model.replace(old, new)
    return written(folder, {"model.yaml": model})


def rows(folder: Path) -> dict[str, Any]:
    found = keepwell("score", folder, "--format", "json")
    assert found.code == 0, found.err
    return {row["account_id"]: row for row in json.loads(found.out)}


def test_a_model_without_tiers_is_printed(tmp_path: Path) -> None:
    found = keepwell("score", edited(tmp_path, TIERS, ""))
    assert found.code == 0, found.err
    assert "no tier " in found.out
    assert "Who needs someone" not in found.out


def test_tiers_written_upward_name_the_lowest(tmp_path: Path) -> None:
    found = keepwell("score", edited(tmp_path, TIERS, UP))
    assert "Who needs someone (at risk;" in found.out
    assert "Birch" in found.out
    assert "Alder" not in found.out
    assert found.out.index("at risk  ") < found.out.index("great  ")


def test_a_forced_tier_says_why_even_without_a_score(tmp_path: Path) -> None:
    found = rows(edited(tmp_path, "    tiers:", OVERRIDES + "    tiers:"))
    assert found["D"]["score"] is None
    assert {id_: row["tier"] for id_, row in found.items()} == dict.fromkeys("ABCD", "at_risk")
    assert found["A"]["overrides"] == ["Tier set to at risk: we say so"]
    assert found["B"]["overrides"] == ["Tier set to at risk: we say so", "Capped at 20: hardly used"]
    assert "Tier set to at risk: we say so" in found["D"]["overrides"]


def test_the_worst_case_without_a_value_says_none(tmp_path: Path) -> None:
    found = rows(edited(tmp_path, "{last: answers.score}", "{last: answers.score, absent: worst}"))
    assert "Mood: none (−25.0 points)" in found["B"]["reasons"]
