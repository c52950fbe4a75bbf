"""Contracts and usage of a CRM product: every number of ten accounts by SQL over the files, their scores by hand."""

from datetime import date
from pathlib import Path

import pytest

from keepwell.workspace import check_workspace, open_workspace
from keepwell.workspace.forecast import Asked, forecast
from tests.examples.agreement import same_metrics, same_points
from tests.examples.arithmetic import Value, asked, line, mean, shown
from tests.examples.running import Example

ACCOUNTS = {
    "998": "came three days ago and has not begun to work: no score",
    "985": "came 28 days ago: its usage counts, what it won does not yet",
    "792": "has decided no deal yet",
    "789": "came 180 days ago: the first day on which its fee can be compared",
    "101": "renewed on the day itself",
    "447": "pays five times what it paid half a year ago",
    "31": "pays half of what it paid half a year ago",
    "794": "is bound for six months",
    "102": "is bound for a year",
    "814": "nobody worked with it for four weeks: capped",
}

METRICS = """
with contracts as (
    select * from '{data}/fightchurn_crm5/subscriptions.parquet'
    where plan not in ('meetings', 'search_unlimited') and start_date < '2023-07-01'
),
bound as (
    select
        account_id,
        min(start_date)::date as first_day,
        max_by(quantity, start_date) as seats,
        max_by(mrr, start_date) as fee,
        max_by(mrr, start_date) filter (start_date < '2023-01-02') as fee_before,
        max_by(bill_period_months, start_date) as term,
        max_by(discount, start_date) as discount,
        min(end_date) filter (end_date >= '2023-06-30')::date as next_end
    from contracts
    group by account_id
    having max_by(end_date, start_date) >= '2023-07-01' -- the contract that began last is still open
),
work as (
    select
        account_id,
        max(n_users) filter (date >= '2023-06-03') as people,
        count(distinct date) filter (date >= '2023-06-03') as active_days,
        count(distinct event_type) filter (date >= '2023-06-03') as features,
        sum(value::decimal(18, 6)) filter (event_type = 'win_opportunity' and date >= '2023-04-01') as won,
        sum(n_events) filter (event_type = 'win_opportunity' and date >= '2023-04-01') as wins,
        sum(n_events) filter (event_type = 'lose_opportunity' and date >= '2023-04-01') as losses
    from '{data}/fightchurn_crm5/event_daily.parquet'
    where date < '2023-07-01'
    group by account_id
),
-- who ever worked with it and did not lately has zero; of who never did nothing is known
used as (
    select
        account_id, coalesce(people, 0) as active_users, active_days, features,
        coalesce(won, 0)::double as won, coalesce(wins, 0) as wins, coalesce(losses, 0) as losses
    from work
)
select
    account_id::varchar as account, date '2023-06-30' - first_day as tenure_days,
    active_users, seats, active_users / seats as seat_use, active_days, features,
    won, fee, won / (3 * fee) as won_per_fee, wins, losses, wins / nullif(wins + losses, 0) as win_rate,
    term, fee / fee_before - 1 as fee_trend, next_end - date '2023-06-30' as renewal_in, discount, channel
from bound
join '{data}/fightchurn_crm5/accounts.parquet' using (account_id)
left join used using (account_id)
"""

LEFT = """
with contracts as (
    select *, lead(start_date) over (partition by account_id order by start_date) as next_start
    from '{data}/fightchurn_crm5/subscriptions.parquet'
    where plan not in ('meetings', 'search_unlimited')
)
select distinct account_id::varchar as account from contracts
where end_date > '2023-06-30' and end_date < '2023-09-29'
and (next_start is null or next_start > end_date + interval 1 day)
"""

EXAMPLE = Example("fightchurn_crm5")


def worth(m: dict[str, float]) -> dict[str, float | None]:
    """The points of every measure from an account's metrics."""
    age = m["tenure_days"]
    points = {
        "seat_use": line(m["seat_use"], (0.1, 0), (0.3, 60), (0.7, 100)),
        "active_days": line(m["active_days"], (8, 0), (16, 50), (24, 100)),
        "features": line(m["features"], (6, 0), (12, 50), (18, 100)),
        "won_per_fee": line(m["won_per_fee"], (0, 0), (10, 40), (50, 70), (250, 100)) if age >= 91 else None,
        "win_rate": line(m["win_rate"], (0.2, 0), (0.5, 50), (0.9, 100)) if age >= 91 else None,
        "term": 40 if m["term"] < 6 else 80 if m["term"] < 12 else 100,
        "fee_trend": line(m["fee_trend"], (-0.5, 0), (-0.1, 60), (0, 70), (0.5, 100)) if age >= 180 else None,
    }
    return points if age >= 28 else dict.fromkeys(points)


def total(p: dict[str, float | None]) -> float | None:
    """The raw score from the points; None where nothing counts."""
    return mean(
        (40, mean((1, p["seat_use"]), (2, p["active_days"]), (2, p["features"]))),
        (40, mean((2, p["won_per_fee"]), (1, p["win_rate"]))),
        (20, mean((2, p["term"]), (1, p["fee_trend"]))),
    )


def final(raw: float | None, active_days: float | None) -> tuple[float | None, str]:
    """The score shown and its tier."""
    if raw is None:
        return None, "insufficient evidence"
    score = min(shown(raw), 30) if active_days == 0 else shown(raw)
    return score, "great" if score >= 70 else "good" if score > 50 else "at_risk"


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: f"{account} {ACCOUNTS[account]}")
def test_every_metric_is_what_sql_says(example: Example, by_hand: dict[str, dict[str, Value]], account: str) -> None:
    same_metrics(example, account, by_hand[account], texts=("channel",))


@pytest.mark.parametrize("account", ACCOUNTS)
def test_points_and_score_are_what_arithmetic_says(
    example: Example, by_hand: dict[str, dict[str, Value]], account: str
) -> None:
    metrics: dict[str, float] = by_hand[account]  # type: ignore[assignment]
    points = worth(metrics)
    same_points(example, account, points)
    row = example.scores[account]
    assert row["raw"] == (None if (raw := total(points)) is None else pytest.approx(raw, abs=1e-9))
    assert (row["score"], row["tier"]) == final(raw, metrics["active_days"])


def test_so_it_is_for_every_other_account(example: Example, by_hand: dict[str, dict[str, Value]]) -> None:
    for account, row in by_hand.items():
        numbers = {name: value for name, value in row.items() if not isinstance(value, str)}
        found = {name: example.metrics[account, name]["number"] for name in numbers}
        assert found == pytest.approx(numbers, abs=1.1e-9), account  # one of them is 597.9537819025, a tie
        raw = total(worth(numbers))  # type: ignore[arg-type]
        assert example.scores[account]["raw"] == (None if raw is None else pytest.approx(raw, abs=1e-9)), account


def test_the_accounts_are_those_with_an_open_contract_and_most_get_a_tier(
    example: Example, by_hand: dict[str, dict[str, Value]]
) -> None:
    assert set(example.scores) == set(by_hand)
    assert len(by_hand) == 777
    tiers = [row["tier"] for row in example.scores.values()]
    assert sum(tier in ("great", "good", "at_risk") for tier in tiers) == 732  # 94 %; the others are too young


def test_a_life_pauses_between_two_contracts(data_folder: Path) -> None:
    """Account 126 had a contract until 2023-03-30 and the next from 2023-03-31 on."""
    assert data_folder.is_dir()
    with open_workspace(EXAMPLE.folder) as workspace:
        found = {day: workspace.metrics(date(2023, 3, day)).accounts.id.to_pyarrow().to_pylist() for day in (30, 31)}
    assert ("126" in found[30], "126" in found[31]) == (False, True)


def test_out_of_time_the_forecast_ranks_as_well_as_a_regression_that_knows_all(example: Example) -> None:
    """Those who ran the simulator give 0.712 for a logistic regression on all features, tested on 2023-04 to 10.

    Half a year of forecasts more or less is ± 0.03; the README says which days these are.
    """
    with open_workspace(EXAMPLE.folder, date(2023, 12, 31)) as workspace:
        found = forecast(workspace, Asked(date(2023, 12, 31)))
    assert found.record is not None
    cuts = [cut for cut in found.record.cuts if cut.day >= date(2023, 4, 1)]
    area = sum((cut.auc or 0) * cut.left for cut in cuts) / sum(cut.left for cut in cuts)
    assert area == pytest.approx(0.712, abs=0.02)
    assert found.record.error_band.high is not None
    assert found.record.error <= found.record.error_band.high
    for cut in found.record.cuts:
        row = f"| {cut.day} | {cut.fitted} | {cut.accounts} | {cut.expected:.0f} | {cut.left} | {cut.auc:.2f} |"
        assert row in example.readme


def test_check_names_the_defects_of_the_data(example: Example) -> None:
    for code, *words in [
        ("unexpected", "22,638", "add-on"),
        ("future", "9,792"),
        ("future", "423,910"),
    ]:
        assert example.says(code, *words), "\n".join(map(str, example.findings))
        assert words[0] in example.readme
    assert {found.severity for found in example.findings} == {"warning"}


def test_check_notices_that_the_archive_ends(data_folder: Path) -> None:
    found = check_workspace(EXAMPLE.folder, date(2024, 1, 31))
    assert data_folder.is_dir()
    assert [item.message for item in found if item.code == "stale-feed" and "2023-12-31" in item.message]


def test_the_readme_tells_what_came_next(example: Example, data_folder: Path) -> None:
    gone = {row["account"] for row in asked(LEFT, data_folder)}
    for name in ("great", "good", "at risk"):
        members = [account for account, row in example.scores.items() if row["tier"] == name.replace(" ", "_")]
        left = sum(account in gone for account in members)
        assert f"| {name} | {len(members):,} | {left} | {100 * left / len(members):.0f} % |" in example.readme
