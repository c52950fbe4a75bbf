"""Another engine gives what DuckDB gives: the same rows, to the last decimal (invariant 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given

from keepwell.facts import fetch
from keepwell.results.canonical import canonical
from keepwell.scoring.rows import score_rows
from keepwell.scoring.tables import group_table, measure_table, metric_table, score_table
from keepwell.workspace import open_workspace
from keepwell.workspace.history import history
from keepwell.workspace.templates import list_templates, write_template
from tests.engines.moving import on_postgres
from tests.engines.postgres import database
from tests.scoring.cases import FEWER, Case, cases
from tests.scoring.generated import DAY
from tests.scoring.test_metrics_cases import CASES, Rows, Told, cases_written, read, told
from tests.scoring.workspaces import write

pytestmark = pytest.mark.timeout(3_600)  # the deep profile looks at a thousand models

Moved = Callable[[Path], AbstractContextManager[Path]]
"""A workspace folder → the same on another engine, for the time of a block."""
WEEKS = [date(2026, 5, 3), date(2026, 5, 31), date(2026, 6, 7), date(2026, 6, 14), DAY]


@pytest.fixture(scope="module", params=["postgres"])
def moved(request: pytest.FixtureRequest) -> Moved:
    server: str = request.getfixturevalue(f"{request.param}_url")

    @contextmanager
    def postgres(folder: Path) -> Iterator[Path]:
        with database(server) as url:
            yield on_postgres(folder, folder / "there", url)

    return postgres


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


@pytest.mark.parametrize("name", [template.name for template in list_templates()])
def test_a_template_gives_the_same_rows(moved: Moved, tmp_path: Path, name: str) -> None:
    write_template(name, tmp_path / name)
    here = tables(tmp_path / name)
    with moved(tmp_path / name) as folder:
        assert tables(folder) == here
    assert here["scores"].num_rows > 0


@pytest.fixture(scope="module")
def there(moved: Moved, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    """(metric, account) → its row, of the cases that were worked out by hand."""
    with moved(cases_written(tmp_path_factory.mktemp("cases"))) as folder, open_workspace(folder) as workspace:
        yield read(workspace, DAY)


@pytest.mark.parametrize(("name", "spec", "wanted", "_"), CASES)
def test_a_metric_worked_out_by_hand(there: Rows, name: str, spec: str, wanted: Told, _: str | None) -> None:
    assert {account: told(there[name, account]) for account in wanted} == wanted, spec


@FEWER
@given(case=cases())
def test_a_model_of_any_kind_gives_the_same_rows(moved: Moved, case: Case) -> None:
    with TemporaryDirectory() as name:
        write(case, Path(name), "parquet")
        known_by = max(case.known_by, DAY)
        here = tables(Path(name), DAY, known_by)
        with moved(Path(name)) as folder:
            assert tables(folder, DAY, known_by) == here


@FEWER
@given(case=cases())
def test_many_days_at_once_give_the_same_rows(moved: Moved, case: Case) -> None:
    with TemporaryDirectory() as name:
        write(case, Path(name), "parquet")
        here = days(Path(name), WEEKS)
        with moved(Path(name)) as folder:
            assert days(folder, WEEKS) == here
