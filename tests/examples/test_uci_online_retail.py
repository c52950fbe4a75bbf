"""Orders of a wholesaler: every number of ten customers by SQL over the file, their scores by hand, the defects."""

import json
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score

from keepwell.evidence.challenger import challenger
from keepwell.evidence.grid import grid
from keepwell.evidence.panel import Ahead
from keepwell.workspace import open_workspace
from keepwell.workspace.beside import features_of, wanted
from keepwell.workspace.past import past
from tests.cli.folder import keepwell
from tests.examples.agreement import same_metrics, same_points
from tests.examples.arithmetic import Value, asked, line, mean, shown
from tests.examples.running import Example

ACCOUNTS = {
    "14646": "buys most, and got some lines for nothing",
    "12346": "bought tests, and 74,215 pieces that went back the same day",
    "14277": "sent back more in the year than it bought",
    "12943": "sent something back in the year and bought nothing",
    "12391": "bought exactly 365 days ago",
    "12399": "came 545 days ago: the first day on which a year ago can be compared",
    "12364": "ordered once, lately",
    "12748": "has most lines in both sheets",
    "12681": "paid for postage and work done by hand",
    "14911": "ordered on the day itself",
}

LINES = """lines as (
    select
        customer_id::varchar as account, invoice, stock_code, quantity, invoice_date as moment,
        quantity * unit_price::decimal(18, 6) as amount,
        regexp_full_match(
            upper(coalesce(stock_code, description, '')),
            'POST|DOT|C2|C3|M|D|S|B|ADJUST2?|BANK CHARGES|AMAZONFEE|TEST00[12]|POSTAGE|DOTCOM POSTAGE|CARRIAGE|MANUAL'
            || '|DISCOUNT|SAMPLES|ADJUST BAD DEBT|AMAZON FEE|CRUK COMMISSION'
        ) as no_goods
    from '{data}/uci_online_retail_ii/transactions.parquet'
    -- the second sheet repeats the first nine days of December 2010
    where not (sheet = '2010-2011' and invoice_date < '2010-12-10')
)"""

METRICS = f"""
with {LINES},
sold as (
    select
        account,
        min(moment)::date as first_day, max(moment)::date as last_day,
        count(distinct moment::date) as order_days,
        count(distinct invoice) filter (moment >= '2010-09-02') as orders_365d,
        coalesce(sum(amount) filter (moment >= '2011-03-06'), 0)::double as revenue_180d,
        coalesce(sum(amount) filter (moment >= '2010-09-02'), 0)::double as revenue_365d,
        sum(amount) filter (moment >= '2010-03-06' and moment < '2010-09-02')::double as revenue_before,
        count(distinct stock_code) filter (moment >= '2010-09-02') as range
    from lines where not no_goods and amount > 0 and quantity > 0 and account is not null and moment < '2011-09-02'
    group by account
),
back as (
    select account, -sum(amount)::double as returned_365d
    from lines where not no_goods and quantity < 0 and moment >= '2010-09-02' and moment < '2011-09-02'
    group by account
),
days as (
    select
        *,
        date '2011-09-01' - first_day as tenure_days,
        date '2011-09-01' - last_day as recency,
        case when order_days > 1 then (last_day - first_day)::double / (order_days - 1) end as usual_gap
    from sold
)
select
    account, tenure_days, recency, order_days, usual_gap, recency / round(usual_gap, 9) as lateness, orders_365d,
    revenue_180d, revenue_365d, revenue_180d / nullif(revenue_before, 0) - 1 as revenue_trend,
    range, coalesce(returned_365d, 0) as returned_365d,
    coalesce(returned_365d, 0) / nullif(revenue_365d, 0) as returned
from days left join back using (account)
"""

LATER = f"""
with {LINES}
select distinct account from lines
where not no_goods and amount > 0 and quantity > 0 and moment >= '2011-09-02' and moment < '2011-12-01'
"""

LAPSES = f"""
with {LINES},
days as (
    select distinct account, moment::date as day from lines
    where not no_goods and amount > 0 and quantity > 0 and account is not null and moment < '2011-12-10'
),
steps as (select account, day, lead(day) over (partition by account order by day) as following from days)
select count(*) as accounts, count(*) filter (following is null or following > day + 90) as left_
from steps
-- the newest order by the cut, if it is no 90 days old
where day <= date '2011-09-10' and day + 90 > date '2011-09-10' and (following is null or following > date '2011-09-10')
"""

NEXT = f"""
with {LINES},
buyers as (
    select
        account, count(distinct moment::date) filter (moment < date '{{day}}' + 1) as days,
        date '{{day}}' - max(moment::date) filter (moment < date '{{day}}' + 1) as silence,
        count(*) filter (moment >= date '{{day}}' + 1 and moment < date '{{day}}' + 91) as later
    from lines where not no_goods and amount > 0 and quantity > 0 and account is not null group by account
)
select account, later = 0 from buyers where days >= 2 and silence < 180
"""

EXAMPLE = Example("uci_online_retail_ii")


def worth(m: dict[str, float]) -> dict[str, float | None]:
    """The points of every measure from an account's metrics."""
    orders = m["orders_365d"]
    return {
        "recency": line(m["recency"], (30, 100), (90, 70), (180, 30), (365, 0)),
        "lateness": line(m["lateness"], (1, 100), (2, 60), (4, 0)) if m["order_days"] >= 3 else None,
        "orders": 0 if orders == 0 else 30 if orders == 1 else 60 if orders <= 3 else 85 if orders <= 6 else 100,
        "revenue": line(m["revenue_365d"], (0, 0), (250, 30), (1000, 70), (4000, 100)),
        "revenue_trend": line(m["revenue_trend"], (-0.8, 0), (0, 70), (0.5, 100)) if m["tenure_days"] >= 545 else None,
        "range": line(m["range"], (0, 0), (10, 30), (50, 80), (100, 100)),
        "returned": line(m["returned"], (0.02, 100), (0.1, 60), (0.3, 0)),
    }


def total(p: dict[str, float | None]) -> float:
    """The raw score from the points."""
    found = mean(
        (40, mean((1, p["recency"]), (2, p["lateness"]), (1, p["orders"]))),
        (40, mean((1, p["revenue"]), (2, p["revenue_trend"]))),
        (20, mean((1, p["range"]), (1, p["returned"]))),
    )
    assert found is not None
    return found


def tier(score: float, days_silent: float) -> str:
    if days_silent >= 365:
        return "lapsed"
    return "great" if score >= 70 else "good" if score > 50 else "at_risk"


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: f"{account} {ACCOUNTS[account]}")
def test_every_metric_is_what_sql_says(example: Example, by_hand: dict[str, dict[str, Value]], account: str) -> None:
    same_metrics(example, account, by_hand[account])


@pytest.mark.parametrize("account", ACCOUNTS)
def test_points_and_score_are_what_arithmetic_says(
    example: Example, by_hand: dict[str, dict[str, Value]], account: str
) -> None:
    metrics: dict[str, float] = by_hand[account]  # type: ignore[assignment]
    points = worth(metrics)
    same_points(example, account, points)
    row = example.scores[account]
    assert row["raw"] == pytest.approx(total(points), abs=1e-9)
    assert row["score"] == shown(total(points))
    assert row["tier"] == tier(row["score"], metrics["recency"])


def test_so_it_is_for_every_other_account(example: Example, by_hand: dict[str, dict[str, Value]]) -> None:
    wrong = [
        (account, metric)
        for account, row in by_hand.items()
        for metric, value in row.items()
        if example.metrics[account, metric]["number"] != pytest.approx(value, abs=1e-9)
    ]
    raw = {account: total(worth(row)) for account, row in by_hand.items()}  # type: ignore[arg-type]
    assert wrong == []
    assert [account for account in raw if example.scores[account]["raw"] != pytest.approx(raw[account], abs=1e-9)] == []


def test_the_accounts_are_those_who_ever_bought_goods(example: Example, by_hand: dict[str, dict[str, Value]]) -> None:
    assert set(example.scores) == set(by_hand)
    assert len(by_hand) == 5227


def test_sales_of_all_accounts_add_up(example: Example, by_hand: dict[str, dict[str, Value]]) -> None:
    for metric in ("revenue_365d", "returned_365d", "orders_365d"):
        found = sum(example.metrics[account, metric]["number"] for account in by_hand)
        assert found == pytest.approx(sum(float(row[metric] or 0) for row in by_hand.values()), abs=1e-4)


def test_active_accounts_get_a_tier(example: Example, by_hand: dict[str, dict[str, Value]]) -> None:
    active = [account for account, row in by_hand.items() if float(row["recency"] or 0) < 365]
    tiers = [example.scores[account]["tier"] for account in active]
    assert len(active) == 4319
    assert not {None, "insufficient evidence"} & set(tiers)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("unexpected", ["243,007 rows", "customer"]),
        ("unexpected", ["22,523 rows", "both sheets"]),
        ("unexpected", ["22,950 rows", "credit note"]),
        ("unexpected", ["6,207 rows", "price"]),
        ("unexpected", ["10,627 rows", "invoice"]),
        ("unexpected", ["10,627 rows", "stock code"]),
        ("unexpected", ["17 rows", "test"]),
        ("unexpected", ["5,813 rows", "goods"]),
        ("duplicate-rows", ["12,176 rows"]),
        ("before-start", ["405 rows", "124 accounts"]),
        ("no-id", ["226,959 rows", "customer_id"]),
        ("future", ["214,857 rows"]),
        ("future", ["3,655 rows"]),
    ],
    ids=str,
)
def test_check_names_the_defects_of_the_data(example: Example, code: str, words: list[str]) -> None:
    assert example.says(code, *words), "\n".join(map(str, example.findings))
    assert code == "no-id" or words[0].removesuffix(" rows") in example.readme


def test_the_readme_tells_what_came_next(example: Example, data_folder: Path) -> None:
    buyers = {row["account"] for row in asked(LATER, data_folder)}
    for name in ("great", "good", "at risk", "lapsed"):
        members = [account for account, row in example.scores.items() if row["tier"] == name.replace(" ", "_")]
        silent = sum(account not in buyers for account in members) / len(members)
        assert f"| {name} | {len(members):,} | {100 * silent:.0f} % |" in example.readme


def test_who_lapses_is_what_plain_sql_says_and_the_score_predicts_it(data_folder: Path) -> None:
    """The independent figure for the last day is 0.750 (logistic regression) and 0.746 (boosting), see its README."""
    command = ["backtest", EXAMPLE.folder, "--until", "2011-12-09", "--outcome", "lapse", "--format", "json"]
    found = json.loads(keepwell(*command).out)
    last = found["cuts"][-1]
    with duckdb.connect() as connection:
        plain = connection.execute(LAPSES.format(data=data_folder)).fetchall()
    assert plain == [(last["accounts"], last["left"])]
    assert last["day"] == "2011-09-10"
    assert last["auc"] == pytest.approx(0.75, abs=0.02)
    assert found["verdict"] == {"said": "predicts", "needed": None}
    area = found["ranking"]["auc"]
    assert [round(area[name], 2) for name in ("value", "low", "high")] == [0.74, 0.73, 0.75]
    assert (sum(cut["accounts"] for cut in found["cuts"]), found["left"]) == (13_835, 7_792)
    beside = {one["name"]: one["over"][-1] for one in found["beside"]}
    assert beside["gradient boosting"] == pytest.approx(0.84, abs=0.01)
    assert beside["previous score"] == pytest.approx(last["auc"], abs=0.01)


def test_boosting_does_as_well_as_elsewhere_where_it_is_asked_the_same(data_folder: Path) -> None:
    """Who of those with two orders and one in half a year buys nothing in 90 days: 0.746 there, with fewer measures."""
    days = [date(2010, 9, 1), date(2010, 12, 1), date(2011, 3, 1), date(2011, 9, 1)]
    with open_workspace(EXAMPLE.folder) as workspace:
        model = workspace.loaded.model
        found = past(workspace, days, "health", False, wanted(model, "health"))
    assert found is not None
    nobody = pa.table({"account": pa.array([], pa.string()), **{n: pa.array([], pa.date32()) for n in ("day", "back")}})
    nobody = nobody.append_column("how", pa.array([], pa.string()))
    rows = grid(found.scores, nobody, days, Ahead(90), {})
    with duckdb.connect() as connection:
        told = {
            (account, day): silent
            for day in days
            for account, silent in connection.execute(NEXT.format(data=data_folder, day=day)).fetchall()
        }
    keys = list(zip(rows.column("account"), (one.item() for one in rows.day), strict=True))
    asked_of = np.array([key in told for key in keys])
    silent = np.array([told.get(key, False) for key in keys])
    train, test = (np.flatnonzero(asked_of & which) for which in (rows.day < rows.day[-1], rows.day == rows.day[-1]))
    fit = challenger(features_of(found, model, "health", rows), np.arange(len(rows)))
    stays = fit(train, silent[train], test)
    assert stays is not None
    assert (len(test), silent[test].mean()) == (2_348, pytest.approx(0.346, abs=0.001))
    assert roc_auc_score(silent[test], -stays) == pytest.approx(0.77, abs=0.01)
    assert roc_auc_score(silent[test], -rows.score[test]) == pytest.approx(0.72, abs=0.01)
