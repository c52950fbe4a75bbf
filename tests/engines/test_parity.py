"""Another engine gives what DuckDB gives: the same rows, to the last decimal (invariant 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given, settings

from keepwell.facts import fetch
from keepwell.results.canonical import canonical
from keepwell.scoring.metrics import folded
from keepwell.scoring.rows import score_rows
from keepwell.scoring.tables import group_table, measure_table, metric_table, score_table
from keepwell.workspace import open_workspace
from keepwell.workspace.history import history
from keepwell.workspace.templates import list_templates, write_template
from tests.engines.moving import on_postgres, on_spark
from tests.engines.postgres import database
from tests.scoring.cases import FEWER, Case, cases
from tests.scoring.generated import DAY
from tests.scoring.test_metrics_cases import CASES, Rows, Told, cases_written, read, told
from tests.scoring.workspaces import write

pytestmark = pytest.mark.timeout(3_600)  # the deep profile looks at a thousand models

Moved = Callable[[Path], AbstractContextManager[Path]]
"""A workspace folder → the same on another engine, for the time of a block."""
FEW = settings(FEWER, max_examples=1)
WEEKS = [date(2026, 5, 3), date(2026, 5, 31), date(2026, 6, 7), date(2026, 6, 14), DAY]


@pytest.fixture(scope="module")
def postgres(postgres_url: str) -> Moved:
    @contextmanager
    def moved(folder: Path) -> Iterator[Path]:
        with database(postgres_url) as url:
            yield on_postgres(folder, folder / "there", url)

    return moved


@pytest.fixture(scope="module")
def spark(spark_session: None) -> Moved:
    @contextmanager
    def moved(folder: Path) -> Iterator[Path]:
        yield on_spark(folder, folder / "there")

    return moved


@pytest.fixture(scope="module", params=["postgres", "spark"])
def moved(request: pytest.FixtureRequest) -> Moved:
    found: Moved = request.getfixturevalue(request.param)
    return found


def tables(folder: Path, as_of: date | None = None, known_by: date | None = None) -> dict[str, pa.Table]:
    """All that is said of a day."""
    with open_workspace(folder, as_of) as workspace:
        scores = workspace.score(as_of, known_by)
        told = {"measures": measure_table, "groups": group_table, "metrics": metric_table}
        return {"scores": score_table(scores, workspace.currency)} | {name: of(scores) for name, of in told.items()}


def days(folder: Path, on: list[date]) -> list[pa.Table]:
    """The scores of many days, computed at once."""
    with open_workspace(folder) as workspace:
        return [canonical(fetch.arrow(score_rows(part.scores))) for part in history(workspace, on)]


def same(moved: Moved, folder: Path, as_of: date | None = None, known_by: date | None = None) -> None:
    here = tables(folder, as_of, known_by)
    with moved(folder) as other:
        assert tables(other, as_of, known_by) == here
    assert here["scores"].num_rows > 0


@pytest.mark.parametrize("name", [template.name for template in list_templates()])
def test_a_template_gives_the_same_rows(postgres: Moved, tmp_path: Path, name: str) -> None:
    write_template(name, tmp_path / name)
    same(postgres, tmp_path / name)


@pytest.mark.parametrize("name", ["hbr"])
def test_a_template_gives_the_same_rows_on_spark(spark: Moved, tmp_path: Path, name: str) -> None:
    """One of them: making plans takes Spark longer than all else, and two minutes for early-warning."""
    write_template(name, tmp_path / name)
    same(spark, tmp_path / name)


@pytest.fixture(scope="module")
def there(moved: Moved, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    """(metric, account) → its row, of the cases that were worked out by hand."""
    with moved(cases_written(tmp_path_factory.mktemp("cases"))) as folder, open_workspace(folder) as workspace:
        yield read(workspace, DAY)


@pytest.mark.parametrize(("name", "spec", "wanted", "_"), CASES)
def test_a_metric_worked_out_by_hand(there: Rows, name: str, spec: str, wanted: Told, _: str | None) -> None:
    assert {account: told(there[name, account]) for account in wanted} == wanted, spec


def same_case(moved: Moved, case: Case) -> None:
    with TemporaryDirectory() as name:
        write(case, Path(name), "parquet")
        same(moved, Path(name), DAY, max(case.known_by, DAY))


@FEWER
@given(case=cases())
def test_a_model_of_any_kind_gives_the_same_rows(postgres: Moved, case: Case) -> None:
    same_case(postgres, case)


@FEW
@given(case=cases())
def test_a_model_of_any_kind_gives_the_same_rows_on_spark(spark: Moved, case: Case) -> None:
    same_case(spark, case)


def same_days(moved: Moved, case: Case) -> None:
    with TemporaryDirectory() as name:
        write(case, Path(name), "parquet")
        here = days(Path(name), WEEKS)
        with moved(Path(name)) as folder:
            assert days(folder, WEEKS) == here


@FEWER
@given(case=cases())
def test_many_days_at_once_give_the_same_rows(postgres: Moved, case: Case) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(folded, "SHARE", 12)  # entity by entity, as where memory asks
        same_days(postgres, case)


@FEW
@given(case=cases())
def test_many_days_at_once_give_the_same_rows_on_spark(spark: Moved, case: Case) -> None:
    same_days(spark, case)
