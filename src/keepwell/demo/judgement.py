"""What the company's own people record: meetings, and the pulses of CSMs, each CSM with a bias and all behind time."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from keepwell.demo import columns
from keepwell.demo.columns import DAY
from keepwell.demo.draw import Flags, Floats, Ints, happens, pick, sigmoid
from keepwell.demo.occasions import Occasions, at_rate, at_rhythm, at_work, until_end
from keepwell.demo.world import World

MEETING_KINDS = ("check_in", "training", "business_review", "escalation", "executive")
MEETING_SHARES = (0.56, 0.12, 0.18, 0.09, 0.05)
MEETINGS_WEEKLY = np.array([0.05, 0.14, 0.28])
PULSE_DAYS = np.array([110.0, 70.0, 50.0])
LAG_DAYS = 21
"""A CSM's picture of an account is so many days old."""
BIAS = 0.45
"""Standard deviation between CSMs of how rosily they see their accounts."""
COMMITMENT, SENTIMENT = ("doubts", "neutral", "renews"), ("poor", "mixed", "good")
REASONS = ("champion quiet", "budget under review", "unhappy with support", "low adoption", "competitor mentioned")


def meetings(world: World) -> pa.Table:
    """Meetings planned with managed accounts: whether they were held, and who of the customer came."""
    rng, span = world.rng("meetings"), world.span
    weekly = MEETINGS_WEEKLY[world.company.segment] * world.company.managed
    found = at_rate(rng, span, world.book.stay, np.tile(weekly, (span.weeks, 1)))
    at = at_work(rng, found.day)
    held = happens(rng, sigmoid(1.1 + world.signal("meeting_held", found.account, found.day)))
    chief = held & happens(rng, sigmoid(-0.6 + world.signal("decision_maker_present", found.account, found.day)))
    vacant = np.abs(7 * world.shocks.champion_left[found.account] + 28 - found.day) <= 28
    champion = held & ~vacant & happens(rng, np.full(len(found), 0.7))
    others = np.where(held, rng.poisson(0.4 + 0.5 * world.company.segment[found.account]), 0)
    loaded = _logged(rng, world, at)
    rows = {
        "account_id": columns.accounts(found.account),
        "met_at": columns.times(span, at),
        "kind": columns.texts(pick(rng, len(found), MEETING_SHARES), MEETING_KINDS),
        "held": columns.flags(held),
        "decision_maker": columns.flags(chief),
        "champion": columns.flags(champion),
        "attendees": columns.whole(np.where(held, np.maximum(1, chief + champion.astype(np.int64) + others), 0)),
        "csm": columns.texts(world.csm(found.account, found.day), world.csm_names()),
        "loaded_at": columns.times(span, loaded),
    }
    return columns.in_order(pa.table(rows), "met_at", "meeting_id", "M")


def _logged(rng: np.random.Generator, world: World, at: Ints) -> Ints:
    """When the CSM wrote it down: mostly within hours, sometimes at the end of the next week."""
    tardy = rng.random(len(at)) < 0.15
    wait = np.where(tardy, rng.uniform(4 * DAY, 14 * DAY, len(at)), rng.exponential(0.4 * DAY, len(at)))
    return until_end(world.span, at + 3600 + wait.astype(np.int64))


def pulses(world: World) -> pa.Table:
    """Two questions, answered regularly about managed accounts: will they renew, and what is the mood."""
    rng, span, company = world.rng("pulses"), world.span, world.company
    found = at_rhythm(rng, span, world.book.stay, PULSE_DAYS[company.segment], company.managed)
    entered = at_work(rng, found.day)
    author = world.csm(found.account, found.day)
    bias = BIAS * world.rng("bias").standard_normal(company.csms)[author]
    commitment = _answer(_view(world, found, "commitment") + bias)
    heard = world.leaving(found.account, found.day) & happens(rng, np.full(len(found), 0.85))
    commitment = np.where(heard, COMMITMENT.index("doubts"), commitment)
    sentiment = _answer(_view(world, found, "sentiment") + bias)
    tables = [
        _pulse_rows(rng, world, found, entered, author, "commitment", COMMITMENT, commitment),
        _pulse_rows(rng, world, found, entered + 60, author, "sentiment", SENTIMENT, sentiment),
    ]
    return columns.in_order(pa.concat_tables(tables), "entered_at", "pulse_id", "P")


def _view(world: World, found: Occasions, question: str) -> Floats:
    return world.signal(question, found.account, found.day - LAG_DAYS)


def _answer(view: Floats) -> Ints:
    """0 for bad, 1 for middling, 2 for good: CSMs hope longer than they should."""
    return (view > -1.3).astype(np.int64) + (view > -0.35)


def _pulse_rows(
    rng: np.random.Generator,
    world: World,
    found: Occasions,
    entered: Ints,
    author: Ints,
    question: str,
    words: tuple[str, ...],
    answer: Ints,
) -> pa.Table:
    why: Flags = np.asarray(answer == 0)
    rows = {
        "account_id": columns.accounts(found.account),
        "entered_at": columns.times(world.span, entered),
        "question": columns.texts(np.zeros(len(found), np.int64), [question]),
        "answer": columns.texts(answer, words),
        "author": columns.texts(author, world.csm_names()),
        "reason": columns.texts(rng.integers(len(REASONS), size=len(found)), REASONS, why),
    }
    return pa.table(
        {name: column.cast(pa.string()) if name != "entered_at" else column for name, column in rows.items()}
    )
