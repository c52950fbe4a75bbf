"""Conditions that compare an answer or a tier with a word that it cannot be: they never hold, and nothing says so."""

from __future__ import annotations

from itertools import chain

from keepwell.errors import did_you_mean
from keepwell.model.check.compared import Words, in_conditions, in_scales
from keepwell.model.check.inputs import words_of
from keepwell.model.check.report import Report
from keepwell.model.metrics import ScoreTier
from keepwell.model.model import Model
from keepwell.model.output import INSUFFICIENT
from keepwell.model.score import Score

TIER = "tier"
"""The name by which a flag reads the tier of whichever score is shown."""


def check_words(model: Model, report: Report) -> None:
    """Check the words that metrics of accounts are held against: in scores, flags and formulas."""
    words = {name: found for name in model.metrics if (found := words_of(model, name))}
    tiers = {name: metric.tier for name, metric in model.metrics.items() if isinstance(metric, ScoreTier)}
    words |= {name: labels(model.scores[score]) for name, score in tiers.items() if score in model.scores}
    of_any = tuple(dict.fromkeys(label for score in model.scores.values() for label in labels(score)))
    for path, name, word in chain(in_conditions(model), _beside_inputs(model, tiers)):
        if path[0] == "flags" and name == TIER:
            if word not in (*of_any, INSUFFICIENT):
                report.warning("word", path, f"‘{word}’ is no tier.{did_you_mean(word, of_any)}")
        elif name in words and word not in words[name]:
            is_none = f"no tier of ‘{tiers[name]}’" if name in tiers else f"nothing that ‘{name}’ can be answered with"
            report.warning("word", path, f"‘{word}’ is {is_none}.{did_you_mean(word, words[name])}")


def labels(score: Score) -> tuple[str, ...]:
    """Every label that a score can have, those that only an override gives included."""
    return tuple(dict.fromkeys((*score.tier_names, *score.labels)))


def _beside_inputs(model: Model, tiers: dict[str, str]) -> Words:
    """The words of scales; maps over inputs are checked with the inputs, where they have to be complete."""
    for path, name, word in in_scales(model):
        if word != "else" and (path[-2] != "map" or name in tiers):
            yield path, name, word
