"""Vitally's rules of scoring, as docs.vitally.io tells them under health scores: points 0, 5 and 10, plain means,
labels by equal thirds. 6.67 is printed there, and 7.1 on the homepage."""

from pathlib import Path
from typing import Any

import pytest

from tests.golden.worked import Worked, from_text

HEAD = """
model: vitally
points: {poor: 0, concerning: 5, healthy: 10}
entities: {account: {table: accounts, key: id}}
tables: {memberships: {account: id, time: joined_on}}
metrics:
  logins: {attribute: logins}
  tickets: {attribute: tickets}
  users: {attribute: users}
  segment: {last: memberships.segment}
  support_score: {attribute: support_score}
  use_score: {attribute: use_score}
  money_score: {attribute: money_score}
  people_score: {attribute: people_score}
"""
THIRDS = """
    tiers: [{at: ">= 6.67", is: healthy}, {at: ">= 3.33", is: concerning}, {at: else, is: poor}]
"""
MEAN = """
scores:
  health:
    scale: [0, 10]
    minimum_coverage: 0 %
    parts:
      logins: {metric: logins, bands: [["> 10", healthy], [">= 5", concerning], [else, poor]]}
      tickets: {metric: tickets, bands: [["<= 5", healthy], ["<= 10", concerning], [else, poor]]}
      users: {metric: users, MISSING, bands: [["< 3", poor], [else, healthy]]} # a condition may be left out
"""


def row(id_: str, **cells: Any) -> dict[str, Any]:
    names = ("logins", "tickets", "users", "support_score", "use_score", "money_score", "people_score")
    return {"id": id_, **dict.fromkeys(names, ""), **cells}


ACCOUNTS = [
    row("printed", logins=20, tickets=2, users=1),
    row("without users", logins=20, tickets=7),
    row("edges", logins=5, tickets=5, users=3),
]


def means(folder: Path, missing: str) -> dict[str, Worked]:
    text = HEAD + MEAN.replace("MISSING", missing) + THIRDS
    members = [{"id": "printed", "segment": "all", "joined_on": "2026-01-01"}]
    return from_text(folder, text, {"accounts": ACCOUNTS, "memberships": members})


def test_a_score_is_the_mean_of_its_measures(tmp_path: Path) -> None:
    """(10 + 10 + 0) ÷ 3 = 6.67. A measure without data is left out: (10 + 5) ÷ 2 = 7.5."""
    found = means(tmp_path, "missing: exclude")
    assert (found["printed"].row["native"], found["printed"].row["tier"]) == (6.67, "healthy")
    assert found["without users"].row["native"] == 7.5
    assert (found["without users"].row["low"], found["without users"].row["high"]) == (50, 83.3), "of a hundred"
    assert found["edges"].row["native"] == 8.33, "(5 + 10 + 10) ÷ 3"


def test_a_band_may_take_what_is_missing(tmp_path: Path) -> None:
    """(10 + 5 + 0) ÷ 3 = 5."""
    assert means(tmp_path, "missing: poor")["without users"].row["native"] == 5


OVERALL = """
scores:
  health:
    scale: [0, 10]
    parts:
      support: {weight: 20 %, metric: support_score, curve: [[0, 0], [10, 10]]}
      use: {weight: 40 %, metric: use_score, curve: [[0, 0], [10, 10]]}
      money: {weight: 20 %, metric: money_score, curve: [[0, 0], [10, 10]]}
      people: {weight: 20 %, metric: people_score, curve: [[0, 0], [10, 10]]}
    variants:
      - {is: start, when: "segment = 'start'", parts: {use: {weight: 100 %}, support: null, money: null, people: null}}
      - {is: large, when: "segment = 'large'", parts: {use: {weight: 20 %}, people: {weight: 40 %}}}
"""
SCORES = {"support_score": 7.5, "use_score": 9, "money_score": 5, "people_score": 5}
JOINED = {
    "nowhere": [],
    "start": [("start", "2026-03-01")],
    "then large": [("start", "2026-03-01"), ("large", "2026-04-01")],
    "then start": [("large", "2026-03-01"), ("start", "2026-04-01")],
}


@pytest.mark.parametrize(("name", "native"), [("nowhere", 7.1), ("start", 9), ("then large", 6.3), ("then start", 9)])
def test_the_overall_score_is_weighted_by_the_segment_joined_last(tmp_path: Path, name: str, native: float) -> None:
    """20 % of 7.5, 40 % of 9, 20 % of 5 and 20 % of 5 are 7.1; `large` swaps the weights of use and people: 6.3."""
    members = [
        {"id": id_, "segment": segment, "joined_on": day} for id_, all_ in JOINED.items() for segment, day in all_
    ]
    accounts = [row(id_, **SCORES) for id_ in JOINED]
    text = HEAD + OVERALL.replace("segment = ", "coalesce(segment, 'none') = ") + THIRDS
    assert from_text(tmp_path, text, {"accounts": accounts, "memberships": members})[name].row["native"] == native
