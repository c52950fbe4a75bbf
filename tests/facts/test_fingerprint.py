"""What a table held, by day: any order of rows is the same, any other value is not."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from pathlib import Path

from keepwell.facts.fingerprint import fingerprints
from keepwell.results.seen import TIMELESS, Changed, Seen
from keepwell.workspace import open_workspace
from tests.scoring.folder import NO_TREE, written

MODEL = f"""
model: acme
entities: {{account: {{table: accounts, key: id}}}}
tables:
  calls: {{account: id, time: at, known: loaded}}
  tickets: {{account: id, time: opened, columns: {{closed: happened, stars: {{known: closed}}}}}}
metrics:
  calls: {{count: calls, over: 28 days}}
  open: {{open: tickets, until: closed}}
  stars: {{mean: tickets.stars}}
{NO_TREE}
"""
CALLS = ["a,2026-06-01 09:00,2026-06-01", "a,2026-06-01 10:00,2026-06-09", "b,2026-06-02 09:00,2026-06-02"]
TABLES = {
    "accounts": "id\na\nb",
    "calls": "\n".join(["id,at,loaded", *CALLS]),
    "tickets": "id,opened,closed,stars\na,2026-05-01,,\nb,2026-05-02,2026-06-03,4",
}


def seen(folder: Path, **tables: str) -> Seen:
    with open_workspace(written(folder, MODEL, TABLES | tables)) as workspace:
        return Seen(fingerprints(workspace.facts))


def test_rows_are_counted_on_the_day_on_which_they_happened(tmp_path: Path) -> None:
    found = seen(tmp_path)
    assert found.counts("calls") == {date(2026, 6, 1): 2, date(2026, 6, 2): 1}
    assert found.counts("tickets") == {date(2026, 5, 1): 1, date(2026, 5, 2): 1, date(2026, 6, 3): 0}
    assert found.counts("accounts") == {TIMELESS: 2}


def test_the_order_of_rows_is_nothing(tmp_path: Path) -> None:
    before = seen(tmp_path)
    for order in permutations(CALLS):
        assert not list(before.changed(seen(tmp_path, calls="\n".join(["id,at,loaded", *order])), date.max))


def test_late_changed_and_vanished_rows_are_named_by_their_day(tmp_path: Path) -> None:
    before = seen(tmp_path)
    more = seen(tmp_path, calls=TABLES["calls"] + "\nb,2026-06-02 11:00,2026-06-20\nb,2026-06-05,2026-06-05")
    assert list(before.changed(more, date(2026, 6, 4))) == [Changed("calls", date(2026, 6, 2), 1, 1, 0)]
    other = seen(tmp_path, calls=TABLES["calls"].replace("b,2026-06-02", "a,2026-06-02"))
    assert list(before.changed(other, date.max)) == [Changed("calls", date(2026, 6, 2), 1, 0, 0)]
    fewer = seen(tmp_path, calls="id,at,loaded\n" + CALLS[2])
    assert list(before.changed(fewer, date.max)) == [Changed("calls", date(2026, 6, 1), 1, 0, 2)]
    fewer = seen(tmp_path, accounts="id\na")
    assert list(before.changed(fewer, date.max)) == [Changed("accounts", None, 1, 0, 1)]


def test_a_ticket_that_is_closed_is_news_of_that_day_and_changes_no_past(tmp_path: Path) -> None:
    before = seen(tmp_path)
    closed = seen(tmp_path, tickets=TABLES["tickets"].replace("2026-05-01,,", "2026-05-01,2026-06-10,2"))
    assert not list(before.changed(closed, date(2026, 6, 9)))
    assert list(before.changed(closed, date(2026, 6, 10))) == [Changed("tickets", date(2026, 6, 10), 1, 0, 0)]


def test_hashes_of_another_model_are_not_compared_but_rows_are(tmp_path: Path) -> None:
    before = seen(tmp_path)
    (tmp_path / "model.yaml").write_text(MODEL.replace("time: at, known: loaded", "time: at"))
    with open_workspace(tmp_path) as workspace:
        after = Seen(fingerprints(workspace.facts))
    assert before.basis["calls"] != after.basis["calls"]
    assert not list(before.changed(after, date.max))
