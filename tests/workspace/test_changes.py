"""What moved scores from day to day: the parts of every account sum to its change, and those of all to the mean's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from keepwell.demo.write import write_demo
from keepwell.facts import fetch
from keepwell.scoring.score import Scores
from keepwell.workspace import Workspace, open_workspace
from keepwell.workspace.changes import Interval, between, intervals
from tests.cli.folder import keepwell

DAYS = [date(2025, 1, 31), date(2025, 2, 28), date(2026, 2, 28)]


@dataclass(frozen=True)
class Found:
    """The demo company, its scores of each day, and what is said to have moved them."""

    workspace: Workspace
    scores: dict[date, Scores]
    intervals: list[Interval]

    def of(self, day: date) -> dict[str, float | None]:
        return {row["id"]: row["score"] for row in fetch.rows(self.scores[day].table.select("id", "score"))}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    folder = tmp_path_factory.mktemp("changes") / "demo"
    write_demo(folder, accounts=120, seed=5)
    with open_workspace(folder) as workspace:
        scores = {day: workspace.score(day) for day in DAYS}
        yield Found(workspace, scores, list(intervals(workspace, DAYS)))


def test_each_change_is_that_of_the_scores_and_the_sum_of_its_parts(found: Found) -> None:
    assert [(interval.since, interval.as_of) for interval in found.intervals] == [
        (DAYS[0], DAYS[1]),
        (DAYS[1], DAYS[2]),
    ]
    split = 0
    for interval in found.intervals:
        before, after = found.of(interval.since), found.of(interval.as_of)
        assert set(interval.changes) == set(before) | set(after)
        for account, change in interval.changes.items():
            assert (change.before, change.after) == (before.get(account), after.get(account)), account
            if change.before is not None and change.after is not None:
                moved = sum(part.points for part in change.parts)
                assert moved == pytest.approx(change.after - change.before, abs=1e-6), account
                split += 1
            else:
                assert change.parts == ()
    assert split > 100


def test_many_accounts_at_once_are_each_alone(found: Found) -> None:
    """Also where the days are a year apart, and whichever accounts stand beside it."""
    last = found.intervals[1]
    account = next(account for account, change in last.changes.items() if len(change.parts) > 3)
    alone = between(found.workspace, [account], found.scores[DAYS[1]], found.scores[DAYS[2]])
    assert alone == {account: last.changes[account]}


def test_another_model_is_a_part_of_its_own(acme: Path) -> None:
    """Two calls on 31 May are 20 points by the model of May and 50 by that of June, whose 100 are five on 22 June."""
    with open_workspace(acme) as workspace:
        first, second = intervals(workspace, [date(2026, 5, 30), date(2026, 5, 31), date(2026, 6, 22)])
    assert not any(part.kind == "model" for change in first.changes.values() for part in change.parts)
    kinds = {part.kind: part.points for part in second.changes["a"].parts}
    assert second.changes["a"].before == 20
    assert kinds == {"model": 30, "values": 50}
    assert second.changes["a"].after == 100


def test_people_see_the_mean_and_what_moved_it(acme: Path) -> None:
    done = keepwell(
        "history", acme, "--table", "changes", "--from", "2026-05-30", "--to", "2026-06-22", "--every", "week"
    )
    lines = [line.split() for line in done.out.splitlines() if line.startswith("2026")]
    assert [line[:2] for line in lines] == [
        ["2026-05-31", "2026-06-07"], ["2026-06-07", "2026-06-14"], ["2026-06-14", "2026-06-21"],
    ]  # fmt: skip
    for line in lines:
        before, *moved, after = (float(number.replace("−", "-")) for number in line[5:])
        assert before + sum(moved) == pytest.approx(after, abs=0.02)
    assert "model" in done.out


def test_programs_get_a_row_for_each_part(acme: Path) -> None:
    days = ("--from", "2026-05-31", "--to", "2026-06-30", "--every", "month")
    rows = json.loads(keepwell("history", acme, "--table", "changes", *days, "--format", "json").out)
    assert list(rows[0]) == ["as_of", "account_id", "since", "kind", "measure", "label", "detail", "points"]
    assert {(row["account_id"], row["kind"], row["measure"]) for row in rows} >= {
        ("a", "model", None), ("a", "values", "health/calls"),
    }  # fmt: skip
    assert {(row["since"], row["as_of"]) for row in rows} == {("2026-05-31", "2026-06-30")}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--save",), "keeps nothing"),
        (("--known-by", "2026-07-01"), "keeps nothing"),
        (("--from", "2026-06-30", "--every", "day"), "needs two days, and the history has one (2026-06-30)"),
    ],
)
def test_wrong_use_is_a_sentence(acme: Path, options: tuple[str, ...], said: str) -> None:
    done = keepwell("history", acme, "--table", "changes", *options)
    assert done.code == 2
    assert said in done.err
