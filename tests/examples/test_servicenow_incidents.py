"""Incidents with their history: every number of ten sites by SQL, their scores by hand, what `check` says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples.agreement import same_metrics, same_points
from tests.examples.arithmetic import Value, asked, line, mean, shown
from tests.examples.running import Example

ACCOUNTS = {
    "116": "is the first who needs someone",
    "81": "opened twice as many incidents as four weeks before, and a quarter of those closed came back",
    "41": "has two critical or high incidents open",
    "118": "opened nothing four weeks before, so nobody knows the trend",
    "204": "opens the most incidents",
    "161": "comes second",
    "143": "comes third",
    "108": "comes fourth",
    "51": "is of middle size",
    "188": "is small",
}

# The newest change up to the day says the state: by time, then by its number. Nothing of the final state is read.
METRICS = """
with log as (
    select * replace (nullif(location, '?') as location, priority::int as priority)
    from '{data}/uci_servicenow_incidents/incident_events.parquet'
),
first as (
    select number, unnest(arg_min(
        {
            'site': coalesce(location, ''), 'opened': opened_at::date,
            'recorded': sys_updated_at::date, 'priority': priority
        },
        sys_mod_count
    ))
    from log group by number
),
latest as (
    select
        number, arg_max(incident_state, (sys_updated_at, sys_mod_count)) as state,
        arg_max(priority, (sys_updated_at, sys_mod_count)) as priority,
        date '2016-05-31' - max(opened_at)::date as age
    from log where sys_updated_at < '2016-06-01' and opened_at < '2016-06-01' group by number
),
standing as (
    select
        site, state not in ('Resolved', 'Closed') as open, latest.priority, age,
        case latest.priority when 1 then 8 when 2 then 4 when 3 then 2 else 1 end as severity
    from latest join first using (number)
),
stock as (
    select
        site as account,
        count(*) filter (open) as open_incidents, coalesce(sum(severity) filter (open), 0) as backlog,
        count(*) filter (open and priority <= 2) as high_open,
        max(case when open then age else 0 end) as oldest_open
    from standing group by site
),
opened as (
    select
        site as account,
        date '2016-05-31' - min(opened) as tenure_days,
        count(*) filter (opened >= '2016-05-04') as opened_28d,
        count(*) filter (opened >= '2016-03-02') as opened_91d,
        count(*) filter (opened >= '2016-03-02' and priority <= 2) as high_91d,
        count(*) filter (opened between '2016-04-06' and '2016-05-03' and recorded <= '2016-05-03') as opened_before
    from first where opened <= '2016-05-31' and recorded <= '2016-05-31' group by site
),
-- the change before is the one with the largest smaller number, found by a join
changes as (
    select
        this.location as account, this.made_sla,
        this.incident_state = 'Closed' and before.incident_state is distinct from 'Closed' as closes,
        this.reopen_count > coalesce(before.reopen_count, 0) as reopens,
        this.reassignment_count - coalesce(before.reassignment_count, 0) as handed_on
    from (
        select *, rank() over (partition by number order by sys_mod_count, sys_updated_at) as place from log
    ) as this
    left join (
        select *, rank() over (partition by number order by sys_mod_count, sys_updated_at) as place from log
    ) as before on before.number = this.number and before.place = this.place - 1
    where this.sys_updated_at >= '2016-04-06' and this.sys_updated_at < '2016-06-01'
),
handled as (
    select
        account,
        count(*) filter (closes) as closed_56d, avg(made_sla::int) filter (closes) as sla_met,
        count(*) filter (reopens) as reopened_56d, sum(handed_on) as handed_on_56d
    from changes group by account
)
select
    account, tenure_days, open_incidents, backlog, high_open, oldest_open, opened_28d, opened_91d, high_91d,
    backlog / 2 / nullif(opened_28d, 0) * 4 as backlog_weeks,
    coalesce(closed_56d, 0) as closed_56d, sla_met,
    coalesce(reopened_56d, 0) as reopened_56d, reopened_56d / nullif(closed_56d, 0) as reopened,
    coalesce(handed_on_56d, 0) as handed_on_56d, handed_on_56d / nullif(closed_56d, 0) as handed_on,
    opened_28d / nullif(opened_before, 0) - 1 as opened_trend
from opened join stock using (account) left join handled using (account)
where opened_91d > 0 and account <> ''
"""

EXAMPLE = Example("uci_servicenow_incidents")
TIERS = ("great", "good", "at_risk")


def worth(m: dict[str, float]) -> dict[str, float | None]:
    """The points of every measure from an account's metrics."""
    return {
        "high_open": {0: 100, 1: 50}.get(int(m["high_open"]), 0),
        "backlog_weeks": line(m["backlog_weeks"], (0, 100), (1, 80), (4, 0)),
        "oldest_open": line(m["oldest_open"], (3, 100), (14, 60), (60, 0)),
        "sla_met": line(m["sla_met"], (0.3, 0), (0.7, 70), (0.95, 100)),
        "reopened": line(m["reopened"], (0, 100), (0.02, 60), (0.1, 0)),
        "handed_on": line(m["handed_on"], (0.5, 100), (1.5, 50), (4, 0)),
        "opened_trend": line(m["opened_trend"], (-0.3, 100), (0, 70), (1, 0)),
    }


def total(p: dict[str, float | None]) -> float | None:
    """The raw score from the points."""
    return mean(
        (40, mean((2, p["high_open"]), (1, p["backlog_weeks"]), (1, p["oldest_open"]))),
        (40, mean((3, p["sla_met"]), (1, p["reopened"]), (1, p["handed_on"]))),
        (20, p["opened_trend"]),
    )


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: f"{account} {ACCOUNTS[account]}")
def test_every_metric_is_what_sql_says(example: Example, by_hand: dict[str, dict[str, Value]], account: str) -> None:
    same_metrics(example, account, by_hand[account])


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
    assert row["tier"] == ("great" if row["score"] >= 70 else "good" if row["score"] > 50 else "at_risk")


def test_so_it_is_for_every_other_account(example: Example, by_hand: dict[str, dict[str, Value]]) -> None:
    assert set(example.scores) == set(by_hand)
    for account, row in by_hand.items():
        found = {name: example.metrics[account, name]["number"] for name in row}
        assert found == pytest.approx(row, abs=1e-9), account
        assert example.scores[account]["raw"] == pytest.approx(total(worth(row)), abs=1e-9), account  # type: ignore[arg-type]


def test_most_of_the_active_sites_have_a_tier(example: Example) -> None:
    tiers = [row["tier"] for row in example.scores.values()]
    assert len(tiers) == 208
    assert sum(tier in TIERS for tier in tiers) >= 0.8 * len(tiers)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("unexpected", ("1,556 rows", "when it was resolved")),
        ("unexpected", ("274 rows", "before the extract thins out")),
        ("unexpected", ("90,967 rows", "does not know yet when it will be closed")),
        ("unexpected", ("5 rows", "its state has a name")),
        ("future", ("7,964 rows",)),
    ],
)
def test_check_names_the_defects_of_the_data(example: Example, code: str, words: tuple[str, ...]) -> None:
    assert example.says(code, *words), "\n".join(map(str, example.findings))
    assert words[0].split()[0] in example.readme


def test_nothing_of_it_keeps_the_model_from_being_used(example: Example) -> None:
    assert {found.severity for found in example.findings} == {"warning"}


def test_the_readme_tells_what_was_open_and_what_the_final_state_would_have_said(
    example: Example, data_folder: Path
) -> None:
    asked_of = "select count(*) from '{data}/uci_servicenow_incidents/incidents_final.parquet' where active"
    assert [list(row.values()) for row in asked(asked_of, data_folder)] == [[0.0]]
    open_then = sum(int(row["number"] or 0) for (_, name), row in example.metrics.items() if name == "open_incidents")
    assert f"{open_then:,} incidents were open" in example.readme
