"""The true health of every account, week by week, and who leaves because of it.

Each part (relationship, usage, value) of each account is pulled towards its own mean and pushed by noise and shocks:

    x ← x + PULL · (mean + lasting help − x) + noise + shocks + help

The inclination to leave, if the contract were decided on now, is sigmoid(LEVEL[segment] + tenure and length of the
contract − discount − SLOPE · (WEIGHTS · x)). It counts in the week of the decision. Beside it run small weekly chances:
an early exit that grows as health falls, a blind one (bankruptcy, a competitor's package) that no fact announces, and
one that a parent's leaving brings to its children.

Two worlds are lived at once, on the same noise and the same tosses: the real one, and one in which the team never
intervened. An account that leaves only in the second was saved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.demo.company import Company
from keepwell.demo.draw import NEVER, Flags, Floats, Ints, generator, sigmoid
from keepwell.demo.interventions import Interventions, Team
from keepwell.demo.shocks import PARTS, Shocks
from keepwell.demo.span import Span
from keepwell.demo.terms import Terms

WEIGHTS = np.array([0.30, 0.60, 0.10])
"""The true weights of relationship, usage and value. They differ from the article's 25/25/50 on purpose."""
SLOPE = 3.0
LEVEL = np.array([-3.80, -4.15, -4.50])
YOUNG = 0.35
"""Added to the logit in the first two years; every later year takes 0.08 off, five years at most."""
EARLY_WEEKLY = 0.00012
"""Chance of an early exit per week at average health; it grows by a factor of e for every 0.8 that health falls."""
BLIND_YEARLY = np.array([0.020, 0.014, 0.010])
GROUP_WEEKLY, GROUP_WEEKS = 0.10, 8
"""For GROUP_WEEKS after a parent's leaving its children leave with GROUP_WEEKLY a week."""
PULL, BURN_IN = 0.06, 40
MEAN_SPREAD, WANDER_SPREAD = 0.80, 0.60
SHARED, IN_GROUP = 0.25, 0.5
"""Shares of the variance of the means that an account's parts, and the members of a group, have in common."""
ONBOARDING = np.array([-0.2, -1.0, -0.5])
"""Where a new account begins, beside its mean."""

CAUSES = ("health", "early exit", "competitor", "bankruptcy", "group")
BLIND = (CAUSES.index("competitor"), CAUSES.index("bankruptcy"))


@dataclass(frozen=True)
class Course:
    """What came to pass. Weeks are NEVER for those that stay."""

    parts: Floats  # week × account × part, in standard deviations
    hazard: Floats  # week × account: chance to decide in that week to leave
    inclination: Floats  # week × account: chance to leave if the contract were decided on in that week
    left: Ints  # week of the decision to leave
    cause: Ints  # position in CAUSES, −1 for those that stay
    left_unhelped: Ints  # week of the decision in the world without interventions
    interventions: Interventions

    def health(self) -> Floats:
        """Week × account: the parts under the true weights."""
        return np.asarray(self.parts @ WEIGHTS)

    def at(self, account: Ints, week: Ints) -> Floats:
        """The parts (… × 3) of accounts in weeks."""
        return np.asarray(self.parts[week, account])


class Setting:
    """What both worlds share: noise, shocks, tosses and the calendar of decisions."""

    def __init__(self, seed: int, span: Span, company: Company, terms: Terms, shocks: Shocks) -> None:
        self.company, self.shocks = company, shocks
        self.noise = generator(seed, "latent noise")
        self.tosses = generator(seed, "leaving").random((span.weeks, len(company)))
        self.which = generator(seed, "causes").random((span.weeks, len(company)))
        self.mean = _means(generator(seed, "latent means"), company)
        self.asked = terms.asked(span) >= 0
        self.shares = span.week_shares()
        self.begins = np.where(company.started >= 0, company.started // 7, -1)
        self.length = 0.6 * np.log(company.term / 12)

    def wander(self) -> Floats:
        """One week's noise, account × part."""
        spread = WANDER_SPREAD * np.sqrt(2 * PULL - PULL**2)
        return np.asarray(spread * self.noise.standard_normal(self.mean.shape))

    def push(self, week: int) -> Floats:
        """What moves the accounts in both worlds."""
        begins = (self.begins == week)[:, None]
        return np.asarray(self.wander() + self.shocks.jumps[week] + begins * ONBOARDING)

    def inclination(self, week: int, health: Floats, relief: Floats | float) -> Floats:
        years = (7 * week - self.company.started) / 365.25
        tenure = np.where(years < 2, YOUNG, -0.08 * np.clip(years - 2, 0, 5))
        return sigmoid(LEVEL[self.company.segment] + self.length + tenure - relief - SLOPE * health)


class Life:
    """One of the two worlds, lived week by week."""

    def __init__(self, setting: Setting) -> None:
        self.setting, self.x = setting, setting.mean.copy()
        shape = setting.tosses.shape
        self.parts, self.hazard, self.inclination = np.zeros((*shape, len(PARTS))), np.zeros(shape), np.zeros(shape)
        self.left = np.full(shape[1], NEVER, np.int64)
        self.cause = np.full(shape[1], -1, np.int64)

    def move(self, push: Floats, lasting: Floats | float = 0.0) -> None:
        self.x = self.x + PULL * (self.setting.mean + lasting - self.x) + push

    def decide(self, week: int, relief: Floats | float = 0.0) -> None:
        """Lets those leave whose toss falls below their chance, and keeps the books of the week."""
        self.parts[week] = self.x
        self.inclination[week] = self.setting.inclination(week, self.x @ WEIGHTS, relief)
        chances = self._chances(week) * self.staying(week)
        self.hazard[week] = 1 - np.prod(1 - chances, axis=0)
        leaves = self.setting.tosses[week] < self.hazard[week]
        self.left[leaves] = week
        share = np.cumsum(chances[:, leaves], axis=0) / chances[:, leaves].sum(axis=0)
        self.cause[leaves] = (self.setting.which[week, leaves] >= share[:-1]).sum(axis=0)

    def staying(self, week: int) -> Flags:
        return np.asarray((self.setting.begins <= week) & (self.left == NEVER))

    def _chances(self, week: int) -> Floats:
        """Cause × account: the chances of the week, each as if alone."""
        share, company = self.setting.shares[week], self.setting.company
        early = EARLY_WEEKLY * share * np.exp(np.clip(-(self.x @ WEIGHTS) / 0.8, -5, 5))
        blind = BLIND_YEARLY[company.segment] / 52.18 * share
        gone = self.left[company.parent]
        follows = (company.parent >= 0) & (gone < week) & (gone >= week - GROUP_WEEKS)
        asked = self.inclination[week] * self.setting.asked[week]
        return np.stack([asked, early, 0.6 * blind, 0.4 * blind, GROUP_WEEKLY * share * follows])


def live(seed: int, span: Span, company: Company, terms: Terms, shocks: Shocks) -> Course:
    """Runs both worlds over all weeks."""
    setting, team = Setting(seed, span, company, terms, shocks), Team(seed, span, company)
    real, unhelped = Life(setting), Life(setting)
    for _ in range(BURN_IN):
        push = setting.wander()
        real.move(push)
        unhelped.move(push)
    for week in range(span.weeks):
        push = setting.push(week)
        unhelped.move(push)
        unhelped.decide(week)
        real.move(push + team.push(week), team.lasting)
        real.decide(week, team.relief(week))
        team.act(week, real.x, real.staying(week))
    return Course(real.parts, real.hazard, real.inclination, real.left, real.cause, unhelped.left, team.record())


def _means(rng: np.random.Generator, company: Company) -> Floats:
    """Account × part: where each part of an account tends to."""
    own, parts = rng.standard_normal(len(company)), rng.standard_normal((len(company), len(PARTS)))
    head = np.where(company.parent >= 0, company.parent, np.arange(len(company)))
    grouped = (company.parent >= 0) | np.isin(np.arange(len(company)), company.parent)
    common = rng.standard_normal(len(company))[head]
    own = np.where(grouped, np.sqrt(IN_GROUP) * common + np.sqrt(1 - IN_GROUP) * own, own)
    return np.asarray(MEAN_SPREAD * (np.sqrt(SHARED) * own[:, None] + np.sqrt(1 - SHARED) * parts))
