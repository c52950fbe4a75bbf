"""What the customer success team does about accounts that look unwell, and what it truly changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.demo.company import Company
from keepwell.demo.draw import Flags, Floats, Ints, generator, happens, sigmoid
from keepwell.demo.shocks import PARTS
from keepwell.demo.span import Span

KINDS = ("executive_visit", "training", "goal_workshop", "technical_rescue", "discount", "event_invitation")
EFFECTS = np.array(
    [
        [0.80, 0.10, 0.10],
        [0.10, 0.90, 0.15],
        [0.20, 0.10, 0.80],
        [0.20, 0.30, 0.50],
        [0.00, 0.00, 0.00],  # buys the renewal, not health
        [0.00, 0.00, 0.00],  # pleasant, and without effect
    ]
)
"""Mean effect on (relationship, usage, value) in standard deviations, if it works."""
WORKS = 0.75
"""Share of interventions that have any effect; of those the strength is Gamma-distributed around 1."""
RAMP_WEEKS = 4
"""The effect arrives in equal parts over so many weeks after the start."""
LASTS = 0.4
"""This share of the effect moves the account's own mean for good; the rest fades as every move does."""
RELIEF, RELIEF_WEEKS = 0.7, 30
"""A discount lowers the logit of leaving by RELIEF for so many weeks."""
DISCOUNT = KINDS.index("discount")
LOUDEST = 0.55
"""How often the team addresses the part that looks worst; otherwise it picks any kind."""
LEVEL, SLOPE = -4.75, 1.5
"""Weekly logit to begin: LEVEL − SLOPE × what the CSM believes the health to be."""
REST_WEEKS = 16
BLUR = 0.5
"""Standard deviation of what the CSM gets wrong about each part."""


@dataclass(frozen=True)
class Interventions:
    """One entry per intervention, in order of their weeks."""

    account: Ints
    week: Ints
    kind: Ints
    effect: Floats  # intervention × part, in standard deviations; 0 where it did not work
    relief: Floats  # taken off the logit of leaving for RELIEF_WEEKS


class Team:
    """Sees health through a blur, begins interventions, and keeps the record of them."""

    def __init__(self, seed: int, span: Span, company: Company) -> None:
        self.rng = generator(seed, "interventions")
        accounts = len(company)
        self.managed = company.managed
        self.arriving = np.zeros((span.weeks + RAMP_WEEKS + 1, accounts, len(PARTS)))
        self.lasting = np.zeros((accounts, len(PARTS)))
        self.relieved_until = np.full(accounts, -1, np.int64)
        self.strength = np.zeros(accounts)
        self.busy_until = np.full(accounts, -1, np.int64)
        self.begun: list[Interventions] = []

    def push(self, week: int) -> Floats:
        """Account × part: what arrives this week of the help given before."""
        return np.asarray(self.arriving[week])

    def relief(self, week: int) -> Floats:
        """What running discounts take off the logit of leaving."""
        return np.where(week < self.relieved_until, self.strength, 0.0)

    def act(self, week: int, health: Floats, staying: Flags) -> None:
        """Begins this week's interventions from what the team believes `health` (account × part) to be."""
        believed = health + BLUR * self.rng.standard_normal(health.shape)
        chance = sigmoid(LEVEL - SLOPE * believed.mean(axis=1)) * np.where(self.managed, 1.0, 0.35)
        account = np.flatnonzero(happens(self.rng, chance) & staying & (week >= self.busy_until))
        self._begin(week, account, believed[account].argmin(axis=1))

    def _begin(self, week: int, account: Ints, worst: Ints) -> None:
        any_kind = self.rng.integers(len(KINDS), size=len(account))
        kind = np.where(self.rng.random(len(account)) < LOUDEST, worst, any_kind)
        works = happens(self.rng, np.full(len(account), WORKS))
        strength = np.where(works, self.rng.gamma(4.0, 0.25, len(account)), 0.0)
        begun = Interventions(
            account,
            np.full(len(account), week),
            kind,
            EFFECTS[kind] * strength[:, None],
            np.where(kind == DISCOUNT, RELIEF * strength, 0.0),
        )
        self.arriving[week + 1 : week + 1 + RAMP_WEEKS, account] += begun.effect / RAMP_WEEKS
        self.lasting[account] += LASTS * begun.effect
        self.busy_until[account] = week + REST_WEEKS
        cheaper = account[kind == DISCOUNT]
        self.relieved_until[cheaper] = week + RELIEF_WEEKS
        self.strength[cheaper] = begun.relief[kind == DISCOUNT]
        self.begun.append(begun)

    def record(self) -> Interventions:
        """Everything that was begun."""
        fields = ("account", "week", "kind", "effect", "relief")
        return Interventions(*(np.concatenate([getattr(begun, field) for begun in self.begun]) for field in fields))
