"""What every module about an example has: the example it names EXAMPLE, and its metrics by the SQL it names METRICS."""

from pathlib import Path

import pytest

from tests.examples.arithmetic import Value, asked
from tests.examples.running import Example


@pytest.fixture(scope="module")
def example(request: pytest.FixtureRequest, data_folder: Path) -> Example:
    assert data_folder.is_dir()
    named = request.module.EXAMPLE
    assert isinstance(named, Example)
    return named


@pytest.fixture(scope="module")
def by_hand(request: pytest.FixtureRequest, data_folder: Path) -> dict[str, dict[str, Value]]:
    """Account → its metrics by SQL, for every account that the example should score."""
    return {str(row.pop("account")): row for row in asked(request.module.METRICS, data_folder)}
