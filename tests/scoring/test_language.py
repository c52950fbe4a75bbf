"""What published models say beyond bands and means, each with numbers computed by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from keepwell.scoring.explain import explain
from keepwell.scoring.lines import Ruling
from keepwell.scoring.tables import group_table, measure_table, metric_table, score_table
from keepwell.workspace import open_workspace
from tests.scoring.folder import written

HEAD = """
model: language
points: {red: 25, yellow: 63, green: 88}
entities:
  account: {table: accounts, key: id, from: started}
tables:
  calls: {account: id, time: at}
metrics:
  use: {attribute: use}
  age: {attribute: age}
  plan: {attribute: plan}
  vip: {attribute: vip}
  tickets: {attribute: tickets}
  call_days: {days_since: calls}
"""


def scored(folder: Path, model: str, accounts: str, calls: str = "z,2026-06-29") -> dict[str, dict[str, Any]]:
    """Account → its row, with `measures` (path below the score → row) and `groups` (path → value) beside it."""
    tables = {"accounts": f"id,use,age,plan,vip,tickets,started\n{accounts}", "calls": f"id,at\n{calls}"}
    with open_workspace(written(folder, HEAD + model, tables)) as workspace:
        scores = workspace.score()
        rows = {row["account_id"]: row | {"measures": {}, "groups": {}} for row in score_table(scores).to_pylist()}
        for row in measure_table(scores).to_pylist():
            rows[row["account_id"]]["measures"][row["measure"].split("/", 1)[1]] = row
        for row in group_table(scores).to_pylist():
            rows[row["account_id"]]["groups"][row["part"]] = row["value"]
        for id_, row in rows.items():
            total = sum(item["contribution"] for item in row["measures"].values())
            assert row["raw"] is None or row["raw"] == pytest.approx(total, abs=1e-9), f"{id_}: contributions"
            lines = sum(line.points for line in explain(scores, id_).lines)
            assert row["score"] is None or row["score"] == pytest.approx(row["raw"] + lines, abs=1e-9), f"{id_}: lines"
        return rows


def points(row: dict[str, Any]) -> dict[str, Any]:
    return {name: item["points"] for name, item in row["measures"].items()}


def states(row: dict[str, Any]) -> dict[str, str]:
    return {name: item["state"] for name, item in row["measures"].items()}


def test_cases_by_a_number_choose_the_scale(tmp_path: Path) -> None:
    """An age ramp: below 90 days it does not apply, to 269 half is enough, later three quarters; unknown age: missing.

    Of `u` nothing is known but that its points lie between those of any case.
    """
    model = """
scores:
  health:
    minimum_coverage: 0 %
    parts:
      ramp:
        metric: use
        by: age
        cases:
          - {at: "< 90", applies: false}
          - {at: "< 270", bands: [["<= 0.5", red], [else, green]]}
          - {at: else, bands: [["<= 0.75", red], [else, yellow]]}
      fixed: {metric: tickets, bands: [["= 0", 100], [else, 0]]}
"""
    rows = scored(
        tmp_path,
        model,
        "young,0.6,89,,,0,\nmiddle,0.6,90,,,0,\nold,0.6,270,,,0,\nrich,0.8,400,,,0,\nu,0.6,,,,0,",
    )
    assert {id_: row["measures"]["ramp"]["points"] for id_, row in rows.items()} == {
        "young": None, "middle": 88, "old": 25, "rich": 63, "u": None,
    }  # fmt: skip
    assert (states(rows["young"])["ramp"], states(rows["u"])["ramp"]) == ("not_applicable", "missing")
    assert (rows["young"]["score"], rows["middle"]["score"]) == (100, 94)
    assert (rows["u"]["score"], rows["u"]["low"], rows["u"]["high"]) == (100, 62.5, 100)


def test_cases_by_a_category_and_by_conditions(tmp_path: Path) -> None:
    """By plan with a scale of its own for the others; by free conditions, first match wins."""
    model = """
scores:
  health:
    parts:
      plan: {metric: use, by: plan, cases: [{at: free, curve: [[0, 0], [1, 50]]}], curve: [[0, 0], [1, 100]]}
      free: {metric: use, cases: [{when: "vip and age > 10", bands: [[else, 7]]}, {when: "vip", bands: [[else, 9]]}],
             bands: [[else, 1]]}
      yes: {metric: use, by: vip, cases: [{at: true, bands: [[else, 3]]}, {at: false, bands: [[else, 4]]}]}
"""
    rows = scored(tmp_path, model, "a,0.5,11,free,true,0,\nb,0.5,10,pro,true,0,\nc,0.5,12,it's,false,0,\nd,0.5,9,,,0,")
    assert points(rows["a"]) == {"plan": 25, "free": 7, "yes": 3}
    assert points(rows["b"]) == {"plan": 50, "free": 9, "yes": 3}
    assert points(rows["c"]) == {"plan": 50, "free": 1, "yes": 4}
    assert points(rows["d"]) == {"plan": None, "free": None, "yes": None}
    assert rows["d"]["score"] is None


def test_ranges_as_published_take_their_ends_and_leave_gaps(tmp_path: Path) -> None:
    model = """
scores:
  health:
    minimum_coverage: 0 %
    parts:
      tickets: {metric: tickets, ranges: [["1-5", 100], ["5-15", 50], ["> 15", 0]]}
      share: {metric: use, ranges: [["0-50 %", 0], ["51-75 %", 50], ["75 % +", 100]]}
"""
    rows = scored(tmp_path, model, "a,0.5,,,,5,\nb,0.51,,,,6,\nc,0.505,,,,0,\nd,0.75,,,,16,\ne,0.751,,,,15,")
    assert {id_: tuple(points(row).values()) for id_, row in rows.items()} == {
        "a": (100, 0), "b": (50, 50), "c": (None, None), "d": (0, 50), "e": (50, 100),
    }  # fmt: skip


def test_never_is_a_band_of_its_own(tmp_path: Path) -> None:
    """Nobody ever called `b`; that nobody knows `tickets` of it is no never."""
    model = """
scores:
  health:
    parts:
      calls: {metric: call_days, bands: [["< 30", 100], [else, 40]], never: 10, weight: 3}
      load: {metric: tickets, bands: [["= 0", 100], [else, 0]]}
"""
    rows = scored(tmp_path, model, "a,,,,,0,\nb,,,,,0,\nc,,,,,,", "a,2026-06-30\nc,2026-04-01")
    assert {id_: (row["measures"]["calls"]["points"], states(row)["calls"]) for id_, row in rows.items()} == {
        "a": (100, "ok"), "b": (10, "never"), "c": (40, "ok"),
    }  # fmt: skip
    assert (rows["b"]["score"], rows["b"]["low"], rows["b"]["coverage"]) == (32.5, 32.5, 1)


def test_a_sum_adds_points_and_stops_at_a_hundred(tmp_path: Path) -> None:
    """40 + 30 + 50 points can be had. `c` lacks `use`: it adds nothing yet, and could add up to 40."""
    model = """
scores:
  health:
    combine: sum
    minimum_coverage: 0 %
    parts:
      use: {metric: use, weight: 40, curve: [[0, 0], [1, 100]]}
      plan: {metric: plan, weight: 30, map: [[pro, 100], [else, 0]]}
      calm: {metric: tickets, weight: 50, bands: [["= 0", 100], ["= 1", 50], [else, 0]]}
"""
    rows = scored(tmp_path, model, "a,0.5,,pro,,1,\nb,1,,pro,,0,\nc,,,free,,1,\nd,,,,,,")
    assert {id_: (row["score"], row["low"], row["high"]) for id_, row in rows.items()} == {
        "a": (75, 75, 75), "b": (100, 100, 100), "c": (25, 25, 65), "d": (None, None, None),
    }  # fmt: skip
    assert rows["a"]["measures"]["use"]["contribution"] == pytest.approx(20)
    assert rows["b"]["measures"]["use"]["contribution"] == pytest.approx(40 * 100 / 120)


def test_a_count_is_the_share_of_parts_that_are_green(tmp_path: Path) -> None:
    """Green from 75 points on. `b` has two of two; `c` has one of three."""
    model = """
scores:
  adoption:
    scale: [0, 3]
    combine: count
    green: ">= 2"
    parts:
      use: {metric: use, bands: [["< 0.5", 1], [else, 2]]}
      plan: {metric: plan, map: [[pro, 3], [else, 0]]}
      calm: {metric: tickets, bands: [["= 0", 3], [else, 1]]}
"""
    rows = scored(tmp_path, model, "a,0.5,,pro,,0,\nb,,,pro,,0,\nc,0.4,,pro,,3,")
    assert {id_: (row["native"], row["score"]) for id_, row in rows.items()} == {
        "a": (3, 100), "b": (3, 100), "c": (1, 33.333333333),
    }  # fmt: skip
    assert points(rows["c"]) == {"use": 0, "plan": 100, "calm": 0}
    assert (rows["b"]["native"], rows["b"]["low"]) == (3, pytest.approx(200 / 3))


def test_each_level_can_be_rounded(tmp_path: Path) -> None:
    """(10 × 1 + 0 × 2) ÷ 3 = 3.33 → 3; (3 + 60) ÷ 2 = 31.5 → 32: half away from zero; contributions sum to it."""
    model = """
scores:
  health:
    round: 0
    parts:
      group:
        round: 0
        parts:
          use: {metric: use, weight: 1, bands: [[else, 10]]}
          age: {metric: age, weight: 2, bands: [[else, 0]]}
      calm: {metric: tickets, bands: [[else, 60]]}
"""
    rows = scored(tmp_path, model, "a,1,1,,,1,")
    assert rows["a"]["groups"] == {"health": 32, "health/group": 3}
    assert rows["a"]["measures"]["group/use"]["contribution"] == pytest.approx(32 * 1.5 / 31.5)


def test_a_scale_of_its_own(tmp_path: Path) -> None:
    """0 to 10, as the tiers, the override and the flag say it; the score is also out of a hundred."""
    model = """
scores:
  health:
    scale: [0, 10]
    parts:
      use: {metric: use, bands: [["< 0.2", 0], ["< 0.4", 5], [else, 10]]}
      age: {metric: age, curve: [[0, 0], [10, 10]]}
    tiers: [{at: ">= 6.67", is: healthy}, {at: ">= 3.33", is: concerning}, {at: else, is: poor}]
    overrides: [{when: vip, cap: 3, because: it said so}]
flags:
  low: {when: "score < 4", because: low}
"""
    rows = scored(tmp_path, model, "a,0.3,8,,false,,\nb,0.5,7,,true,,\nc,0.1,6.65,,false,,")
    found = {id_: (row["native"], row["score"], row["tier"], row["flags"]) for id_, row in rows.items()}
    assert found == {
        "a": (6.5, 65, "concerning", []),
        "b": (3, 30, "poor", ["low"]),
        "c": (3.33, 33.3, "concerning", ["low"]),
    }


def test_a_base_is_a_place_without_a_tree_and_an_amount_beside_one(tmp_path: Path) -> None:
    """On a scale of 1 to 5: 3 is the middle; half a point beside 3 of a tree is 3.5, which is 62.5 of 100."""
    scores = """
scores:
  health: {scale: [1, 5], base: 3, adjust: {bonus: {rules: [{when: "use > 1", add: 1, because: it is used}]}}}
"""
    row = scored(tmp_path / "place", scores, "a,0.5,,,,,\nb,2,,,,,")
    assert [(row[name]["score"], row[name]["native"]) for name in "ab"] == [(50, 3), (75, 4)]
    scores = "scores: {health: {scale: [1, 5], base: 0.5, parts: {use: {metric: use, bands: [[else, 3]]}}}}"
    row = scored(tmp_path / "amount", scores, "a,0.5,,,,,")
    assert (row["a"]["score"], row["a"]["native"]) == (62.5, 3.5)


def test_base_bonus_and_malus(tmp_path: Path) -> None:
    """Raw 40, base 5: a bonus of 10 for vip and 5 for pro, at most 12 together; −4 a ticket, −10 at most."""
    model = """
scores:
  health:
    base: 5
    parts: {use: {metric: use, curve: [[0, 0], [1, 100]]}}
    adjust:
      bonus:
        between: [0, 12]
        rules:
          - {when: vip, add: 10, because: a champion}
          - {when: "plan = 'pro'", add: 5, because: pays for more}
      malus: {rules: [{metric: tickets, each: -4, between: [-10, 0], because: tickets}]}
    tiers: [{at: ">= 50", is: good}, {at: else, is: bad}]
"""
    rows = scored(tmp_path, model, "a,0.4,,pro,true,1,\nb,0.4,,free,true,9,\nc,1,,pro,false,0,\nd,0.4,,pro,,,")
    assert {id_: (row["raw"], row["score"], row["low"], row["high"]) for id_, row in rows.items()} == {
        "a": (40, 53, 53, 53),
        "b": (40, 45, 45, 45),
        "c": (100, 100, 100, 100),
        "d": (40, 50, 40, 57),
    }
    assert (rows["d"]["tier"], rows["d"]["standing"]) == ("good", "provisional")
    assert rows["a"]["reasons"] == ["Use: 0.4 (−60.0 points)", "Malus: tickets (−4.0 points)"]
    with open_workspace(tmp_path) as workspace:
        scores = workspace.score()
        said = {name: explain(scores, name) for name in "abcd"}
    assert [(line.label, line.points, line.rules) for line in said["a"].lines] == [
        ("to begin with", 5, ()),
        ("bonus", 12, (Ruling("a champion", 10), Ruling("pays for more", 2))),  # 15, and 12 at most
        ("malus", -4, (Ruling("tickets", -4),)),
    ]
    assert [(line.label, line.points, line.rules) for line in said["b"].lines][1:] == [
        ("bonus", 10, (Ruling("a champion", 10),)),
        ("malus", -10, (Ruling("tickets", -10),)),
    ]
    assert said["c"].lines[-1].label == "kept within 0–100"
    assert (said["a"].unsettled, said["d"].unsettled) == (
        (),
        (
            "bonus: a champion (+10.0 points; unknown: vip)",
            "malus: tickets (up to −10.0 points; unknown: tickets)",
        ),
    )


def test_rules_stand_among_the_reasons_by_what_they_take(tmp_path: Path) -> None:
    """Of 100: use costs half of 60, the rules 20, 12 and (within −40) 8; calm costs nothing. Three are told."""
    model = """
scores:
  health:
    parts: {use: {metric: use, curve: [[0, 0], [1, 100]]}, calm: {metric: tickets, bands: [[else, 100]]}}
    adjust:
      malus:
        label: bills and plan
        between: [-40, 0]
        rules:
          - {when: "plan = 'free'", add: -20, because: It pays nothing}
          - {metric: age, each: -1, because: Bills are late}
          - {when: vip, add: -50, because: It is watched}
"""
    rows = scored(tmp_path, model, "a,0.4,12,free,true,1,\nb,0.9,12,free,false,1,\nc,,12,free,,,")
    assert rows["a"]["reasons"] == [
        "Use: 0.4 (−30.0 points)",
        "Bills and plan: It pays nothing (−20.0 points)",
        "Bills and plan: Bills are late (−12.0 points)",
    ]
    assert rows["b"]["reasons"] == [
        "Bills and plan: It pays nothing (−20.0 points)",
        "Bills and plan: Bills are late (−12.0 points)",
        "Use: 0.9 (−5.0 points)",
    ]
    assert rows["c"]["score"] is None
    assert [reason for reason in rows["c"]["reasons"] if "Bills" in reason] == []
    with open_workspace(tmp_path) as workspace:
        scores = workspace.score()
        (line,), unscored = explain(scores, "a").lines, explain(scores, "c")
    assert line.rules == (
        Ruling("It pays nothing", -20), Ruling("Bills are late", -12), Ruling("It is watched", -8),
    )  # fmt: skip
    assert (unscored.lines, unscored.unsettled) == ((), ())


def test_a_model_that_begins_in_the_middle(tmp_path: Path) -> None:
    """Neutral 5 of 10, plus and minus points; no tree at all. Of `c` one of two rules is unknown."""
    model = """
scores:
  health:
    scale: [0, 10]
    base: 5
    adjust:
      signs:
        rules:
          - {when: vip, add: 3, because: a champion}
          - {when: "tickets > 3", add: -4, because: too many tickets}
    tiers: [{at: ">= 5", is: good}, {at: else, is: bad}]
"""
    rows = scored(tmp_path, model, "a,,,,true,9,\nb,,,,true,0,\nc,,,,true,,\nd,,,,,,")
    found = {id_: (row["native"], row["low"], row["high"], row["coverage"], row["tier"]) for id_, row in rows.items()}
    assert found == {
        "a": (4, 40, 40, 1, "bad"),
        "b": (8, 80, 80, 1, "good"),
        "c": (8, 40, 80, 0.5, "good"),
        "d": (5, 10, 80, 0, "insufficient evidence"),
    }


VARIANTS = """
scores:
  health:
    population: "plan <> 'test'"
    variants:
      - is: onboarding
        when: "age < 30"
        parts: {age: null, use: {weight: 3}, plan: {metric: plan, map: [[else, 40]]}}
      - {is: large, when: vip, parts: {use: {curve: null, bands: [[else, 90]]}}}
    parts:
      use: {metric: use, weight: 1, curve: [[0, 0], [1, 100]]}
      age: {metric: age, weight: 1, bands: [[else, 20]]}
    tiers: [{at: ">= 50", is: good}, {at: else, is: bad}]
"""


def test_variants_are_trees_for_some_of_the_accounts(tmp_path: Path) -> None:
    """young: (3 × 80 + 40) ÷ 4 = 70. big: (90 + 20) ÷ 2 = 55. other: (80 + 20) ÷ 2 = 50."""
    rows = scored(
        tmp_path,
        VARIANTS,
        "young,0.8,29,pro,true,,\nbig,0.8,30,pro,true,,\nother,0.8,30,pro,false,,\nnot,0.8,9,test,,,",
    )
    assert {id_: (row["variant"], row["score"]) for id_, row in rows.items()} == {
        "young": ("onboarding", 70), "big": ("large", 55), "other": (None, 50),
    }  # fmt: skip
    assert points(rows["young"]) == {"use": 80, "plan": 40}
    assert points(rows["other"]) == {"use": 80, "age": 20}
    assert (rows["young"]["use"], rows["young"]["age"], rows["young"]["plan"]) == (80, None, 40)


def test_an_unknown_variant_or_population_only_widens(tmp_path: Path) -> None:
    """`u`: whether it is vip nobody knows, so it may be large (55) and is judged as usual (50)."""
    rows = scored(tmp_path, VARIANTS, "u,0.8,30,pro,,,\nv,0.8,30,,false,,")
    assert (rows["u"]["variant"], rows["u"]["score"], rows["u"]["low"], rows["u"]["high"]) == (None, 50, 50, 55)
    assert rows["u"]["standing"] == "firm"
    assert (rows["v"]["score"], rows["v"]["standing"]) == (50, "provisional")


def test_without_a_measure_that_is_needed_there_is_no_score(tmp_path: Path) -> None:
    """`u` has no value of what the score needs, `s` an expired one; to `n` it does not apply, and `o` has it."""
    model = """
scores:
  health:
    minimum_coverage: 0 %
    tiers: [{at: ">= 50", is: good}, {at: else, is: bad}]
    parts:
      plan: {metric: use, missing: no_score, applies_if: "coalesce(plan, '') <> 'free'", curve: [[0, 0], [1, 100]]}
      calls: {metric: call_days, missing: no_score, stale: {expire: 60 days}, bands: [["< 90", 100], [else, 0]]}
      other: {metric: tickets, weight: 2, bands: [["= 0", 100], [else, 0]]}
"""
    calls = "u,2026-06-29\ns,2026-04-01\nn,2026-06-29\no,2026-06-29"
    rows = scored(tmp_path, model, "u,,89,,,0,\ns,0.6,90,,,0,\nn,,1,free,,0,\no,0.5,1,,,0,", calls)
    assert {name: row["score"] for name, row in rows.items()} == {"u": None, "s": None, "n": 100, "o": 87.5}
    for name, reason in (("u", "plan, which has no data"), ("s", "calls, whose value has expired")):
        row = rows[name]
        assert (row["low"], row["high"], row["tier"]) == (None, None, "insufficient evidence")
        assert row["reasons"] == [f"No score without {reason}"]
        assert {item["contribution"] for item in row["measures"].values()} == {0}
    assert (rows["u"]["coverage"], rows["s"]["coverage"]) == (0.75, 0.75)


def test_why_what_is_needed_does_not_count(tmp_path: Path) -> None:
    """A value that the map does not name, one that may not apply, one of an unknown case, and none."""
    model = """
scores:
  health:
    overrides: [{when: "vip", cap: 65, because: it said so}]
    parts:
      kyc: {metric: plan, missing: no_score, map: [[done, 100], [failed, 0]], applies_if: "tickets > 0"}
      use:
        {metric: use, missing: no_score, by: age, cases: [{at: "< 9", applies: false}, {at: else, bands: [[else, 50]]}]}
"""
    rows = scored(
        tmp_path,
        model,
        "map,1,10,pending,true,1,\nopen,1,10,done,,,\ncase,1,,done,,1,\nnone,1,10,,,1,\nall,1,10,done,true,1,",
    )
    assert {name: (row["score"], row["reasons"][:1]) for name, row in rows.items()} == {
        "map": (None, ["No score without kyc: ‘pending’ has no points"]),
        "open": (None, ["No score without kyc, of which it is unknown whether it applies"]),
        "case": (None, ["No score without use, of which it is unknown which case holds"]),
        "none": (None, ["No score without kyc, which has no data"]),
        "all": (65, ["Use: 1 (−25.0 points)"]),
    }
    with open_workspace(tmp_path) as workspace:
        scores = workspace.score()
        lines = {name: [(line.label, line.points) for line in explain(scores, name).lines] for name in ("map", "all")}
    assert lines == {"map": [], "all": [("Capped at 65: it said so", -10)]}


def test_some_values_expire_sooner(tmp_path: Path) -> None:
    """Calls of 16 May are 45 days old: with more than one of them they expire after 30 days, else after 60."""
    model = """
  calls_90d: {count: calls, over: 90 days}
scores:
  health:
    minimum_coverage: 0 %
    parts:
      calls:
        metric: calls_90d
        curve: [[0, 0], [4, 100]]
        stale: {warn: 40 days, expire: 60 days, values: [["> 1", 30 days]]}
"""
    calls = "one,2026-05-16\ntwo,2026-05-16\ntwo,2026-05-15\nnew,2026-06-29\nnew,2026-05-16"
    rows = scored(tmp_path, model.lstrip("\n"), "one,,,,,,\ntwo,,,,,,\nnew,,,,,,", calls)
    assert {name: states(row)["calls"] for name, row in rows.items()} == {
        "one": "ageing",
        "two": "expired",
        "new": "ok",
    }
    assert points(rows["one"]) == {"calls": 25}


def test_scores_are_rolled_up_along_their_own_tree(tmp_path: Path) -> None:
    """Parents see their children's scores as they are shown: of p's three, one has too little evidence for one.

    p: its own 40, its children 90 (of worth 1) and 30 (of worth 3): 45 in the mean by worth, half of them good; so
    0.5 × 40 + 0.5 × 45 = 42.5. The parent of p sees p's own score and not what p sees in its children.
    """
    model = """
  own: {score: own}
  tier_of_own: {tier: own}
  own_before: {past: own, ago: 30 days}
  below: {mean: children.own, weight: age}
  good_below: {share: children, that: "tier_of_own = 'good'"}
  known_below: {count: children, where: "own >= 0"}
scores:
  health:
    minimum_coverage: 0 %
    parts:
      own: {metric: own, curve: [[0, 0], [10, 100]]}
      below: {metric: below, curve: [[0, 0], [10, 100]]}
  own:
    scale: [0, 10]
    decimals: 1
    tiers: [{at: ">= 5", is: good}, {at: else, is: bad}]
    parts:
      use: {metric: use, weight: 2, curve: [[0, 0], [1, 10]]}
      calls: {metric: call_days, weight: 3, bands: [["< 30", 10], [else, 0]], applies_if: "plan = 'paying'"}
""".lstrip("\n")
    accounts = "d,1,1,paying,,,\ntop,,,,,,\np,0.4,2,free,,,\na,0.9,1,free,,,\nb,0.3,3,free,,,\nc,0.5,5,paying,,,"
    lines = [f"{line},{up}" for line, up in zip(accounts.split("\n"), ("", "", "top", "p", "p", "p"), strict=True)]
    head = HEAD.replace("from: started}", "from: started, parent: up}")
    tables = {"accounts": "id,use,age,plan,vip,tickets,started,up\n" + "\n".join(lines), "calls": "id,at\nd,2026-06-29"}
    with open_workspace(written(tmp_path, head + model, tables)) as workspace:
        scores = workspace.score()
        found = {row["account_id"]: row["score"] for row in score_table(scores).to_pylist()}
        assert found == {"d": 100, "top": 40, "p": 42.5, "a": 90, "b": 30, "c": None}
        values = {(row["account_id"], row["metric"]): row for row in metric_table(scores).to_pylist()}
    assert [values["p", name]["number"] for name in ("own", "below", "good_below", "known_below")] == [4, 4.5, 0.5, 2]
    assert (values["c", "own"]["state"], values["c", "tier_of_own"]["text"]) == ("no_data", None)
    assert (values["top", "own"]["state"], values["top", "below"]["number"]) == ("no_data", 4)
    assert values["p", "own_before"]["number"] == 4
