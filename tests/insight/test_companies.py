"""Companies that ended an account and have another one, against ends worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from keepwell.demo import write_demo
from keepwell.facts import fetch
from keepwell.insight.outcomes import AGAIN, ends_of
from keepwell.workspace import open_workspace
from tests.cli.folder import keepwell
from tests.scoring.folder import NO_TREE, written

LAST = date(2026, 6, 30)
EARLIER = date(2025, 12, 31)
SAID = "{ends: [churn], company: domain}"
MODEL = """
model: small
entities: {account: {table: accounts, key: id, from: began, until: ended}}
tables:
  accounts: {account: id, time: loaded}
  ends: {account: id, time: decided}
  orders: {account: id, time: at}
metrics: {orders_28d: {count: orders, over: 28 days}}
outcomes:
  churn: {table: ends, time: decided}
  lapse: {silent: orders, after: 30 days}
"""
# Each pair is one company or none; the end, the new beginning and what says who they are differ.
ACCOUNTS = """id,began,ended,domain,loaded
near,2024-01-01,2026-01-31,Near.example,2024-01-01
near2,2026-05-01,,info@near.example ,2026-05-10
early,2024-01-01,2026-01-31,early.example,2024-01-01
early2,2025-11-02,,early.example,2025-11-02
far,2024-01-01,2026-01-31,far.example,2024-01-01
far2,2026-05-02,,far.example,2026-05-02
old,2024-01-01,2026-01-31,old.example,2024-01-01
old2,2025-11-01,,old.example,2025-11-01
free,2024-01-01,2026-01-31,me@gmail.com,2024-01-01
free2,2026-02-10,,you@gmail.com,2026-02-10
bare,2024-01-01,2026-01-31,gmail.com,2024-01-01
bare2,2026-02-10,,gmail.com,2026-02-10
none,2024-01-01,2026-01-31,,2024-01-01
none2,2026-02-10,,,2026-02-10
both,2024-01-01,2026-01-31,both.example,2024-01-01
both2,2025-12-01,2026-01-31,both.example,2025-12-01
sister,2024-01-01,2026-01-31,sister.example,2024-01-01
sister2,2023-06-01,,sister.example,2023-06-01
"""
OLD = ("near", "early", "far", "old", "free", "bare", "none", "both", "sister")
DECIDED = "id,decided\n" + "".join(f"{name},2026-01-15\n" for name in (*OLD, "both2"))
# The last order is of 1 March, so that the silence is known on the 31st; the new account began on 10 December.
ORDERS = "id,at\nquiet,2026-03-01\n"
QUIET = "quiet,2024-01-01,,quiet.example,2024-01-01\nquiet2,2025-12-10,,quiet.example,2025-12-10\n"
TABLES = {"accounts": ACCOUNTS + QUIET, "ends": DECIDED, "orders": ORDERS}


def folder(path: Path, evidence: str = SAID) -> Path:
    return written(path, f"{MODEL}evidence: {evidence}\n{NO_TREE}", TABLES)


def again(path: Path, outcome: str = "churn", last: date = LAST) -> set[str]:
    with open_workspace(path) as workspace:
        rows = fetch.rows(ends_of(workspace.facts, outcome, last))
    return {row["account"] for row in rows if row["how"] == AGAIN}


def test_a_new_account_within_ninety_days_of_the_end_is_the_same_company(tmp_path: Path) -> None:
    # Accounts end on 31 January: 1 May is the ninetieth day after it. They are said to on the 15th, of which 2 November
    # is no ninety days before, but 74; of 1 November 75. So both of the earlier are in: 90 days before is 17 October.
    assert again(folder(tmp_path)) == {"near", "early", "old"}


@pytest.mark.parametrize(
    ("within", "wanted"),
    [
        (74, {"early"}),
        (75, {"early", "old"}),
        (89, {"early", "old"}),
        (91, {"near", "early", "old", "far"}),
        (0, set()),
    ],
)
def test_the_days_are_counted_from_what_is_said_to_the_end(tmp_path: Path, within: int, wanted: set[str]) -> None:
    evidence = f"{{ends: [churn], company: domain, back_within: {within} days}}"
    assert again(folder(tmp_path, evidence)) == wanted


def test_what_is_learned_later_changes_no_earlier_judgement(tmp_path: Path) -> None:
    """The new account began on 1 May; that it did was known on 10 May."""
    path = folder(tmp_path)
    assert "near" not in again(path, last=date(2026, 5, 9))
    assert "near" in again(path, last=date(2026, 5, 10))


def test_a_silence_began_with_the_last_row(tmp_path: Path) -> None:
    # 31 March less thirty days of silence less ninety is 1 December.
    assert again(folder(tmp_path, "{ends: [lapse], company: domain}"), "lapse") == {"quiet"}
    assert again(folder(tmp_path, "{ends: [lapse], company: domain, back_within: 80 days}"), "lapse") == set()


def test_without_a_name_nobody_came_back(tmp_path: Path) -> None:
    assert again(folder(tmp_path, "{ends: [churn]}")) == set()
    assert again(folder(tmp_path, "{ends: [lapse], company: domain}")) == set()


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ("{company: domain}", "`company` needs `ends`"),
        ("{back_within: 30 days}", "`back_within` belongs to `company`"),
        ("{ends: [chrn]}", "Did you mean ‘churn’?"),
        ("{ends: [churn], company: domian}", "Did you mean ‘domain’?"),
        ("{ends: [churn], companys: domain}", "Did you mean ‘company’?"),
    ],
)
def test_mistakes_are_a_sentence(tmp_path: Path, evidence: str, said: str) -> None:
    found = keepwell("backtest", folder(tmp_path, evidence))
    assert (found.code, said in found.err) == (1, True), found.err


def test_the_newer_account_is_told_by_its_beginning(tmp_path: Path) -> None:
    model = MODEL.replace("from: began, ", "")
    found = keepwell("backtest", written(tmp_path, f"{model}evidence: {SAID}\n{NO_TREE}", TABLES))
    assert found.code == 1
    assert "is told by `from` of the accounts, and they have none" in found.err


def test_the_demo_company_s_returns_are_those_of_its_truth(tmp_path: Path) -> None:
    """None too many, none too few; without a name all of them count as having left."""
    demo = tmp_path / "demo"
    write_demo(demo, accounts=1000)
    truth = pq.read_table(demo / "truth" / "reregistrations.parquet")
    assert truth.num_rows >= 10
    assert again(demo) == set()
    model = demo / "model.yaml"
    said = "evidence:\n  ends: [churn]\n  company: domain\n  back_within: 400 days"
    model.write_text(model.read_text("utf-8").replace("evidence:", said), "utf-8")
    assert again(demo) == set(truth["former_account_id"].to_pylist())
    # Half a year before the end only those are recognised whose new account had begun.
    began = dict(zip(truth["account_id"].to_pylist(), truth["former_account_id"].to_pylist(), strict=True))
    rows = pq.read_table(demo / "data" / "accounts.parquet", columns=["account_id", "started_on"]).to_pylist()
    early = {began[row["account_id"]] for row in rows if row["account_id"] in began and row["started_on"] <= EARLIER}
    assert again(demo, last=EARLIER) == early
    assert 0 < len(early) < truth.num_rows
