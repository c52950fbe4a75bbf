"""What is guessed of public data sets, held against what they are: read by hand, not by the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from keepwell.workspace import check_workspace
from keepwell.workspace.guess.start import look, write

RIGHT = {
    "ravenstack": {
        "accounts": ("accounts.parquet", {"name": "account_name", "started_on": "signup_date", "plan": "plan_tier"}),
        "subscriptions": ("subscriptions.parquet", {"started_on": "start_date", "mrr": "mrr_amount"}),
        "tickets": ("support_tickets.parquet", {"opened_at": "submitted_at", "csat": "satisfaction_score"}),
        "events": ("feature_usage.parquet", {"happened_at": "usage_date", "count": "usage_count"}),
    },
    "maven_crm_sales": {
        "accounts": ("accounts.parquet", {"account_id": "account", "industry": "sector", "parent_id": "subsidiary_of"}),
    },
    "fightchurn_crm5": {
        "accounts": ("accounts.parquet", {"started_on": "start_date"}),
        "subscriptions": ("subscriptions.parquet", {"started_on": "start_date", "ended_on": "end_date", "mrr": "mrr"}),
        "events": ("event_daily.parquet", {"happened_at": "date", "event": "event_type", "count": "n_events"}),
    },
}
LEFT_OUT = {
    "ravenstack": {"churn_events.parquet"},
    "maven_crm_sales": {"data_dictionary.parquet", "sales_pipeline.parquet", "sales_teams.parquet"},
    "fightchurn_crm5": {"events_raw_sample.parquet"},
}
NEVER = {
    ("maven_crm_sales", "accounts", "revenue"): "what a customer earns is not what it pays",
    ("fightchurn_crm5", "accounts", "date_of_birth"): "no life as a customer began then",
    ("ravenstack", "accounts", "churn_flag"): "it says nothing of when",
}


@pytest.mark.parametrize("name", RIGHT)
def test_public_data(name: str, data_folder: Path, tmp_path: Path) -> None:
    preview = look(data_folder / name, tmp_path / "new")
    tables = preview.draft.tables
    assert {table: found.file.shown for table, found in tables.items()} == {
        table: file for table, (file, _) in RIGHT[name].items()
    }
    for table, (_, columns) in RIGHT[name].items():
        used = {standard: match.column.name for standard, match in tables[table].used.items()}
        assert used.items() >= columns.items()
    assert set(preview.guess.left_out) == LEFT_OUT[name]
    for data, table, column in NEVER:
        assert data != name or column in tables[table].unused
    write(preview, tmp_path / "new")
    assert not [item for item in check_workspace(tmp_path / "new") if item.severity == "error"]
