"""Invented companies and people. Domains end in .example, which nobody can own."""

from __future__ import annotations

import numpy as np

from keepwell.demo.draw import Ints


def _words(text: str) -> list[str]:
    return text.split()


REGIONS = ("DACH", "Nordics", "Benelux", "UK & Ireland", "France", "Iberia", "Italy")
REGION_SHARES = (0.32, 0.12, 0.13, 0.17, 0.11, 0.08, 0.07)
FORMS = (
    ("GmbH", "AG", "GmbH & Co. KG"),
    ("AB", "A/S", "Oy"),
    ("B.V.", "N.V.", "B.V."),
    ("Ltd", "plc", "Ltd"),
    ("SAS", "SARL", "SA"),
    ("S.L.", "S.A.", "Lda"),
    ("S.r.l.", "S.p.A.", "S.r.l."),
)
INDUSTRIES = (
    "industrial supplies",
    "building materials",
    "food service",
    "medical supplies",
    "electronics",
    "automotive parts",
    "packaging",
    "office and school",
    "fashion wholesale",
    "garden and agriculture",
)
INDUSTRY_SHARES = (0.17, 0.13, 0.12, 0.10, 0.11, 0.10, 0.08, 0.07, 0.07, 0.05)
TRADES = (
    ("Tools", "Industrial", "Fasteners", "Supply"),
    ("Baustoffe", "Timber", "Building", "Stone"),
    ("Foods", "Catering", "Gastro", "Provisions"),
    ("Medical", "Care", "Dental", "Labs"),
    ("Electronics", "Components", "Lighting", "Cable"),
    ("Autoparts", "Motion", "Tyres", "Mobility"),
    ("Packaging", "Paper", "Box", "Containers"),
    ("Office", "School", "Print", "Stationery"),
    ("Textiles", "Apparel", "Footwear", "Fashion"),
    ("Garden", "Agri", "Seeds", "Farm"),
)
HEADS = _words(
    "Al Ar Bel Ber Bran Cor Dal Den El Fal Far Gar Hal Har Hel Ib Jor Kal Kes Lan Lin Lor Mar Mel Mor Nor Ol Or Per "
    "Quil Ran Ros Sal Sten Tal Tor Ul Val Ver Vin Wal Wes Wil Yar Zel"
)
TAILS = _words(
    "berg borg by dal den dorp feld ford gate gren hagen ham holm hus ing kamp land lund mark mond more nes qvist "
    "rand rup sen stad strand stein thal ton vall ven vik wick wold"
)
FIRST = _words(
    "Ana Anton Britta Carla Daan David Elena Emil Fatima Felix Freya Giulia Hanna Hugo Ines Ivan Jana Jonas Karim "
    "Klara Lars Lea Luca Maja Marco Mia Nadia Nils Nora Olga Oscar Paula Pieter Rosa Samir Sara Sofia Theo Tomas Vera"
)
LAST = _words(
    "Albers Andersen Bakker Barros Becker Bianchi Brandt Costa Dahl Dubois Eriksen Evans Falk Ferrari Fischer Garnier "
    "Greco Haas Hansen Hughes Jansen Keller Koch Lange Laurent Lind Lopes Marino Meyer Moreau Nilsson Novak Olsen "
    "Pereira Quinn Ricci Romero Schmid Silva Vogel"
)


def companies(rng: np.random.Generator, industry: Ints, region: Ints) -> tuple[list[str], list[str]]:
    """A distinct name and domain per account; when the stems are used up the names go on with a number."""
    size = (len(HEADS), len(TAILS), len(TRADES[0]))
    heads, tails, words = (part.tolist() for part in np.unravel_index(rng.permutation(np.prod(size)), size))
    form = rng.integers(3, size=len(industry)).tolist()
    names, domains = [], []
    for i, (kind, place) in enumerate(zip(industry.tolist(), region.tolist(), strict=True)):
        lap, stem = divmod(i, len(heads))
        # Equal head and tail always meet another word: the words of a trade, and of two trades, all differ.
        name, word = HEADS[heads[stem]] + TAILS[tails[stem]], TRADES[kind][words[stem]]
        number = str(lap + 1) if lap else ""
        names.append(f"{name} {word} {number} {FORMS[place][form[i]]}".replace("  ", " "))
        domains.append(f"{name}-{word}{number}.example".lower())
    return names, domains


def people(rng: np.random.Generator, n: int) -> list[str]:
    """First and last names; two people may share one."""
    first, last = rng.integers(len(FIRST), size=n), rng.integers(len(LAST), size=n)
    return [f"{FIRST[a]} {LAST[b]}" for a, b in zip(first.tolist(), last.tolist(), strict=True)]


def colleagues(rng: np.random.Generator, n: int) -> list[str]:
    """Names of the company's own people: all different, with a number once the list is used up."""
    both = rng.permutation(len(FIRST) * len(LAST)).tolist()
    found = []
    for i in range(n):
        lap, which = divmod(i, len(both))
        first, last = divmod(both[which], len(LAST))
        found.append(f"{FIRST[first]} {LAST[last]}" + (f" {lap + 1}" if lap else ""))
    return found
