"""The tables: what the company knows of the truth, and when."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from keepwell.model import load_model
from tests.demo.conftest import Ask

END = "timestamp '2026-07-01'"
KNOWN = [
    ("usage", "used_at", "loaded_at"),
    ("store_months", "month_end", "loaded_at"),
    ("invoices", "issued_on", "loaded_at"),
    ("tickets", "opened_at", "loaded_at"),
    ("feature_requests", "asked_at", "loaded_at"),
    ("surveys", "sent_at", "imported_at"),
    ("references", "asked_at", "loaded_at"),
    ("meetings", "met_at", "loaded_at"),
    ("goals", "agreed_on", "loaded_at"),
    ("reviews", "held_on", "loaded_at"),
    ("interventions", "started_on", "loaded_at"),
]
FACTS = [(table, time) for table, time, _ in KNOWN] + [("contracts", "signed_on"), ("contacts", "joined_on")]


def test_the_model_is_sound(demo: Path) -> None:
    assert load_model(demo / "model.yaml").warnings == ()


@pytest.mark.parametrize(("table", "time", "known"), KNOWN)
def test_facts_are_known_when_they_happened_or_later_and_some_much_later(
    ask: Ask, table: str, time: str, known: str
) -> None:
    ((early, future, late),) = ask(
        f'select count(*) filter ({known} < "{time}"), count(*) filter ({known} >= {END} or "{time}" >= {END}), '
        f'count(*) filter ({known}::date - "{time}"::date > 3) from "{table}"'
    )
    assert (early, future) == (0, 0)
    assert late > 0


@pytest.mark.parametrize(("table", "time"), FACTS)
def test_facts_lie_in_the_life_of_an_account(ask: Ask, table: str, time: str) -> None:
    strangers = ask(
        f"with life as (select account_id, min(started_on) born, max(ended_on) gone from accounts group by all) "
        f'select account_id, count(*) from "{table}" f left join life using (account_id) '
        f'where born is null or "{time}"::date < born or "{time}"::date >= gone group by all'
    )
    expected = {"SANDBOX-1", "SANDBOX-2"} if table == "tickets" else set()
    assert {account for account, _ in strangers} == expected
    assert sum(count for _, count in strangers) == (3 if expected else 0)


def test_the_truth_lies_apart(demo: Path) -> None:
    secret = {"relationship", "value", "health", "hazard", "inclination", "cause", "relief", "saved", "left"}
    secret |= {"would_have_left", "former_account_id"}
    for path in (demo / "data").iterdir():
        if path.suffix == ".parquet":
            assert not secret & set(pq.read_schema(path).names), path.name
        else:
            assert not any(f'"{word}"' in path.read_text("utf-8") for word in secret), path.name
    assert {path.name for path in (demo / "truth").iterdir()} == {
        *("latent.parquet", "churn.parquet", "interventions.parquet", "reregistrations.parquet"),
        *("weights.json", "arguments.json", "README.md"),
    }


def test_every_leaver_has_one_contract_that_was_not_renewed(ask: Ask) -> None:
    pairs = ask(
        "select t.account_id, t.decided_on, c.decided_on, t.ended_on, a.gone "
        "from truth_churn t left join contracts c on c.account_id = t.account_id and not c.renewed "
        "left join (select account_id, max(ended_on) gone from accounts group by all) a on a.account_id = t.account_id"
    )
    assert len(pairs) == len({account for account, *_ in pairs}) > 10
    assert all(truth == fact and ended == gone >= fact for _, truth, fact, ended, gone in pairs)
    assert ask("select count(*) from contracts where not renewed") == [(len(pairs),)]


def test_an_end_is_unknown_before_it_was_decided(ask: Ask) -> None:
    early = ask(
        "select count(*) from accounts a join truth_churn t using (account_id) "
        "where a.ended_on is not null and a.valid_from < t.decided_on"
    )
    assert early == [(0,)]


def test_accounts_and_contracts_agree_on_the_arr(ask: Ask) -> None:
    different = ask(
        "select c.account_id from contracts c asof join accounts a "
        "on c.account_id = a.account_id and c.signed_on >= a.valid_from "
        "where c.signed_on >= a.started_on and c.arr <> a.arr and not exists "
        "(select 1 from contracts o where o.account_id = c.account_id and o.signed_on = c.signed_on "
        "and o.contract_id <> c.contract_id)"
    )
    assert different == []
    assert ask("select count(*) > 30 from contracts where kind = 'amendment'") == [(True,)]


def test_keys_are_unique(ask: Ask) -> None:
    keys = [("contracts", "contract_id"), ("contacts", "contact_id"), ("tickets", "ticket_id"), ("goals", "goal_id")]
    keys += [("invoices", "invoice_id"), ("store_months", "(account_id, month_end)")]
    keys += [("accounts", "(account_id, valid_from)"), ("usage", "(contact_id, feature, used_at::date)")]
    for table, key in keys:
        assert ask(f"select count(*) = count(distinct {key}) from {table}") == [(True,)], table


def test_no_usage_survives_the_outage(ask: Ask) -> None:
    days: dict[object, int] = dict(ask("select used_at::date, count(*) from usage group by 1"))
    lost = {
        str(day) for (day,) in ask("select unnest(range(date '2025-10-06', date '2025-10-27', interval 1 day))::date")
    }
    assert len(lost) == 21
    assert not lost & {str(day) for day in days}
    assert len(days) > 700 - 21


def test_missing_is_not_zero(ask: Ask) -> None:
    assert ask("select count(*) from usage join accounts using (account_id) where not usage_feed") == [(0,)]
    assert ask("select count(*) from surveys join accounts using (account_id) where not surveyed") == [(0,)]
    ((feed, surveyed),) = ask(
        "select avg(usage_feed::int), avg(surveyed::int) from accounts where started_on = valid_from"
    )
    assert 0.9 < feed < 0.98
    assert 0.85 < surveyed < 0.95


def test_the_unhappy_leave_surveys_unanswered(ask: Ask) -> None:
    ((answered, silent),) = ask(
        "select avg(relationship) filter (score is not null), avg(relationship) filter (score is null) "
        "from surveys s asof join truth_latent t on s.account_id = t.account_id and s.sent_at >= t.week"
    )
    assert answered > silent + 5


@pytest.mark.parametrize(
    ("table", "time", "number", "part", "sign"),
    [
        ("surveys", "sent_at", "score", "relationship", 1),
        ("invoices", "due_on", "days_late", "relationship", -1),
        ("goals", "due_on", "(reached_value - baseline) / (target - baseline)", "value", 1),
        ("reviews", "held_on", "efficiency_percent", "value", 1),
        ("meetings", "met_at", "held::int", "relationship", 1),
    ],
)
def test_observations_follow_the_truth(ask: Ask, table: str, time: str, number: str, part: str, sign: int) -> None:
    ((found,),) = ask(
        f'select corr({number}, {part}) from "{table}" f asof join truth_latent t '
        f"on f.account_id = t.account_id and f.{time} >= t.week where {number} is not null and {number} < 99"
    )
    assert 0.1 < sign * found < 0.9


def test_csms_differ_in_how_rosily_they_see(ask: Ask) -> None:
    ((spread,),) = ask(
        "select stddev(mood) from (select author, avg((answer = 'renews')::int) mood from pulses "
        "where question = 'commitment' group by 1 having count(*) > 50)"
    )
    assert spread > 0.03


def test_who_came_back_kept_the_domain(demo: Path, ask: Ask) -> None:
    pairs = ask(
        "select distinct r.account_id, a.domain = f.domain, a.started_on > f.ended_on "
        "from truth_reregistrations r join accounts a using (account_id) "
        "join accounts f on f.account_id = r.former_account_id where f.ended_on is not null"
    )
    assert pairs
    assert all(same and later for _, same, later in pairs)
    assert "former" not in (demo / "data" / "pulses.csv").read_text("utf-8")
    ((accounts, domains),) = ask("select count(distinct account_id), count(distinct domain) from accounts")
    assert accounts - domains == len(pairs)


def test_interventions_and_their_truth_share_ids(ask: Ask) -> None:
    assert ask(
        "select count(*) from interventions left join truth_interventions t "
        "using (intervention_id, account_id, kind) where t.account_id is null"
    ) == [(0,)]
    assert ask("select count(*) > 0 from truth_interventions where saved") == [(True,)]
