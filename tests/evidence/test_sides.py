"""Scores by part, in revenue, as a probability, with growth, help, alarms and leaks: by hand or by other libraries."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
import statsmodels.api as sm
from scipy.stats import spearmanr
from sklearn.metrics import brier_score_loss, roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from keepwell.evidence.alarms import alarms
from keepwell.evidence.calibration import calibration, expected_error
from keepwell.evidence.growth import growth
from keepwell.evidence.nearness import leaks
from keepwell.evidence.panel import Ahead
from keepwell.evidence.parts import Held, by_revenue, parts, tenths
from keepwell.evidence.probability import logistic, probability
from keepwell.evidence.treated import treated

SIZE = 1_200


@pytest.fixture(scope="module")
def held() -> Held:
    """Timing alone decides who leaves; the score is nothing but timing and noise."""
    rng = np.random.default_rng(11)
    late = rng.random(SIZE) < 0.4
    left = rng.random(SIZE) < np.where(late, 0.05, 0.35)
    return Held(
        late * 3.0 + rng.normal(0, 1, SIZE), left, np.arange(SIZE), (rng.integers(1, 9, SIZE) * 100).astype(np.float64)
    )


def test_timing_alone_does_not_pass_for_health(held: Held) -> None:
    late = held.score > 1.5
    rng = np.random.default_rng(11)
    place = (rng.random(SIZE) < 0.4).astype(np.int64)
    whole = roc_auc_score(held.left, -held.score)
    found = parts(held, place, ("soon", "late"), 200)
    assert late.any()
    assert whole > 0.65
    assert found.within.low is not None
    assert found.within.high is not None
    assert found.within.low < 0.5 < found.within.high
    for index, part in enumerate(found.parts):
        rows = place == index
        assert part.auc.value == pytest.approx(roc_auc_score(held.left[rows], -held.score[rows]))
        assert (part.scores, part.left) == (rows.sum(), held.left[rows].sum())
        low, high = proportion_confint(part.left, part.scores, method="wilson")
        assert [part.share.low, part.share.high] == pytest.approx([low, high])
        paid, gone = held.value[rows].sum(), held.value[rows & held.left].sum()
        assert (part.value, part.value_left) == (paid, gone)
        assert part.value_share.value == pytest.approx(gone / paid)
        assert part.value_share.low is not None
        assert part.value_share.low < gone / paid


def test_every_euro_counts_as_an_account_of_one_euro(held: Held) -> None:
    found = by_revenue(held, 50)
    wanted = roc_auc_score(held.left, -held.score, sample_weight=held.value)
    assert found.value == pytest.approx(wanted)
    few = held.only(np.arange(SIZE) < 9)
    assert by_revenue(few, 5).value is None


def test_tenths_hold_every_score_once() -> None:
    place, names = tenths(np.repeat(np.arange(20.0), 5))
    assert np.bincount(place).tolist() == [10] * 10
    assert names[0] == "0–1"
    assert tenths(np.zeros(5))[1] == ["0–0", ""]


def test_a_probability_by_logistic_regression_is_that_of_statsmodels(held: Held) -> None:
    places = np.arange(SIZE)
    known, wanted = places[:800], places[800:]
    found = logistic(held.score)(known, held.left[:800], wanted)
    model = sm.Logit(held.left[:800].astype(float), sm.add_constant(held.score[:800])).fit(disp=0)
    assert found == pytest.approx(model.predict(sm.add_constant(held.score[800:])), abs=1e-5)
    assert logistic(np.zeros(SIZE))(known, held.left[:800], wanted) is None


def test_brier_skill_and_calibration(held: Held) -> None:
    rng = np.random.default_rng(1)
    p = rng.uniform(0.02, 0.6, 4_000)
    left, cluster = rng.random(4_000) < p, np.arange(4_000)
    usual = np.full(4_000, left.mean())
    true = probability(p, usual, left, cluster, 100)
    assert true is not None
    assert true.brier.value == pytest.approx(brier_score_loss(left, p))
    assert true.skill.value == pytest.approx(1 - brier_score_loss(left, p) / brier_score_loss(left, usual))
    assert true.error <= true.chance
    assert sum(one.count for one in true.curve) == 4_000
    wrong = probability(np.minimum(1, p * 1.5), usual, left, cluster, 20)
    assert wrong is not None
    assert wrong.error > wrong.chance
    assert probability(p[:20], usual[:20], np.zeros(20, bool), cluster[:20], 5) is None


def test_the_calibration_error_by_hand() -> None:
    """Two bins: expected 0.1 with 2 of 10 that left, 0.6 with 5 of 10: (10 × 0.1 + 10 × 0.1) ÷ 20."""
    p = np.repeat([0.1, 0.6], 10)
    left = np.array([True] * 2 + [False] * 8 + [True] * 5 + [False] * 5)
    assert [(one.count, one.happened) for one in calibration(p, left)] == [(10, 2), (10, 5)]
    assert expected_error(p, left) == pytest.approx(0.1)


def test_the_correlation_with_growth_is_spearman_s_on_one_day() -> None:
    rng = np.random.default_rng(4)
    score = rng.integers(0, 50, 300).astype(float)
    grew = np.where(rng.random(300) < 0.5, 0.0, score / 50 + rng.normal(0, 1, 300))
    grew[:20] = np.nan
    found = growth(score, grew, np.arange(300), np.zeros(300, np.int64), 200)
    assert found is not None
    assert found.correlation.value == pytest.approx(spearmanr(score[20:], grew[20:]).statistic)
    assert found.correlation.low is not None
    assert found.correlation.value is not None
    assert found.correlation.low < found.correlation.value
    assert (found.scores, found.changed) == (280, int((grew[20:] != 0).sum()))
    assert growth(score, np.zeros(300), np.arange(300), np.zeros(300, np.int64), 5) is None


def test_treated_is_who_was_helped_shortly_before_or_after_and_before_the_end() -> None:
    day = np.full(7, np.datetime64("2026-04-01"))
    left_on = np.array(["NaT"] * 6 + ["2026-04-20"], "datetime64[D]")
    accounts = pa.chunked_array([["early", "shortly", "same", "within", "after", "never", "left"]])
    done = pa.table({
        "account": ["early", "shortly", "same", "within", "after", "left", "stranger"],
        "day": pa.array([
            date(2026, 3, 2), date(2026, 3, 3), date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 1),
            date(2026, 4, 21), date(2026, 4, 2),
        ], pa.date32()),
    })  # fmt: skip
    found = treated(accounts, day, left_on, done, Ahead(90))
    assert found.tolist() == [False, True, True, True, False, False, False]


def test_who_stayed_after_help_is_no_false_alarm() -> None:
    low = np.array([True, True, True, True, False, True])
    left = np.array([True, False, False, False, False, False])
    helped = np.array([False, True, False, False, False, False])
    owner, day = ["Ines", "Ines", "Tomasz", None, "Ines", "Ines"], np.array([0, 0, 0, 0, 0, 1])
    found = alarms("at_risk", low, left, helped, owner, day, 70)
    assert (found.alarms, found.right, found.helped, found.false) == (5, 1, 1, 3)
    assert (found.weeks, found.csm_weeks, found.each_week) == (20, 30, 3 / 30)
    nobody = alarms("at_risk", low, left, None, [None] * 6, day, 70)
    assert (nobody.false, nobody.each_week, nobody.recorded) == (4, 4 / 20, False)


def test_a_measure_that_knows_only_the_near_end_is_named() -> None:
    """A note that appears two weeks before the end, beside a measure that is as good at any distance."""
    rng = np.random.default_rng(9)
    left = np.arange(2_000) < 240
    after = np.where(left, rng.integers(1, 91, 2_000), np.nan)
    note = np.where(after <= 14, 0.0, 100.0)
    honest = 100.0 - 60 * left + rng.normal(0, 10, 2_000)
    found = list(leaks(["honest", "note"], np.column_stack([honest, note]), left, after, np.arange(2_000), 200))
    assert [(one.measure, one.near) for one in found] == [("note", 1.0)]
    assert found[0].far == pytest.approx(0.5)
    few = np.where(np.arange(2_000) < 5, 3, 60) * np.where(left, 1.0, np.nan)
    assert list(leaks(["note"], np.where(few <= 14, 0.0, 100.0)[:, None], left, few, np.arange(2_000), 20)) == []
