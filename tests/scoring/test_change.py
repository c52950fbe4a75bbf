"""A change between 31 May and 30 June, split: each single cause that was planted lands wholly in its own part."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from keepwell.errors import UsageError
from keepwell.scoring.change import Change
from keepwell.scoring.score import Scores
from keepwell.workspace import Workspace, open_workspace
from keepwell.workspace.changes import between, since
from tests.scoring.folder import written

BEFORE, AFTER = date(2026, 5, 31), date(2026, 6, 30)

MODEL = """
model: change
entities:
  account: {table: accounts, key: account_id, from: started_on}
tables:
  logins: {account: account_id, time: at, known: loaded_at}
  answers: {account: account_id, time: at}
  phases: {account: account_id, time: at}
  doubts: {account: account_id, time: at}
metrics:
  logins_28d: {count: logins, over: 28 days}
  mood: {last: answers.score}
  phase: {last: phases.phase}
  doubt: {count: doubts, absent: zero}
scores:
  health:
    minimum_coverage: 0 %
    parts:
      usage: {weight: 2, metric: logins_28d, curve: [[0, 0], [4, 100]]}
      mood: {weight: 1, metric: mood, curve: [[0, 0], [10, 100]], stale: {expire: 60 days}}
      learning: {weight: 1, metric: tenure_days, bands: [["< 40", 10], [else, 10]], grace: 60 days}
      launch: {weight: 4, metric: mood, curve: [[0, 100], [10, 0]], applies_if: "phase = 'launch'"}
    overrides:
      - {when: doubt > 0, cap: 40, because: there is doubt}
"""

ACCOUNTS = "calm grace launched late arrived stale busier doubted all unknown settled silent"


def tables() -> dict[str, str]:
    """Everybody logs in twice in each of the two windows and answered 8 in May; then the causes, one each."""
    ids = ACCOUNTS.split()
    logins, answers, phases, doubts = [], [], [], ["nobody,2026-05-01"]
    for one in ids:
        days = [] if one == "silent" else ["2026-05-10", "2026-05-20", "2026-06-10", "2026-06-20"]
        logins += [f"{one},{day},{day}" for day in days]
        # At 60 days a value expires: this one is 51 days old in May, and 81 in June.
        asked = {"arrived": "2026-06-05", "all": "2026-06-05", "stale": "2026-04-10", "silent": "2026-06-05"}
        answers += [f"{one},{asked.get(one, '2026-05-15')},8"]
        phases += [] if one in ("unknown", "settled") else [f"{one},2026-04-01,live"]
    phases += ["launched,2026-05-01,launch", "launched,2026-06-15,live", "settled,2026-06-15,launch"]
    phases += ["all,2026-05-01,launch", "all,2026-06-15,live"]
    # Of May, and learned in June; the other keeps the June window at three as well.
    logins += ["late,2026-05-25,2026-06-02", "late,2026-06-25,2026-06-25", "all,2026-05-25,2026-06-02"]
    logins += ["busier,2026-06-25,2026-06-25"]
    doubts += ["doubted,2026-06-20", "all,2026-06-20"]
    born = {"grace": "2026-04-15", "all": "2026-04-15"}
    return {
        "accounts": "account_id,started_on\n" + "\n".join(f"{one},{born.get(one, '2024-01-01')}" for one in ids),
        "logins": "\n".join(["account_id,at,loaded_at", *logins]),
        "answers": "\n".join(["account_id,at,score", *answers]),
        "phases": "\n".join(["account_id,at,phase", *phases]),
        "doubts": "\n".join(["account_id,at", *doubts]),
    }


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder: Path = written(tmp_path_factory.mktemp("change"), MODEL, tables())
    with open_workspace(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def days(workspace: Workspace) -> tuple[Scores, Scores]:
    return workspace.score(BEFORE), workspace.score(AFTER)


def changed(workspace: Workspace, days: tuple[Scores, Scores], account: str) -> Change:
    """The change, which begins and ends at the scores of the two days, and whose parts sum to it."""
    found = between(workspace, [account], *days)[account]
    assert [found.before, found.after] == [
        scores.table.filter(scores.table.id == account).to_pyarrow()["score"][0].as_py() for scores in days
    ]
    if found.before is not None and found.after is not None:
        assert sum(part.points for part in found.parts) == pytest.approx(found.after - found.before, abs=1e-9)
    return found


# All that counts, before and after: usage 50 (weight 2), mood 80 (1), learning 10 (1): 190/4 = 47.5.
SINGLE = [
    # Its grace over, `learning` counts: (100 + 80) / 3 = 60 → 47.5.
    ("grace", 60.0, 47.5, ("applicability", "learning", "46 → 76", -12.5)),
    # `launch` (20 points, weight 4) no longer applies: (190 + 80) / 8 = 33.75 → 47.5.
    ("launched", 33.75, 47.5, ("applicability", "launch", "8", 13.75)),
    # Three logins in May, as is known now: 47.5 → (150 + 90) / 4 = 60.
    ("late", 47.5, 60.0, ("late facts", "usage", "2 → 3", 12.5)),
    # The first answer: (100 + 10) / 3 = 36.67 → 47.5.
    ("arrived", 36.67, 47.5, ("presence", "mood", "no data → 8", 10.83)),
    ("stale", 47.5, 36.67, ("presence", "mood", "8", -10.83)),
    ("busier", 47.5, 60.0, ("values", "usage", "2 → 3", 12.5)),
    ("doubted", 47.5, 40.0, ("overrides", "Capped at 40: there is doubt (began to hold)", "", -7.5)),
    # Whether `launch` applies was unknown, so that it counted as missing; now it applies: 47.5 → 33.75.
    ("settled", 47.5, 33.75, ("applicability", "launch", "8", -13.75)),
]


@pytest.mark.parametrize(("account", "before", "after", "part"), SINGLE, ids=[row[0] for row in SINGLE])
def test_a_single_cause_lands_wholly_in_its_part(
    workspace: Workspace, days: tuple[Scores, Scores], account: str, before: float, after: float,
    part: tuple[str, str, str, float],
) -> None:  # fmt: skip
    found = changed(workspace, days, account)
    assert (found.before, found.after) == (before, after)
    assert [(one.kind, one.label, one.detail, one.points) for one in found.parts] == [part]


@pytest.mark.parametrize("account", ["calm", "unknown"])
def test_nothing_changed(workspace: Workspace, days: tuple[Scores, Scores], account: str) -> None:
    """Not even where it is unknown, on both days, whether a part applies."""
    found = changed(workspace, days, account)
    assert (found.before, found.after, found.parts) == (47.5, 47.5, ())


def test_every_cause_at_once_along_the_stated_path(workspace: Workspace, days: tuple[Scores, Scores]) -> None:
    """In May usage 50 alone counts, weight 2; launch applied, but had no answer to read."""
    found = changed(workspace, days, "all")
    assert (found.before, found.after) == (50.0, 40.0)
    assert [(one.kind, one.label, one.points) for one in found.parts] == [
        ("applicability", "learning", -13.33),  # (100 + 10) / 3 = 36.67; that launch ceased moves nothing
        ("late facts", "usage", 16.66),  # (150 + 10) / 3 = 53.33
        ("presence", "mood", 6.67),  # (150 + 10 + 80) / 4 = 60
        ("values", "usage", -12.5),  # back to two logins: 47.5
        ("overrides", "Capped at 40: there is doubt (began to hold)", -7.5),
    ]


def test_no_score_on_one_of_the_days(workspace: Workspace, days: tuple[Scores, Scores]) -> None:
    found = changed(workspace, days, "silent")
    assert found.before == 10.0  # `learning` counts from what is known of everybody
    assert found.after == pytest.approx((80 + 10) / 2)


def test_the_days_must_be_in_order(workspace: Workspace, days: tuple[Scores, Scores]) -> None:
    with pytest.raises(UsageError, match="--since 2026-06-30 is not before 2026-05-31"):
        since(workspace, "calm", AFTER, days[0])


OVERRIDES = """
model: overrides
entities: {account: {table: accounts, key: account_id}}
tables: {signs: {account: account_id, time: at}}
metrics: {sign: {last: signs.sign}, mood: {last: signs.mood}, other: {last: signs.other}, size: {attribute: size}}
scores:
  health:
    parts: {size: {metric: size, curve: [[0, 0], [100, 100]]}}
    overrides:
      - {when: "sign = 'bad'", cap: 40, because: it is bad}
      - {when: "mood < 3", cap: 30, because: it is sad}
      - {when: "other > 3", floor: 20, because: there is more}
"""


def test_overrides_that_turned_are_named(tmp_path: Path) -> None:
    """Of a score of 50: capped at 30 as it was sad, then at 40 as it is bad; that `other` is 1 does nothing.

    What certainly did not hold, and of which nobody knows anything any more, is `lost`.
    """
    signs = "account_id,at,sign,mood,other\na,2026-05-01,good,1,\na,2026-06-20,bad,5,1\nlost,2026-05-01,good,1,1\n"
    tables = {"accounts": "account_id,size\na,50\nlost,50\n", "signs": signs}
    model = OVERRIDES.replace("last: signs.mood", "last: signs.mood, over: 50 days")
    with open_workspace(written(tmp_path, model, tables)) as workspace:
        days = workspace.score(BEFORE), workspace.score(AFTER)
        found, lost = between(workspace, ["a", "lost"], *days).values()
    assert (found.before, found.after) == (30, 40)
    (part,) = found.parts
    assert (part.kind, part.points) == ("overrides", 10)
    assert part.label.split("; ") == [
        "Capped at 40: it is bad (began to hold)",
        "Capped at 30: it is sad (ceased to hold)",
        "Kept at least 20: there is more (does not hold, as is known now)",
    ]
    assert [(part.label, part.points) for part in lost.parts] == [
        ("Capped at 30: it is sad (nobody knows whether it holds)", 20)
    ]
