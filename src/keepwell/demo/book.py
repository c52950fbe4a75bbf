"""Contracts, seats and ARR: what was signed, what became of it, and how the book changed in between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.demo.company import Company
from keepwell.demo.draw import NEVER, Flags, Floats, Ints, generator, happens
from keepwell.demo.latent import CAUSES, Course
from keepwell.demo.occasions import Stay, at_rate
from keepwell.demo.shocks import Shocks
from keepwell.demo.signals import observe
from keepwell.demo.span import Span
from keepwell.demo.terms import Terms

PRICE_RISE = 1.06
"""On every renewal signed after the announcement."""
UPSELL_WEEKLY = 0.0022
"""Seats bought in the middle of a contract, per week at an average signal; e times more per 1.2 of it."""
BANKRUPT_DAYS, EXIT_DAYS = (0, 20), (20, 90)
"""How soon after the decision an account ends that does not run to the end of its contract."""


@dataclass(frozen=True)
class Steps:
    """A value per account that changes on days: sorted by account, then day."""

    account: Ints
    day: Ints
    value: Floats

    def at(self, account: Ints, day: Ints) -> Floats:
        """The value in force; before an account's first step its first value."""
        position = np.searchsorted(self._key(self.account, self.day), self._key(account, day), side="right") - 1
        first = np.searchsorted(self.account, account, side="left")
        return np.asarray(self.value[np.maximum(position, first)])

    def _key(self, account: Ints, day: Ints) -> Ints:
        return account * (4 * NEVER) + day + NEVER


@dataclass(frozen=True)
class Contracts:
    """One entry per signed contract or amendment, sorted by account and signature. Days are NEVER where undecided."""

    account: Ints
    amendment: Flags
    signed: Ints
    starts: Ints
    ends: Ints
    decided: Ints
    renewed: Flags


@dataclass(frozen=True)
class Book:
    """Everything about contracts that the tables show."""

    contracts: Contracts
    seats: Steps
    arr: Steps
    decided: Ints  # account: day of the decision to leave, NEVER
    stay: Stay


def keep_book(seed: int, span: Span, company: Company, terms: Terms, shocks: Shocks, course: Course) -> Book:
    """Signs, renews, extends and ends what the story says."""
    rng = generator(seed, "book")
    decided = _decided(rng, span, company, terms, course)
    signed = np.where((terms.signed <= span.last) & (terms.signed <= decided[:, None]), terms.signed, NEVER)
    signed[:, 0] = terms.signed[:, 0]
    stay = Stay(company.started, _ended(rng, terms, course, decided, signed))
    account, contract = np.nonzero(signed < NEVER)
    upsells = at_rate(rng, span, Stay(company.started, np.minimum(decided, stay.until)), _upsell_rate(seed, course))
    contracts = _contracts(account, contract, terms, signed, decided, upsells.account, upsells.day)
    growth, price = _growth(rng, span, company, shocks, course, contracts)
    seats, arr = _steps(company, contracts, growth, price)
    return Book(contracts, seats, arr, decided, stay)


def _decided(rng: np.random.Generator, span: Span, company: Company, terms: Terms, course: Course) -> Ints:
    """The day within the week of leaving: that of the contract's decision, or any."""
    by_contract = (course.cause == CAUSES.index("health"))[:, None] & (span.week(terms.decided) == course.left[:, None])
    by_contract &= (terms.decided >= 0) & (terms.decided < span.days)
    asked = np.where(by_contract, terms.decided, NEVER).min(axis=1)
    any_day = np.clip(7 * course.left + rng.integers(7, size=len(company)), company.started, span.last)
    day = np.where(asked < NEVER, asked, any_day)
    return np.where(course.left < NEVER, day, NEVER)


def _ended(rng: np.random.Generator, terms: Terms, course: Course, decided: Ints, signed: Ints) -> Ints:
    """First day without the customer: after the contract for those that did not renew, sooner for the others."""
    latest = np.where(signed <= decided[:, None], terms.ends, -NEVER).max(axis=1)
    bankrupt = course.cause == CAUSES.index("bankruptcy")
    wait = np.where(bankrupt, rng.integers(*BANKRUPT_DAYS, len(decided)), rng.integers(*EXIT_DAYS, len(decided)))
    early = np.minimum(decided + wait, latest)
    ended = np.where(course.cause == CAUSES.index("health"), latest, early)
    return np.where(decided < NEVER, np.maximum(ended, decided) + 1, NEVER)


def _upsell_rate(seed: int, course: Course) -> Floats:
    weeks, accounts = course.parts.shape[:2]
    week, account = np.divmod(np.arange(weeks * accounts), accounts)
    signal = observe(seed, course, "expansion", account, week).reshape(weeks, accounts)
    return UPSELL_WEEKLY * np.exp(np.clip(signal, -3, 3) / 1.2)


def _contracts(
    account: Ints, contract: Ints, terms: Terms, signed: Ints, decided: Ints, more: Ints, more_day: Ints
) -> Contracts:
    """Signed contracts with their fate, and amendments, which have none of their own."""
    following = np.hstack([signed[:, 1:], np.full((len(signed), 1), NEVER)])[account, contract]
    renewed = following < NEVER
    fate = np.where(renewed, following, decided[account])
    running = np.maximum((signed[more] <= more_day[:, None]).sum(axis=1) - 1, 0)
    joined = [
        (account, more),
        (np.zeros(len(account), np.bool_), np.ones(len(more), np.bool_)),
        (signed[account, contract], more_day),
        (terms.starts[account, contract], np.maximum(more_day, terms.starts[more, running])),
        (terms.ends[account, contract], terms.ends[more, running]),
        (fate, np.full(len(more), NEVER)),
        (renewed, np.zeros(len(more), np.bool_)),
    ]
    columns = [np.concatenate(pair) for pair in joined]
    order = np.lexsort((columns[1], columns[2], columns[0]))
    return Contracts(*(column[order] for column in columns))


def _growth(
    rng: np.random.Generator, span: Span, company: Company, shocks: Shocks, course: Course, rows: Contracts
) -> tuple[Floats, Floats]:
    """What every signature adds to the logarithms of seats and of the price, against the one before."""
    n = len(rows.account)
    health = course.health()[span.week(rows.signed), rows.account]
    renewal = np.clip(0.02 + 0.07 * health + 0.09 * rng.standard_normal(n), -0.5, 0.5)
    # Small accounts often renew as they are.
    same = happens(rng, np.where(company.segment[rows.account] == 0, 0.45, 0.15))
    growth = np.where(rows.amendment, rng.uniform(0.08, 0.35, n), np.where(same, 0.0, renewal))
    dearer = ~rows.amendment & (rows.signed >= shocks.price_rise)
    return growth, np.where(dearer, np.log(PRICE_RISE), 0.0)


def _steps(company: Company, rows: Contracts, growth: Floats, price: Floats) -> tuple[Steps, Steps]:
    """Seats and ARR after every signature: the first contract's, times all that was added or given up since."""
    first = np.ones(len(rows.account), np.bool_)
    first[1:] = rows.account[1:] != rows.account[:-1]
    seats_then, arr_then = company.seats[rows.account], company.arr[rows.account]
    seats = np.maximum(2, np.round(seats_then * np.exp(_since_first(growth, first))))
    arr = np.round(arr_then * seats / seats_then * np.exp(_since_first(price, first)), -1)
    return Steps(rows.account, rows.signed, seats), Steps(rows.account, rows.signed, arr)


def _since_first(values: Floats, first: Flags) -> Floats:
    """Running sums that are 0 where `first` is True."""
    total = np.cumsum(values)
    start = np.maximum.accumulate(np.where(first, np.arange(len(values)), 0))
    return np.asarray(total - total[start])
