"""When contracts run and when each is decided on, as long as the customer stays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.demo.company import Company
from keepwell.demo.draw import Floats, Ints, generator
from keepwell.demo.span import Span

NOTICE = np.array([30.0, 60.0, 90.0])
"""Days before the end of a contract when the customer settles what it will do, by segment."""


@dataclass(frozen=True)
class Terms:
    """Account × contract, in days. The first column is the contract that runs when the account's story begins."""

    starts: Ints
    ends: Ints
    decided: Ints  # the day when the customer makes up its mind
    signed: Ints  # the day when this contract was signed, if it came to be

    def asked(self, span: Span) -> Ints:
        """Week × account: the contract that the customer decides on in that week, −1 for none."""
        asked = np.full((span.weeks, len(self.starts)), -1, np.int64)
        account, contract = np.nonzero((self.decided >= 0) & (self.decided < span.days))
        asked[span.week(self.decided[account, contract]), account] = contract
        return asked


def draw_terms(seed: int, span: Span, company: Company) -> Terms:
    """Enough contracts of every account to reach past the end of the period."""
    rng = generator(seed, "terms")
    count = span.months // 12 + 3
    steps = _running(span, company)[:, None] + np.arange(count + 1)
    edges = span.add_months(company.started[:, None], steps * company.term[:, None])
    starts, ends = edges[:, :-1], edges[:, 1:] - 1
    notice = _notice(rng, company, count)
    decided = ends - np.round(notice).astype(np.int64)
    # A few sign when the old contract has already ended.
    signed_next = decided + 1 + (rng.uniform(0.0, 1.05, notice.shape) * notice).astype(np.int64)
    # A customer is one from its first signature on.
    first = np.maximum(starts[:, :1] - rng.integers(3, 40, size=(len(company), 1)), company.started[:, None])
    return Terms(starts, ends, decided, np.hstack([first, signed_next[:, :-1]]))


def _running(span: Span, company: Company) -> Ints:
    """How many contracts had ended before the period: only the running one was carried over into the books."""
    count = np.maximum(0, (-company.started / 30.4369) // company.term - 1).astype(np.int64)
    for _ in range(3):
        count += span.add_months(company.started, (count + 1) * company.term) <= 0
    return count


def _notice(rng: np.random.Generator, company: Company, count: int) -> Floats:
    typical = NOTICE[company.segment][:, None]
    return np.clip(typical * (1 + 0.25 * rng.standard_normal((len(company), count))), 10, 150)
