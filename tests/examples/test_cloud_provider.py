"""Organisations on a cloud platform: every number by SQL over the files, their scores by hand, the defects."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
import pytest

from tests.examples.agreement import same_metrics, same_points
from tests.examples.arithmetic import Value, line, mean, shown
from tests.examples.running import Example

ACCOUNTS = {
    "org_phr62gds": "has bills in three currencies, two of them below zero",
    "org_nam148p0": "has two bills below zero",
    "org_ktakpuxq": "has a bill in pesos below zero",
    "org_pht0hl9x": "has a severe ticket that was resolved in September",
    "org_axeqbnhl": "had a cost below zero",
    "org_i7p5tb94": "answered −16",
    "org_ir4cowgz": "is the first who needs someone",
    "org_7e8g8jdp": "uses a third of what it used",
    "org_xaji0y6d": "is called churned, and uses the platform all the same",
    "org_hv3a3zmf": "is active and answered twice",
}

METRICS = """
with customers as (
    select * from read_csv('{data}/cloud_provider_80orgs/raw/customers_orgs.csv')
    where lifecycle_stage in ('active', 'at_risk', 'churned')
),
events as (
    select org_id, service, left("timestamp", 10)::date as day, cost_usd_increment::decimal(18, 6) as cost
    from read_json(
        '{data}/cloud_provider_80orgs/raw/usage_events.jsonl.gz',
        columns = {org_id: 'VARCHAR', service: 'VARCHAR', "timestamp": 'VARCHAR', cost_usd_increment: 'DOUBLE'}
    )
),
used as (
    select
        org_id,
        count(distinct day) filter (day > date '2025-08-31' - 28) as active_days,
        count(distinct service) filter (day > date '2025-08-31' - 28) as services,
        sum(case when cost > 0 and day >= '2025-08-04' then cost else 0 end)::double as spend_28d,
        sum(cost) filter (cost > 0 and day between '2025-07-07' and '2025-08-03')::double as spend_before
    from events group by org_id
),
team as (
    select
        org_id,
        count(*) filter (active and created_at <= '2025-08-31') as people,
        count(*) filter (active and last_login between '2025-08-04' and '2025-08-31') as people_here
    from read_csv('{data}/cloud_provider_80orgs/raw/users.csv') group by org_id
),
tickets as (
    select *, coalesce(resolved_at <= '2025-08-31', false) as resolved, created_at >= '2025-06-02' as lately
    from read_csv('{data}/cloud_provider_80orgs/raw/support_tickets.csv')
),
helped as (
    select
        org_id,
        count(*) filter (severity in ('high', 'critical') and not resolved) as severe_open,
        avg(csat) filter (lately and resolved and csat in (1, 2, 3, 4, 5)) as csat,
        avg(sla_breached::int) filter (lately) as breached
    from tickets group by org_id
),
asked as (
    select org_id, max_by(nps_score, (survey_date, nps_score)) as nps
    from read_csv('{data}/cloud_provider_80orgs/raw/nps_surveys.csv')
    where nps_score is not null and survey_date >= '2025-06-02' group by org_id
),
touched as (
    select org_id, avg(clicked::int) as clicked
    from read_csv('{data}/cloud_provider_80orgs/raw/marketing_touches.csv')
    where "timestamp" between '2025-06-02' and '2025-08-31' group by org_id
),
paid as (
    select
        org_id,
        sum(
            (subtotal::decimal(18, 6) - coalesce(credits, 0)::decimal(18, 6))
            * case currency when 'USD' then 1 when 'EUR' then 1.1 when 'ARS' then 0.0015 end
        )::double as billed
    from read_csv('{data}/cloud_provider_80orgs/raw/billing_monthly.csv')
    where subtotal > coalesce(credits, 0) and month >= '2025-06-01' group by org_id
)
select
    org_id as account, date '2025-08-31' - signup_date as tenure_days, active_days, services, spend_28d,
    spend_28d / spend_before - 1 as spend_trend, people, people_here, people_here / nullif(people, 0) as team_use,
    severe_open, csat, breached, nps, clicked, billed, 4 * billed as billed_a_year,
    lifecycle_stage as stage, plan_tier as plan, case when nps_score <= 100 then nps_score end as nps_of_profile
from customers
left join used using (org_id) left join team using (org_id) left join helped using (org_id)
left join asked using (org_id) left join touched using (org_id) left join paid using (org_id)
"""

EXAMPLE = Example("cloud_provider_80orgs")


def worth(m: dict[str, float]) -> dict[str, float | None]:
    """The points of every measure from an account's metrics."""
    services, severe = m["services"], m["severe_open"]
    return {
        "active_days": line(m["active_days"], (7, 0), (21, 70), (28, 100)),
        "services": 20 if services <= 1 else 60 if services <= 3 else 100,
        "spend_trend": line(m["spend_trend"], (-0.5, 0), (0, 60), (0.5, 100)),
        "team_use": line(m["team_use"], (0, 0), (0.6, 100)),
        "severe_open": 100 if severe == 0 else 60 if severe == 1 else 0,
        "csat": line(m["csat"], (1, 0), (3, 40), (5, 100)),
        "breached": line(m["breached"], (0, 100), (0.1, 60), (0.3, 0)),
        "nps": line(m["nps"], (-50, 0), (0, 40), (30, 80), (60, 100)),
        "clicked": line(m["clicked"], (0, 0), (0.5, 100)),
    }


def total(p: dict[str, float | None]) -> float | None:
    """The raw score from the points."""
    return mean(
        (40, mean((2, p["active_days"]), (1, p["services"]), (2, p["spend_trend"]), (1, p["team_use"]))),
        (30, mean((1, p["severe_open"]), (1, p["csat"]), (1, p["breached"]))),
        (30, mean((2, p["nps"]), (1, p["clicked"]))),
    )


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: f"{account} {ACCOUNTS[account]}")
def test_every_metric_is_what_sql_says(example: Example, by_hand: dict[str, dict[str, Value]], account: str) -> None:
    same_metrics(example, account, by_hand[account], texts=("stage", "plan"))


@pytest.mark.parametrize("account", ACCOUNTS)
def test_points_and_score_are_what_arithmetic_says(
    example: Example, by_hand: dict[str, dict[str, Value]], account: str
) -> None:
    points = worth(by_hand[account])  # type: ignore[arg-type]
    same_points(example, account, points)
    raw, row = total(points), example.scores[account]
    assert raw is not None
    assert row["raw"] == pytest.approx(raw, abs=1e-9)
    assert row["score"] == shown(raw)
    assert row["tier"] == ("great" if shown(raw) >= 70 else "good" if shown(raw) > 50 else "at_risk")


def test_so_it_is_for_every_other_account(example: Example, by_hand: dict[str, dict[str, Value]]) -> None:
    assert set(example.scores) == set(by_hand)
    assert len(by_hand) == 71
    for account, row in by_hand.items():
        numbers = {name: value for name, value in row.items() if not isinstance(value, str)}
        found = {name: example.metrics[account, name]["number"] for name in numbers}
        assert found == pytest.approx(numbers, abs=1.1e-9), account
        assert example.scores[account]["raw"] == pytest.approx(total(worth(numbers)), abs=1e-9), account  # type: ignore[arg-type]


def test_every_account_gets_a_tier_and_the_stage_says_little(example: Example) -> None:
    stages = {account: row["text"] for (account, metric), row in example.metrics.items() if metric == "stage"}
    counted = Counter((stages[account], row["tier"]) for account, row in example.scores.items())
    assert sum(count for (stage, _), count in counted.items() if stage != "churned") == 65
    assert {tier for _, tier in counted} == {"great", "good", "at_risk"}
    assert [counted["at_risk", tier] for tier in ("great", "good", "at_risk")] == [3, 7, 1]
    assert [counted["churned", tier] for tier in ("great", "good", "at_risk")] == [2, 4, 0]
    assert sum(row["standing"] == "provisional" for row in example.scores.values()) == 25
    assert "calls 3 great, 7 good and 1 at risk; of its 6 churned ones 2 great and 4 good" in example.readme


def test_what_was_resolved_later_is_open_on_the_day(example: Example, data_folder: Path) -> None:
    file = data_folder / "cloud_provider_80orgs" / "raw" / "support_tickets.csv"
    with duckdb.connect() as connection:
        ((later,),) = connection.execute(f"select count(*) from '{file}' where resolved_at > '2025-08-31'").fetchall()
    assert f"And {later} tickets were resolved in September" in example.readme


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("unexpected", ["877 rows", "a value is there"]),
        ("unexpected", ["216 rows", "not below zero"]),
        ("unexpected", ["10,800 rows", "schema 2"]),
        ("unexpected", ["2,075 rows", "unit"]),
        ("mixed-currency", ["3 currencies", "USD", "EUR", "ARS"]),
        ("unexpected", ["13 rows", "above zero"]),
        ("unexpected", ["160 rows", "a dollar is a dollar"]),
        ("unexpected", ["232 rows", "logged in"]),
        ("out-of-range", ["40 values", "csat"]),
        ("out-of-range", ["1 value", "‘101’"]),
        ("unexpected", ["66 rows", "0 to 10"]),
        ("unexpected", ["19 rows", "there is an answer"]),
        ("unexpected", ["6 rows", "churned"]),
    ],
    ids=str,
)
def test_check_names_the_defects_of_the_data(example: Example, code: str, words: list[str]) -> None:
    assert example.says(code, *words), "\n".join(map(str, example.findings))
    assert words[0].split()[0] in example.readme
    assert {found.severity for found in example.findings} == {"warning"}


def test_numbers_that_arrive_as_text_are_read_as_numbers(example: Example, data_folder: Path) -> None:
    """No finding: JSON's 12.5 and "12.5" are one value to Keepwell."""
    file = data_folder / "cloud_provider_80orgs" / "raw" / "usage_events.jsonl.gz"
    texts = f"read_csv('{file}', columns = {{line: 'VARCHAR'}}, delim = '\\x01', quote = '', header = false)"
    counted = f'select count(*) from {texts} where regexp_matches(line, \'"value": "[0-9.]+"\')'
    with duckdb.connect() as connection:
        (found,) = connection.execute(counted).fetchall()
    assert found == (1309,)
    assert "1,309" in example.readme
    assert not [item for item in example.findings if item.code == "unreadable"]
