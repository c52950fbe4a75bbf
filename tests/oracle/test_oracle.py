"""The oracle against numbers that others printed, or that a person can check with a pencil."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from textwrap import dedent
from typing import Any

import pytest

from keepwell.model import Model, load_text
from keepwell.model.expressions import parse
from tests.oracle import Facts, Metrics, Scored, score_accounts
from tests.oracle.expressions import evaluate
from tests.oracle.numbers import rounded
from tests.oracle.tree import Measured, Points, grown

DAY = date(2026, 6, 30)
Tables = Mapping[str, Sequence[Mapping[str, Any]]]


def model(text: str) -> Model:
    return load_text(
        "model: test\nentities: {account: {table: accounts, key: id, from: since, until: gone}}\n" + dedent(text)
    ).model


def given(names: str, tree: str) -> Model:
    """A model whose measures read attributes of the account one to one as points."""
    metrics = "".join(f"  {name}: {{attribute: {name}}}\n" for name in names.split())
    return model(f"metrics:\n{metrics}" + dedent(tree))


def at(text: str) -> datetime:
    """A time in the workspace's zone, which is all that the oracle knows of zones."""
    return datetime.fromisoformat(text)


def account(**cells: Any) -> Tables:
    return {"accounts": [{"id": "a", "since": at("2020-01-01"), "gone": None} | cells]}


def scored(health: Model, tables: Tables, day: date = DAY, known_by: date | None = None) -> Scored:
    return score_accounts(health, tables, day, known_by)["a"]


# ---- Golden numbers

TEN = "nps references meetings sentiment commitment features ecosystem growth potential payments"
BIGCOMMERCE = """
scores:
  health:
    minimum_coverage: 0
    parts:
      relationship:
        weight: 11/17
        parts:
          nps: {weight: 1, metric: nps, curve: [[0, 0], [100, 100]]}
          references: {weight: 1, metric: references, curve: [[0, 0], [100, 100]]}
          meetings: {weight: 1, metric: meetings, curve: [[0, 0], [100, 100]]}
          sentiment: {weight: 2, metric: sentiment, curve: [[0, 0], [100, 100]]}
          commitment: {weight: 6, metric: commitment, map: [[renews, 100], [neutral, 50], [doubts, 0]]}
      usage:
        weight: 2/17
        parts:
          features: {metric: features, curve: [[0, 0], [100, 100]]}
          ecosystem: {metric: ecosystem, curve: [[0, 0], [100, 100]]}
      value_realisation:
        weight: 4/17
        parts:
          growth: {weight: 1, metric: growth, curve: [[0, 0], [100, 100]]}
          potential: {weight: 1, metric: potential, curve: [[0, 0], [100, 100]]}
          payments: {weight: 2, metric: payments, curve: [[0, 0], [100, 100]]}
    tiers:
      - {at: ">= 70", is: great}
      - {at: "> 50", is: good}
      - {at: else, is: at_risk}
"""


@pytest.mark.parametrize(
    ("others", "commitment", "score", "tier"),
    [(100, "doubts", "64.71", "good"), (0, "renews", "35.29", "at_risk"), (100, "renews", "100", "great")],
)
def test_bigcommerce_in_seventeenths(others: int, commitment: str, score: str, tier: str) -> None:
    """models.md §8: everything but commitment is 11/17 of the score, commitment alone 6/17."""
    cells = dict.fromkeys(TEN.split(), others) | {"commitment": commitment}
    found = scored(given(TEN, BIGCOMMERCE), account(**cells))
    assert (found.score, found.tier, found.standing) == (Fraction(score), tier, "firm")
    assert sum(node.contribution for node in found.tree.walk() if node.measured) == pytest.approx(found.raw, abs=1e-9)
    weights = {node.path: node.effective for node in found.tree.walk()}
    assert weights["health/relationship/commitment"] == Fraction(6, 17)
    assert weights["health/value_realisation/payments"] == Fraction(2, 17)


HBR = """
scores:
  health:
    parts:
      relationship: {weight: 25 %, metric: relationship, curve: [[0, 0], [100, 100]]}
      usage: {weight: 25 %, metric: usage, curve: [[0, 0], [100, 100]]}
      value_realisation: {weight: 50 %, metric: value, curve: [[0, 0], [100, 100]]}
    tiers:
      - {at: ">= 70", is: great}
      - {at: "> 50", is: good}
      - {at: else, is: at_risk, zones: [[">= 30", focus], [else, exception]]}
"""


@pytest.mark.parametrize(
    ("points", "tier", "zone"),
    [
        (70, "great", None),
        ("69.99", "good", None),
        ("69.995", "great", None),  # judged on the value shown: 70.00
        ("50.01", "good", None),
        (50, "at_risk", "focus"),
        ("50.004", "at_risk", "focus"),
        (30, "at_risk", "focus"),
        ("29.99", "at_risk", "exception"),
    ],
)
def test_hbr_tiers(points: Any, tier: str, zone: str | None) -> None:
    """models.md §9: 70 and more is great, more than 50 good; below, from 30 on worth saving."""
    found = scored(
        given("relationship usage value", HBR),
        account(relationship=points_of(points), usage=points_of(points), value=points_of(points)),
    )
    assert (found.tier, found.zone) == (tier, zone)


def points_of(text: Any) -> Decimal:
    return Decimal(text)


def test_the_honest_answer_where_usage_is_missing() -> None:
    """field.md: relationship 90, value 40, usage missing, 25/25/50: 56.7 shown, 42.5–67.5 possible."""
    asked = account(relationship=90, usage=None, value=40)["accounts"]
    other = account(id="so that usage is connected", relationship=0, usage=0, value=0)["accounts"]
    tables = {"accounts": [*asked, *other]}
    found = scored(given("relationship usage value", HBR), tables)
    assert rounded(found.score or Fraction(), 1) == Fraction("56.7")
    assert (found.low, found.high) == (Fraction("42.5"), Fraction("67.5"))
    assert (found.coverage, found.tier, found.standing) == (Fraction(3, 4), "good", "provisional")


PROVE = """
scores:
  health:
    parts:
      licence: {weight: 30, metric: licence, map: [[red, 25], [yellow, 63], [green, 88]]}
      engagement: {weight: 10, metric: engagement, map: [[red, 25], [yellow, 63], [green, 88]]}
      scm: {weight: 15, metric: scm, map: [[red, 25], [yellow, 63], [green, 88]]}
      ci: {weight: 15, metric: ci, map: [[red, 25], [yellow, 63], [green, 88]]}
      cd:
        weight: 15
        parts:
          users: {metric: cd_users, map: [[red, 25], [yellow, 63], [green, 88]]}
          deployments: {metric: cd_count, map: [[red, 25], [yellow, 63], [green, 88]]}
          success: {metric: cd_success, map: [[red, 25], [yellow, 63], [green, 88]]}
      security:
        weight: 15
        parts:
          users: {metric: sec_users, map: [[red, 25], [yellow, 63], [green, 88]]}
          scans: {metric: sec_scans, map: [[red, 25], [yellow, 63], [green, 88]]}
          types: {metric: sec_types, map: [[red, 25], [yellow, 63], [green, 88]]}
    tiers: [{at: "> 75", is: green}, {at: "> 50", is: yellow}, {at: else, is: red}]
"""
COLOURS = "licence engagement scm ci cd_users cd_count cd_success sec_users sec_scans sec_types"


def test_gitlab_product_usage() -> None:
    """models.md §2: 71.10 yellow; on SaaS Premium, without engagement and security, 71.33."""
    y, g = "yellow", "green"
    full = dict(zip(COLOURS.split(), (y, g, y, g, y, g, g, g, y, "red"), strict=True))
    found = scored(given(COLOURS, PROVE), account(**full))
    assert (found.score, found.tier) == (Fraction("71.10"), "yellow")
    groups = {node.path: rounded(node.value or Fraction(), 2) for node in found.tree.walk() if node.children}
    assert groups["health/cd"] == Fraction("79.67")
    assert groups["health/security"] == Fraction("58.67")
    saas = full | dict.fromkeys(("engagement", "sec_users", "sec_scans", "sec_types"))
    other = {"id": "b", "since": None, "gone": None, **full}
    tables = {"accounts": [*account(**saas)["accounts"], other]}
    found = score_accounts(given(COLOURS, PROVE), tables, DAY)["a"]
    assert found.score == Fraction("71.33")
    assert found.coverage == Fraction(3, 4)


def test_sentiment_red_forces_the_tier_and_keeps_the_score() -> None:
    """models.md §1: the weighted value is 60.65, yellow, and the account is red."""
    tree = """
    scores:
      health:
        parts:
          product: {weight: 50, metric: product, curve: [[0, 0], [100, 100]]}
          risk: {weight: 25, metric: sentiment, map: [[red, 25], [yellow, 63], [green, 88]]}
          outcomes: {weight: 10, metric: roi, map: [[green, 88], [else, 25]]}
          voice: {weight: 5, metric: support, map: [[green, 88], [else, 25]]}
          engagement: {weight: 10, metric: engagement, curve: [[0, 0], [100, 100]]}
        tiers: [{at: "> 75", is: green}, {at: "> 50", is: yellow}, {at: else, is: red}]
        overrides: [{when: "sentiment = 'red'", tier: red, because: the CSM says so}]
    """
    cells: dict[str, Any] = {
        "product": Decimal("71.1"),
        "roi": "green",
        "support": "green",
        "engagement": Decimal("56.5"),
    }
    health = given("product sentiment roi support engagement", tree)
    yellow = scored(health, account(sentiment="yellow", **cells))
    assert (yellow.score, yellow.tier, yellow.standing) == (Fraction("70.15"), "yellow", "firm")
    red = scored(health, account(sentiment="red", **cells))
    assert (red.score, red.tier, red.standing) == (Fraction("60.65"), "red", "firm")
    unknown = scored(health, account(sentiment=None, **cells))
    assert unknown.standing == "provisional"


def test_replacing_can_lift_where_a_cap_would_not() -> None:
    """models.md §3: a score of 21.25 becomes 50 by replacing and stays by capping."""
    tree = """
    scores:
      health:
        parts: {all: {metric: value, curve: [[0, 0], [100, 100]]}}
        overrides: [{when: "risk = 'early'", %s: 50, because: a person says so}]
    """
    for mode, score in (("replace", 50), ("cap", Fraction("21.25")), ("floor", 50)):
        found = scored(given("value risk", tree % mode), account(value=Decimal("21.25"), risk="early"))
        assert found.score == score
        assert dict(found.lines)["overrides/0"] == score - Fraction("21.25")
        unknown = scored(given("value risk", tree % mode), account(value=Decimal("21.25"), risk=None))
        assert (unknown.low, unknown.score, unknown.high) == (Fraction("21.25"), Fraction("21.25"), score)


# ---- Groups


def node(tree: str, **states: Any) -> Any:
    """The root of a tree whose measures m1, m2 … have these points; None: missing, "absent": not there."""
    parsed = given(" ".join(states), f"scores:\n  s:\n    minimum_coverage: 0\n    combine: {tree}").scores["s"]

    def measured(points: Any) -> Measured:
        if points == "absent":
            return Measured("not_applicable")
        if points is None:
            return Measured("missing", None, Fraction(0), Fraction(100))
        return Measured("ok", Fraction(points), Fraction(points), Fraction(points))

    scale = Points(Fraction(0), Fraction(100))
    return grown(parsed, "s", {f"s/{name}": measured(points) for name, points in states.items()}, scale)


def parts(*weights: Any) -> str:
    lines = [
        f"      m{i}: {{weight: {w}, metric: m{i}, curve: [[0, 0], [100, 100]]}}\n" for i, w in enumerate(weights, 1)
    ]
    return "\n    parts:\n" + "".join(lines)


def test_a_mean_with_a_missing_part_ranges_over_every_subset() -> None:
    found = node("mean" + parts(1, 1, 2), m1=40, m2=None, m3=80)
    assert found.value == rounded(Fraction(200, 3), 12)
    assert (found.low, found.high, found.coverage) == (50, 75, Fraction(3, 4))
    only = node("mean" + parts(1, 1), m1=None, m2=None)
    assert (only.value, only.low, only.high, only.coverage) == (None, 0, 100, 0)
    gone = node("mean" + parts(1, 1), m1="absent", m2="absent")
    assert (gone.value, gone.low, gone.high) == (None, None, None)
    alone = node("mean" + parts(1, 1), m1="absent", m2=30)
    assert (alone.value, alone.low, alone.high, alone.coverage) == (30, 30, 30, 1)


def test_a_weight_of_zero_is_shown_and_never_counts() -> None:
    found = node("mean" + parts(0, 1), m1=0, m2=80)
    assert (found.value, found.coverage) == (80, 1)
    assert node("min" + parts(0, 1), m1=0, m2=80).value == 80
    assert node("mean" + parts(0, 1), m1=50, m2="absent").low is None


def test_min_and_max_bind_their_first_child_on_ties() -> None:
    for combine in ("min", "max"):
        tree = f"""
        scores:
          s:
            combine: {combine}
            parts:
              m1: {{metric: m1, curve: [[0, 0], [100, 100]]}}
              m2: {{metric: m2, curve: [[0, 0], [100, 100]]}}
              m3: {{metric: m3, curve: [[0, 0], [100, 100]]}}
        """
        other = 90 if combine == "min" else 10
        found = scored(given("m1 m2 m3", tree), account(m1=other, m2=40, m3=40))
        assert [child.effective for child in found.tree.children] == [0, 1, 0]
        assert found.score == 40
    lowest = node("min" + parts(1, 1), m1=40, m2=None)
    assert (lowest.value, lowest.low, lowest.high) == (40, 0, 40)
    highest = node("max" + parts(1, 1), m1=40, m2=None)
    assert (highest.value, highest.low, highest.high) == (40, 40, 100)


def test_missing_policies_count_and_widen() -> None:
    tree = """
    scores:
      s:
        minimum_coverage: 0
        parts:
          a: {metric: x, curve: [[0, 0], [100, 100]]}
          b: {metric: y, bands: [["< 1", 20], [else, 60]], missing: %s}
    """
    for policy, counted, low, high in (("worst", 20, 20, 60), ("90", 90, 20, 90), ("0", 0, 0, 60)):
        found = score_accounts(
            given("x y", tree % policy),
            {
                "accounts": [
                    {"id": "a", "since": None, "gone": None, "x": 50, "y": None},
                    {"id": "b", "since": None, "gone": None, "x": 50, "y": 1},
                ]
            },
            DAY,
        )["a"]
        assert (found.score, found.low, found.high) == tuple(Fraction(50 + end, 2) for end in (counted, low, high))
        assert found.coverage == Fraction(1, 2)


def test_a_measure_that_nobody_has_widens_nothing() -> None:
    found = scored(given("relationship usage value", HBR), account(relationship=90, usage=None, value=40))
    assert found.low == found.high == found.score
    assert (found.coverage, found.standing) == (Fraction(1), "firm")
    states = {leaf.path: leaf.measured.state for leaf in found.tree.walk() if leaf.measured}
    assert states["health/usage"] == "not_connected"


# ---- Facts as of a day

EVENTS = """
tables:
  logins: {account: account, time: at, known: known}
  tickets: {account: account, time: opened, columns: {closed: happened, csat: {known: closed}}}
metrics:
  logins_7d: {count: logins, over: 7 days}
  users: {count_distinct: logins.user, over: 7 days}
  days: {count_distinct: logins.day, over: 7 days}
  trend: {change: logins_7d, against: 7 days ago}
  last_user: {last: logins.user}
  first_user: {first: logins.user}
  quiet: {days_since: logins}
  open: {open: tickets, until: closed}
  csat: {mean: tickets.csat}
  share: {share: tickets, that: "csat >= 4"}
  per_user: {ratio: [logins_7d, users], if_zero: 0}
scores: {s: {parts: {m: {metric: logins_7d, curve: [[0, 0], [10, 100]]}}}}
"""


def login(user: str, time: datetime, known: datetime | None = None, account: str = "a") -> dict[str, Any]:
    return {"account": account, "user": user, "at": time, "known": known or time}


def read(metric: str, tables: Tables, day: date = DAY, known_by: date | None = None) -> tuple[str, Any]:
    reading = Metrics(Facts(model(EVENTS), tables), known_by or day, lambda *_: {}).read(metric, "a", day)
    return reading.state, reading.value


def test_windows_end_with_the_day_and_begin_at_its_midnight() -> None:
    rows = [
        login("u", at("2026-06-24 00:00")),  # the first moment of seven days
        login("v", at("2026-06-23 23:59:59")),
        login("w", at("2026-06-30 23:59:59")),
        login("x", at("2026-07-01 00:00")),
    ]
    assert read("logins_7d", {"logins": rows}) == ("ok", 2)
    assert read("users", {"logins": rows}) == ("ok", 2)
    assert read("days", {"logins": rows}) == ("ok", 2)
    assert read("trend", {"logins": rows}) == ("ok", 1)
    assert read("last_user", {"logins": rows}) == ("ok", "w")
    assert read("first_user", {"logins": rows}) == ("ok", "v")
    assert read("quiet", {"logins": rows}) == ("ok", 0)
    assert read("per_user", {"logins": rows}) == ("ok", 1)


def test_a_late_fact_enters_when_it_is_known_and_leaves_with_its_time() -> None:
    """It is inside for days in [max(time, known), time + w)."""
    late = login("late", at("2026-06-20 12:00"), at("2026-06-23 12:00"))
    beat = [login("b", at(f"2026-06-{day:02}"), account="b") for day in range(1, 31)]
    seen = [read("logins_7d", {"logins": [late, *beat]}, date(2026, 6, day))[1] for day in range(20, 29)]
    assert seen == [None, None, None, 1, 1, 1, 1, 0, 0]
    assert read("logins_7d", {"logins": [late, *beat]}, date(2026, 6, 21))[0] == "not_connected"
    restated = read("logins_7d", {"logins": [late, *beat]}, date(2026, 6, 21), known_by=date(2026, 6, 23))
    assert restated == ("ok", 1)


def test_change_reads_the_old_window_as_it_is_known_now() -> None:
    rows = [
        login("u", at("2026-06-30 09:00")),
        login("u", at("2026-06-20 09:00")),
        login("late", at("2026-06-21 09:00"), at("2026-06-29 09:00")),
    ]
    assert read("trend", {"logins": rows}) == ("ok", Fraction(-1, 2))
    assert read("trend", {"logins": rows}, known_by=date(2026, 6, 28))[0] == "stale_feed"


def test_columns_that_change_read_as_they_stood() -> None:
    ticket = {"account": "a", "opened": at("2026-06-01"), "closed": at("2026-06-10 08:00"), "csat": 5}
    tables = {"tickets": [ticket]}
    assert read("open", tables, date(2026, 6, 9)) == ("ok", 1)
    assert read("open", tables, date(2026, 6, 10)) == ("ok", 0)
    assert read("csat", tables, date(2026, 6, 9)) == ("no_data", None)
    assert read("csat", tables, date(2026, 6, 10)) == ("ok", 5)
    assert read("share", tables, date(2026, 6, 9)) == ("no_data", None)  # nobody has answered: not zero of them
    assert read("share", tables, date(2026, 6, 10)) == ("ok", 1)


def test_no_rows_are_zero_only_of_a_fresh_feed_that_the_account_has() -> None:
    old = login("u", at("2026-06-01"))
    fresh = login("v", at("2026-06-30"), account="b")
    assert read("logins_7d", {"logins": [old, fresh]}) == ("ok", 0)
    assert read("logins_7d", {"logins": [fresh]}) == ("not_connected", None)
    assert read("logins_7d", {"logins": [old]}) == ("stale_feed", None)
    assert read("last_user", {"logins": [fresh]}) == ("not_connected", None)
    assert read("per_user", {"logins": [old, fresh]}) == ("ok", 0)
    assert read("trend", {"logins": [old, fresh]}) == ("stale_feed", None)


def test_nobody_is_scored_before_birth_or_from_the_last_day_on() -> None:
    lives: Tables = {"accounts": [{"id": "a", "since": date(2026, 6, 10), "gone": date(2026, 6, 20)}], "logins": []}
    alive = [day for day in range(1, 31) if score_accounts(model(EVENTS), lives, date(2026, 6, day))]
    assert alive == list(range(10, 20))


# ---- Three-valued logic


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x > 1 and y > 1", None),
        ("x > 9 and y > 1", False),
        ("x > 1 or y > 1", True),
        ("not y > 1", None),
        ("y is null", True),
        ("x is not null", True),
        ("x in (1, 2)", True),
        ("x in (1, null)", None),
        ("x not in (1, 3)", True),
        ("y in (1)", None),
        ("x between 2 and 3", True),
        ("x between y and 1", False),
        ("x not between 2 and 3", False),
        ("coalesce(y, 7) = 7", True),
        ("nullif(x, 2) is null", True),
        ("least(x, y)", None),
        ("greatest(x, 3, 1)", 3),
        ("x / 0 is null", True),
        ("-7 % 3", -1),
        ("1 / 3 * 3", 1),
        ("round(-2.5)", -3),
        ("round(2.345, 2)", Fraction("2.35")),
        ("case when y > 1 then 1 when x = 2 then 5 end", 5),
        ("case word when 'hi' then 1 else 0 end", 1),
        ("word like 'h_'", True),
        ("word not like 'x%'", True),
        ("upper(trim(' a '))", "A"),
        ("length(word)", 2),
        ("sqrt(16) + power(2, 3) + abs(-1) + floor(1.7) + ceil(1.2)", 16),
        ("born < date '2026-01-02'", True),
        ("yes", True),
        ("not yes or y = 1", None),
        ("yes = false", False),
    ],
)
def test_expressions(text: str, expected: Any) -> None:
    names = {"x": Fraction(2), "y": None, "word": "hi", "yes": True, "born": at("2026-01-01 23:00")}
    assert evaluate(parse(text).tree, names) == expected


# ---- Whose an id is

IDS = """
model: test
entities:
  account:
    {table: accounts, key: id, from: since, ids: {table: ids, id: other, key: of, systems: [billing], valid_from: at}}
tables:
  ids: {known: told}
  bills: {account: [{billing: no}, id], time: on}
metrics: {bills: {count: bills}}
scores: {any: {parts: {bills: {metric: bills, bands: [[else, 50]]}}}}
"""


def said(system: str, other: str, of: str | None, since: str | None, told: str = "2020-01-01") -> dict[str, Any]:
    return {"system": system, "other": other, "of": of, "at": at(since) if since else None, "told": at(told)}


def bills_of(*map_: dict[str, Any], day: date = DAY, known_by: date | None = None) -> dict[Any, Any]:
    """Two bills of the number 7, in March and in May, and one of b's own key in April."""
    tables: Tables = {
        "accounts": [{"id": name, "since": at("2020-01-01")} for name in ("a", "b", "c")],
        "ids": map_,
        "bills": [
            {"no": "7", "id": None, "on": at("2026-03-01")},
            {"no": "7", "id": None, "on": at("2026-05-01")},
            {"no": None, "id": "b", "on": at("2026-04-01")},
        ],
    }
    scores = score_accounts(load_text(IDS).model, tables, day, known_by)
    return {account: scored.metrics["bills"].value for account, scored in scores.items()}


def test_an_id_means_what_it_meant_when_the_row_happened() -> None:
    assert bills_of() == {"a": None, "b": 1, "c": None}
    assert bills_of(said("billing", "7", "a", None)) == {"a": 2, "b": 1, "c": None}
    split = (said("billing", "7", "a", None), said("billing", "7", "c", "2026-04-15"))
    assert bills_of(*split) == {"a": 1, "b": 1, "c": 1}
    assert bills_of(*split, said("billing", "7", None, "2026-04-20")) == {"a": 1, "b": 1, "c": None}


def test_whoever_goes_on_as_another_takes_its_past_along_from_the_day_on_which_it_was_known() -> None:
    merges = (said("account", "b", "a", "2026-06-01"), said("account", "a", "c", "2026-06-10", "2026-06-20"))
    assert bills_of(*merges, day=date(2026, 5, 31)) == {"a": None, "b": 1, "c": None}
    assert bills_of(*merges, day=date(2026, 6, 10)) == {"a": 1, "c": None}
    assert bills_of(*merges, day=date(2026, 6, 10), known_by=date(2026, 6, 20)) == {"c": 1}
    assert bills_of(*merges, said("account", "b", "b", "2026-06-25")) == {"b": 1, "c": None}
