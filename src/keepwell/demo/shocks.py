"""What happens to customers whatever the team does: champions leave, bugs, a price rise, wins of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.demo.company import Company
from keepwell.demo.draw import NEVER, Floats, Ints, generator, happens
from keepwell.demo.span import Span

PARTS = ("relationship", "usage", "value")
STORM_SHARES = (0.20, 0.47, 0.78)
"""Where in the period the platform had a bad release; each lasts three weeks."""
STORM_REACH = 0.18
PRICE_RISE_SHARE = 0.55
PRICE_RISE_REACH = 0.5
CHAMPION_LEAVES_YEARLY = 0.14
WINS_YEARLY = 0.35

# Moves of (relationship, usage, value) in standard deviations of the latent parts.
CHAMPION_LEAVES = np.array([-1.3, -0.5, -0.1])
STORM_WEEK = np.array([-0.15, -0.12, -0.30])
PRICE_RISE = np.array([-0.45, 0.0, -0.40])
WIN = np.array([0.25, 0.15, 0.80])


@dataclass(frozen=True)
class Shocks:
    """`jumps` is week × account × part; the rest says when, for the tables that show it."""

    jumps: Floats
    storms: tuple[int, ...]  # weeks in which a storm begins
    stormy: Floats  # week × account: 1 while a storm is upon the account
    price_rise: int  # day of the announcement
    champion_left: Ints  # week, NEVER if the champion stays
    win: Ints  # week of the account's great success, NEVER without


def draw_shocks(seed: int, span: Span, company: Company) -> Shocks:
    """Everything that will happen, settled before the story begins."""
    rng = generator(seed, "shocks")
    storms = tuple(sorted({span.at(share) // 7 for share in STORM_SHARES}))
    stormy = _stormy(rng, span, storms, len(company))
    champion_left = _once(rng, span, len(company), CHAMPION_LEAVES_YEARLY)
    win = _once(rng, span, len(company), WINS_YEARLY)
    price_rise = span.at(PRICE_RISE_SHARE)
    jumps = stormy[:, :, None] * STORM_WEEK
    minds = happens(rng, np.full(len(company), PRICE_RISE_REACH))
    jumps[price_rise // 7] += minds[:, None] * PRICE_RISE
    for week, move in ((champion_left, CHAMPION_LEAVES), (win, WIN)):
        hit = np.flatnonzero(week < NEVER)
        jumps[week[hit], hit] += move
    return Shocks(jumps, storms, stormy, price_rise, champion_left, win)


def _stormy(rng: np.random.Generator, span: Span, storms: tuple[int, ...], accounts: int) -> Floats:
    stormy = np.zeros((span.weeks, accounts))
    for week in storms:
        stormy[week : week + 3] = np.maximum(
            stormy[week : week + 3], happens(rng, np.full(accounts, STORM_REACH)).astype(float)
        )
    return stormy


def _once(rng: np.random.Generator, span: Span, accounts: int, yearly: float) -> Ints:
    """The first week of an event that comes at a yearly rate."""
    week = (rng.exponential(52.18 / yearly, accounts)).astype(np.int64)
    return np.where(week < span.weeks, week, NEVER)
