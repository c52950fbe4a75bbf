"""Invoices and payments: every number of ten customers by SQL over the file, their scores by hand, what came next."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples.agreement import same_metrics, same_points
from tests.examples.arithmetic import Value, asked, line, mean, shown
from tests.examples.running import Example

ACCOUNTS = {
    "4460-ZXNDN": "is the first who needs someone",
    "7758-WKLVM": "became eleven days slower and has the lowest score",
    "2824-HJQPP": "has the highest",
    "7695-NKUXM": "became 13 days faster",
    "3676-CQAIF": "paid nothing in the quarter, so nobody knows whether it is slower",
    "6391-GBFQJ": "hardly bought a year ago, and buys six times as much now",
    "7654-DOLHO": "buys an eighth of what it bought",
    "5148-SYKLB": "disputes every invoice",
    "5613-UHVMG": "pays every invoice late",
    "9117-LYRCE": "has an invoice overdue",
}

READ = """
select
    customerID as account, invoiceNumber as invoice, countryCode as country,
    InvoiceAmount::decimal(18, 2) as amount, DaysToSettle as days, DaysLate as late,
    Disputed = 'Yes' as disputed, strptime(InvoiceDate, '%m/%d/%Y')::date as issued,
    strptime(DueDate, '%m/%d/%Y')::date as due, strptime(SettledDate, '%m/%d/%Y')::date as settled
from '{data}/ibm_accounts_receivable/invoices.parquet'
"""

METRICS = f"""
with invoices as ({READ}),
-- a self-join instead of a window; a fact has six decimals
slower as (
    select this.account, this.invoice, any_value(this.days) - avg(before.days) as by_days
    from invoices as this
    join invoices as before on before.account = this.account and before.settled < this.settled
    where this.settled between '2013-04-01' and '2013-06-30'
    group by this.account, this.invoice
),
slowed as (select account, avg(by_days::decimal(24, 6)) as slower from slower group by account),
counted as (
    select
        account,
        date '2013-06-30' - min(issued) as tenure_days,
        avg((late > 0)::int) filter (settled between '2012-12-31' and '2013-06-30') as late_182d,
        avg(days) filter (settled between '2012-12-31' and '2013-06-30') as pays_after,
        avg(disputed::int) filter (settled between '2012-12-31' and '2013-06-30') as disputed_182d,
        count(*) filter (due <= '2013-06-30' and settled > '2013-06-30') as overdue,
        coalesce(sum(amount) filter (issued between '2012-12-31' and '2013-06-30'), 0)::double as invoiced_182d,
        coalesce(sum(amount) filter (issued between '2012-07-01' and '2013-06-30'), 0)::double as invoiced_365d,
        sum(amount) filter (issued between '2012-07-02' and '2012-12-30')::double as invoiced_before,
        max(country) as country
    from invoices where issued <= '2013-06-30' group by account
)
select
    * exclude (invoiced_before), invoiced_182d / invoiced_before - 1 as invoiced_trend
from counted left join slowed using (account)
"""

LATER = f"""
with invoices as ({READ})
select account, count(*) as invoices, count(*) filter (late > 0) as late
from invoices where issued > '2013-06-30' group by account
"""

EXAMPLE = Example("ibm_accounts_receivable")


def worth(m: dict[str, float]) -> dict[str, float | None]:
    """The points of every measure from an account's metrics."""
    return {
        "late": line(m["late_182d"], (0, 100), (0.5, 40), (1, 0)),
        "slower": line(m["slower"], (-5, 100), (0, 70), (10, 0)),
        "overdue": {0: 100, 1: 60, 2: 30}.get(int(m["overdue"]), 0),
        "disputed": line(m["disputed_182d"], (0, 100), (0.2, 60), (0.5, 0)),
        "invoiced_trend": line(m["invoiced_trend"], (-0.5, 0), (0, 70), (0.5, 100)),
    }


def total(p: dict[str, float | None]) -> float | None:
    """The raw score from the points."""
    return mean(
        (60, mean((2, p["late"]), (1, p["slower"]), (1, p["overdue"]))), (20, p["disputed"]), (20, p["invoiced_trend"])
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
    assert len(by_hand) == 100
    for account, row in by_hand.items():
        found = {name: example.metrics[account, name]["number"] for name in row}
        assert found == pytest.approx(row, abs=1e-9), account
        assert example.scores[account]["raw"] == pytest.approx(total(worth(row)), abs=1e-9), account  # type: ignore[arg-type]
        assert example.scores[account]["tier"] in ("great", "good", "at_risk")


@pytest.mark.parametrize("words", ["536 rows", "635 rows", "620 rows"])
def test_check_says_what_lies_after_the_day(example: Example, words: str) -> None:
    assert example.says("future", words), "\n".join(map(str, example.findings))
    assert words.split()[0] in example.readme


def test_check_names_the_paper_invoices_of_a_paperless_day(example: Example) -> None:
    assert example.says("unexpected", "4 rows", "paperless day")
    assert {found.severity for found in example.findings} == {"warning"}


def test_the_readme_tells_what_came_next(example: Example, data_folder: Path) -> None:
    later = {row["account"]: row for row in asked(LATER, data_folder)}
    for name in ("great", "good", "at risk"):
        members = [account for account, row in example.scores.items() if row["tier"] == name.replace(" ", "_")]
        invoices = sum(int(later[account]["invoices"] or 0) for account in members if account in later)
        late = sum(int(later[account]["late"] or 0) for account in members if account in later)
        assert f"| {name} | {len(members)} | {invoices} | {100 * late / invoices:.0f} % |" in example.readme
