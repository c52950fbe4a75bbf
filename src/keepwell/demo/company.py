"""Who the customers are: everything about an account that chance settles before its story begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.demo import names
from keepwell.demo.draw import Flags, Floats, Ints, generator, happens, lognormal, pick
from keepwell.demo.span import Span

SEGMENTS = ("smb", "mid_market", "enterprise")
SEGMENT_SHARES = (0.56, 0.31, 0.13)
SIZES = ("1-49", "50-249", "250-999", "1000-4999", "5000+")
PLANS = ("starter", "growth", "scale")
SEATS = np.array([5.0, 12.0, 34.0])
"""Median seats by segment."""
SEAT_PRICE = np.array([1500.0, 2600.0, 4200.0])
"""Median euros a year and seat by segment."""
TERMS = (((12,), (1.0,)), ((12, 24), (0.75, 0.25)), ((12, 24, 36), (0.45, 0.35, 0.20)))
"""Contract lengths in months and their shares, by segment."""
ARRIVALS = 0.15
"""New accounts a year as a share of those that are there at the beginning."""
IN_GROUPS = 0.5
"""Enterprise accounts that are children of another enterprise account's group, or its parent."""
MANAGED = np.array([0.55, 1.0, 1.0])
"""Accounts with meetings, pulses and reviews; the others of a segment are served by the help desk alone."""
ACCOUNTS_PER_CSM = 80


@dataclass(frozen=True)
class Company:
    """Arrays of one entry per account, sorted by `started`. Codes are positions in the tuples above."""

    names: list[str]
    domains: list[str]
    segment: Ints
    industry: Ints
    region: Ints
    size: Ints
    started: Ints  # day; negative for those that were there before the period
    term: Ints  # months
    parent: Ints  # position of the parent, −1 without
    seats: Ints  # at the beginning of the period or of the account
    arr: Floats  # euros a year, likewise
    csm: Ints
    usage_feed: Flags  # the platform's usage feed is connected
    surveyed: Flags  # not opted out of surveys
    managed: Flags

    def __len__(self) -> int:
        return len(self.started)

    @property
    def csms(self) -> int:
        return max(1, -(-len(self) // ACCOUNTS_PER_CSM))


def draw_company(seed: int, span: Span, accounts: int) -> Company:
    """The customers of the whole period, whether they stay or not."""
    rng = generator(seed, "company")
    segment = pick(rng, accounts, SEGMENT_SHARES)
    industry, region = pick(rng, accounts, names.INDUSTRY_SHARES), pick(rng, accounts, names.REGION_SHARES)
    called, domains = names.companies(generator(seed, "company names"), industry, region)
    seats = np.maximum(2, lognormal(rng, SEATS[segment], 0.5)).astype(np.int64)
    return Company(
        names=called,
        domains=domains,
        segment=segment,
        industry=industry,
        region=region,
        size=np.minimum(segment + pick(rng, accounts, (0.35, 0.45, 0.2)), len(SIZES) - 1),
        started=_started(rng, span, accounts),
        term=_terms(rng, segment),
        parent=_parents(generator(seed, "groups"), segment),
        seats=seats,
        arr=np.round(seats * lognormal(rng, SEAT_PRICE[segment], 0.25), -2),
        csm=rng.integers(max(1, -(-accounts // ACCOUNTS_PER_CSM)), size=accounts),
        usage_feed=happens(rng, np.full(accounts, 0.94)),
        surveyed=happens(rng, np.full(accounts, 0.90)),
        managed=happens(rng, MANAGED[segment]),
    )


def _started(rng: np.random.Generator, span: Span, accounts: int) -> Ints:
    """Sorted first days: most lie up to eight years back, ARRIVALS of them in the period, evenly."""
    new = happens(rng, np.full(accounts, 1 - 1 / (1 + ARRIVALS * span.months / 12)))
    before = -1 - np.minimum(rng.exponential(800, accounts), 2900)
    day = np.where(new, rng.uniform(0, span.days, accounts), before).astype(np.int64)
    # Contracts move by whole months, so they begin on a day that every month has.
    return np.sort(day - np.maximum(span.day_of_month(day) - 27, 0))


def _terms(rng: np.random.Generator, segment: Ints) -> Ints:
    terms = np.zeros(len(segment), np.int64)
    for code, (months, shares) in enumerate(TERMS):
        terms = np.where(segment == code, np.array(months)[pick(rng, len(segment), shares)], terms)
    return terms


def _parents(rng: np.random.Generator, segment: Ints) -> Ints:
    """Groups of two to five enterprise accounts; the first of a group is its parent, and older than its children."""
    parent = np.full(len(segment), -1, np.int64)
    members = np.flatnonzero(happens(rng, np.where(segment == SEGMENTS.index("enterprise"), IN_GROUPS, 0.0)))
    sizes = rng.integers(2, 6, size=len(members))
    starts = np.cumsum(sizes) - sizes
    for begin, size in zip(starts.tolist(), sizes.tolist(), strict=True):
        parent[members[begin + 1 : begin + size]] = members[begin : begin + 1]
    return parent
