"""A score beside others on the same rows: against scikit-learn, known truth, and what was known on each day."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from keepwell.evidence.challenger import challenger
from keepwell.evidence.forward import Lesson, directed, folds, walk
from keepwell.evidence.resampled import areas, drawn, precisions, spread, tally
from keepwell.evidence.rivals import rivals

ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 3), st.integers(0, 6)), min_size=1, max_size=40
)
NONE = np.zeros(1, np.intp)


@given(ROWS)
def test_levels_that_are_one_change_no_figure_of_any_replicate(rows: list[tuple[int, bool, int, int]]) -> None:
    """Rows repeated as often as their cluster was drawn, by scikit-learn."""
    score, left, _, cluster = (np.array(column) for column in zip(*rows, strict=True))
    own = tally(score.astype(float), left, cluster, 7)
    weights = next(drawn(7, 5, 3))
    found = areas(*own.counts(weights), own.begins), precisions(*own.counts(weights))
    for index in range(5):
        again = np.repeat(np.arange(len(rows)), weights[cluster, index].astype(int))
        who = left[again]
        if not len(who) or who.all() or not who.any():
            assert np.isnan(found[0][index])
            continue
        assert found[0][index] == pytest.approx(roc_auc_score(who, -score[again]))
        assert found[1][index] == pytest.approx(average_precision_score(who, -score[again]))
    assert np.array_equal(spread([own], 7, 5, 3)[0], found[0], equal_nan=True)


@given(ROWS)
def test_pairs_of_different_strata_do_not_count(rows: list[tuple[int, bool, int, int]]) -> None:
    score, left, stratum, cluster = (np.array(column) for column in zip(*rows, strict=True))
    own = tally(score.astype(float), left, cluster, 7, stratum)
    hits = pairs = 0.0
    for i in np.flatnonzero(left):
        for j in np.flatnonzero(~left & (stratum == stratum[i])):
            hits += 1.0 if score[i] < score[j] else 0.5 if score[i] == score[j] else 0.0
            pairs += 1
    found = areas(*own.whole, own.begins)[0]
    assert np.isnan(found) if not pairs else found == pytest.approx(hits / pairs)


@pytest.fixture(scope="module")
def company() -> dict[str, np.ndarray]:
    """Three thousand accounts on each of three days; leaving depends on a bend of one measure, and nothing else."""
    rng = np.random.default_rng(5)
    size = 9_000
    bend, noise = rng.normal(0, 1, size), rng.normal(0, 1, size)
    left = rng.random(size) < 1 / (1 + np.exp(2.5 - 2 * (np.abs(bend) - 1)))
    return {"bend": bend, "noise": noise, "left": left, "day": np.repeat(np.arange(3), 3_000), "one": np.arange(size)}


def taught(company: dict[str, np.ndarray], left: np.ndarray) -> list[Lesson]:
    places = np.arange(len(left))
    days = company["day"]
    return [Lesson(places[days == day], places[days < day], left[days < day]) for day in (1, 2)]


def test_boosting_finds_what_no_single_direction_can(company: dict[str, np.ndarray]) -> None:
    left = company["left"]
    features = np.column_stack([company["bend"], company["noise"]])
    told = walk(len(left), taught(company, left), challenger(features, company["one"]))
    assert np.isnan(told[company["day"] == 0]).all()
    found = rivals(
        company["bend"], {("challenger", "boosting"): told, ("baseline", "noise"): company["noise"]},
        left, company["one"], company["day"], 200,
    )  # fmt: skip
    assert [one.name for one in found] == ["score", "boosting", "noise"]
    truth = roc_auc_score(left[company["day"] > 0], np.abs(company["bend"][company["day"] > 0]))
    assert found[1].scores == 6_000
    assert found[1].auc.value == pytest.approx(truth, abs=0.03)
    assert found[1].ahead.high is not None
    assert found[1].ahead.high < 0
    assert found[2].ahead.low is not None
    assert found[2].ahead.high is not None
    assert found[2].ahead.low < 0 < found[2].ahead.high


def test_nothing_that_came_later_touches_a_prediction(company: dict[str, np.ndarray]) -> None:
    """Whatever becomes of the accounts of the newest day, what was told of them is the same."""
    left, other = company["left"], company["left"].copy()
    other[company["day"] == 2] = ~other[company["day"] == 2]
    for fit in (challenger(company["bend"][:, None], company["one"]), directed(company["bend"])):
        first, second = (walk(len(left), taught(company, who), fit) for who in (left, other))
        assert np.array_equal(first, second, equal_nan=True)


def test_a_sign_ranks_in_the_direction_that_it_had_before() -> None:
    """On the first days high is bad, on the last it is good: the sign is held to what it was, and is wrong."""
    values, day = np.tile(np.arange(100.0), 2), np.repeat([0, 1], 100)
    left = np.where(day == 0, values >= 80, values < 20)
    places = np.arange(200)
    lesson = Lesson(places[day == 1], places[day == 0], left[day == 0])
    told = walk(200, [lesson], directed(values))
    assert roc_auc_score(left[day == 1], -told[day == 1]) == 0.0
    few = Lesson(lesson.wanted, lesson.known, lesson.left & (values[:100] >= 92))
    assert np.isnan(walk(200, [few], directed(values))).all()


def test_nine_who_left_are_no_figure_and_thirty_make_a_challenger() -> None:
    score, left, one = np.arange(100.0), np.arange(100) < 9, np.arange(100)
    [own] = rivals(score, {}, left, one, np.zeros(100, np.int64), 20)
    assert (own.auc.value, own.left) == (None, 9)
    fit, places = challenger(score[:, None], one), np.arange(100)
    assert fit(places, places < 29, places) is None
    assert fit(places, places < 30, places) is not None


def test_the_interval_of_the_difference_knows_that_both_rank_the_same_accounts() -> None:
    """Two copies differ by nothing; two independent intervals would overlap by a lot."""
    rng = np.random.default_rng(2)
    left = rng.random(400) < 0.2
    score = rng.normal(0, 1, 400) - left
    [_, copy] = rivals(score, {("file", "copy"): 2 * score + 1}, left, np.arange(400), np.zeros(400, np.int64), 100)
    assert (copy.ahead.value, copy.ahead.low, copy.ahead.high) == (0.0, 0.0, 0.0)
    assert copy.auc.low is not None
    assert copy.auc.high is not None
    assert copy.auc.high - copy.auc.low > 0.05


def test_folds_keep_clusters_together_and_share_out_the_leavers() -> None:
    rng = np.random.default_rng(3)
    cluster = rng.integers(0, 60, 300)
    left = np.isin(cluster, np.arange(10))
    found = list(folds(left, cluster, 5))
    assert sorted(np.concatenate([one.wanted for one in found])) == list(range(300))
    for one in found:
        assert not set(cluster[one.wanted]) & set(cluster[one.known])
        assert len(set(cluster[one.wanted][left[one.wanted]])) == 2
