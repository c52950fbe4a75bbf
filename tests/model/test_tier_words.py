"""A condition on a tier names one that there is: in flags, and over metrics of the verb `tier`."""

from __future__ import annotations

import pytest

from keepwell.model import load_text

MODEL = """\
model: acme
entities:
  account: {table: accounts, key: account_id, parent: parent_id}
metrics:
  use: {attribute: use}
  own_tier: {tier: health}
  doubtful: {expr: "own_tier = 'good'"}
  below: {share: children, that: "own_tier <> 'good'"}
scores:
  health:
    parts:
      use: {metric: use, curve: [[0, 0], [1, 100]]}
    labels: [will_churn]
    tiers: [{at: ">= 50", is: good}, {at: else, is: at_risk}]
  group:
    parts:
      own: {metric: own_tier, map: [[good, 100], [else, 0]]}
      use: {metric: use, by: own_tier, cases: [{at: good, curve: [[0, 0], [1, 100]]}], bands: [[else, 0]]}
    overrides: [{when: "own_tier = 'at_risk'", cap: 50, because: x}]
    tiers: [{at: else, is: shared}]
flags:
  falls: {when: "tier = 'at_risk'", because: x}
"""


def said(old: str, new: str) -> list[str]:
    assert old in MODEL, old
    return [str(item) for item in load_text(MODEL.replace(old, new)).warnings if item.code == "word"]


def test_the_words_of_a_score_are_its_tiers_and_labels() -> None:
    assert said("model:", "model:") == []
    for known in ("good", "will_churn", "shared", "insufficient evidence"):
        assert said("\"tier = 'at_risk'\"", f"\"tier = '{known}'\"") == []
    assert said("own_tier = 'at_risk'", "own_tier = 'will_churn'") == []


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("own_tier = 'good'", "own_tier = 'goood'", 7, "goood"),
        ("own_tier <> 'good'", "own_tier <> 'goood'", 8, "goood"),
        ("map: [[good,", "map: [[goood,", 17, "goood"),
        ("{at: good, curve", "{at: goood, curve", 18, "goood"),
        ("own_tier = 'at_risk'", "own_tier in ('at-risk')", 19, "at-risk"),
        ("own_tier = 'at_risk'", "case own_tier when 'at-risk' then true end", 19, "at-risk"),
    ],
)
def test_a_metric_that_is_a_tier(old: str, new: str, line: int, word: str) -> None:
    meant = "good" if word == "goood" else "at_risk"
    told = f"‘{word}’ is no tier of ‘health’. Did you mean ‘{meant}’?"
    assert said(old, new) == [f"model.yaml:{line}: warning: {told}"]


def test_the_tier_that_a_flag_reads() -> None:
    told = "model.yaml:22: warning: ‘at_rsk’ is no tier. Did you mean ‘at_risk’?"
    assert said("\"tier = 'at_risk'\"", "\"tier = 'at_rsk' and coverage > 0.5\"") == [told]
    (other,) = said("\"tier = 'at_risk'\"", "\"tier = 'x'\"")
    assert other.endswith("‘x’ is no tier. There is: at_risk, good, shared, will_churn.")


def test_a_tier_of_another_score_is_none_of_this_one() -> None:
    (told,) = said("own_tier = 'good'", "own_tier = 'shared'")
    assert told.startswith("model.yaml:7: warning: ‘shared’ is no tier of ‘health’.")
