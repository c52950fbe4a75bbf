"""What every example is held to: its metrics are what SQL says, its points what arithmetic says."""

from collections.abc import Mapping

import pytest

from tests.examples.arithmetic import Value
from tests.examples.running import Example


def same_metrics(example: Example, account: str, wanted: Mapping[str, Value], *, texts: tuple[str, ...] = ()) -> None:
    """Each metric of the account has this value and is `ok`, or has none; `texts`: those that are words."""
    found = {metric: row for (id_, metric), row in example.metrics.items() if id_ == account}
    assert set(found) == set(wanted)
    for metric, value in wanted.items():
        number_or_text = found[metric]["text" if metric in texts else "number"]
        assert number_or_text == (value if isinstance(value, str | None) else pytest.approx(value, abs=1e-9)), metric
        assert (found[metric]["state"] == "ok") == (value is not None), metric


def same_points(example: Example, account: str, wanted: Mapping[str, float | None]) -> None:
    """Each measure of the account has these points, or none."""
    for measure, value in wanted.items():
        assert example.points[account, measure] == (None if value is None else pytest.approx(value, abs=1e-9)), measure
