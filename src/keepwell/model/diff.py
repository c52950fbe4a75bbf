"""What two models say differently: by meaning, so that comments, spelling and the order of fields are no difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from keepwell.model.version import ORDERED
from keepwell.model.yaml import Document, Steps

SKIPPED = ("extends", "fitted", "model", "title", "confirmed")
"""Fields of a file that change no score."""

NAMES = ("is", "because", "when", "at", "from")
"""What an entry of a list is known by: the first of these that it has."""

STRUCTURE = ("parts", "metrics", "scores")
"""Steps that hold names, and are no name of anything."""

LISTS = ("overrides", "tiers", "rules", "variants", "zones")
"""Lists whose entries say themselves what they are."""

LONGEST = 160

_ABSENT = object()


@dataclass(frozen=True)
class Difference:
    """One thing that reads otherwise.

    path: the steps to it, an entry of a list by its name or its number from 1. before, after: what stands there, as
    YAML on one line, cut where it is long; None: nothing does. place_before, place_after: file:line of it, or of what
    holds it.
    """

    path: tuple[str, ...]
    before: str | None
    after: str | None
    place_before: str
    place_after: str

    def __str__(self) -> str:
        if self.before is None or self.after is None:
            *above, last = self.path
            within = above[-1] if above else ""
            named = "" if within in LISTS else f"{last}: "
            word, said = ("new", self.after) if self.before is None else ("gone", self.before)
            return f"{word}{f' in {within}' if within else ''}: {named}{said}"
        return f"{_subject(self.path)}: {self.before} → {self.after}"


def _subject(path: tuple[str, ...]) -> str:
    """What differs, and whose it is: `weight of use`, `bands, entry 1, of use`."""
    *above, last = [step for step in path if not step.isdecimal()]
    numbers = [step for step in path if step.isdecimal()]
    owner = next((step for step in reversed(above) if step not in STRUCTURE), "")
    owner = f"‘{owner}’" if " " in owner else owner
    what = f"{last}, entry {numbers[0]}," if numbers else last
    return f"{what} of {owner}" if owner else what.rstrip(",")


@dataclass(frozen=True)
class _Side:
    """A value of one of the two documents, and where it stands."""

    document: Document
    steps: Steps
    value: Any = _ABSENT

    def below(self, step: str | int, value: Any) -> _Side:
        return _Side(self.document, (*self.steps, step), value)

    @property
    def text(self) -> str | None:
        return None if self.value is _ABSENT else _text(self.value)

    @property
    def shown(self) -> str | None:
        said = self.text
        return said if said is None or len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"

    @property
    def place(self) -> str:
        place = self.document.place(self.steps)
        return f"{place.file}:{place.line}"


def differences(before: Document, after: Document) -> list[Difference]:
    """Everything that the second says otherwise, in the order of the files; both with what they extend."""
    old, new = (
        _Side(document, (), {key: value for key, value in document.data.items() if key not in SKIPPED})
        for document in (before, after)
    )
    return list(_between(old, new, ()))


def _between(old: _Side, new: _Side, path: tuple[str, ...]) -> Iterator[Difference]:
    if isinstance(old.value, dict) and isinstance(new.value, dict):
        yield from _of_maps(old, new, path)
    elif isinstance(old.value, list) and isinstance(new.value, list):
        yield from _of_lists(old, new, path)
    elif old.text != new.text:
        yield _difference(path, old, new)


def _difference(path: tuple[str, ...], old: _Side, new: _Side) -> Difference:
    return Difference(path, old.shown, new.shown, old.place, new.place)


def _of_maps(old: _Side, new: _Side, path: tuple[str, ...]) -> Iterator[Difference]:
    for key in dict.fromkeys([*old.value, *new.value]):
        if key == "confirmed":
            continue
        one, other = (side.below(key, side.value.get(key, _ABSENT)) for side in (old, new))
        yield from _between(one, other, (*path, str(key)))
    yield from _order(old, new, path, [str(k) for k in old.value], [str(k) for k in new.value])


def _order(old: _Side, new: _Side, path: tuple[str, ...], before: list[str], after: list[str]) -> Iterator[Difference]:
    """Names that both have, in another order, where the order says something."""
    kept, now = [n for n in before if n in after], [n for n in after if n in before]
    if kept != now and path and (path[-1] in ORDERED or isinstance(old.value, list)):
        yield Difference((*path, "order"), ", ".join(kept), ", ".join(now), old.place, new.place)


def _of_lists(old: _Side, new: _Side, path: tuple[str, ...]) -> Iterator[Difference]:
    """Entries by their names; without names by their places where there are as many, else the two lists whole."""
    before, after = _named(old), _named(new)
    if before is None or after is None:
        if len(old.value) != len(new.value):
            yield _difference(path, old, new)
            return
        for index, (one, other) in enumerate(zip(old.value, new.value, strict=True)):
            sides, here = (old.below(index, one), new.below(index, other)), (*path, str(index + 1))
            if isinstance(one, list) and sides[0].text != sides[1].text:  # a point of a curve says more than its half
                yield _difference(here, *sides)
            else:
                yield from _between(*sides, here)
        return
    for name in dict.fromkeys([*before, *after]):
        gone, come = _Side(old.document, old.steps), _Side(new.document, new.steps)
        yield from _between(before.get(name, gone), after.get(name, come), (*path, name))
    yield from _order(old, new, path, list(before), list(after))


def _named(side: _Side) -> dict[str, _Side] | None:
    """The entries of a list by their names; None where one has none, or two have the same."""
    found: dict[str, _Side] = {}
    for index, item in enumerate(side.value):
        names = [str(item[key]) for key in NAMES if key in item] if isinstance(item, dict) else []
        if not names or names[0] in found:
            return None
        found[names[0]] = side.below(index, item)
    return found


def _text(value: Any) -> str:
    """A value as YAML on one line; numbers in the one spelling that a version hashes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, (int, Decimal)):
        return format(Decimal(value).normalize(), "f")
    return str(value)
