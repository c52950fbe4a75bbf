"""Fixtures of these tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scoring.folder import written
from tests.workspace.acme import FILE, NEW, OLD, TABLES


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    """The workspace of `tests.workspace.acme`."""
    written(tmp_path, OLD, TABLES)
    (tmp_path / "model-june.yaml").write_text(NEW)
    (tmp_path / "keepwell.yaml").write_text(FILE)
    return tmp_path
