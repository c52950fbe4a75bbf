"""Re-registrations: companies that left and signed up again, as if they were new."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from keepwell.demo.book import Book
from keepwell.demo.company import Company
from keepwell.demo.draw import Flags, Ints, generator

SHARE = 0.08
"""So many of those that left come back, if a new account of their segment fits in time."""
AWAY_DAYS = (20, 400)


def come_back(seed: int, company: Company, book: Book) -> tuple[Company, Ints]:
    """Gives some new accounts the name, domain, place and trade of one that left, and says which (−1: none)."""
    rng = generator(seed, "returns")
    former = np.full(len(company), -1, np.int64)
    gone = np.flatnonzero(book.stay.until <= company.started.max(initial=0) - AWAY_DAYS[0])
    for old in rng.permutation(gone)[: round(SHARE * np.sum(book.decided < book.stay.until))].tolist():
        fitting = np.flatnonzero(_fits(company, book, old) & (former < 0))
        if len(fitting):
            former[rng.choice(fitting)] = old
    return _renamed(company, former), former


def _fits(company: Company, book: Book, old: int) -> Flags:
    """New accounts of the same segment, outside groups, that began soon after the old one's end."""
    away = company.started - book.stay.until[old]
    alone = (company.parent < 0) & ~np.isin(np.arange(len(company)), company.parent)
    same = company.segment == company.segment[old]
    return np.asarray((away >= AWAY_DAYS[0]) & (away <= AWAY_DAYS[1]) & alone & same)


def _renamed(company: Company, former: Ints) -> Company:
    source = np.where(former >= 0, former, np.arange(len(company)))
    names = [company.names[i] for i in source.tolist()]
    for new in np.flatnonzero(former >= 0).tolist():
        names[new] = names[new].rsplit(" ", 1)[0]
    return replace(
        company,
        names=names,
        domains=[company.domains[i] for i in source.tolist()],
        industry=company.industry[source],
        region=company.region[source],
        size=company.size[source],
    )
