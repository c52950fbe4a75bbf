"""What a model says on top of the one that it extends, and a variant on top of its score.

Maps merge, lists and values replace, null removes.

A metric computes one thing, a measure has one scale, and a part is a measure or a group. Where the model on top says
another of these, the base's gives way, since both together would be refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keepwell.errors import Finding, ModelError, did_you_mean
from keepwell.model.fields import names_of
from keepwell.model.inputs import KINDS as INPUTS
from keepwell.model.metrics import VERBS
from keepwell.model.scale import KINDS
from keepwell.model.tables import Table
from keepwell.model.tree import Node
from keepwell.model.yaml import Document, Place, Steps

SCALES = frozenset(KINDS)
SHARED_BY_TABLES = frozenset(names_of(Table))
"""Fields of every table; the others are names of entities."""
SHARED = frozenset(names_of(Node))
"""What a group and a measure have in common: it stays where one becomes the other."""


def merge(base: Document, top: Document) -> Document:
    """`top` laid over `base`, every line in the file that it comes from. Raises ModelError for a null without use."""
    places = dict(base.places)
    data = _overlay(base.data, top.data, (), top, places)
    data["extends"] = top.data["extends"]
    return Document(top.file, data, places)


def with_variants(document: Document) -> Document:
    """The document with the parts of every variant laid over those of its score."""
    scores = document.data.get("scores")
    data, places = dict(document.data), dict(document.places)
    for name, score in scores.items() if isinstance(scores, dict) else ():
        if isinstance(score, dict) and isinstance(score.get("variants"), list) and isinstance(score.get("parts"), dict):
            varied = [_varied(document, name, index, places) for index in range(len(score["variants"]))]
            data["scores"] = data["scores"] | {name: score | {"variants": varied}}
    return Document(document.file, data, places)


def _varied(document: Document, name: str, index: int, places: dict[Steps, Place]) -> Any:
    """One variant with all of its parts; their lines are noted in `places`."""
    score = document.data["scores"][name]
    variant = score["variants"][index]
    if not isinstance(variant, dict) or not isinstance(variant.get("parts"), dict):
        return variant
    usual: Steps = ("scores", name, "parts")
    own: Steps = ("scores", name, "variants", index, "parts")
    top = Document(document.file, variant, _moved(document.places, own, usual))
    found = dict(document.places)
    parts = _overlay(score["parts"], variant["parts"], usual, top, found)
    places.update(_moved(found, usual, own))
    return variant | {"parts": parts}


def _moved(places: Mapping[Steps, Place], old: Steps, new: Steps) -> dict[Steps, Place]:
    """What stands below `old`, as if it stood below `new`."""
    return {(*new, *step[len(old) :]): place for step, place in places.items() if step[: len(old)] == old}


def _overlay(
    base: dict[str, Any], top: dict[str, Any], path: Steps, file: Document, places: dict[Steps, Place]
) -> dict[str, Any]:
    merged = dict(base)
    for key in _gives_way(base, top, path):
        _forget((*path, key), places)
        del merged[key]
    for key, value in top.items():
        here = (*path, key)
        if value is None:
            _refuse_idle_null(key, base, file, here)
            del merged[key]
        elif isinstance(value, dict) and isinstance(base.get(key), dict):
            places[here] = file.places[here]
            merged[key] = _overlay(base[key], value, here, file, places)
        else:
            _forget(here, places)
            places.update({step: place for step, place in file.places.items() if step[: len(here)] == here})
            merged[key] = value
    return merged


def _refuse_idle_null(key: str, base: dict[str, Any], file: Document, here: Steps) -> None:
    if key not in base:
        said = f"‘{key}: null’ removes nothing: the extended model has no such entry.{did_you_mean(key, base)}"
        raise ModelError.of([Finding(file.file, file.place(here).line, "error", "null", said)])


def _forget(path: Steps, places: dict[Steps, Place]) -> None:
    """What stands at `path`, and everything below it, no longer comes from the base."""
    for old in [step for step in places if step[: len(path)] == path]:
        del places[old]


def _gives_way(base: dict[str, Any], top: dict[str, Any], path: Steps) -> set[str]:
    """Fields of the base that what `top` says puts out of use. One that `top` names itself is its own affair."""
    gone: set[str] = set()
    if len(path) == 2 and path[0] == "metrics":
        gone = _of_another_verb(base, top)
    elif len(path) == 3 and path[0] == "tables" and path[2] not in SHARED_BY_TABLES:
        gone = set(base)  # {billing: customer_no} says another column than {product: tenant}, and only one is asked
    elif len(path) == 2 and path[0] == "inputs":
        gone = _of_another_kind(base, top)
    elif _is_part(path):
        gone = _of_another_part(base, top)
    return gone - top.keys()


def _of_another_verb(base: dict[str, Any], top: dict[str, Any]) -> set[str]:
    """All of the base: a condition or a label was said of what it computes, and would be wrong of anything else."""
    verbs = VERBS.keys() & top.keys()
    return set(base) if verbs and not verbs & base.keys() else set()


def _of_another_kind(base: dict[str, Any], top: dict[str, Any]) -> set[str]:
    """What is answered, and its unit; the question, who answers and for how long stay."""
    kinds = set(INPUTS) & top.keys()
    return {*INPUTS, "unit"} & base.keys() if kinds and not kinds & base.keys() else set()


def _is_part(path: Steps) -> bool:
    return len(path) >= 4 and len(path) % 2 == 0 and path[0] == "scores" and set(path[2::2]) == {"parts"}


def _of_another_part(base: dict[str, Any], top: dict[str, Any]) -> set[str]:
    """The scale where another one is given; where a group becomes a measure or a measure a group, what is its own."""
    if ("parts" in top and "metric" in base) or ("metric" in top and "parts" in base):
        return set(base) - SHARED
    scales = SCALES & top.keys()
    return set(SCALES & base.keys()) if scales and not scales & base.keys() else set()
