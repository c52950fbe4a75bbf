"""Silence in the seeds: devices that send no report, a client whom nobody ever spoke with. Numbers by hand."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.golden.worked import Tables, Worked, from_template

Row = dict[str, Any]
DAY = date(2026, 6, 30)


def ago(days: int) -> str:
    return (DAY - timedelta(days=days)).isoformat()


def account(name: str) -> Row:
    return {"account_id": name, "name": name, "csm": "x", "arr": 1, "started_on": "2025-01-01", "ended_on": ""}


def devices(name: str, reporting: int) -> tuple[list[Row], list[Row]]:
    """Ten devices, of which the first `reporting` were used in 8 of 10 shifts, charged after each, and up to date."""
    own = [{"device_id": f"{name}{i}", "account_id": name} for i in range(10)]
    said = {"week_ends_on": ago(2), "shifts": 10, "shifts_used": 8, "charged_after": 8, "firmware": 2.5}
    issued = [device | {"issued_on": "2025-01-02", "retired_on": ""} for device in own]
    return issued, [device | said for device in own[:reporting]]


@pytest.fixture(scope="module")
def fleets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Worked]:
    made = {name: devices(name, reporting) for name, reporting in (("all", 10), ("one", 1), ("none", 0))}
    tables: Tables = {
        "accounts": [account(name) for name in made],
        "devices": [row for rows, _ in made.values() for row in rows],
        "telemetry": [row for _, rows in made.values() for row in rows],
        "releases": [{"firmware": 2.5, "released_on": "2026-05-18"}],
    }
    return from_template(tmp_path_factory.mktemp("fleets"), "usage-first", tables)


def metrics_of(found: Worked, *names: str) -> list[Any]:
    return [found.metrics[name] for name in names]


USE = ("devices_in_use", "use_in_shifts", "behind", "reporting")


def test_a_silent_device_counts_as_unused(fleets: dict[str, Worked]) -> None:
    """One of ten reports: a tenth is in use, in 8 ÷ 10 × 1 ÷ 10 of the shifts, and nine may be behind."""
    assert metrics_of(fleets["all"], *USE) == [1, 0.8, 0, 1]
    assert metrics_of(fleets["one"], *USE) == pytest.approx([0.1, 0.08, 0.9, 0.1])
    assert fleets["all"].points["use/devices_in_use"] == fleets["all"].points["use/use_in_shifts"] == 100
    assert fleets["one"].points["use/devices_in_use"] == fleets["one"].points["use/use_in_shifts"] == 0
    assert (fleets["all"].row["tier"], fleets["one"].row["tier"]) == ("great", "at_risk")
    assert {"shelfware", "silent_devices"} <= set(fleets["one"].row["flags"])
    assert not {"shelfware", "silent_devices"} & set(fleets["all"].row["flags"])


def test_where_nothing_ever_reported_use_is_unknown(fleets: dict[str, Worked]) -> None:
    assert metrics_of(fleets["none"], "devices_in_use", "use_in_shifts", "behind") == [None, None, None]
    assert fleets["none"].row["tier"] == "insufficient evidence"
    assert fleets["none"].row["flags"] == []


def test_a_client_nobody_ever_spoke_with_is_lonely(tmp_path_factory: pytest.TempPathFactory) -> None:
    spoken = {"contact_id": "P", "kind": "call", "begun_by": "us", "list": "no"}
    tables: Tables = {
        "accounts": [account("near"), account("far"), account("never"), account("new") | {"started_on": ago(9)}],
        "contacts": [
            {"contact_id": "P", "account_id": "near", "name": "P", "role": "user", "seniority": "staff", "left_on": ""}
        ],
        "interactions": [spoken | {"account_id": "near", "at": ago(3)}, spoken | {"account_id": "far", "at": ago(30)}],
    }
    found = from_template(tmp_path_factory.mktemp("clients"), "professional-services", tables)
    assert {name for name, worked in found.items() if "lonely" in worked.row["flags"]} == {"far", "never"}
