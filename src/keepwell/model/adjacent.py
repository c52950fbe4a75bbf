"""A score without what nearly states the outcome: it would be held against itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from keepwell.model.graph import closure
from keepwell.model.model import Model
from keepwell.model.score import Adjustment, Score
from keepwell.model.tree import Group, Measure, Part


def without_adjacent(model: Model, name: str, also: frozenset[str] = frozenset()) -> tuple[Model, tuple[str, ...]]:
    """The model with that score without its outcome-adjacent measures, and the paths of what was left out.

    Left out are measures that say so or whose metric is among `also`, other measures, overrides and rules whose metrics
    are made of theirs, and groups of which nothing remains.
    """
    score = model.scores[name]
    trees = [score.parts, *(variant.parts for variant in score.variants)]
    stated = {item.metric for parts in trees for _, item in _measures(parts, name) if item.outcome_adjacent} | also
    tainted = frozenset(metric for metric in model.metrics if closure(model, [metric]) & stated)
    gone = [path for parts in trees for path, item in _measures(parts, name) if item.metric in tainted]
    kept = score.model_copy(
        update={
            "parts": _pruned(score.parts, tainted),
            "variants": tuple(
                variant.model_copy(update={"parts": _pruned(variant.parts, tainted)}) for variant in score.variants
            ),
            "overrides": tuple(item for item in score.overrides if not tainted & set(item.when.names)),
            "adjust": dict(_adjust(score, tainted)),
        }
    )
    gone += [f"{name} override ‘{item.because}’" for item in score.overrides if item not in kept.overrides]
    gone += [f"{name}/{item}" for item in score.adjust if kept.adjust.get(item) != score.adjust[item]]
    return model.model_copy(update={"scores": {**model.scores, name: kept}}), tuple(dict.fromkeys(gone))


def measures_of(model: Model, name: str) -> dict[str, str]:
    """The metric of each measure of a score, by the measure's path; those of variants too."""
    score = model.scores[name]
    trees = [score.parts, *(variant.parts for variant in score.variants)]
    return {path: item.metric for parts in trees for path, item in _measures(parts, name)}


def _measures(parts: Mapping[str, Part], path: str) -> Iterator[tuple[str, Measure]]:
    for name, part in parts.items():
        if isinstance(part, Group):
            yield from _measures(part.parts, f"{path}/{name}")
        else:
            yield f"{path}/{name}", part


def _pruned(parts: Mapping[str, Part], tainted: frozenset[str]) -> dict[str, Part]:
    found: dict[str, Part] = {}
    for name, part in parts.items():
        if isinstance(part, Group):
            if below := _pruned(part.parts, tainted):
                found[name] = part.model_copy(update={"parts": below})
        elif part.metric not in tainted:
            found[name] = part
    return found


def _adjust(score: Score, tainted: frozenset[str]) -> Iterable[tuple[str, Adjustment]]:
    for name, item in score.adjust.items():
        rules = tuple(
            rule
            for rule in item.rules
            if not tainted & set(chain(rule.when.names if rule.when else (), [rule.metric] if rule.metric else ()))
        )
        if rules:
            yield name, item.model_copy(update={"rules": rules})
