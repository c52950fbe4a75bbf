"""Relationship capital: the guide's model with numbers worked out by hand, and what the language says for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from keepwell.scoring.tables import metric_table, score_table
from keepwell.workspace import open_workspace
from tests.docs.pages import DOCS, blocks
from tests.docs.transcripts import Reader
from tests.scoring.folder import NO_TREE, written


def metrics(folder: Path) -> dict[tuple[str, str], tuple[str, float | None]]:
    with open_workspace(folder) as workspace:
        rows = metric_table(workspace.score()).to_pylist()
    return {(row["account_id"], row["metric"]): (row["state"], row["number"]) for row in rows}


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guide")
    reader = Reader(folder)
    for block in blocks(DOCS / "how-to" / "measure-relationships.md"):
        if block.mark.startswith("file"):
            reader.follow(block)
    return folder


HAND = [
    ("OAK", "quiet_days", 4),  # from 24 to 28 June
    ("OAK", "interactions_13w", 5),  # since 30 March
    ("OAK", "active_weeks", 4),  # of 22 and 8 June, 11 May, 20 April
    ("OAK", "closeness", 28.1),  # two meetings 5 × 2, a call 3 × 2, a mail 2, a mail to a list 0.1
    ("OAK", "from_them", 3 / 5),
    ("OAK", "people", 2),
    ("OAK", "reach", 13 / 14),  # an executive who buys 5 × 2, a manager 3; one of 1 is not in touch
    ("OAK", "largest_share", 3 / 5),
    ("ELM", "closeness", 6.1),
    ("ELM", "from_them", 0),
    ("ELM", "active_weeks", 2),
    ("ELM", "reach", 3 / 13),
    ("ELM", "deciders_in_touch", 0),
    ("ASH", "quiet_days", 39),  # eleven days of May and 28 of June
    ("ASH", "reach", 1),
]


def test_the_guide_by_hand(guide: Path) -> None:
    found = metrics(guide)
    assert {(account, name): found[account, name][1] for account, name, _ in HAND} == {
        (account, name): pytest.approx(number, abs=1e-9) for account, name, number in HAND
    }


def test_the_flags_of_the_guide_and_their_evidence(guide: Path) -> None:
    with open_workspace(guide) as workspace:
        scores = workspace.score()
        flags = {row["account_id"]: row["flags"] for row in score_table(scores).to_pylist()}
        (lonely, _) = workspace.explain(scores, "ASH").flags
    assert flags == {
        "OAK": [],
        "ELM": ["decision_maker_out_of_touch", "one_sided", "single_threaded"],
        "ASH": ["lonely", "no_decision_maker"],
    }
    assert (lonely.flag, lonely.evidence) == ("lonely", (("days since anybody was in touch", "39 days"),))


MODEL = """
model: shares
entities:
  account: {table: accounts, key: account_id}
  contact: {table: contacts, key: contact_id, in: account}
tables:
  mails: {account: account_id, contact: contact_id, time: at}
metrics:
  weeks: {count_distinct: mails.week}
  weeks_of_two: {count_distinct: mails.week, over: 2 days}
  monday: {last: mails.week}
  share: {share: mails, that: "answered"}
  weighed: {share: mails, that: "answered", weight: size}
  role: {for: contact, attribute: role}
  rank: {for: contact, attribute: rank}
  buyers: {share: contact, that: "role = 'buyer'", weight: rank}
"""
TABLES = {
    "accounts": "account_id\nA\nB\nC",
    # 30 June 2026 is a Tuesday; Sunday the 28th and Monday the 29th lie in two weeks.
    "mails": """
account_id,contact_id,at,answered,size
A,X,2026-06-28 23:59,true,3
A,X,2026-06-29 00:00,false,1
A,X,2026-06-30 12:00,,5
A,X,2026-06-30 13:00,true,
B,Y,2026-06-21,true,0
""",
    "contacts": "contact_id,account_id,role,rank\nX,A,buyer,2\nY,A,user,6\nZ,A,buyer,\nV,B,buyer,\nW,B,user,",
}


def test_weeks_begin_on_monday(tmp_path: Path) -> None:
    found = metrics(written(tmp_path, MODEL + NO_TREE, TABLES))
    assert found["A", "weeks"] == ("ok", 2)
    assert found["A", "weeks_of_two"] == ("ok", 1)
    with open_workspace(tmp_path) as workspace:
        days = {row["account_id"]: row["day"] for row in metric_table(workspace.score()).to_pylist() if row["day"]}
    assert {account: day.isoformat() for account, day in days.items()} == {"A": "2026-06-29", "B": "2026-06-15"}


def test_a_share_can_be_weighed(tmp_path: Path) -> None:
    """Of rows of which both the answer and the weight are known: 3 of 3 + 1. A weight of zero leaves nothing."""
    found = metrics(written(tmp_path, MODEL + NO_TREE, TABLES))
    state, share = found["A", "share"]
    assert (state, share) == ("ok", pytest.approx(2 / 3))  # type: ignore[comparison-overlap]
    assert found["A", "weighed"] == ("ok", 0.75)
    assert found["B", "weighed"] == ("no_data", None)
    assert found["A", "buyers"] == ("ok", 0.25)  # 2 of 2 + 6; the one without a rank is left out
    assert found["B", "buyers"] == ("no_data", None)  # nobody has a rank
    assert found["C", "buyers"] == ("no_data", None)


def test_a_column_of_the_data_goes_before_the_calendar(tmp_path: Path) -> None:
    mails = "account_id,contact_id,at,answered,size,week\nA,X,2026-06-28,true,1,W26\nA,X,2026-06-29,true,1,W26"
    found = metrics(written(tmp_path, MODEL + NO_TREE, TABLES | {"mails": mails}))
    assert found["A", "weeks"] == ("ok", 1)
