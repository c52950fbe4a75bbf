"""The simulated company, complete: everything from which the tables of facts are written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.demo import names
from keepwell.demo.book import Book, keep_book
from keepwell.demo.company import Company, draw_company
from keepwell.demo.draw import Flags, Floats, Ints, generator
from keepwell.demo.latent import BLIND, Course, live
from keepwell.demo.returns import come_back
from keepwell.demo.shocks import PARTS, Shocks, draw_shocks
from keepwell.demo.signals import observe
from keepwell.demo.span import Span
from keepwell.demo.terms import draw_terms

FADING_WEEKS = 5.0
"""After the decision to leave, what an account does falls by a factor of e in so many weeks."""
OUTAGE_SHARE, OUTAGE_DAYS = 0.65, (5, 26)
"""The usage feed lost the 6th to the 26th of the month that begins after this share of the months."""
CSM_LEFT_SHARE = 0.6


@dataclass(frozen=True)
class World:
    """The parts of the simulation, and the questions that every table asks of it."""

    seed: int
    span: Span
    company: Company
    shocks: Shocks
    course: Course
    book: Book
    former: Ints  # the account that came back under this one's id, −1 for all but a few

    def rng(self, purpose: str) -> np.random.Generator:
        return generator(self.seed, purpose)

    def part(self, name: str, account: Ints, day: Ints) -> Floats:
        """A true part of health on days."""
        return np.asarray(self.course.parts[self.span.week(day), account, PARTS.index(name)])

    def signal(self, name: str, account: Ints, day: Ints) -> Floats:
        """What an observation says on days; every name may be asked for once."""
        return observe(self.seed, self.course, name, account, self.span.week(day))

    def fading(self, account: Ints, day: Ints) -> Floats:
        """1 until the decision to leave, then falling; bankrupts and the poached go on as if nothing were."""
        announced = ~np.isin(self.course.cause, BLIND)[account]
        weeks = np.maximum(self.span.week(day) - self.course.left[account], 0)
        return np.where(announced, np.exp(-weeks / FADING_WEEKS), 1.0)

    def leaving(self, account: Ints, day: Ints) -> Flags:
        """Whether the account has already decided to leave."""
        return np.asarray(self.book.decided[account] < day)

    def csm(self, account: Ints, day: Ints) -> Ints:
        """Who looks after accounts on days: the first CSM left, and the others took the accounts over."""
        own, others = self.company.csm[account], max(self.company.csms - 1, 1)
        taken_over = (own == 0) & (day >= self.csm_left()) & (self.company.csms > 1)
        return np.where(taken_over, 1 + account % others, own)

    def csm_left(self) -> int:
        """The day when the first CSM left the company."""
        return self.span.at(CSM_LEFT_SHARE)

    def csm_names(self) -> list[str]:
        return names.colleagues(self.rng("csm names"), self.company.csms)

    def outage(self) -> tuple[int, int] | None:
        """First day and day after the last of the weeks whose usage rows were lost; None in a short period."""
        month = int(self.span.months * OUTAGE_SHARE)
        if month < 1:
            return None
        first = int(self.span.month_starts()[month])
        return first + OUTAGE_DAYS[0], first + OUTAGE_DAYS[1]


def simulate(seed: int, months: int, accounts: int) -> World:
    """Draws the customers and lives their story."""
    span = Span.of(months)
    company = draw_company(seed, span, accounts)
    terms, shocks = draw_terms(seed, span, company), draw_shocks(seed, span, company)
    course = live(seed, span, company, terms, shocks)
    book = keep_book(seed, span, company, terms, shocks, course)
    company, former = come_back(seed, company, book)
    return World(seed, span, company, shocks, course, book, former)
