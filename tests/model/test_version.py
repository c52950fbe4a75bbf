"""The version: the same for the same meaning, another for any number that changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from keepwell.model import load_model, load_text
from tests.model.mistakes import SOUND, edited


def version(*changes: str) -> str:
    return load_text(edited(*changes)).version


def test_it_is_short_and_fixed() -> None:
    assert len(version()) == 12
    assert int(version(), 16) > 0
    assert version() == version()


@pytest.mark.parametrize(
    "changes",
    [
        ("model: acme", "# ours\nmodel:   'acme'   # the name"),
        ("[0.2, 0], [0.8, 100]", "[0.20, 0.0], [.8, 1e2]"),
        ("{count: logins, over: 28 days}", "\n    count: logins\n    over: 28 days"),
        ("{count: logins, over: 28 days}", "{over: 28 days, count: logins}"),
        ("at: else, is: at_risk", "is: at_risk, at: else"),
        ("{account: account_id, time: at}", "&a {account: account_id, time: at}"),
    ],
)
def test_spelling_changes_nothing(changes: tuple[str, str]) -> None:
    assert version(*changes) == version()


def test_the_order_of_sections_changes_nothing() -> None:
    head, scores = SOUND.split("scores:")
    assert load_text("scores:" + scores + head).version == version()


@pytest.mark.parametrize(
    "changes",
    [
        ("28 days", "29 days"),
        ("[0.2, 0]", "[0.21, 0]"),
        ("weight: 2", "weight: 2.000001"),
        ('"< 20"', '"<= 20"'),
        ("is: great", "is: good"),
        ("model: acme", "model: other"),
        ("curve: [[0.2, 0], [0.8, 100]]", "map: [[true, 100]]"),
    ],
)
def test_every_change_of_meaning_is_another_version(changes: tuple[str, str]) -> None:
    assert version(*changes) != version()


def test_the_order_of_parts_says_which_binds_on_a_tie() -> None:
    usage, seats = (line for line in SOUND.splitlines() if line.startswith(("      usage", "      seats")))
    assert version(f"{usage}\n{seats}", f"{seats}\n{usage}") != version()


def test_a_model_says_the_same_whichever_file_it_says_it_in(tmp_path: Path) -> None:
    (tmp_path / "other name.yaml").write_text(SOUND)
    assert load_model(tmp_path / "other name.yaml").version == version()
    (tmp_path / "thin.yaml").write_text("model: acme\nextends: other name.yaml\n")
    assert load_model(tmp_path / "thin.yaml").version == version()
