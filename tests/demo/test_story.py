"""The simulated truth: who leaves, how often, and why."""

import numpy as np
import pytest

from keepwell.demo.company import SEGMENTS
from keepwell.demo.draw import NEVER, Flags, Floats
from keepwell.demo.latent import BLIND, CAUSES
from keepwell.demo.world import World, simulate

YEARS = ((0, 52), (52, 105))


def weeks_as_customer(world: World) -> Flags:
    """Week × account: a customer that had not decided to leave before."""
    week = np.arange(world.span.weeks)[:, None]
    return (world.company.started < 7 * (week + 1)) & (week <= world.course.left)


def auc(score: Floats, event: Flags) -> float:
    """The chance that an event has a higher score than a non-event (Mann–Whitney)."""
    ranks = score.argsort().argsort() + 1
    events = int(event.sum())
    return float((ranks[event].sum() - events * (events + 1) / 2) / (events * (len(score) - events)))


@pytest.mark.parametrize("segment", SEGMENTS)
@pytest.mark.parametrize("year", YEARS)
def test_five_to_fifteen_percent_of_each_segment_leave_in_each_year(
    world: World, large: World, segment: str, year: tuple[int, int]
) -> None:
    for company in (world, large):
        weeks = slice(*year)
        whose = company.company.segment == SEGMENTS.index(segment)
        years = weeks_as_customer(company)[weeks][:, whose].sum() / 52.18
        left = ((company.course.left >= year[0]) & (company.course.left < year[1]))[whose].sum()
        expected = company.course.hazard[weeks][:, whose].sum()
        assert 0.05 < left / years < 0.15
        assert 0.05 < expected / years < 0.15


def test_small_customers_leave_most_often(large: World) -> None:
    years = [weeks_as_customer(large)[:, large.company.segment == code].sum() / 52.18 for code in range(3)]
    left = [np.sum((large.course.left < NEVER) & (large.company.segment == code)) for code in range(3)]
    rates = np.array(left) / years
    assert rates[0] > rates[1] > 0.9 * rates[2]


def test_the_hazard_is_the_chance_that_it_says(large: World) -> None:
    """Leavers against the sum of the hazards, in bands of the hazard: within four standard errors."""
    hazard, week = large.course.hazard, np.arange(large.span.weeks)[:, None]
    left = week == large.course.left
    for low, high in ((0, 0.001), (0.001, 0.03), (0.03, 0.1), (0.1, 0.3), (0.3, 1)):
        band = (hazard > low) & (hazard <= high)
        error = np.sqrt(np.sum(hazard[band] * (1 - hazard[band])))
        assert abs(left[band].sum() - hazard[band].sum()) < 4 * error


def test_those_that_leave_were_in_danger_before(world: World) -> None:
    here = weeks_as_customer(world)
    left = np.arange(world.span.weeks)[:, None] == world.course.left
    assert auc(world.course.hazard[here], left[here]) > 0.85
    early = slice(0, world.span.weeks - 13)
    soon = (world.course.left - np.arange(world.span.weeks)[:, None])[early] < 13
    # Health alone, without the calendar, a quarter of a year ahead.
    assert auc(-world.course.health()[early][here[early]], soon[here[early]]) > 0.7


def test_one_in_six_leaves_without_warning(large: World) -> None:
    gone = large.course.cause[large.course.left < NEVER]
    assert 0.12 < np.isin(gone, BLIND).mean() < 0.22
    health = large.course.health()[large.course.left.clip(max=large.span.weeks - 1), np.arange(12_000)]
    blind, healthy = np.isin(large.course.cause, BLIND), large.course.cause == CAUSES.index("health")
    assert health[healthy].mean() < -0.5 < -0.15 < health[blind].mean()


def test_groups_tend_to_leave_together(large: World) -> None:
    child = np.flatnonzero(large.company.parent >= 0)
    wait = large.course.left[child] - large.course.left[large.company.parent[child]]
    orphaned = large.course.left[large.company.parent[child]] < large.span.weeks - 10
    followed = ((wait > 0) & (wait <= 8))[orphaned].mean()
    assert followed > 0.3 > 5 * np.mean(large.course.left < NEVER) * 8 / 105


def test_interventions_save_some_and_never_all(large: World) -> None:
    left, unhelped = large.course.left < NEVER, large.course.left_unhelped < NEVER
    saved = unhelped & ~left
    assert 0.05 < saved.sum() / unhelped.sum() < 0.25
    treated = np.unique(large.course.interventions.account)
    group = np.isin(np.arange(12_000), treated) | (large.company.parent >= 0)
    assert not (saved & ~group).any(), "nobody is saved without help, its own or its parent's"


def test_the_team_helps_where_it_looks_bad(large: World) -> None:
    """So the helped cannot be compared with the others as they are: the trap that the truth is there to show."""
    done, here = large.course.interventions, weeks_as_customer(large)
    assert large.course.health()[done.week, done.account].mean() < large.course.health()[here].mean() - 0.3


def test_help_changes_what_it_says() -> None:
    world = simulate(seed=4, months=12, accounts=4000)
    done = world.course.interventions
    assert (done.effect[done.kind == 5] == 0).all()
    assert done.relief[done.kind == 4].max() > 0
    training = done.effect[done.kind == 1].mean(axis=0)
    assert training[1] > 0.5 > 0.2 > training[0]


def test_equal_arguments_live_the_same_story() -> None:
    one, other = (simulate(seed=5, months=6, accounts=100) for _ in range(2))
    assert (one.course.parts == other.course.parts).all()
    assert (one.course.parts[:10] != simulate(seed=6, months=6, accounts=100).course.parts[:10]).all()
