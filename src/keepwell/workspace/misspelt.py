"""Words of the model that no row has, though a nearly equal one is there: `verifed` where the data says `verified`.

A word that merely does not occur today is no finding: only one that differs from a word of the data by a slip is,
and only if no list or condition of the model names both. Such a check can be wrong, so it warns and changes nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import chain

from keepwell.errors import Finding, KeepwellError
from keepwell.facts import Facts, fetch
from keepwell.model import Loaded
from keepwell.model.check.compared import in_conditions, in_rows, in_scales
from keepwell.model.graph import over_level
from keepwell.model.metrics import Attribute, First, Last, Past
from keepwell.model.model import Model
from keepwell.model.standard import PULSES
from keepwell.model.yaml import Steps

MOST = 1_000
"""A column with more different words than this holds names or free text, in which everything is like something."""
LIKE = 0.8
"""How much of two words has to agree (`difflib`): `retial` and `retail` do by 0.83."""
SHORTEST = 4
"""Of shorter words nearly all are like each other; only capitals and signs are told apart there."""
LONGEST = 100
"""Words of the model beyond this are texts, and comparing those costs time."""

Column = tuple[str, str]


def misspelt(loaded: Loaded, facts: Facts) -> list[Finding]:
    """A warning for each word of the model that stands for another one of its column, in the order of the file.

    One query for each column.
    """
    places: dict[Column, dict[str, list[Steps]]] = defaultdict(lambda: defaultdict(list))
    for path, column, word in _named(loaded.model):
        places[column][word].append(path)
    found: list[Finding] = []
    for column, words in places.items():
        for word, meant in _slips(words, _words(facts, column)):
            said = f"no row of {'.'.join(column)} has ‘{word}’. Did you mean ‘{meant}’?"
            at = (loaded.document.place(path) for path in words[word])
            found += [Finding(place.file, place.line, "warning", "word", said) for place in at]
    return sorted(set(found), key=lambda item: (item.file, item.line or 0, item.message))


def _named(model: Model) -> Iterator[tuple[Steps, Column, str]]:
    """Every word that the model holds a column of text against."""
    for path, metric, word in chain(in_conditions(model), in_scales(model)):
        if (read := _column(model, metric)) is not None and word != "else":
            yield path, read, word
    for path, table, column, word in in_rows(model):
        if not _asked(model, table):
            yield path, (table, column), word


def _column(model: Model, name: str) -> Column | None:
    """The column whose values the metric has as they are; None for one that is computed."""
    metric = model.metrics.get(name)
    if isinstance(metric, Attribute):
        return model.entities[metric.for_].table, metric.attribute
    if isinstance(metric, Past):
        return _column(model, metric.past)
    if isinstance(metric, (Last, First)) and not over_level(model, metric) and metric.source and metric.column:
        return None if _asked(model, metric.source) else (metric.source, metric.column)
    return None


def _asked(model: Model, table: str) -> bool:
    """Whether the table holds answers to the model's own inputs, whose words the model states itself."""
    return bool(model.inputs) and table == PULSES


def _words(facts: Facts, column: Column) -> list[str]:
    """The different words of a column; none where it is not there, holds no text, or too many words."""
    table, name = column
    try:
        if not facts.has(table):
            return []
        feed = facts.feed(table)
        rows = feed.plain if name in feed.plain.columns else feed.rows  # rows that a filter leaves out count, too
        if name not in rows.columns or not rows[name].type().is_string():
            return []
        with facts.reads():
            found = fetch.rows(rows.filter(rows[name].notnull()).select(word=rows[name]).distinct().limit(MOST + 1))
    except KeepwellError:  # said where the table is checked
        return []
    return [] if len(found) > MOST else sorted(item["word"] for item in found)


def _slips(words: Mapping[str, Sequence[Steps]], there: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The words that are not there, each with the one that it was most likely meant to be.

    words: each with its places in the model.
    """
    lists: dict[Steps, set[str]] = defaultdict(set)
    for word, paths in words.items():
        for path in paths:
            lists[_list(path)].add(word)
    for word in sorted(words.keys() - set(there)):
        apart = set().union(*(lists[_list(path)] for path in words[word]))
        meant = _meant(word, [other for other in there if other not in apart])
        if len(word) <= LONGEST and meant is not None:
            yield word, meant


def _list(path: Steps) -> Steps:
    """What tells words apart from each other: a map, the cases of a measure, or a condition."""
    if path[-1] == "at":
        return path[:-2]
    return path[:-1] if isinstance(path[-1], int) else path


def _meant(word: str, free: Sequence[str]) -> str | None:
    """The word of the data that differs from this one by capitals, signs, or a letter or two."""
    if same := next((other for other in free if _letters(other) == _letters(word) != ""), None):
        return same
    others = [other for other in free if len(other) <= LONGEST and _could_be(word, other)]
    return next(iter(get_close_matches(word, others, n=1, cutoff=LIKE)), None)


def _could_be(word: str, other: str) -> bool:
    """May alike words be one: not `inactive` and `active`, `team1` and `team2`, `plan a` and `plan b`."""
    short, long = sorted((word, other), key=len)
    prefixed = long.endswith(short) and len(long) - len(short) > 1
    return len(short) >= SHORTEST and not prefixed and _marks(word) == _marks(other)


def _letters(word: str) -> str:
    return re.sub(r"[\W_]", "", word.casefold())


def _marks(word: str) -> list[str]:
    """What tells the members of a series apart: its numbers and single letters."""
    return re.findall(r"[0-9]+|(?<![^\W_])[^\W\d_](?![^\W_])", word.casefold())
