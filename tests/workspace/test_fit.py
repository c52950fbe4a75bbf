"""Percentiles and z-scores: taken once from what was known, stored with their day, and never moved by others."""

from __future__ import annotations

import statistics
from datetime import date
from pathlib import Path
from random import Random

import pytest

from keepwell.errors import FactsError, KeepwellError, ModelError, UsageError
from keepwell.scoring.tables import measure_table
from keepwell.workspace import open_workspace
from keepwell.workspace.fit import Fitted, fit
from tests.scoring.folder import written

MODEL = """
model: relative
fitted: fitted.yaml
entities: {account: {table: accounts, key: id, from: started}}
tables: {orders: {account: id, time: ordered, known: told}}
metrics: {sales: {sum: orders.amount, over: 90 days}, plan: {attribute: plan}}
scores:
  health:
    parts:
      place: {metric: sales, percentiles: [[10, 0], [50, 50], [97.5, 100]]}
      distance: {metric: sales, zscores: [[-2, 0], [2, 100]]}
"""
RANDOM = Random(7)  # noqa: S311 (no secret)
AMOUNTS = [round(RANDOM.lognormvariate(3, 1), 2) for _ in range(60)]
CLOSE = 1e-9


def workspace(folder: Path, amounts: list[float], model: str = MODEL, late: str = "") -> Path:
    accounts = "".join(f"a{index},2020-01-01,pro\n" for index in range(len(amounts)))
    orders = "".join(f"a{index},2026-05-10,2026-05-10,{amount}\n" for index, amount in enumerate(amounts))
    tables = {"accounts": f"id,started,plan\n{accounts}", "orders": f"id,ordered,told,amount\n{orders}{late}"}
    return written(folder, model, tables)


def fitted(folder: Path, as_of: date, from_: date | None = None, replace: bool = False) -> Fitted:
    return fit(folder, as_of, from_, replace)


def points(folder: Path, as_of: date, measure: str = "place") -> dict[str, float]:
    with open_workspace(folder) as opened:
        rows = measure_table(opened.score(as_of)).to_pylist()
    return {row["account_id"]: row["points"] for row in rows if row["measure"] == f"health/{measure}"}


def test_a_fit_is_what_the_standard_library_computes(tmp_path: Path) -> None:
    found = fitted(workspace(tmp_path, AMOUNTS), date(2026, 5, 31)).metrics["sales"]
    assert found["n"] == 60
    assert float(found["mean"]) == pytest.approx(statistics.fmean(AMOUNTS), abs=CLOSE)
    assert float(found["sd"]) == pytest.approx(statistics.stdev(AMOUNTS), abs=CLOSE)
    expected = statistics.quantiles(AMOUNTS, n=1000, method="inclusive")
    at = {float(place): float(value) for place, value in found["percentiles"]}
    assert {0, 25, 50, 97.5, 100} <= set(at)
    assert (at.pop(0), at.pop(100)) == (min(AMOUNTS), max(AMOUNTS))
    for place, value in at.items():
        assert value == pytest.approx(expected[round(place * 10) - 1], abs=CLOSE), place


def test_points_lie_on_the_line_between_the_stored_values(tmp_path: Path) -> None:
    folder = workspace(tmp_path, AMOUNTS)
    spread = fitted(folder, date(2026, 5, 31)).metrics["sales"]
    at = {float(place): float(value) for place, value in spread["percentiles"]}
    place, distance = points(folder, date(2026, 6, 30)), points(folder, date(2026, 6, 30), "distance")
    for index, amount in enumerate(AMOUNTS):
        low, high, start = (at[10], at[50], 0) if amount < at[50] else (at[50], at[97.5], 50)
        expected = min(max(start + 50 * (amount - low) / (high - low), 0), 100)
        assert place[f"a{index}"] == pytest.approx(expected, abs=1e-8)
        z = (amount - float(spread["mean"])) / float(spread["sd"])
        assert distance[f"a{index}"] == pytest.approx(min(max(50 + 25 * z, 0), 100), abs=1e-6)


def test_what_others_do_later_moves_nobody(tmp_path: Path) -> None:
    """a1 orders a fortune in June; a0 keeps its points, as the fit of May goes on."""
    folder = workspace(tmp_path, AMOUNTS, late="a1,2026-06-05,2026-06-05,1000000\n")
    fitted(folder, date(2026, 5, 31))
    before, after = points(folder, date(2026, 6, 1)), points(folder, date(2026, 6, 30))
    assert before["a0"] == after["a0"]
    assert before["a1"] < after["a1"] == 100


def test_a_fit_sees_only_what_was_known_on_its_day(tmp_path: Path) -> None:
    plain = fitted(workspace(tmp_path / "plain", AMOUNTS), date(2026, 5, 31))
    late = "a1,2026-05-30,2026-06-05,1000000\na2,2026-06-02,2026-06-02,1000000\n"
    assert fitted(workspace(tmp_path / "late", AMOUNTS, late=late), date(2026, 5, 31)).metrics == plain.metrics


def test_each_day_uses_the_newest_fit_that_holds_on_it_and_has_a_version_of_its_own(tmp_path: Path) -> None:
    folder = workspace(tmp_path, AMOUNTS, late="a1,2026-06-05,2026-06-05,1000000\n")
    fitted(folder, date(2026, 5, 31))
    with open_workspace(folder) as opened:
        earlier = opened.score(date(2026, 6, 10)).version
    fitted(folder, date(2026, 6, 15), date(2026, 7, 1))
    with open_workspace(folder) as opened:
        assert opened.score(date(2026, 6, 30)).version == earlier
        assert opened.score(date(2026, 7, 1)).version != earlier
    june, july = (points(folder, day, "distance")["a0"] for day in (date(2026, 6, 30), date(2026, 7, 1)))
    assert june != july


def test_percentiles_that_share_a_value_give_the_middle_of_their_points(tmp_path: Path) -> None:
    """Of 60 accounts 40 order for 5, so the 10th and the 50th percentile are 5: worth 25 points, between 0 and 50."""
    folder = workspace(tmp_path, [5.0] * 40 + AMOUNTS[:20])
    fitted(folder, date(2026, 5, 31))
    assert points(folder, date(2026, 6, 1))["a0"] == 25


def test_a_second_score_without_such_a_scale_needs_no_fit(tmp_path: Path) -> None:
    model = MODEL + "  plain: {parts: {sales: {metric: sales, curve: [[0, 0], [100, 100]]}}}\n"
    with open_workspace(workspace(tmp_path, AMOUNTS, model)) as opened:
        assert opened.score(date(2026, 6, 1), name="plain").version == opened.loaded.version
        with pytest.raises(ModelError, match="nothing was fitted yet"):
            opened.score(date(2026, 6, 1))


REFUSED: list[tuple[list[float], str, type[KeepwellError], str]] = [
    (AMOUNTS[:29], MODEL, FactsError, "29 accounts have a value of ‘sales’, and a fit needs 30"),
    ([5.0] * 40, MODEL, FactsError, "every account has the same value of ‘sales’"),
    (AMOUNTS, MODEL.replace("fitted: fitted.yaml\n", ""), ModelError, "add `fitted: fitted.yaml`"),
    (AMOUNTS, MODEL.split("scores:")[0] + "scores: {any: {parts: {p: {metric: sales, bands: [[else, 1]]}}}}",
     ModelError, "there is nothing to fit"),
]  # fmt: skip


@pytest.mark.parametrize(("amounts", "model", "error", "said"), REFUSED, ids=lambda item: str(item)[:30])
def test_what_cannot_be_fitted(
    tmp_path: Path, amounts: list[float], model: str, error: type[KeepwellError], said: str
) -> None:
    folder = workspace(tmp_path, amounts, model)
    with pytest.raises(error, match=said):
        fitted(folder, date(2026, 5, 31))
    assert not (folder / "fitted.yaml").exists()


def test_a_fit_is_not_lost_by_accident(tmp_path: Path) -> None:
    folder = workspace(tmp_path, AMOUNTS)
    fitted(folder, date(2026, 5, 31))
    before = (folder / "fitted.yaml").read_text()
    with pytest.raises(UsageError, match="--replace"):
        fitted(folder, date(2026, 5, 31))
    with pytest.raises(UsageError, match="is not after"):
        fitted(folder, date(2026, 5, 31), date(2026, 5, 31))
    assert (folder / "fitted.yaml").read_text() == before
    fitted(folder, date(2026, 5, 31), replace=True)
    assert (folder / "fitted.yaml").read_text() == before


FILES = [
    ("fits: []\nmore: 1\n", "fitted.yaml:1: error: this is not a file that `keepwell fit` wrote"),
    ("fits:\n  - {from: 2026-06-01, as_of: 2026-06-01, known_by: 2026-06-01, metrics: {}}\n",
     "fitted.yaml:2: error: .*a fit looks at days before the day from which it holds"),
    ("fits:\n  - {from: 2026-06-01, as_of: 2026-05-31, known_by: 2026-05-31, metrics: {}}\n",
     "the fit from 2026-06-01 lacks, of ‘sales’, all of it"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), FILES)
def test_a_file_that_somebody_changed(tmp_path: Path, text: str, said: str) -> None:
    folder = workspace(tmp_path, AMOUNTS)
    (folder / "fitted.yaml").write_text(text)
    with pytest.raises(ModelError, match=said), open_workspace(folder) as opened:
        opened.score(date(2026, 6, 30))


def test_the_file_lies_beside_the_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="should be the name of a YAML file beside the model"):
        fitted(workspace(tmp_path, AMOUNTS, MODEL.replace("fitted.yaml", "../fitted.yaml")), date(2026, 5, 31))


def test_above_percentiles_that_share_a_value_there_is_more(tmp_path: Path) -> None:
    """57 of 60 order for 5, so all three percentiles are 5: below it nothing, at it half, above it everything."""
    folder = workspace(tmp_path, [5.0] * 57 + [4.0, 6.0, 70_000.0], MODEL.replace("97.5", "90"))
    fitted(folder, date(2026, 5, 31))
    found = points(folder, date(2026, 6, 1))
    assert [found[f"a{index}"] for index in (0, 57, 58, 59)] == [50, 0, 100, 100]
