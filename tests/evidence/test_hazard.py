"""The hazard: against scikit-learn and statsmodels, and its panel worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from keepwell.evidence.hazard import RIDGES, expit, fit, newton, panel_of, paths, sandwich
from keepwell.evidence.landmarks import STEP, Landmarks, design, names, periods, terms
from tests.evidence.company import company

DICE = np.random.default_rng(5)
X = np.column_stack([np.ones(400), DICE.standard_normal((400, 3))])
Y = (DICE.random(400) < expit(X @ np.array([-1.0, 0.8, -0.4, 0.0]))).astype(np.float64)
CLUSTER = np.repeat(np.arange(100), 4)


@pytest.mark.parametrize("ridge", [0.5, 10.0])
def test_weights_are_those_of_scikit_learn(ridge: float) -> None:
    weight = np.tile([1.0, 2.0], 200)
    found, _ = newton(X, Y, weight, np.array([0.0, ridge, ridge, ridge]))
    other = LogisticRegression(C=1 / ridge, tol=1e-10, max_iter=1000).fit(X[:, 1:], Y, weight)
    assert found == pytest.approx([*other.intercept_, *other.coef_[0]], abs=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_a_rare_and_strong_column_has_the_weight_of_the_optimum(seed: int) -> None:
    """8 % are near, of which 9 % leave, and 0.25 % of the others: whole steps overshoot."""
    dice = np.random.default_rng(seed)
    near = dice.random(20_000) < 0.08
    left = (dice.random(20_000) < np.where(near, 0.09, 0.0025)).astype(np.float64)
    column = (near - near.mean()) / near.std()
    columns, weight, penalty = np.column_stack([np.ones(20_000), column]), np.ones(20_000), np.array([0.0, 25.0])
    found, _ = newton(columns, left, weight, penalty)
    other = LogisticRegression(C=1 / 25, tol=1e-10, max_iter=1000).fit(columns[:, 1:], left)
    assert found == pytest.approx([*other.intercept_, *other.coef_[0]], abs=1e-4)
    from_afar, _ = newton(columns, left, weight, penalty, np.array([8.0, -8.0]))
    assert from_afar == pytest.approx(found, abs=1e-6)


def test_weights_that_are_not_at_the_optimum_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keepwell.evidence.hazard.ROUNDS", 2)
    with pytest.raises(ArithmeticError, match="not found in 2 rounds"):
        newton(X, Y, np.ones(400), np.array([0.0, 1.0, 1.0, 1.0]))


def test_classes_that_can_be_told_apart_have_an_optimum_by_the_penalty() -> None:
    left = np.repeat([0.0, 1.0], 20)
    columns, penalty = np.column_stack([np.ones(40), left - 0.5]), np.array([0.0, 1.0])
    found, _ = newton(columns, left, np.ones(40), penalty, np.array([30.0, -30.0]))
    other = LogisticRegression(C=1.0, tol=1e-10, max_iter=1000).fit(columns[:, 1:], left)
    assert found == pytest.approx([*other.intercept_, *other.coef_[0]], abs=1e-5)


def test_the_covariance_is_that_of_statsmodels_over_clusters() -> None:
    sm = pytest.importorskip("statsmodels.api")
    weights, inverse = newton(X, Y, np.ones(400), np.zeros(4))
    other = sm.GLM(Y, X, family=sm.families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": CLUSTER, "use_correction": False}
    )
    assert weights == pytest.approx(other.params, abs=1e-6)
    assert sandwich(X, Y, np.ones(400), weights, inverse, CLUSTER, np.zeros(4)) == pytest.approx(
        other.cov_params(), rel=1e-4
    )


def test_classes_that_can_be_told_apart_are_fitted_all_the_same() -> None:
    x = np.column_stack([np.ones(60), np.linspace(-1, 1, 60)])
    found, _ = newton(x, (x[:, 1] > 0).astype(np.float64), np.ones(60), np.array([0.0, 1.0]))
    assert np.isfinite(found).all()
    assert found[1] > 1


def marks(after: list[float], seen: list[float], **columns: list[float]) -> Landmarks:
    count = len(after)
    none = np.full(count, np.nan)
    day = np.full(count, np.datetime64("2026-01-01"), "datetime64[D]")
    own = {name: np.array(values) for name, values in columns.items()}
    return Landmarks(
        np.arange(count), day, own.get("dims", np.full((count, 1), 50.0)), own.get("trend", none),
        own.get("tenure", none), own.get("renewal", none), own.get("term", none), np.array(after), np.array(seen),
        own.get("other", none),
    )  # fmt: skip


def test_every_month_that_was_seen_to_its_end_is_a_row() -> None:
    nan = np.nan
    own = periods(marks([nan, 31.0, 30.0, 45.0, nan], [75.0, 90.0, 90.0, 40.0, 0.0]))
    rows = list(zip(own.row.tolist(), own.step.tolist(), own.left.tolist(), strict=True))
    assert rows == [
        (0, 1, False), (1, 1, False), (2, 1, True), (3, 1, False),  # day 30 is in the first month
        (0, 2, False), (1, 2, True),  # who would leave on day 45 is seen for 40 days, and the second month is not whole
    ]  # fmt: skip


def test_the_end_of_the_contract_comes_nearer_and_the_next_one_begins() -> None:
    own = marks([np.nan], [0.0], renewal=[45.0], term=[90.0])
    where = [name.startswith("contract ends within") for name in names(("health",))]
    again = names(("health",)).index("next contract")
    seen = [design(own, step)[0] for step in range(1, 6)]
    # 45, 15, then 75 of the next, 45, 15 days to the end.
    assert [int(np.flatnonzero(row[where])[0]) for row in seen] == [1, 0, 2, 1, 0]
    assert [row[again] for row in seen] == [0, 0, 1, 1, 1]


def test_what_is_unknown_is_the_others_mean_and_said_to_be_unknown() -> None:
    own = marks([np.nan], [0.0], dims=[[100.0, np.nan]])  # type: ignore[list-item]
    row = dict(zip(names(("a", "b")), design(own, 1)[0].tolist(), strict=True))
    assert (row["a"], row["b"], row["a unknown"], row["b unknown"]) == (2, 2, 0, 1)
    assert (row["contract's end unknown"], row["tenure unknown"], row["trend"]) == (1, 1, 0)


def test_lengths_of_contracts_are_told_by_the_ends_that_were_seen() -> None:
    nan = np.nan
    renewal, largest = np.array([20.0, 200.0, 20.0, nan, 1500.0]), np.array([25.0, 200.0, 300.0, nan, 1500.0])
    found = terms(renewal, np.array([30.0, nan, nan, nan, nan]), largest)
    assert found[[0, 1, 2, 4]].tolist() == [31, 366, 366, 1500]
    assert np.isnan(found[3])


def test_names_and_columns_are_as_many() -> None:
    own = marks([np.nan], [0.0], dims=[[1.0, 2.0, 3.0]])  # type: ignore[list-item]
    assert design(own, 1).shape == (1, len(names(("a", "b", "c"))))
    assert np.isfinite(design(own, 1)).all()


def test_a_draw_of_many_rows_says_what_all_of_them_say(monkeypatch: pytest.MonkeyPatch) -> None:
    known = company(7, accounts=600, level=-3.5).known(20)
    whole = fit(panel_of(known.marks), 25.0)
    monkeypatch.setattr("keepwell.evidence.hazard.MOST", 12_000)
    part = panel_of(known.marks)
    assert part.weight.max() > 1
    assert part.weight.sum() == pytest.approx(len(periods(known.marks).left))
    logits = [one.logit(known.here, 1) for one in (whole, fit(part, 25.0))]
    assert np.abs(logits[0] - logits[1]).mean() < 0.15


def test_a_larger_penalty_pulls_weights_to_nothing() -> None:
    found = paths(panel_of(company(8, accounts=300, level=-3.5).known(15).marks))
    sizes = [float(np.abs(weights[1:]).sum()) for weights in found]
    assert sizes == sorted(sizes)
    assert len(found) == len(RIDGES)
    assert STEP == 30
