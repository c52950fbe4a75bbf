"""Written scores: whole or not at all, the same again changes nothing, and the old answer stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from keepwell.errors import OutputError, UsageError, WorkspaceError
from keepwell.results import Results, manifest, store
from keepwell.results.manifest import Day
from keepwell.workspace import open_workspace
from keepwell.workspace.history import history
from keepwell.workspace.kept import keep_slice, results_of
from tests.scoring.folder import written

MODEL = """
model: acme
entities: {account: {table: accounts, key: id, from: started, name: name}}
tables: {calls: {account: id, time: at, known: told}}
metrics: {calls_28d: {count: calls, over: 28 days, absent: zero}}
scores:
  health:
    parts: {use: {metric: calls_28d, curve: [[0, 0], [10, 100]]}}
    tiers: [{at: ">= 20", is: good}, {at: else, is: bad}]
flags: {quiet: {when: "calls_28d < 2", because: hardly anybody calls}}
"""
CALLS = "id,at,told\na,2026-05-30,2026-05-30\na,2026-06-20,2026-06-20\na,2026-06-21,2026-06-21\nb,2026-06-20,2026-07-05"
TABLES = {"accounts": "id,name,started\na,Alder,2020-01-01\nb,Birch,2026-05-20", "calls": CALLS}
MAY, JUNE, JULY = date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31)


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    return written(tmp_path, MODEL, TABLES)


def keep(folder: Path, *days: date, known_by: date | None = None, measures: bool = False) -> list[Day]:
    found: list[Day] = []
    with open_workspace(folder) as workspace, results_of(folder).writer() as writer:
        for part in history(workspace, days, known_by=known_by):
            found += keep_slice(writer, part, known_by, measures)
    return found


def rows(folder: Path, table: str = "scores", **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = results_of(folder).read(table, "health", **asked).to_pylist()
    return found


def scores(folder: Path, **asked: Any) -> dict[tuple[str, str], float]:
    return {(str(row["as_of"]), row["account_id"]): row["score"] for row in rows(folder, **asked)}


def test_what_was_written_is_read(acme: Path) -> None:
    """Alder: one call in May's window and two in June's, where the first is a month old. Birch's is not known yet."""
    keep(acme, MAY, JUNE)
    found = rows(acme)
    assert list(found[0])[:3] == ["as_of", "account_id", "score"]
    assert scores(acme) == {
        ("2026-05-31", "a"): 10, ("2026-05-31", "b"): 0, ("2026-06-30", "a"): 20, ("2026-06-30", "b"): 0
    }  # fmt: skip
    assert {row["known_by"] for row in found} == {MAY, JUNE}
    flags = [(str(row["as_of"]), row["account_id"], row["flag"]) for row in rows(acme, "flags")]
    assert flags == [("2026-05-31", "a", "quiet"), ("2026-05-31", "b", "quiet"), ("2026-06-30", "b", "quiet")]
    calls = {(r["account_id"], r["number"]) for r in rows(acme, "metrics", days=[JUNE]) if r["metric"] == "calls_28d"}
    assert calls == {("a", 2), ("b", 0)}


def test_the_same_again_writes_nothing(acme: Path) -> None:
    first = keep(acme, MAY, JUNE)
    before = sorted(path for path in (acme / "results").rglob("*"))
    assert keep(acme, MAY, JUNE) == []
    assert sorted(path for path in (acme / "results").rglob("*")) == before
    assert [day.as_of for day in first] == [MAY, JUNE]


def test_a_day_has_one_hash_alone_and_among_others(acme: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    among = {day.as_of: day.hash for day in keep(acme, MAY, JUNE, JULY)}
    alone = written(tmp_path_factory.mktemp("alone"), MODEL, TABLES)
    assert {day.as_of: day.hash for one in (JULY, MAY, JUNE) for day in keep(alone, one)} == among


def test_only_days_that_are_new_or_differ_are_written(acme: Path) -> None:
    keep(acme, MAY)
    assert [day.as_of for day in keep(acme, MAY, JUNE)] == [JUNE]
    assert [day.as_of for run in results_of(acme).manifest.runs for day in run.days] == [MAY, JUNE]


def test_a_restatement_overwrites_nothing(acme: Path) -> None:
    """By the end of July Birch's call of June is known."""
    keep(acme, MAY, JUNE)
    assert [day.as_of for day in keep(acme, MAY, JUNE, known_by=JULY)] == [JUNE]
    assert scores(acme, days=[JUNE]) == {("2026-06-30", "a"): 20, ("2026-06-30", "b"): 10}
    assert scores(acme, days=[JUNE], known_by=JUNE) == {("2026-06-30", "a"): 20, ("2026-06-30", "b"): 0}


def test_what_was_known_then_is_not_written_again_beside_a_restatement(acme: Path) -> None:
    keep(acme, MAY, JUNE)
    keep(acme, MAY, JUNE, known_by=JULY)
    assert keep(acme, MAY, JUNE) == []
    assert keep(acme, MAY, JUNE, known_by=JULY) == []
    assert scores(acme, days=[JUNE]) == {("2026-06-30", "a"): 20, ("2026-06-30", "b"): 10}


def test_a_changed_past_becomes_the_newest_answer_and_the_old_one_stays(acme: Path) -> None:
    keep(acme, JUNE)
    (acme / "data" / "calls.csv").write_text(CALLS.replace("2026-06-21,2026-06-21", "2026-01-21,2026-01-21"))
    keep(acme, JUNE)
    assert scores(acme)["2026-06-30", "a"] == 10
    old, new = (pq.read_table(path) for path in sorted((acme / "results" / "scores").iterdir()))
    assert (old["score"][0].as_py(), new["score"][0].as_py()) == (20, 10)


def test_another_version_is_another_answer(acme: Path) -> None:
    keep(acme, JUNE)
    (acme / "model.yaml").write_text(MODEL.replace("[10, 100]", "[4, 100]"))
    keep(acme, JUNE)
    old, new = results_of(acme).manifest.versions
    assert scores(acme, version=old.version)["2026-06-30", "a"] == 20
    assert scores(acme, version=new.version)["2026-06-30", "a"] == 50
    assert (new.model, new.file, new.since) == ("acme", "model.yaml", None)


def test_measures_are_written_where_they_are_asked_for(acme: Path) -> None:
    keep(acme, MAY)
    keep(acme, JUNE, measures=True)
    assert [row["contribution"] for row in rows(acme, "measures", days=[JUNE])] == [20, 0]
    with pytest.raises(UsageError, match="run 1 was written without measures"):
        rows(acme, "measures")
    keep(acme, MAY, measures=True)  # the same scores, with a table more
    assert [row["contribution"] for row in rows(acme, "measures", days=[MAY])] == [10, 0]
    assert keep(acme, MAY, JUNE, measures=True) == keep(acme, MAY) == []


def test_anybody_can_read_the_files(acme: Path) -> None:
    """As docs/reference/results.md says: a SQL engine that knows nothing of Keepwell."""
    keep(acme, MAY, JUNE)
    sql = f"select as_of, count(*), sum(score) from '{acme}/results/scores/*.parquet' group by as_of order by as_of"
    assert duckdb.connect().execute(sql).fetchall() == [(MAY, 2, 10), (JUNE, 2, 20)]


@pytest.mark.parametrize("last", ["the files", "the manifest"])
def test_a_run_that_did_not_end_is_not_seen_and_the_next_completes(
    acme: Path, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    keep(acme, MAY)
    with monkeypatch.context() as patched:
        module, name = (store, "_synced") if last == "the files" else (manifest, "write")
        patched.setattr(module, name, _killed)
        with pytest.raises(KeyboardInterrupt):
            keep(acme, JUNE)
    assert set(scores(acme)) == {("2026-05-31", "a"), ("2026-05-31", "b")}
    keep(acme, JUNE)
    assert len(scores(acme)) == 4
    assert not (acme / "results" / store.UNFINISHED).exists()


def _killed(*_: Any) -> None:
    raise KeyboardInterrupt


def test_a_second_writer_is_told_who_the_first_is(acme: Path) -> None:
    folder = acme / "results"
    code = f"""
        import time
        from pathlib import Path
        from keepwell.results.lock import writing
        with writing(Path({str(folder)!r})):
            print("held", flush=True)
            time.sleep(60)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(OutputError, match=f"is being written by process {other.pid}; nothing was done here"):
            keep(acme, JUNE)
        os.kill(other.pid, signal.SIGKILL)
    assert [day.as_of for day in keep(acme, JUNE)] == [JUNE]  # the lock went with its holder


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not a manifest that Keepwell wrote"),
        ('{"runs": 3}', "is not a manifest that Keepwell wrote: runs: Input should be a valid"),
        ('{"format": 2}', "has format 2, and this Keepwell reads format 1"),
    ],
)
def test_a_damaged_manifest_is_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / manifest.FILE).write_text(text)
    with pytest.raises(WorkspaceError, match=said):
        _ = Results(tmp_path).manifest
