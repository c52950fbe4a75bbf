"""Companies without dates: a cross-section, its counts by plain SQL, its ceiling what others have measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sklearn.metrics import roc_auc_score

from tests.cli.folder import keepwell
from tests.examples.running import Example

EXAMPLE = Example("pysurvival_churn")
BY_HAND = """
with points as (
    select
        churned,
        (2 * case product_payroll when 'Active' then 100 when 'Free-Trial' then 50 else 0 end
         + 2 * case product_accounting when 'Active' then 100 when 'Free-Trial' then 50 else 0 end
         + case product_travel_expense when 'Active' then 100 when 'Free-Trial' then 50 else 0 end
         + least(100, greatest(0, (product_data_storage - 100) / 19.48))) / 6 as products,
        (2 * (csat_score - 5) * 20 + least(100, articles_viewed * 12.5) + (marketing_emails_clicked - 7) / 0.19
         + least(100, smartphone_notifications_viewed * 50) + least(100, social_media_ads_viewed * 50)
         + greatest(0, 100 - minutes_customer_support / 0.3)) / 7 as contact
    from '{data}/pysurvival_churn/churn.parquet'
)
select round((products + contact) / 2, 2) as score, churned = 1 as left_ from points
"""


@pytest.fixture(scope="module")
def found(data_folder: Path) -> dict[str, Any]:
    assert data_folder.is_dir()
    read: dict[str, Any] = json.loads(keepwell("backtest", EXAMPLE.folder, "--cross-section", "--format", "json").out)
    return read


def test_the_score_ranks_as_sql_and_scikit_learn_say(found: dict[str, Any], data_folder: Path) -> None:
    with duckdb.connect() as connection:
        rows = connection.execute(BY_HAND.format(data=data_folder)).fetchall()
    score, left = zip(*rows, strict=True)
    assert (found["cuts"][0]["accounts"], found["left"]) == (2_000, 932) == (len(rows), sum(left))
    assert found["ranking"]["auc"]["value"] == pytest.approx(roc_auc_score(left, [-one for one in score]), abs=1e-4)


def test_the_ceiling_is_what_others_have_measured(found: dict[str, Any]) -> None:
    """Histogram boosting in five folds without the months of activity: 0.916, see the README of the data."""
    beside = {one["name"]: one for one in found["beside"]}
    assert beside["gradient boosting"]["auc"]["value"] == pytest.approx(0.916, abs=0.01)
    assert beside["gradient boosting"]["ahead"]["high"] < 0
    assert [round(beside[name]["auc"]["value"], 2) for name in ("score", "csat")] == [0.81, 0.75]
    assert beside["csat"]["ahead"]["low"] > 0


def test_calibrated_weights_come_as_near_as_one_can_ask(found: dict[str, Any]) -> None:
    """Ten weights, learned from the other folds, rank within 0.02 of boosting, which learned from them too."""
    told = json.loads(keepwell("calibrate", EXAMPLE.folder, "--cross-section", "--format", "json").out)
    before, after, gain = (told["change"][name] for name in ("first", "second", "gain"))
    assert (round(before["value"], 3), round(after["value"], 3), told["said"]) == (0.807, 0.908, "helps")
    assert [round(gain[end], 3) for end in ("low", "high")] == [0.087, 0.116]
    ceiling = next(one for one in found["beside"] if one["name"] == "gradient boosting")
    assert after["value"] == pytest.approx(ceiling["auc"]["value"], abs=0.02)
    assert {one["part"]: one["after"] for one in told["weights"]}["health/contact/notifications"] < 0.001


def test_without_dates_there_is_no_backtest(data_folder: Path) -> None:
    assert data_folder.is_dir()
    refused = keepwell("backtest", EXAMPLE.folder)
    assert refused.code == 1
    assert "so nobody knows when anyone left" in refused.said


def test_the_data_is_sound(data_folder: Path) -> None:
    assert data_folder.is_dir()
    assert [str(item) for item in EXAMPLE.findings] == []
