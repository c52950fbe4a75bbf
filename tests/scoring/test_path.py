"""The path to good: cases worked out by hand, and small random trees against trying every set of measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from itertools import combinations
from pathlib import Path as Folder
from random import Random
from typing import Any

import pytest

from keepwell.cli.path import path_lines
from keepwell.scoring import search
from keepwell.scoring.path import Path
from keepwell.scoring.score import Scores
from keepwell.workspace import Workspace, open_workspace
from tests.scoring.folder import written

HEAD = """
model: path
entities:
  account: {table: accounts, key: account_id}
tables:
  accounts: {columns: {a: {kind: number}, b: {kind: number}, c: {kind: number}, d: {kind: number}}}
metrics:
  industry: {attribute: industry}
  size: {attribute: size}
  doubt: {attribute: doubt}
  a: {attribute: a}
  b: {attribute: b}
  c: {attribute: c}
  d: {attribute: d}
"""
TIERS = '[{at: ">= 70", is: great}, {at: "> 50", is: good}, {at: else, is: at_risk}]'
POINTS = "curve: [[0, 0], [100, 100]]"
COLUMNS = ("account_id", "industry", "size", "doubt", "a", "b", "c", "d")

PEERS = [(f"p{index:02}", "steel", "small", "no", 10 * index, 60, 60, 60) for index in range(1, 13)]
"""Twelve: of `a` they have 10 … 120, so that a quarter, three of them, have 100 points; of the others 60."""

MEAN = f"""
scores:
  health:
    tiers: {TIERS}
    minimum_coverage: 0 %
    parts:
      a: {{metric: a, {POINTS}}}
      b: {{metric: b, {POINTS}}}
      c: {{metric: c, {POINTS}}}
      d: {{metric: d, {POINTS}}}
"""


@contextmanager
def opened(folder: Folder, model: str, rows: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Workspace, Scores]]:
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in (COLUMNS, *rows)]
    with open_workspace(written(folder, model, {"accounts": "\n".join(lines)})) as workspace:
        yield workspace, workspace.score()


def found(folder: Folder, score: str, *account: Any, peers: str = "", rows: Sequence[tuple[Any, ...]] = PEERS) -> Path:
    with opened(folder, HEAD + peers + score, [("me", *account), *rows]) as (workspace, scores):
        path = workspace.path(scores, "me")
        assert path is not None
        return path


def steps(path: Path) -> list[tuple[str, str, str, float, float]]:
    return [(step.metric, step.value, step.level, step.points, step.level_points) for step in path.steps]


def said(path: Path, score: float, tier: str) -> list[str]:
    return list(path_lines(path, {"score": score, "tier": tier}))


def test_one_measure_is_enough(tmp_path: Folder) -> None:
    """(20 + 40 + 40 + 45) / 4 = 36.25. Raised alone a gives 56.25; b or c 41.25, d 40."""
    path = found(tmp_path, MEAN, "steel", "small", "no", 20, 40, 40, 45)
    assert (path.kind, path.tier, path.score) == ("path", "good", 56.25)
    # Of the twelve 100, 110 and 120 have 100 points; 100 is nearest to what it has.
    assert steps(path) == [("a", "20", "100", 20.0, 100.0)]
    assert said(path, 36.25, "at_risk") == [
        "Path to good: one measure lifts it from 36.25 to 56.25, good.",
        "  · a: 20 → 100 (20 → 100 points), as a quarter of all 12 others have",
    ]


def test_two_measures_are_needed_and_the_largest_gain_is_taken(tmp_path: Folder) -> None:
    """(20 + 40 + 20 + 10) / 4 = 22.5. With a 42.5; then with d (+12.5) 55, with c (+10) 52.5, with b 47.5."""
    path = found(tmp_path, MEAN, "steel", "small", "no", 20, 40, 20, 10)
    assert (path.kind, path.score) == ("path", 55.0)
    assert [step.metric for step in path.steps] == ["a", "d"]


def test_of_equal_gains_the_first_in_the_file_is_taken(tmp_path: Folder) -> None:
    """(20 + 10 + 10 + 10) / 4 = 12.5; a and any one other give 45, a and any two 57.5."""
    path = found(tmp_path, MEAN, "steel", "small", "no", 20, 10, 10, 10)
    assert [step.metric for step in path.steps] == ["a", "b", "c"]
    assert path.score == 57.5


def test_the_line_is_judged_on_the_value_shown(tmp_path: Folder) -> None:
    """Without decimals 49.75 reads 50, which is not above 50; 50.25 reads 50 as well."""
    score = MEAN.replace("minimum_coverage: 0 %", "minimum_coverage: 0 %\n    decimals: 0")
    path = found(tmp_path, score, "steel", "small", "no", 20, 50, 25, 26)  # 30.25; a: 50.25, so shown 50
    assert [step.metric for step in path.steps] == ["a", "c"]


def test_no_path_is_an_answer(tmp_path: Folder) -> None:
    """All at what peers reach: (100 + 60 + 60 + 60) / 4 = 70 is great, but not with a stuck at 0 of an own maximum."""
    low = [(*row[:4], 30, *row[5:]) for row in PEERS]
    path = found(tmp_path, MEAN.replace('"> 50"', '"> 60"'), "steel", "small", "no", 0, 0, 0, 0, rows=low)
    assert (path.kind, path.could, path.score, path.tier) == ("none", 4, 52.5, "at_risk")
    assert said(path, 0, "at_risk") == [
        "Path to good: no path. All 4 measures that could rise to what peers have reached together give 52.5, at risk."
    ]


def test_nothing_is_below_the_peers(tmp_path: Folder) -> None:
    flat = [(*row[:4], 10, 10, 10, 10) for row in PEERS]
    path = found(tmp_path, MEAN, "steel", "small", "no", 20, 20, 20, 20, rows=flat)
    assert (path.kind, path.could) == ("none", 0)
    assert said(path, 20, "at_risk") == [
        "Path to good: no path. Nothing in it is below what a quarter of its peers have reached."
    ]


@pytest.mark.parametrize(("count", "who"), [(1, "the only other account has"), (5, "2 of 5 others have")])
def test_nothing_is_below_few_others(tmp_path: Folder, count: int, who: str) -> None:
    flat = [(*row[:4], 10, 10, 10, 10) for row in PEERS[:count]]
    path = found(tmp_path, MEAN, "steel", "small", "no", 20, 20, 20, 20, rows=flat)
    assert said(path, 20, "at_risk") == [f"Path to good: no path. Nothing in it is below what {who} reached."]


def test_more_than_five_measures_are_no_path(tmp_path: Folder) -> None:
    """Six tenths of the weight have to rise from 0 to 100, a tenth each: six measures for a line at 60."""
    parts = "".join(f"      x{i}: {{metric: a, {POINTS}}}\n" for i in range(10))
    score = f"scores:\n  s:\n    tiers: [{{at: '>= 60', is: good}}, {{at: else, is: bad}}]\n    parts:\n{parts}"
    path = found(tmp_path, score, "steel", "small", "no", 0, 0, 0, 0)
    assert (path.kind, path.could, path.score, path.tier) == ("none", 10, 100.0, "good")
    assert said(path, 0, "bad")[0].startswith("Path to good: no path with 5 measures or fewer. All 10 measures that")
    (tmp_path / "five").mkdir()
    assert len(found(tmp_path / "five", score.replace(">= 60", ">= 50"), "steel", "small", "no", 0, 0, 0, 0).steps) == 5


def test_the_best_tier_needs_no_path(tmp_path: Folder) -> None:
    path = found(tmp_path, MEAN, "steel", "small", "no", 90, 90, 90, 90)
    assert (path.kind, path.tier) == ("best", "great")
    assert said(path, 90, "great") == ["Path to good: it is in the best tier, great."]


def test_peers_are_alike_and_widened_where_there_are_too_few(tmp_path: Folder) -> None:
    """Ten in steel, five of them small: too few, so the size is dropped. Five in glass are nobody's peers here."""
    rows = [
        *((f"s{i}", "steel", "small", "no", 90, 60, 60, 60) for i in range(5)),
        *((f"l{i}", "steel", "large", "no", 10 + i, 60, 60, 60) for i in range(5)),
        *((f"g{i}", "glass", "small", "no", 100, 100, 100, 100) for i in range(5)),
    ]
    peers = "peers: {same: [industry, size]}\n"
    path = found(tmp_path, MEAN, "steel", "small", "no", 20, 60, 60, 40, peers=peers, rows=rows)  # 45 → with a 62.5
    (step,) = path.steps
    assert (step.level_points, step.peers, step.same, step.dropped) == (90.0, 10, ("industry",), ("size",))
    assert said(path, 45, "at_risk")[1].endswith(
        "as a quarter of 10 peers of the same industry have, as too few are also of the same size"
    )
    glass = found(tmp_path / "glass", MEAN, "glass", "small", "no", 20, 60, 60, 40, peers=peers, rows=rows)
    # Everybody: of fifteen the fourth largest sets the level, and five have 100.
    assert [(step.level_points, step.peers, step.same) for step in glass.steps] == [(100.0, 15, ())]
    nobody = found(tmp_path / "unknown", MEAN, None, "small", "no", 20, 60, 60, 40, peers=peers, rows=rows)
    assert nobody.steps[0].dropped == ("industry", "size")


@pytest.mark.parametrize(
    ("count", "level"), [(8, 70.0), (9, 70.0), (12, 100.0), (4, 40.0), (5, 40.0), (1, 10.0)]
)  # the ⌈n/4⌉-th largest: 2nd of 8 (80, 70), 3rd of 9 and of 12, 1st of 4, 2nd of 5
def test_a_quarter_of_the_peers(tmp_path: Folder, count: int, level: float) -> None:
    score = MEAN.replace('"> 50"', '"> 5"')
    path = found(tmp_path, score, "steel", "small", "no", 0, 0, 0, 0, rows=[(*r[:5], 0, 0, 0) for r in PEERS[:count]])
    assert [step.level_points for step in path.steps] == ([level] if level > 20 else [])


@pytest.mark.parametrize(
    ("count", "who"),
    [
        (1, "the only other account has"),
        (2, "1 of 2 others has"),
        (7, "2 of 7 others have"),
        (10, "a quarter of all 10 others have"),
    ],
)
def test_of_few_others_it_is_told_how_many_they_are(tmp_path: Folder, count: int, who: str) -> None:
    rows = [(*row[:4], 100, *row[5:]) for row in PEERS[:count]]
    path = found(tmp_path, MEAN, "steel", "small", "no", 20, 40, 40, 45, rows=rows)
    assert said(path, 36.25, "at_risk")[1] == f"  · a: 20 → 100 (20 → 100 points), as {who}"


def test_nobody_to_compare_with(tmp_path: Folder) -> None:
    """Nobody else; and where points end at 40, no peer would help."""
    alone = found(tmp_path, MEAN, "steel", "small", "no", 20, 40, 40, 45, rows=[])
    assert said(alone, 36.25, "at_risk") == ["Path to good: no path. No other account has a value to compare it with."]
    low = found(tmp_path / "low", MEAN.replace("[100, 100]", "[100, 40]"), "steel", "small", "no", 20, 40, 40, 45)
    assert (low.kind, low.peers) == ("none", None)
    assert said(low, 14.5, "at_risk") == ["Path to good: no path. Not even every measure at its own best lifts it."]


OVERRIDES = """
    overrides:
      - {when: "doubt = 'yes'", cap: 50, because: the CSM doubts it}
      - {when: "a < 15", floor: 10, because: never below ten}
"""


def test_an_override_in_the_way_is_the_path(tmp_path: Folder) -> None:
    path = found(tmp_path, MEAN + OVERRIDES, "steel", "small", "yes", 60, 60, 60, 60)
    assert (path.kind, path.because) == ("held", ("Capped at 50: the CSM doubts it",))
    assert said(path, 50, "at_risk") == [
        "Path to good: whatever the measures do, it stays at risk while this holds.",
        "  · Capped at 50: the CSM doubts it",
    ]


def test_a_forced_tier_is_the_path(tmp_path: Folder) -> None:
    forced = "\n    overrides: [{when: \"doubt = 'yes'\", tier: at_risk, because: it has given notice}]"
    path = found(tmp_path, MEAN + forced, "steel", "small", "yes", 90, 90, 90, 90)
    assert (path.kind, path.because) == ("held", ("Tier set to at risk: it has given notice",))


def test_an_override_that_leaves_room_is_judged_in(tmp_path: Folder) -> None:
    """Capped at 60: good can be reached, great not; from good on the cap is what holds it."""
    score = MEAN + OVERRIDES.replace("cap: 50", "cap: 60")
    path = found(tmp_path, score, "steel", "small", "yes", 20, 60, 60, 50)  # 47.5 → 67.5, capped
    assert (path.kind, path.score, path.tier) == ("path", 60.0, "good")
    held = found(tmp_path / "good", score, "steel", "small", "yes", 60, 60, 60, 50)
    assert (held.kind, held.tier) == ("held", "good")


def test_a_minimum_needs_all_that_lie_below_the_line(tmp_path: Folder) -> None:
    """Min of 20, 40, 90 and 45 is 20; a, b and d have to rise, and c need not."""
    path = found(
        tmp_path, MEAN.replace("minimum_coverage", "combine: min\n    minimum_coverage"), "steel", "small", "no",
        20, 40, 90, 45,
    )  # fmt: skip
    assert ([step.metric for step in path.steps], path.score) == (["a", "b", "d"], 60.0)


def test_a_missing_measure_is_unknown_and_no_part_of_the_path(tmp_path: Folder) -> None:
    """(40 + 40 + 45) / 3 without a; b and c raised give 55, with d 60."""
    path = found(tmp_path, MEAN, "steel", "small", "no", None, 40, 40, 45)
    assert (path.unknown, [step.metric for step in path.steps], path.score) == (("a",), ["b", "c"], 55.0)
    assert said(path, 41.67, "at_risk")[-1] == "  unknown, and so no part of it: a"


def test_too_little_data_and_no_tiers(tmp_path: Folder) -> None:
    poor = found(tmp_path, MEAN.replace("0 %", "80 %"), "steel", "small", "no", None, None, 40, 45)
    assert (poor.kind, poor.unknown) == ("evidence", ("a", "b"))
    with opened(tmp_path / "plain", HEAD + MEAN.replace(f"tiers: {TIERS}", "label: x"), PEERS) as (workspace, scores):
        assert workspace.path(scores, "p01") is None


# ---- Against every set


def measures(node: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, part in node["parts"].items():
        yield from measures(part, (*path, name)) if "parts" in part else [(*path, name)]


def worth(node: dict[str, Any], points: dict[str, Fraction]) -> Fraction:
    """The value of a tree whose parts have names of their own."""
    values = [(part, worth(part, points) if "parts" in part else points[name]) for name, part in node["parts"].items()]
    match node["combine"]:
        case "min":
            return min(value for _, value in values)
        case "max":
            return max(value for _, value in values)
        case "sum":
            return min(weighed(values) / 100, Fraction(100))
    return weighed(values) / Fraction(sum(part["weight"] for part, _ in values))


def weighed(values: Sequence[tuple[dict[str, Any], Fraction]]) -> Fraction:
    return sum((part["weight"] * value for part, value in values), Fraction())


def tree(random: Random, names: Iterator[str], depth: int) -> dict[str, Any]:
    combine = random.choice(("mean", "mean", "mean", "min", "max", "sum"))
    parts: dict[str, Any] = {}
    for _ in range(random.randrange(2, 5)):
        name = next(names)
        below = depth and random.random() < 0.4
        part = tree(random, names, depth - 1) if below else {"metric": name, "curve": [[0, 0], [100, 100]]}
        parts[name] = part | {"weight": random.randrange(1, 4) * (20 if combine == "sum" else 1)}
    return {"combine": combine, "parts": parts}


def brute(node: dict[str, Any], now: dict[str, Fraction], then: dict[str, Fraction], line: int) -> tuple[str, ...]:
    """The answer by trying every set of at most three: fewest, then the largest value, then the order of the file."""
    order = [path[-1] for path in measures(node)]
    rising = [name for name in order if then[name] > now[name]]
    for size in range(1, 4):
        sets = [(worth(node, now | {name: then[name] for name in one}), one) for one in combinations(rising, size)]
        lifting = [(value, one) for value, one in sets if value >= line]
        if lifting:
            most = max(value for value, _ in lifting)
            return next(one for value, one in lifting if value == most)
    return ()


@pytest.mark.parametrize("seed", range(8))
def test_small_random_trees_against_every_set(tmp_path: Folder, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keepwell.scoring.search.BATCH", 3)
    random = Random(seed)  # noqa: S311 (no secret: the same trees every time)
    root = tree(random, (f"m{index}" for index in range(100)), 2)
    names = [path[-1] for path in measures(root)]
    # Few different numbers, so that sets tie. A lone peer with a value sets the level of all.
    now = {name: Fraction(random.choice((0, 10, 20, 40))) for name in names}
    then = {name: Fraction(random.choice((20, 50, 60, 100))) for name in names}
    low = int(worth(root, now)) + 1
    line = random.randrange(low, max(low + 1, int(worth(root, now | then)) + 1))
    model = (
        "{model: random, entities: {account: {table: accounts, key: account_id}}, tables: {accounts: {}}, metrics: "
        + str({name: {"attribute": name} for name in names})
        + ", scores: {s: "
        + str(root | {"decimals": 6, "tiers": [{"at": f">= {line}", "is": "good"}, {"at": "else", "is": "bad"}]})
        + "}}"
    )
    rows: list[list[Any]] = [
        ["account_id", *names],
        ["me", *(now[n] for n in names)],
        ["peer", *(then[n] for n in names)],
    ]
    table = "\n".join(",".join(map(str, row)) for row in rows)
    with open_workspace(written(tmp_path, model, {"accounts": table})) as workspace:
        monkeypatch.setattr(search, "MOST", 3)
        found = workspace.path(workspace.score(), "me")
    assert found is not None
    assert tuple(step.metric for step in found.steps) == brute(root, now, then, line), (model, found)
