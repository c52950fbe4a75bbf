"""Every example prints what its README shows."""

from pathlib import Path

import pytest

from tests.examples.running import EXAMPLES, Example

NAMES = sorted(folder.parent.name for folder in EXAMPLES.glob("*/keepwell.yaml"))


def test_there_are_examples() -> None:
    assert len(NAMES) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_the_command_prints_what_the_readme_shows(name: str, data_folder: Path) -> None:
    assert data_folder.is_dir()
    promised, printed = Example(name).promised(), Example(name).printed()
    assert promised
    assert [row for row in promised if row not in printed] == []
