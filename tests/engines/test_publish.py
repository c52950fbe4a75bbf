"""Kept scores beside the facts: tables of PostgreSQL and Parquet of a Spark hold what the results folder holds."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from psycopg.rows import dict_row

from keepwell.errors import OutputError
from keepwell.facts.databases import Postgres
from keepwell.facts.engine import Engine
from keepwell.results.in_postgres import InPostgres
from keepwell.results.publish import KEYS
from keepwell.workspace.kept import results_of
from tests.cli.folder import keepwell
from tests.engines.postgres import database
from tests.scoring.folder import written

MODEL = """
model: small
entities: {account: {table: accounts, key: id, from: started, name: name, value: arr}}
tables: {calls: {account: id, time: at, known: loaded}}
metrics: {calls_28d: {count: calls, over: 28 days}}
scores:
  health:
    parts: {calls: {weight: 1, metric: calls_28d, curve: [[0, 0], [56, 100]]}}
    tiers: [{at: ">= 60", is: good}, {at: else, is: at_risk}]
flags: {quiet: {when: calls_28d < 2, because: Hardly any calls}}
"""
TABLES = {
    "accounts": 'id,name,started,arr\na,"Al ""the"" der, Ltd\n2nd line",2025-01-01,1000.1\nb,Bütow,2025-01-01,\n',
    "calls": "id,at,loaded\na,2026-06-20 09:00:00.123456,2026-06-20\na,2026-06-28,2026-06-28\nb,2026-06-29,2026-06-29",
}
TABLE_NAMES = "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
MADE = datetime(2026, 6, 30, 12, tzinfo=UTC)


def say(folder: Path, more: str) -> None:
    (folder / "keepwell.yaml").write_text(f"workspace: small\nas_of: 2026-06-30\n{more}")


@pytest.fixture
def url(postgres_url: str) -> Iterator[str]:
    with database(postgres_url) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace that publishes into a database."""
    monkeypatch.setenv("BI_URL", url)
    found = written(tmp_path / "small", MODEL, TABLES)
    say(found, "sources: {data: data, bi: {url: '${BI_URL}'}}\npublish: {source: bi, schema: health}\n")
    return found


def ran(*arguments: str | Path) -> str:
    found = keepwell(*arguments)
    assert found.code == 0, found.err
    return found.out + found.err


def rows(url: str, query: str) -> list[dict[str, Any]]:
    with psycopg.connect(url, row_factory=dict_row, options="-c TimeZone=UTC") as connection:
        return connection.execute(query).fetchall()  # type: ignore[call-overload, no-any-return, unused-ignore]


def kept(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """What the results folder holds, as the published tables should: table → rows with their run's number."""
    found: dict[str, list[dict[str, Any]]] = {"days": [], "runs": []}
    manifest = results_of(folder).manifest
    made = {version.version: version for version in manifest.versions}
    for run in manifest.runs:
        number = {"run_number": run.number}
        for table in run.tables:
            read = pq.read_table(folder / "results" / table / run.file).to_pylist()
            found.setdefault(table, []).extend(number | row for row in read)
        found["days"] += [number | day.model_dump() for day in run.days]
        version = made[run.version].model_dump(exclude={"made_at"})
        found["runs"].append(number | {"made_at": run.made_at, "score_name": run.score} | version)
    return found


def ordered(table: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(found, key=lambda row: [str(row[key]) for key in KEYS[table]])


def agree(folder: Path, published: Mapping[str, list[dict[str, Any]]]) -> None:
    for table, wanted in kept(folder).items():
        plain = [{name: value for name, value in row.items() if value is not None} for row in published[table]]
        own = [{name: value for name, value in row.items() if value is not None} for row in wanted]
        assert ordered(table, plain) == ordered(table, own), table


def in_schema(url: str, schema: str = "health") -> dict[str, list[dict[str, Any]]]:
    there = [row["table_name"] for row in rows(url, TABLE_NAMES) if row["table_schema"] == schema]
    return {table: rows(url, f"SELECT * FROM {schema}.{table}") for table in there}


def test_the_schema_holds_what_the_folder_holds(folder: Path, url: str) -> None:
    said = ran("refresh", folder, "--to", "2026-06-28")
    assert "published 1 run to bi (127.0.0.1), schema health; 0 were there already." in said
    said = ran("history", folder, "--from", "2026-06-29", "--every", "day", "--save", "--table", "measures",
               "--format", "csv")  # fmt: skip
    assert "published 2 runs to bi (127.0.0.1), schema health; 1 was there already." in said
    found = in_schema(url)
    assert set(found) == set(KEYS)
    assert {name: len(table) for name, table in found.items()} == {
        "runs": 3, "days": 3, "scores": 6, "metrics": 12, "flags": 2, "measures": 4
    }  # fmt: skip
    agree(folder, found)
    assert "published 0 runs to bi (127.0.0.1), schema health; 3 were there already." in ran("publish", folder)
    agree(folder, in_schema(url))


def test_latest_is_what_the_folder_answers(folder: Path, url: str) -> None:
    ran("refresh", folder, "--from", "2026-06-26", "--to", "2026-06-29")
    late = folder / "data" / "calls.csv"
    late.write_text(late.read_text() + "b,2026-06-27,2026-06-30\n")
    ran("refresh", folder)
    query = """SELECT s.as_of, s.account_id, s.score, l.known_by, l.version
               FROM health.scores s JOIN health.latest l USING (run_number, as_of)
               WHERE l.score_name = 'health' ORDER BY 1, 2"""
    answered = results_of(folder).read("scores", "health")
    wanted = answered.select(["as_of", "account_id", "score", "known_by", "version"]).to_pylist()
    assert rows(url, query) == wanted
    assert {row["known_by"] for row in wanted if row["as_of"] == date(2026, 6, 28)} == {date(2026, 6, 30)}
    assert len(rows(url, "SELECT * FROM health.scores")) == 2 * (4 + 1 + 3)


def test_a_part_that_a_later_model_has_is_a_column_from_then_on(folder: Path, url: str) -> None:
    ran("refresh", folder, "--to", "2026-06-28")
    more = "      tenure: {weight: 1, metric: tenure_days, curve: [[0, 0], [900, 100]]}\n"
    text = MODEL.replace("parts: {calls: {", "parts:\n      calls: {").replace(
        "]]}}\n    tiers", f"]]}}\n{more}    tiers"
    )
    (folder / "model.yaml").write_text(text)
    ran("refresh", folder, "--to", "2026-06-29")
    found = in_schema(url)
    agree(folder, found)
    tenures = {row["as_of"].day: row["tenure"] for row in found["scores"] if row["account_id"] == "a"}
    assert tenures[28] is None
    assert tenures[29] == pytest.approx(544 / 900 * 100)
    assert len({row["version"] for row in found["runs"]}) == 2


def test_another_folders_runs_are_not_mixed_with_ours(folder: Path, url: str) -> None:
    ran("refresh", folder, "--to", "2026-06-28")
    before = in_schema(url)
    shutil.rmtree(folder / "results")
    time.sleep(1)  # of the same second and the same version nothing would tell the two apart
    ran_again = keepwell("refresh", folder, "--to", "2026-06-29", "--note", "anew")
    assert ran_again.said.startswith("error: bi (127.0.0.1), schema health holds run 1 of 20")
    assert ", of another results folder; publish into a schema of this workspace's own, or drop" in ran_again.said
    assert in_schema(url) == before
    assert [run.number for run in results_of(folder).manifest.runs] == [1]


def test_what_could_not_be_published_is_kept_and_made_up_for(
    folder: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BI_URL", "postgresql://postgres:hush@127.0.0.1:1/postgres")
    found = keepwell("refresh", folder, "--to", "2026-06-28")
    assert found.code == 1
    assert found.said.startswith("error: bi (127.0.0.1): the database cannot be reached: ")
    assert found.said.endswith(" The scores are kept; `keepwell publish` makes up for it.")
    assert "hush" not in found.said
    assert "1 day scored (2026-06-28)" in found.out
    written_out = folder / "out.csv"
    failed = keepwell("history", folder, "--from", "2026-06-27", "--to", "2026-06-27", "--every", "day", "--save",
                      "--format", "csv", "--output", written_out)  # fmt: skip
    assert failed.code == 1
    assert written_out.read_text().startswith("as_of,account_id,score,")
    assert len(results_of(folder).manifest.runs) == 2
    monkeypatch.setenv("BI_URL", url)
    ran("publish", folder)
    agree(folder, in_schema(url))


def test_a_variable_that_is_not_set_hides_nothing_of_what_was_done(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BI_URL")
    found = keepwell("refresh", folder, "--to", "2026-06-28")
    assert (found.code, found.out) == (1, "2026-06-28: 1 day scored (2026-06-28).\n")
    assert found.said.startswith("error: keepwell.yaml reads the environment variable BI_URL, and it is not set.")


def test_who_may_make_no_schema_is_told_so(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS reader")
        connection.execute("CREATE ROLE reader LOGIN")
    monkeypatch.setenv("BI_URL", url.replace("postgres@", "reader@"))
    found = keepwell("refresh", folder, "--to", "2026-06-28")
    assert found.code == 1
    assert "schema health: the database refused: permission denied for database" in found.said
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA health AUTHORIZATION reader")
    ran("publish", folder)
    agree(folder, in_schema(url))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP OWNED BY reader")
        connection.execute("DROP ROLE reader")


@pytest.fixture
def place(url: str) -> Iterator[InPostgres]:
    with closing(Engine()) as engine:
        yield InPostgres(Postgres(engine, "bi", url), "by hand")


def tables(flags: Iterator[pa.RecordBatch] | list[pa.RecordBatch]) -> dict[str, pa.RecordBatchReader]:
    """Run 1, with these flags."""
    run = pa.table({"run_number": [1], "made_at": [MADE], "version": ["v"], "score_name": ["health"]})
    day = pa.table({"run_number": [1], "as_of": [date(2026, 6, 30)], "known_by": [date(2026, 6, 30)]})
    reader = pa.RecordBatchReader.from_batches(FLAGS, flags)
    return {"flags": reader, "days": day.to_reader(), "runs": run.to_reader()}


FLAGS = pa.schema({
    "run_number": pa.int64(), "as_of": pa.date32(), "account_id": pa.string(), "flag": pa.string(),
    "odd": pa.string(), "number": pa.float64(), "yes": pa.bool_(),
    "at": pa.timestamp("us"), "moment": pa.timestamp("us", "UTC"),
})  # fmt: skip
ODD = ["", None, '"', "a,b", "two\nlines", "\\N", "\\.", "NULL", " ü ", "back\\slash", "\r\n", "'); DROP SCHEMA x; --"]
NUMBERS = [0.1 + 0.2, None, -0.0, 1e300, 5e-324, 2.0**53 + 1, 1 / 3, 100.0, -1.5, 0.0, 3.0, 7.25]


def odd_batch() -> pa.RecordBatch:
    own = [{"run_number": 1, "as_of": date(2026, 6, 30), "account_id": str(place), "flag": "f", "odd": odd,
            "number": number, "yes": bool(place % 2), "at": datetime(2026, 6, 30, 23, 59, 59, 999999),  # noqa: DTZ001
            "moment": MADE} for place, (odd, number) in enumerate(zip(ODD, NUMBERS, strict=True))]  # fmt: skip
    return pa.RecordBatch.from_pylist(own, FLAGS)


def test_every_value_comes_out_as_it_went_in(place: InPostgres, url: str) -> None:
    assert place.put(1, (MADE, "v"), tables([odd_batch()]))
    found = rows(url, 'SELECT * FROM "by hand".flags ORDER BY account_id::int')
    assert found == odd_batch().to_pylist()
    assert place.runs() == {1: (MADE, "v")}


def test_a_run_that_ends_in_the_middle_is_not_there(place: InPostgres, url: str) -> None:
    def ending() -> Iterator[pa.RecordBatch]:
        yield odd_batch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place.put(1, (MADE, "v"), tables(ending()))
    assert place.runs() == {}
    assert in_schema(url, "by hand") == {}


def test_of_two_that_publish_at_once_one_writes(place: InPostgres, url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        wrote = list(pool.map(lambda _: place.put(1, (MADE, "v"), tables([odd_batch()])), range(4)))
    assert sorted(wrote) == [False, False, False, True]
    assert len(rows(url, 'SELECT * FROM "by hand".flags')) == len(ODD)


def test_a_run_of_another_folder_with_the_number_is_refused(place: InPostgres, url: str) -> None:
    assert place.put(1, (MADE, "v"), tables([odd_batch()]))
    with pytest.raises(OutputError, match=r"holds run 1 of 2026-06-30 12:00 \(version v\), of another results folder"):
        place.put(1, (MADE, "w"), tables([odd_batch()]))
    assert len(rows(url, 'SELECT * FROM "by hand".flags')) == len(ODD)


def test_tables_of_the_companys_own_are_not_touched(place: InPostgres, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('CREATE SCHEMA "by hand"')
        connection.execute('CREATE TABLE "by hand".scores (account_id text)')
    with pytest.raises(
        OutputError, match="has a table ‘scores’ that is not Keepwell's; publish into a schema of its own"
    ):
        place.put(1, (MADE, "v"), tables([odd_batch()]))
    assert list(in_schema(url, '"by hand"')) == []
    assert [row["table_name"] for row in rows(url, TABLE_NAMES) if row["table_schema"] == "by hand"] == ["scores"]


def test_a_reader_holds_up_no_run_and_a_run_no_reader(folder: Path, url: str) -> None:
    """A report that stays open keeps what it saw, while the next run is written beside it."""
    ran("refresh", folder, "--to", "2026-06-28")
    with psycopg.connect(url, options="-c lock_timeout=1000") as reader:
        seen = reader.execute(
            "SELECT count(*) FROM health.scores JOIN health.latest USING (run_number, as_of)"
        ).fetchone()
        ran("refresh", folder, "--to", "2026-06-29")
        again = reader.execute(
            "SELECT count(*) FROM health.scores JOIN health.latest USING (run_number, as_of)"
        ).fetchone()
    assert (seen, again) == ((2,), (4,))


def test_values_that_the_database_cannot_hold_are_a_sentence(place: InPostgres) -> None:
    batch = odd_batch().set_column(4, FLAGS.field("odd"), pa.array(["\0"] * len(ODD)))
    with pytest.raises(OutputError, match="schema by hand: the database refused: invalid byte sequence"):
        place.put(1, (MADE, "v"), tables([batch]))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("publish: nowhere\n", "publish: there is no source ‘nowhere’."),
        ("publish: data\n", "publish: scores go into a PostgreSQL, or a Spark with a `path`, and ‘data’ is neither"),
        ("publish: {source: data, schema: 'a b'}\n", "publish.schema"),
        ("publish: {source: data, shema: a}\n", "Did you mean ‘schema’?"),
        ("", "keepwell.yaml does not say where to publish; add `publish: {source: warehouse}`."),
    ],
)
def test_mistakes_in_the_workspace_file(tmp_path: Path, more: str, said: str) -> None:
    folder = written(tmp_path, MODEL, TABLES)
    say(folder, more or "currency: EUR\n")
    if more == "publish: nowhere\n":
        say(folder, "sources: {data: data}\n" + more)
    found = keepwell("publish", folder)
    assert found.code in (1, 2)
    assert said in found.said


@pytest.mark.usefixtures("spark_session")
def test_a_spark_finds_the_runs_beside_its_tables(tmp_path: Path) -> None:
    folder = written(tmp_path / "small", MODEL, TABLES)
    (tmp_path / "lake").mkdir()
    shutil.copytree(folder / "data", tmp_path / "files")
    lake = "sources: {files: ../files, lake: {spark: 'local[2]', path: ../lake}}\n"
    tables = "".join(f"  {table}: {{source: files}}\n" for table in TABLES)
    say(folder, f"{lake}compute: lake\ntables:\n{tables}publish: {{source: lake, schema: health}}\n")
    ran("refresh", folder, "--to", "2026-06-28")

    def published() -> dict[str, list[dict[str, Any]]]:
        here = tmp_path / "lake" / "health"
        return {path.name: ds.dataset(path, partitioning="hive").to_table().to_pylist() for path in here.iterdir()}

    agree(folder, published())
    # What a killed run left: its tables, and no row of `runs`.
    shutil.rmtree(tmp_path / "lake" / "health" / "runs")
    (tmp_path / "lake" / "health" / "runs" / "_temporary").mkdir(parents=True)
    assert "published 1 run to lake, folder health; 0 were there already." in ran("publish", folder)
    assert "published 0 runs to lake, folder health; 1 was there already." in ran("publish", folder)
    agree(folder, published())
