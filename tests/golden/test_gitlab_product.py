"""GitLab's product usage score, in its executable form: jatin510/embucket, mart_product_usage_health_score.sql, a copy
of GitLab's public dbt project. The numbers were computed from its rules with exact fractions."""

from typing import Any

import pytest

from tests.golden.worked import Tables, Worked, from_template

Row = dict[str, Any]

SCANS = ("sast", "dast", "secret", "dependency", "container", "coverage_fuzzing", "api_fuzzing")
ACCOUNT = {"account_id": "a", "name": "a", "csm": "x", "arr": 1000, "customer_since": "2025-10-25", "ended_on": ""}
SOLD = {
    "subscription_id": "s",
    "account_id": "a",
    "plan_tier": "ultimate",
    "delivery": "self-managed",
    "programme": "",
    "arr": 1000,
    "started_on": "2025-10-25",
    "ended_on": "",
}
REPORT = {
    "instance_id": "i",
    "subscription_id": "s",
    "pinged_at": "2026-06-28",
    "environment": "production",
    "version_major": 16,
    "version_minor": 5,
    "licensed_users": 1000,
    "billable_users": 600,  # 60 %, at eight months: yellow, 63
    "active_users": 492,  # 82 %: green, 88
    "scm_users": 180,  # 30 %: yellow, in the newer bands and in the older
    "pipeline_users": 240,  # 40 %: green
    "builds": 6000,
    "deploying_users": 60,  # 10 %: yellow
    "successful_deployments": 4320,  # with those that failed 8 each: green; 90 % went well: green
    "failed_deployments": 480,
    "scanner_users": 150,  # 25 %: green
    "internal_pipelines": 100,
    **{f"{kind}_scans": 30 if kind == "sast" else 0 for kind in SCANS},  # 0.3 a pipeline: yellow; one kind: red
}


CASES: dict[str, tuple[Row, Row]] = {
    "worked": ({}, {}),
    "saas premium": ({}, {"delivery": "saas", "plan_tier": "premium"}),
    "two green and a red": ({"deploying_users": 120, "successful_deployments": 960, "failed_deployments": 6000}, {}),
    "a green and two yellow": ({"successful_deployments": 3240, "failed_deployments": 360}, {}),
    "16.9": ({"version_minor": 9}, {}),
    "16.10": ({"version_minor": 10}, {}),
    "17.2, many builds": ({"version_major": 17, "version_minor": 2, "builds": 25000}, {}),
    "17.2, few builds": ({"version_major": 17, "version_minor": 2, "builds": 1200}, {}),
    "nobody": ({"billable_users": 0, "internal_pipelines": 0}, {}),
    "open source": ({}, {"programme": "open source"}),
}
"""Name of an account → what its report and its subscription have other than the worked account."""
RAMP = {
    "2026-04-15": [None] * 6,  # 2 months
    "2026-03-25": [25, 25, 63, 88, 88, 88],  # 3
    "2025-12-20": [25, 25, 63, 88, 88, 88],  # 6
    "2025-11-25": [25, 25, 25, 63, 63, 88],  # 7
    "2025-09-20": [25, 25, 25, 63, 63, 88],  # 9
    "2025-08-25": [25, 25, 25, 25, 25, 88],  # 10
}
"""Customer since → points at these percentages of licences in use, as of 2026-06-30."""
SHARES = (9, 10, 50, 51, 75, 76)


def one(id_: str, report: Row, sold: Row, since: str = "2025-10-25") -> dict[str, list[Row]]:
    """An account with one subscription and one instance of its own name."""
    return {
        "accounts": [ACCOUNT | {"account_id": id_, "customer_since": since}],
        "subscriptions": [SOLD | {"account_id": id_, "subscription_id": id_} | sold],
        "instance_pings": [REPORT | {"instance_id": id_, "subscription_id": id_} | report],
    }


def several() -> dict[str, list[Row]]:
    """90 % of the licences of a subscription worth 1,000, 50 % of one worth 3,000, and a silent one of 1,000."""
    more = [("t", 3000, "premium"), ("u", 1000, "premium")]
    sold = [
        SOLD | {"account_id": "several", "subscription_id": id_, "arr": arr, "plan_tier": plan}
        for id_, arr, plan in more
    ]
    whole = one("several", {"billable_users": 900, "scanner_users": 90}, {})
    whole["subscriptions"] += sold
    whole["instance_pings"] += [
        REPORT | {"instance_id": "j", "subscription_id": "t", "billable_users": 500, "scanner_users": 500},
        REPORT | {"instance_id": "k", "subscription_id": "u", "pinged_at": "2026-04-28"},
    ]
    return whole


def instances() -> dict[str, list[Row]]:
    """Of June: 700 of its last report. Not its earlier 900, the 650 of a second instance, the 950 of one in staging,
    the 990 of one without licences. May had 300."""
    whole = one("instances", {"billable_users": 700}, {})
    own = whole["instance_pings"][0]
    whole["instance_pings"] += [
        own | {"billable_users": 900, "pinged_at": "2026-06-07"},
        own | {"billable_users": 300, "pinged_at": "2026-05-31"},
        own | {"instance_id": "second", "billable_users": 650},
        own | {"instance_id": "staging", "billable_users": 950, "environment": "staging"},
        own | {"instance_id": "empty", "billable_users": 990, "licensed_users": 0},
    ]
    return whole


def book() -> Tables:
    """All cases side by side, since scoring one account takes as long as scoring a hundred."""
    found = [one(name, report, sold) for name, (report, sold) in CASES.items()]
    found += [one(f"{since}/{share}", {"billable_users": share * 10}, {}, since) for since in RAMP for share in SHARES]
    found += [several(), instances(), one("silent", {"pinged_at": "2026-05-01"}, {})]
    return {table: [row for each in found for row in each[table]] for table in found[0]}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Worked]:
    return from_template(tmp_path_factory.mktemp("newest"), "gitlab-product", book())


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Worked]:
    return from_template(tmp_path_factory.mktemp("older"), "gitlab-product", book(), "model-older.yaml")


@pytest.fixture(params=["newest", "older"])
def either(request: pytest.FixtureRequest, found: dict[str, Worked], older: dict[str, Worked]) -> dict[str, Worked]:
    return found if request.param == "newest" else older


def test_the_worked_account(either: dict[str, Worked]) -> None:
    account = either["worked"]
    assert account.said == (71.10, "yellow")
    assert (account.row["standing"], account.row["coverage"], account.metrics["age_months"]) == ("firm", 1, 8)
    assert round(account.groups["cd_adoption"] or 0, 2) == 79.67
    assert round(account.groups["security_adoption"] or 0, 2) == 58.67


def test_saas_premium_has_no_engagement_and_no_security(either: dict[str, Worked]) -> None:
    account = either["saas premium"]
    assert account.said == (71.33, "yellow")
    assert account.states["user_engagement"] == account.states["security_adoption/scanner_types"] == "not_applicable"
    assert (account.row["coverage"], account.row["low"], account.row["high"]) == (1, 71.33, 71.33)


@pytest.mark.parametrize(
    ("name", "points", "mean"),
    [
        ("worked", [63, 88, 88], 79.67),
        ("two green and a red", [88, 88, 25], 67),
        ("a green and two yellow", [63, 63, 88], 71.33),
    ],
)
def test_the_mean_of_a_group(found: dict[str, Worked], name: str, points: list[float], mean: float) -> None:
    account = found[name]
    parts = ("cd_users", "deployments_per_user", "deployed_well")
    assert [account.points[f"cd_adoption/{part}"] for part in parts] == points
    assert round(account.groups["cd_adoption"] or 0, 2) == mean


def test_the_ramp_of_age(found: dict[str, Worked]) -> None:
    for since, points in RAMP.items():
        assert [found[f"{since}/{share}"].points["licence_utilisation"] for share in SHARES] == points
    assert found["2026-04-15/9"].states["licence_utilisation"] == "not_applicable"
    assert [found[f"{since}/9"].metrics["age_months"] for since in RAMP] == [2, 3, 6, 7, 9, 10]


@pytest.mark.parametrize(
    ("name", "points", "score"),
    [("16.9", 88, 71.10), ("16.10", 63, 67.35), ("17.2, many builds", 88, 71.10), ("17.2, few builds", 25, 61.65)],
)
def test_ci_has_another_metric_after_version_16_9(
    found: dict[str, Worked], name: str, points: float, score: float
) -> None:
    """40 per cent of the users run pipelines: green until 16.9. Then 10 builds each are yellow, 41.7 green, 2 red."""
    assert found[name].groups["ci_adoption"] == points
    assert found[name].said[0] == score


def test_a_ratio_to_nobody_is_red_and_scans_of_no_pipeline_are_missing(found: dict[str, Worked]) -> None:
    account = found["nobody"]
    assert {path: points for path, points in account.points.items() if points != 25} == {
        "cd_adoption/deployed_well": 88,
        "ci_adoption/ci_builds": None,
        "security_adoption/scans_per_pipeline": None,
    }
    assert account.states["security_adoption/scans_per_pipeline"] == "missing"
    assert account.groups["security_adoption"] == 25


@pytest.mark.parametrize("name", ["silent", "open source"])
def test_nothing_known_is_no_score_where_the_source_makes_it_red(found: dict[str, Worked], name: str) -> None:
    """The source divides by a remaining weight of 0, takes that for 0, and 0 is red."""
    assert found[name].said == (None, "insufficient evidence")
    assert set(found[name].states.values()) == {"missing"}
    assert found[name].metrics["reporting"] == 0


def test_subscriptions_weigh_by_arr_and_what_reports_is_told(found: dict[str, Worked]) -> None:
    """(0.9 × 1000 + 0.5 × 3000) ÷ 4000 = 0.6; 4,000 of 5,000 report."""
    account = found["several"]
    assert account.metrics["utilisation"] == pytest.approx(0.6)
    assert account.metrics["reporting"] == pytest.approx(0.8)
    assert account.metrics["security_users"] == pytest.approx(0.1), "of Ultimate alone"


def test_the_primary_instance_speaks_for_a_month(found: dict[str, Worked]) -> None:
    assert found["instances"].metrics["utilisation"] == pytest.approx(0.7)
