"""What customers say when asked: surveys, which the unhappy leave unanswered, and references."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from keepwell.demo import columns
from keepwell.demo.columns import DAY, NO_TIME
from keepwell.demo.draw import Ints, happens, pick, sigmoid
from keepwell.demo.occasions import Occasions, at_rhythm, at_work, by_night, end, until_end
from keepwell.demo.people import People
from keepwell.demo.world import World

SURVEY_DAYS = 182.0
RECIPIENTS = np.array([1, 2, 4])
ANSWERING = -0.75
"""Logit of answering at average health; it rises by 0.6 per standard deviation of the relationship."""
IMPORT_WEEKDAY_LAG = (1, 8)
FORGOTTEN_SHARE, FORGOTTEN_DAYS = 0.06, (20, 45)
"""Answers that somebody found weeks later in a mailbox."""
DO_NOT_KNOW = 99
ANSWERS_PER_DO_NOT_KNOW = 400
"""One in so many answers carries the survey tool's code for “do not know” in place of a score."""
ASKED_DAYS = 300.0
FAVOURS = ("reference_call", "review", "case_study")


def surveys(world: World, people: People) -> pa.Table:
    """Every question sent for NPS, with the answer if it came and was imported."""
    rng, span, company = world.rng("surveys"), world.span, world.company
    found = at_rhythm(rng, span, world.book.stay, np.full(len(company), SURVEY_DAYS), company.surveyed)
    copies = RECIPIENTS[company.segment[found.account]]
    found = Occasions(np.repeat(found.account, copies), np.repeat(found.day, copies))
    who, there = people.someone(rng, found.account, found.day)
    found, who = found.keep(there), who[there]
    sent = found.day * DAY + 9 * 3600
    answered, imported = _answered(rng, world, found, sent)
    score = np.clip(np.round(7.3 + 1.5 * world.signal("nps_score", found.account, found.day)), 0, 10).astype(np.int64)
    came = np.flatnonzero(imported < NO_TIME)
    score[rng.choice(came, len(came) // ANSWERS_PER_DO_NOT_KNOW + (len(came) > 20), replace=False)] = DO_NOT_KNOW
    rows = {
        "account_id": columns.accounts(found.account),
        "contact_id": columns.ids("C", who, 6),
        "kind": columns.texts(np.zeros(len(found), np.int64), ["nps"]),
        "sent_at": columns.times(span, sent),
        "answered_at": columns.times(span, answered),
        "score": columns.whole(score, imported < NO_TIME),
        "imported_at": columns.times(span, imported),
    }
    return columns.in_order(pa.table(rows), "sent_at", "survey_id", "S")


def _answered(rng: np.random.Generator, world: World, found: Occasions, sent: Ints) -> tuple[Ints, Ints]:
    """When answers were given and imported; NO_TIME for both where none is known."""
    answers = happens(rng, sigmoid(ANSWERING + world.signal("nps_answering", found.account, found.day)))
    answered = sent + (rng.exponential(2.5, len(found)) * DAY).astype(np.int64)
    forgotten = rng.random(len(found)) < FORGOTTEN_SHARE
    wait = np.where(forgotten, rng.integers(*FORGOTTEN_DAYS, len(found)), rng.integers(*IMPORT_WEEKDAY_LAG, len(found)))
    imported = (answered // DAY + wait) * DAY + 8 * 3600
    known = answers & (imported <= end(world.span))
    return np.where(known, answered, NO_TIME), np.where(known, imported, NO_TIME)


def references(world: World) -> pa.Table:
    """Favours asked of managed accounts: agreed, declined or never answered, and done or not."""
    rng, span, company = world.rng("references"), world.span, world.company
    found = at_rhythm(rng, span, world.book.stay, np.full(len(company), ASKED_DAYS), company.managed)
    asked = at_work(rng, found.day)
    replied = until_end(span, asked + (rng.exponential(6.0, len(found)) * DAY).astype(np.int64))
    replied = np.where(rng.random(len(found)) < 0.12, NO_TIME, replied)
    agrees = happens(rng, sigmoid(0.1 + 1.2 * world.signal("reference", found.account, found.day)))
    done = until_end(span, replied + rng.integers(7, 100, size=len(found)) * DAY)
    done = np.where(agrees & (replied < NO_TIME) & (rng.random(len(found)) < 0.7), done, NO_TIME)
    loaded = by_night(rng, span, asked)
    rows = {
        "account_id": columns.accounts(found.account),
        "favour": columns.texts(pick(rng, len(found), (0.5, 0.35, 0.15)), FAVOURS),
        "asked_at": columns.times(span, asked),
        "answer": columns.texts(agrees.astype(np.int64), ("declined", "agreed"), replied < NO_TIME),
        "answered_at": columns.times(span, replied),
        "done_at": columns.times(span, done),
        "loaded_at": columns.times(span, loaded),
    }
    return columns.in_order(pa.table(rows), "asked_at", "reference_id", "R")
