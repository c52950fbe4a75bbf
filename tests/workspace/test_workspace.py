"""A workspace folder as programs open it: its file, its day, and what is said beside its scores."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import keepwell
from keepwell.errors import ModelError, UsageError, WorkspaceError
from keepwell.scoring.tables import score_table
from keepwell.workspace import check_workspace, open_workspace
from tests.cli.folder import ACCOUNTS, MODEL, PINNED, listing, written
from tests.scoring.folder import written as small


def test_a_program_needs_three_lines(tmp_path: Path) -> None:
    """As the package's own first lines show it, with the folder's name as text."""
    before = listing(written(tmp_path))
    with keepwell.open_workspace(str(tmp_path)) as workspace:
        table = keepwell.score_table(workspace.score())
    assert table.select(["account_id", "score", "tier"]).to_pylist()[:2] == [
        {"account_id": "A", "score": 95.0, "tier": "great"},
        {"account_id": "B", "score": 25.0, "tier": "at_risk"},
    ]
    assert keepwell.check_workspace(str(tmp_path)) == []
    assert listing(tmp_path) == before


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_today_is_today_in_the_zone_of_the_workspace(tmp_path: Path, zone: str) -> None:
    """The two zones are never on the same day."""
    written(tmp_path, {"keepwell.yaml": f"workspace: acme\nzone: {zone}\n"})
    with open_workspace(tmp_path) as workspace:
        before = datetime.now(ZoneInfo(zone)).date()
        assert before <= workspace.day(None) <= datetime.now(ZoneInfo(zone)).date()


def test_the_day_that_is_asked_for_comes_before_the_pinned_one(tmp_path: Path) -> None:
    with open_workspace(written(tmp_path)) as workspace:
        assert workspace.day(None) == date(2026, 6, 30)
        assert workspace.day(date(2025, 1, 1)) == date(2025, 1, 1)
        assert (workspace.day(date(1900, 1, 1)), workspace.day(date(2200, 1, 1))) == (
            date(1900, 1, 1),
            date(2200, 1, 1),
        )
        for day in (date(1899, 12, 31), date(2200, 1, 2)):
            with pytest.raises(UsageError, match=f"{day} cannot be scored; days from 1900-01-01 to 2200-01-01 can"):
                workspace.day(day)
        with pytest.raises(UsageError, match="--known-by 2026-06-29 lies before 2026-06-30, the day to score"):
            workspace.metrics(known_by=date(2026, 6, 29))


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    """A workspace without any data opens, so that its model can be looked at."""
    written(tmp_path, {"data/accounts.csv": None, "data/logins.csv": None, "data/answers.csv": None})
    with open_workspace(tmp_path) as workspace:
        assert workspace.loaded.model.model == "acme"


@pytest.mark.parametrize(
    ("files", "kind", "codes"),
    [
        ({"keepwell.yaml": PINNED + "zon: UTC\nmodle: x\n"}, WorkspaceError, ["extra_forbidden", "extra_forbidden"]),
        ({"model.yaml": MODEL.replace("logins_28d:", "logins:", 1)}, ModelError, None),
    ],
)
def test_every_finding_comes_along(
    tmp_path: Path, files: dict[str, str], kind: type[keepwell.KeepwellError], codes: list[str] | None
) -> None:
    """An error carries what `check` would print."""
    written(tmp_path, files)
    with pytest.raises(kind) as caught, open_workspace(tmp_path):
        pass
    assert list(caught.value.findings) == check_workspace(tmp_path)
    assert codes is None or [item.code for item in caught.value.findings] == codes


def test_notices_beside_the_scores(tmp_path: Path) -> None:
    """What is not there, what nobody has, and who stands there twice."""
    written(
        tmp_path, {"data/answers.csv": None, "data/accounts.csv": ACCOUNTS + "A,Again,Ines,1,2024-01-01,\nA,,,,,\n"}
    )
    with open_workspace(tmp_path) as workspace:
        scores = workspace.score()
        *others, twice = workspace.notices(scores)
        assert others == [
            "data: 1 table that the model reads is not there, so what needs it is left out for all: answers (mood).",
        ]
        assert twice.startswith("data/accounts.csv: 1 account stands in more than one row, such as ‘A’; one row was")
        assert score_table(scores).num_rows == 4


def test_a_model_that_asks_for_more_than_there_is_says_so_once(tmp_path: Path) -> None:
    """The example of the design, over a company that has its list of accounts and a first login."""
    model = (Path(__file__).parents[1] / "cases" / "acme_on_hbr.yaml").read_text(encoding="utf-8")
    accounts = "account_id,name,csm,arr,started_on,ended_on,parent_id\nA,Ash,Ines,1,2024-01-01,,\n"
    logins = "account_id,user_id,at\nA,U,2026-06-29\n"
    files = {"data/accounts.csv": accounts, "data/logins.csv": logins, "data/answers.csv": None}
    written(tmp_path, {"model.yaml": model, **files})
    (finding,) = [item for item in check_workspace(tmp_path) if item.code == "not-connected"]
    assert finding.severity == "warning"
    with open_workspace(tmp_path) as workspace:
        notices = workspace.notices(workspace.score())
    assert sum("contracts (seat_use)" in said for said in (finding.message, *notices)) == 2
    assert [said for said in notices if "not connected" in said] == [
        "not connected, left out for all: health/product_usage/usage_trend, health/product_usage/logins_trend"
    ]
    assert "error" not in {item.severity for item in check_workspace(tmp_path)}


def test_a_table_that_no_metric_reads_is_no_notice(tmp_path: Path) -> None:
    """Whether it is there or broken; `check` says that it is broken."""
    model = MODEL.replace("  answers:", "  absent: {time: at}\n  broken: {time: at}\n  answers:")
    written(tmp_path, {"model.yaml": model, "data/broken.csv": ""})
    with open_workspace(tmp_path) as workspace:
        assert workspace.notices(workspace.score()) == []
    assert [item.file for item in check_workspace(tmp_path)] == ["data", "data/broken.csv"]


def test_some_are_not_yet_born_and_the_others_have_left(tmp_path: Path) -> None:
    accounts = (
        "account_id,name,csm,arr,started_on,ended_on\nE,,,,2024-01-01,2026-02-01\nF,,,,2026-07-01,\nG,,,,2026-07-02,\n"
    )
    with open_workspace(written(tmp_path, {"data/accounts.csv": accounts})) as workspace:
        scores = workspace.score()
        assert workspace.notices(scores)[-1] == (
            "no account lives on 2026-06-30: 2 of 3 begin later, the others have ended."
        )
        for account, said in (("E", "ended on 2026-02-01"), ("F", "begins on 2026-07-01")):
            with pytest.raises(UsageError, match=f"account ‘{account}’ {said}, so there is no score of 2026-06-30"):
                workspace.explain(scores, account)


def test_a_source_that_cannot_be_opened_is_said_once(tmp_path: Path) -> None:
    """Not for each of its tables; and one that nothing lies in is not opened."""
    lines = "sources: {data: data, away: {path: gone}, unused: {path: gone}}\ntables: {logins: {source: away}}\n"
    (finding,) = check_workspace(written(tmp_path, {"keepwell.yaml": PINNED + lines}))
    assert (finding.file, finding.line, finding.severity, finding.code) == ("keepwell.yaml", 4, "error", "source")
    assert "source ‘away’" in finding.message


@pytest.mark.parametrize(("key", "words"), [("A", "as ‘A’"), ("", "as nobody")])
def test_an_account_that_goes_on_as_another_says_so(tmp_path: Path, key: str, words: str) -> None:
    model = MODEL.replace("key: account_id", "key: account_id, ids: {table: ids}")
    assert model != MODEL
    written(tmp_path, {"model.yaml": model, "data/ids.csv": f"account_id,system,id\n{key},account,B\n"})
    with open_workspace(tmp_path) as workspace:
        scores = workspace.score()
        with pytest.raises(UsageError) as caught:
            workspace.explain(scores, "B")
        day = scores.metrics.moment.as_of
    assert caught.value.message == f"account ‘B’ goes on {words} by the id map, so it has no score of {day}."


def test_a_feed_of_strangers_is_noticed(tmp_path: Path) -> None:
    """Rows of accounts that nobody knows make a measure that nobody has; whoever reads the scores is told why."""
    model = """
model: strangers
entities: {account: {table: accounts, key: id, from: started}}
tables: {calls: {account: id, time: at}, visits: {account: id, time: at}}
metrics: {calls: {count: calls}, visits: {count: visits}, use: {attribute: use}}
scores:
  health:
    parts:
      calls: {metric: calls, bands: [["= 0", 0], [else, 100]]}
      visits: {metric: visits, bands: [["= 0", 0], [else, 100]]}
      use: {metric: use, curve: [[0, 0], [1, 100]]}
"""
    tables = {"accounts": "id,use,started\na,0.5,2020-01-01", "calls": "id,at\nx,2026-06-01", "visits": "id,at"}
    with open_workspace(small(tmp_path, model, tables)) as workspace:
        said = workspace.notices(workspace.score())
    assert said == [
        "not connected, left out for all: health/calls, health/visits",
        (
            "data/calls.csv: no row is of an account that data/accounts.csv has, so none of them counts; "
            "see `keepwell check`."
        ),
    ]
