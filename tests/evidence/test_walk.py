"""Forecasts of companies whose truth is known: are the chances right, do intervals hold, does nothing look ahead?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from keepwell.evidence.hazard import panel_of
from keepwell.evidence.incidence import other_ends, within
from keepwell.evidence.known import Known
from keepwell.evidence.landmarks import STEP
from keepwell.evidence.outlook import ENDS, HORIZONS, MONTHS, outlook
from keepwell.evidence.tested import record
from keepwell.evidence.walk import NEEDED, TESTED, Model, Walk, walk
from tests.evidence.company import Company, company

LAST = 24


@pytest.fixture(scope="module")
def truth() -> Company:
    return company(1, accounts=600, level=-4.2)


@pytest.fixture(scope="module")
def walked(truth: Company) -> Walk:
    return walk(truth.knowns(LAST))


def model_of(found: Walk) -> Model:
    assert found.model is not None
    return found.model


def test_out_of_time_the_calibration_error_is_what_chance_makes(walked: Walk) -> None:
    found = record(walked.tested)
    assert found.error_band.low is not None
    assert found.error_band.high is not None
    assert found.error_band.low <= found.error <= found.error_band.high
    assert found.brier < found.brier_of_rate
    assert found.verdict.said == "predicts"
    assert len(found.cuts) == 7
    assert found.cuts[0].fitted >= NEEDED


def test_it_ranks_as_well_as_the_truth_does(truth: Company, walked: Walk) -> None:
    newest = walked.tested[-1]
    true = truth.chance(LAST - TESTED // STEP, TESTED // STEP)[newest.account]
    assert np.corrcoef(newest.chance, true)[0, 1] > 0.9


def test_chances_of_all_horizons_rank_as_the_true_ones_and_are_as_large() -> None:
    """One company's level is known to a quarter only, since it may have changed of late: five of them say more."""
    companies = [company(seed, accounts=600, level=-4.2) for seed in range(1, 6)]
    hazards = [model_of(walk(one.knowns(LAST)[-3:])).hazards(one.known(LAST).here) for one in companies]
    for days in (30, 90, 180, 360):
        true = [one.chance(LAST, days // STEP)[one.known(LAST).here.account] for one in companies]
        said = [within(own, days) for own in hazards]
        ratios = [np.log(np.mean(own) / np.mean(truly)) for own, truly in zip(said, true, strict=True)]
        assert np.mean(ratios) == pytest.approx(0, abs=0.2), days
        assert np.corrcoef(said[0], true[0])[0, 1] > 0.85, days


def test_intervals_of_accounts_hold_the_true_chance_in_most_companies() -> None:
    """95 % is said of an account like this one. The ridge pulls, so that it is less: the guide says five in six.

    All accounts of a company share the weights, so that it is nearly all in one and half of them in another.
    """
    held = []
    for seed in range(5):
        truth = company(100 + seed, accounts=300, level=-3.5)
        here = truth.known(LAST).here
        found, _ = outlook(model_of(walk(truth.knowns(LAST)[-3:])), here, np.ones(len(here)), here.account)
        true = truth.chance(LAST, 1)[here.account]
        held.append(np.mean((found.low[:, 0] <= true) & (true <= found.high[:, 0])))
    assert np.mean(held) > 0.75
    assert np.median(held) > 0.85


def test_the_loss_of_a_month_lies_in_its_interval_about_as_often_as_is_said() -> None:
    """Twelve months of six companies: 72, of which 68 are expected to, and 62 or more in all but one of a hundred."""
    held = 0
    for seed in range(6):
        truth = company(200 + seed, accounts=300, level=-3.5)
        here = truth.known(LAST).here
        value = np.random.default_rng(seed).lognormal(9, 1, len(here))
        _, sums = outlook(model_of(walk(truth.knowns(LAST)[-2:])), here, value, here.account)
        month = np.floor((truth.left[here.account] - STEP * LAST - 1) / STEP)
        lost = np.array([value[month == place].sum() for place in range(MONTHS)])
        low, high = np.quantile(np.diff(sums.drawn_value[:, :MONTHS], axis=1, prepend=0), ENDS, axis=0)
        held += int(((lost >= low) & (lost <= high)).sum())
    assert held >= 62


def test_what_is_learned_after_a_day_changes_no_chance(truth: Company) -> None:
    """Everybody leaves the day after: the forecast of the day is the same to the last digit."""
    doomed = replace(truth, left=np.minimum(truth.left, STEP * LAST + 1))
    plain, later = (model_of(walk(one.knowns(LAST)[-3:])) for one in (truth, doomed))
    here = truth.known(LAST).here
    assert np.array_equal(plain.hazards(here), later.hazards(here))


def test_a_forecast_of_the_past_is_what_would_have_been_said_then(truth: Company, walked: Walk) -> None:
    month = LAST - 6
    then = model_of(walk(truth.knowns(month)))
    tested = walked.tested[-2]
    here = truth.known(month).here
    chance = dict(zip(here.account.tolist(), within(then.hazards(here), TESTED).tolist(), strict=True))
    assert tested.chance.tolist() == [chance[account] for account in tested.account.tolist()]


def test_too_few_who_left_are_no_forecast() -> None:
    found = walk(company(3, accounts=40, level=-5).knowns(LAST))
    assert found.model is None
    assert found.leavers < NEEDED
    assert found.tested == []


def test_a_day_on_which_nobody_is_at_risk_is_left_out(truth: Company, walked: Walk) -> None:
    knowns = truth.knowns(LAST)
    gap = knowns[-3]
    knowns[-3] = replace(gap, marks=gap.marks.only(gap.marks.day < gap.day))
    found = walk(knowns)
    assert [cut.day for cut in found.tested] == [cut.day for cut in walked.tested if cut.day != gap.day]
    assert found.model is not None


def test_accounts_that_leave_as_one_say_less_than_their_number(truth: Company) -> None:
    """Groups of four: a row of the sandwich and of the ranking is a group."""
    knowns = [truth.known(LAST - 6), truth.known(LAST - 3), truth.known(LAST)]
    alone, four = (walk([replace(one, groups=groups) for one in knowns]) for groups in (None, np.arange(600) // 4))
    assert np.array_equal(alone.tested[-1].account, four.tested[-1].account)
    assert np.array_equal(four.tested[-1].group, four.tested[-1].account // 4)
    assert len(np.unique(panel_of(knowns[-1].marks, np.arange(600) // 4).account)) <= 150


def test_accounts_that_leave_as_one_are_lost_as_one(truth: Company, walked: Walk) -> None:
    """As many are expected, each with its own chance, and what is lost by chance is less sure."""
    here = truth.known(LAST).here
    order = np.random.default_rng(1).permutation(len(here)) % 20
    (alone, one_each), (tens, by_ten) = (
        outlook(model_of(walked), here, np.ones(len(here)), group) for group in (here.account, order)
    )
    assert tens.chance == pytest.approx(alone.chance)
    assert tens.high == pytest.approx(alone.high)
    assert by_ten.expected == pytest.approx(one_each.expected)
    assert by_ten.drawn[:, 0].mean() == pytest.approx(one_each.drawn[:, 0].mean(), rel=0.25)
    assert by_ten.drawn[:, 0].std() > 2 * one_each.drawn[:, 0].std()


def test_whoever_ends_in_another_way_is_censored_and_not_kept() -> None:
    """Half of the accounts are sold after a year. The hazard of the others, and of them until then, is the same."""
    truth = company(4, accounts=800, level=-3.5)
    until = np.where(np.arange(800) % 2, np.inf, 365.0)
    known = truth.known(LAST, until)
    assert known.marks.seen[known.marks.account == 0].max() == 365
    whole = model_of(walk([truth.known(LAST)])).hazards(truth.known(LAST).here)
    cut = model_of(walk([known])).hazards(truth.known(LAST).here)
    assert np.mean(cut[:, 0]) == pytest.approx(np.mean(whole[:, 0]), rel=0.15)


def test_an_end_of_the_contract_that_is_unknown_or_far_has_no_chance_of_its_own(truth: Company, walked: Walk) -> None:
    here = truth.known(LAST).here.only(np.arange(4))
    renewal = np.array([np.nan, 400.0, 0.0, 61.0])
    found, _ = outlook(model_of(walked), replace(here, renewal=renewal), np.ones(4), here.account)
    assert np.isnan(found.end[:2]).all()
    # A contract that ends today ends in the first month, one of 61 days in the third.
    assert found.end[2] == pytest.approx(found.chance[2, 0])
    assert found.end[3] == pytest.approx(found.chance[3, HORIZONS.index(90)])
    assert (found.low <= found.chance).all()
    assert (found.chance <= found.high).all()


def late(truth: Company, days: float) -> list[Known]:
    """Cuts of a company whose ends are learned so many days after them."""
    months = range(LAST % 3, LAST + 1, 3)
    left = [np.where(truth.left + days <= STEP * month, truth.left, np.inf) for month in months]
    # Until it is known that it left, an account is there; afterwards it was not.
    return [replace(truth, left=own).known(month) for own, month in zip(left, months, strict=True)]


def test_months_of_which_ends_are_not_learned_yet_teach_nothing() -> None:
    """Ends learned sixty days late: two months are left out, and as many are expected as truly leave."""
    ratios = []
    for seed in range(1, 5):
        truth = company(seed, accounts=800, level=-4.0)
        knowns = late(truth, 60)
        found = walk(knowns)
        assert found.untold == 2
        here = knowns[-1].here
        said = within(model_of(found).hazards(here), 180)
        ratios.append(np.log(np.mean(said) / np.mean(truth.chance(LAST, 6)[here.account])))
    assert np.mean(ratios) == pytest.approx(0, abs=0.2)
    assert walk(truth.knowns(LAST)).untold == 0


def test_a_group_that_leaves_together_does_not_move_the_level_of_all() -> None:
    """Forty of fifteen hundred, all well, leave in the last month: the level hardly differs from that of one."""
    truth = company(1, accounts=1_500, level=-4.0)
    whole = np.argsort(-truth.health[:, LAST - 1] * (truth.left > STEP * LAST))[:40]
    left = truth.left.copy()
    left[whole] = STEP * LAST - 5
    groups = np.arange(1_500)
    groups[whole] = whole.min()
    known = replace(truth, left=left).known(LAST)
    alone, one = (model_of(walk([replace(known, groups=own)])).level for own in (None, groups))
    assert alone.now > 0.2
    assert abs(one.now) < 0.1


def sold(truth: Company, share: float, seed: int = 5) -> np.ndarray:
    """The days on which accounts end in another way: so many of those at risk a month, whatever their health."""
    dice = np.random.default_rng(seed)
    month = dice.geometric(share, len(truth.left)) - 1
    return np.asarray(STEP * month + dice.integers(1, STEP + 1, len(truth.left)), np.float64)


@pytest.fixture(scope="module")
def merging() -> tuple[Company, np.ndarray]:
    truth = company(6, accounts=1_500, level=-3.5)
    return truth, sold(truth, 0.03)


def test_other_ends_are_counted_by_the_month(merging: tuple[Company, np.ndarray]) -> None:
    truth, until = merging
    marks = truth.known(LAST, until, named=True).marks
    assert other_ends(marks, marks.account) == pytest.approx(0.03, rel=0.15)
    assert other_ends(marks, marks.account % 9) == 0
    unnamed = truth.known(LAST, until).marks
    assert other_ends(unnamed, unnamed.account) == 0
    few = np.where(np.arange(1_500) < 9, np.minimum(until, 400), np.inf)
    marks = truth.known(LAST, few, named=True).marks
    assert other_ends(marks, marks.account) == 0


def test_whoever_may_end_otherwise_is_less_likely_to_leave(merging: tuple[Company, np.ndarray]) -> None:
    """By as much as is true of it, were the one hazard right; what censors the other ends says too much."""
    truth, until = merging
    here = truth.known(LAST, until).here
    named, censored = (model_of(walk(truth.knowns(LAST, until, name))) for name in (True, False))
    assert censored.other == 0
    still, true = np.ones(len(here)), np.zeros(len(here))
    for hazard in truth.hazard[here.account, LAST : LAST + 12].T:
        # Of two ends in one month the first counts; days are uniform, so that it is either as often.
        true += still * hazard * (1 - 0.03 / 2)
        still *= (1 - hazard) * (1 - 0.03)
    own, _ = outlook(named, here, np.ones(len(here)), here.account)
    other, _ = outlook(censored, here, np.ones(len(here)), here.account)
    said, without = within(named.hazards(here), 360, named.other), within(censored.hazards(here), 360)
    without_true = truth.chance(LAST, 12)[here.account]
    assert np.mean(true) < 0.93 * np.mean(without_true)
    assert np.mean(said) / np.mean(without) == pytest.approx(np.mean(true) / np.mean(without_true), rel=0.03)
    assert (own.chance[:, -1] < other.chance[:, -1]).all()
    assert (own.low <= own.chance).all()
    assert (own.chance <= own.high).all()
    # To be there still one must neither leave nor end in another way.
    told = ~np.isnan(own.end) & (here.renewal <= STEP)
    assert own.end[told] == pytest.approx(1 - (1 - named.hazards(here)[told, 0]) * (1 - named.other))


def test_who_ended_otherwise_in_time_is_known_not_to_have_left(merging: tuple[Company, np.ndarray]) -> None:
    truth, until = merging
    named, censored = (walk(truth.knowns(LAST, until, name)).tested[-1] for name in (True, False))
    assert named.unseen == 0
    assert len(named.account) == len(censored.account) + censored.unseen
    assert named.left.sum() == censored.left.sum()
    assert censored.unseen > 20
