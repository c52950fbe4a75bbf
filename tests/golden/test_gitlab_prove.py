"""GitLab's PROVE: the public handbook, customer health scoring (zalyoung/gitlab-handbook). Its one printed example is
a group's mean of 70.83; all other numbers were computed from its rules with exact fractions."""

from pathlib import Path
from typing import Any

import pytest

from tests.golden.worked import Tables, Worked, from_template, from_text

Row = dict[str, Any]
Changes = dict[str, Row]

WHOLE: Changes = {
    "accounts": {
        "name": "a",
        "csm": "x",
        "arr": 1000,
        "priority": 1,
        "coverage_model": "csm",
        "lifecycle": "",
        "customer_since": "2025-10-25",  # eight months
        "ended_on": "",
    },
    "subscriptions": {"plan_tier": "ultimate", "arr": 1000, "started_on": "2025-10-25", "ended_on": ""},
    "instances": {"in_health": "yes", "deployment": "self-managed"},
    "pings": {
        "pinged_at": "2026-06-28",
        "version_major": 16,
        "version_minor": 5,
        "licensed_users": 1000,
        "billable_users": 600,  # 60 %: 63
        "active_users": 492,  # 82 %: 88
        "scm_users": 180,  # 30 %: 63
        "ci_users": 240,  # 40 %: 88
        "deploying_users": 60,  # 10 %: 63
        "deployments": 4800,  # 8 each: 88
        "successful_deployments": 4320,  # 90 %: 88
        "scanner_users": 150,  # 25 %: 88
        "scans": 30,
        "internal_pipelines": 100,  # 0.3: 63
        "scanner_types": 1,  # 25
    },
    "sentiments": {"logged_at": "2026-06-01", "synced_at": "2026-06-01", "colour": "yellow", "reason": "r"},
    "plans": {"opened_on": "2026-01-01", "closed_on": "", "status": "active"},
    "objectives": {"agreed_on": "2026-01-10", "dropped_on": ""},
    "tickets": {"opened_at": "2026-06-10", "closed_at": "2026-06-11", "priority": "normal"},
    "meetings": {"held_on": "2026-06-10", "dev_lead": "no", "security_lead": "no"},
}
"""The worked account: product 71.10, sentiment yellow, success plan green, support green, met recently, no persona."""
KEYS = {
    "subscriptions": "subscription_id",
    "instances": "instance_id",
    "plans": "plan_id",
    "objectives": "objective_id",
    "tickets": "ticket_id",
}
OWNERS = {"instances": "subscription_id", "pings": "instance_id"}
NO_CD = dict.fromkeys(("deploying_users", "deployments", "successful_deployments"), "")

CASES: dict[str, Changes] = {
    "worked": {},
    "red": {"sentiments": {"colour": "red"}},
    "red of 119 days": {"sentiments": {"colour": "red", "logged_at": "2026-03-03", "synced_at": "2026-03-03"}},
    "red of 120 days": {"sentiments": {"colour": "red", "logged_at": "2026-03-02", "synced_at": "2026-03-02"}},
    "yellow of 90 days": {"sentiments": {"logged_at": "2026-04-01", "synced_at": "2026-04-01"}},
    "red, synchronised tomorrow": {
        "sentiments": {"colour": "red", "logged_at": "2026-06-30", "synced_at": "2026-07-01"}
    },
    "opted out": {"instances": {"in_health": "opted out"}},
    "undecided": {"instances": {"in_health": ""}},
    "silent": {"pings": {"pinged_at": "2026-05-01"}},
    "heard": {"pings": {"pinged_at": "2026-05-02"}},
    "tech touch": {"accounts": {"coverage_model": "tech touch"}},
    "tech touch, red": {"accounts": {"coverage_model": "tech touch"}, "sentiments": {"colour": "red"}},
    "scale": {"accounts": {"coverage_model": "scale"}},
    "growth": {"accounts": {"coverage_model": "growth"}},
    "no cd": {"pings": NO_CD},
    "saas": {"instances": {"deployment": "saas"}, "subscriptions": {"plan_tier": "premium"}},
    "old version": {"pings": {"version_major": 15, "version_minor": 1}},
    "new": {
        "accounts": {"customer_since": "2026-06-10"},
        "sentiments": {"logged_at": "2026-07-01", "synced_at": "2026-07-01"},
    },
    "new, felt": {"accounts": {"customer_since": "2026-06-10"}},
    "will churn": {"accounts": {"lifecycle": "will churn"}, "sentiments": {"colour": "red"}},
    "cd fell": {"pings": {"deploying_users": 0}},
    "cd fell, growth": {"accounts": {"coverage_model": "growth"}, "pings": {"deploying_users": 0}},
    "security fell": {"pings": {"scans": 0}},
    "nothing fell": {},
    "draft": {"plans": {"status": "draft"}},
    "no plan, priority 2": {"accounts": {"priority": 2}, "plans": {"closed_on": "2026-06-01"}},
    "no plan": {"plans": {"closed_on": "2026-06-01"}},
    "no ticket": {"tickets": {"opened_at": "2026-05-31", "closed_at": "2026-05-31"}},
    "emergency": {"tickets": {"closed_at": "", "priority": "emergency"}},
    "emergency over": {"tickets": {"closed_at": "2026-06-24", "priority": "emergency"}},
    "met 36 days ago": {"meetings": {"held_on": "2026-05-25", "dev_lead": "yes"}},
    "met 36 days ago, priority 2": {"accounts": {"priority": 2}, "meetings": {"held_on": "2026-05-25"}},
    "met both": {"meetings": {"dev_lead": "yes", "security_lead": "yes"}},
    "all adopted": {"pings": {"scm_users": 300, "scans": 60, "scanner_types": 3}},
    "none adopted": {"pings": {"ci_users": 60, "deploying_users": 0}},
}
"""Name of an account → what its rows have other than those of the worked account."""


def one(id_: str, changes: Changes) -> dict[str, list[Row]]:
    found = {}
    for table, row in WHOLE.items():
        owner = OWNERS.get(table, "account_id")
        keys = {owner: id_} | ({KEYS[table]: id_} if table in KEYS else {})
        found[table] = [keys | row | changes.get(table, {})]
    first = found["tickets"][0]
    found["tickets"] = [first, first | {"ticket_id": f"{id_} 2"}]
    if "fell" in id_:  # the report of a month earlier, as the worked account has it
        found["pings"].append({"instance_id": id_} | WHOLE["pings"] | {"pinged_at": "2026-05-28"})
    return found


@pytest.fixture(scope="module")
def tables() -> Tables:
    found = [one(name, changes) for name, changes in CASES.items()]
    return {table: [row for each in found for row in each[table]] for table in WHOLE}


@pytest.fixture(scope="module")
def found(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Worked]:
    return from_template(tmp_path_factory.mktemp("prove"), "gitlab-prove", tables)


def test_the_worked_account(found: dict[str, Worked]) -> None:
    account = found["worked"]
    assert account.said == (70.15, "yellow")
    assert (account.row["standing"], account.row["coverage"]) == ("firm", 1)
    values = {name: round(account.groups[name] or 0, 2) for name in ("product", "risk", "outcomes", "engagement")}
    assert values == {"product": 71.10, "risk": 63, "outcomes": 88, "engagement": 56.5}


def test_effective_weights(found: dict[str, Worked]) -> None:
    account = found["worked"]
    product = ("licence_utilisation", "user_engagement", "scm_adoption", "ci_adoption")
    assert [account.weight(f"product/{name}") for name in product] == [15, 5, 7.5, 7.5]
    assert account.weight("product/cd_adoption") == account.weight("product/devsecops_adoption") == 7.5
    assert account.weight("risk/csm_sentiment") == 25
    assert account.weight("outcomes/roi") == 10
    assert account.weight("voice_of_customer/support_issues") == 5
    assert account.weight("voice_of_customer/emergency_tickets") == 0
    assert account.weight("engagement/meeting_cadence") == account.weight("engagement/persona_engagement") == 5


def test_red_sentiment_forces_red_and_keeps_the_number(found: dict[str, Worked]) -> None:
    assert found["red"].said == found["red of 119 days"].said == (60.65, "red")
    assert "The CSM's sentiment is red" in found["red"].row["overrides"][0]


def test_sentiment_is_flagged_at_90_days_and_gone_at_120(found: dict[str, Worked]) -> None:
    states = {name: found[name].states["risk/csm_sentiment"] for name in found}
    assert states["yellow of 90 days"] == "ageing"
    assert found["yellow of 90 days"].said == (70.15, "yellow")
    assert states["red of 120 days"] == "expired"
    gone = found["red of 120 days"]
    assert gone.said == (72.53, "yellow"), "(50 × 71.1 + 10 × 88 + 5 × 88 + 10 × 56.5) ÷ 75"
    assert gone.row["overrides"] == []


def test_what_is_not_known_yet_forces_nothing(found: dict[str, Worked]) -> None:
    assert found["red, synchronised tomorrow"].row["tier"] == "yellow"
    assert found["red, synchronised tomorrow"].states["risk/csm_sentiment"] == "missing"


def test_weights_without_product(found: dict[str, Worked]) -> None:
    account = found["opted out"]
    groups = ("product", "risk", "outcomes", "voice_of_customer", "engagement")
    assert [account.weight(group) for group in groups] == [0, 50, 20, 10, 20]
    assert account.states["product/scm_adoption"] == "not_applicable"
    assert account.row["coverage"] == 1
    for name, state in (("undecided", "missing"), ("silent", "missing")):
        assert [found[name].weight(group) for group in groups] == [0, 50, 20, 10, 20]
        assert found[name].states["product/scm_adoption"] == state, "not known is not opted out"
        assert found[name].row["coverage"] == 0.5


def test_product_is_gone_60_days_after_the_last_report(found: dict[str, Worked]) -> None:
    """The ping of 1 May is 60 days old on 30 June, that of 2 May is 59."""
    assert found["heard"].said == (70.15, "yellow")
    assert found["heard"].metrics["reporting"] == 1
    assert found["silent"].metrics["reporting"] == 0


def test_tech_touch_has_product_and_support(found: dict[str, Worked]) -> None:
    account = found["tech touch"]
    assert (account.weight("product"), account.weight("voice_of_customer")) == (90.91, 9.09)
    assert [account.weight(group) for group in ("risk", "outcomes", "engagement")] == [0, 0, 0]
    assert found["tech touch, red"].said == account.said, "a sentiment that is not measured overrides nothing"


def test_use_falls_where_a_group_loses_its_colour_and_a_csm_looks_after_it(found: dict[str, Worked]) -> None:
    """CD from 63, 88, 88 to 25, 88, 88 is no longer green; security from 88, 63, 25 to 88, 25, 25 is red."""
    assert {name for name in found if "usage_falls" in found[name].row["flags"]} == {"cd fell", "security fell"}


def test_scale_and_growth_have_less_engagement(found: dict[str, Worked]) -> None:
    assert [found["scale"].weight(group) for group in ("risk", "outcomes", "engagement")] == [31.25, 0, 0]
    assert found["growth"].weight("engagement/meeting_cadence") == 10
    assert found["growth"].states["engagement/persona_engagement"] == "not_applicable"


def test_siblings_carry_what_is_missing(found: dict[str, Worked]) -> None:
    account = found["no cd"]
    assert account.weight("product/ci_adoption") == 8.82
    assert account.weight("product") == 50


def test_what_an_account_did_not_buy_does_not_apply(found: dict[str, Worked]) -> None:
    """Product is 71.33 for 71.10: (50 × 71.33 + 25 × 63 + 10 × 88 + 5 × 88 + 10 × 56.5) ÷ 100."""
    assert found["saas"].said == (70.27, "yellow")
    assert found["old version"].states["product/user_engagement"] == "not_applicable"
    assert found["old version"].states["product/devsecops_adoption/scanner_types"] == "ok"


def test_in_the_first_month_only_sentiment_counts(found: dict[str, Worked]) -> None:
    assert found["new"].said == (None, "insufficient evidence")
    assert found["new, felt"].said == (63, "yellow")
    counts = {path for path, state in found["new, felt"].states.items() if state == "ok"}
    assert counts == {"risk/csm_sentiment"}


def test_will_churn_is_a_label_beside_the_colours(found: dict[str, Worked]) -> None:
    assert found["will churn"].said == (60.65, "will_churn")


def test_the_success_plan(found: dict[str, Worked]) -> None:
    assert found["draft"].points["outcomes/roi"] == 63
    assert found["no plan"].points["outcomes/roi"] == 25
    assert found["no plan, priority 2"].states["outcomes/roi"] == "not_applicable"


def test_support(found: dict[str, Worked]) -> None:
    assert found["no ticket"].states["voice_of_customer/support_issues"] == "not_applicable"
    assert found["emergency"].points["voice_of_customer/emergency_tickets"] == 25
    assert found["emergency over"].points["voice_of_customer/emergency_tickets"] == 63
    assert found["worked"].points["voice_of_customer/emergency_tickets"] == 88
    assert found["emergency"].said == found["emergency over"].said == (70.15, "yellow")


def test_meetings(found: dict[str, Worked]) -> None:
    cadence, persona = "engagement/meeting_cadence", "engagement/persona_engagement"
    assert [found["met 36 days ago"].points[name] for name in (cadence, persona)] == [63, 63]
    assert found["met 36 days ago, priority 2"].points[cadence] == 88
    assert found["met both"].points[persona] == 88


def test_the_second_page_ends_the_colours_elsewhere(tables: Tables, tmp_path: Path) -> None:
    found = from_template(tmp_path, "gitlab-prove", tables, "model-second-page.yaml")
    assert found["worked"].said == (70.15, "yellow")
    assert found["will churn"].said == (60.65, "will_churn")


def test_use_case_adoption_counts_what_is_green(tables: Tables, tmp_path: Path) -> None:
    """CI and CD are green in the worked account, SCM and security yellow; Premium on SaaS has no security at all."""
    found = from_template(tmp_path, "gitlab-prove", tables, score="use_case_adoption")
    adopted = {name: (account.row["native"], account.row["tier"]) for name, account in found.items()}
    assert adopted["worked"] == adopted["saas"] == (2, "some")
    assert adopted["all adopted"] == (4, "platform")
    assert adopted["none adopted"] == (0, "none")
    assert adopted["silent"] == (None, "insufficient evidence")
    for name, account in found.items():
        green = [account.metrics[metric] for metric in ("cd_points", "security_points")]
        assert None not in green or name in ("saas", "silent", "opted out", "undecided", "no cd"), name


def test_points_for_adoption_are_those_of_the_tree(found: dict[str, Worked]) -> None:
    """Their edges stand in the model twice."""
    for name, account in found.items():
        if account.states["product/cd_adoption/deployments"] == "ok":
            assert account.metrics["cd_points"] == pytest.approx(account.groups["product/cd_adoption"]), name
        if account.states["product/devsecops_adoption/scanner_types"] == "ok":
            assert account.metrics["security_points"] == pytest.approx(account.groups["product/devsecops_adoption"]), (
                name
            )


THREE = """
model: printed
points: {yellow: 62.5, green: 87.5}
entities: {account: {table: accounts, key: id}}
metrics: {one: {attribute: one}, two: {attribute: two}, three: {attribute: three}}
scores:
  health:
    parts:
      one: {metric: one, map: [[yellow, yellow], [green, green]]}
      two: {metric: two, map: [[yellow, yellow], [green, green]]}
      three: {metric: three, map: [[yellow, yellow], [green, green]]}
    tiers: [{at: ">= 75", is: green}, {at: ">= 50", is: yellow}, {at: else, is: red}]
"""


def test_the_example_that_the_handbook_prints(tmp_path: Path) -> None:
    """62.5, 87.5 and 62.5 → 70.83, yellow."""
    row = {"id": "a", "one": "yellow", "two": "green", "three": "yellow"}
    assert from_text(tmp_path, THREE, {"accounts": [row]})["a"].said == (70.83, "yellow")
