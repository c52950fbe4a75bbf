"""How well the name of a file or column fits a standard one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Literal

Sureness = Literal["sure", "likely", "guess"]
ORDER: tuple[Sureness, ...] = ("sure", "likely", "guess")
ALIKE = 0.85
"""Names that resemble each other less than this are different."""


def plain(name: str) -> str:
    """A name without capitals, accents of German, blanks and signs: ‘Account-ID’ and ‘accountId’ are one."""
    text = name.casefold()
    for letter, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("é", "e"), ("è", "e")):
        text = text.replace(letter, written)
    return re.sub(r"[\W_]+", "", text)


def words(name: str) -> list[str]:
    """The words of a name, plain: ‘crmAccounts 2026’ is crm, accounts."""
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    return [plain(word) for word in re.split(r"[\W_0-9]+", split) if word]


def fit(name: str, own: str, also: Iterable[str], before: str = "") -> tuple[Sureness, str] | None:
    """How sure a name is this one, and why; None where it is not.

    `before`: a word that may stand before it, such as ticket in ticket_priority.
    """
    said = plain(name)
    if said == plain(own):
        return "sure", "its name"
    known = {plain(other): other for other in also}
    if said in known:
        return "likely", "another name for it"
    short = said.removeprefix(before)
    if before and short != said and short in {plain(own), *known}:
        return "likely", f"its name after ‘{before}’"
    if len(said) > 4 and any(SequenceMatcher(None, said, other).ratio() >= ALIKE for other in (plain(own), *known)):
        return "guess", "a name like it"
    return None


def worse(one: Sureness, other: Sureness) -> Sureness:
    """The less sure of two."""
    return ORDER[max(ORDER.index(one), ORDER.index(other))]
