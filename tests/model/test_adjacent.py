"""What nearly states the outcome leaves the score, and all that is made of it; the rest stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from keepwell.model import load_model
from keepwell.model.adjacent import without_adjacent
from keepwell.model.model import Model
from keepwell.workspace.templates import list_templates, write_template

MODEL = """
model: acme
entities: {account: {table: accounts, key: id}}
tables: {answers: {account: id, time: at}, calls: {account: id, time: at}}
metrics:
  intent: {last: answers.intent}
  sure: {expr: "intent * 2"}
  calls_28d: {count: calls, over: 28 days}
scores:
  health:
    parts:
      voice:
        weight: 1
        parts:
          intent: {weight: 1, metric: intent, curve: [[0, 0], [10, 100]], outcome_adjacent: true}
          sure: {weight: 1, metric: sure, curve: [[0, 0], [10, 100]]}
      use:
        weight: 3
        parts:
          calls: {weight: 1, metric: calls_28d, curve: [[0, 0], [10, 100]]}
          doubts: {weight: 1, metric: intent, bands: [["< 5", 0], [else, 100]]}
    adjust:
      mixed:
        rules:
          - {when: intent > 8, add: 5, because: They say they stay}
          - {when: calls_28d > 8, add: 5, because: They call}
      said: {rules: [{when: sure > 8, add: 5, because: They are sure}]}
    overrides:
      - {when: intent < 2, cap: 30, because: They say they leave}
      - {when: calls_28d = 0, cap: 50, because: They are silent}
    tiers: [{at: ">= 50", is: good}, {at: else, is: at_risk}]
"""


@pytest.fixture
def model(tmp_path: Path) -> Model:
    (tmp_path / "model.yaml").write_text(MODEL)
    return load_model(tmp_path / "model.yaml").model


def test_all_that_is_made_of_it_goes_and_is_named(model: Model) -> None:
    found, gone = without_adjacent(model, "health")
    score = found.scores["health"]
    assert list(score.parts) == ["use"]
    assert score.read == ("calls_28d",)
    assert [item.because for item in score.overrides] == ["They are silent"]
    assert {name: [rule.because for rule in item.rules] for name, item in score.adjust.items()} == {
        "mixed": ["They call"]
    }
    assert gone == (
        "health/voice/intent",
        "health/voice/sure",
        "health/use/doubts",
        "health override ‘They say they leave’",
        "health/mixed",
        "health/said",
    )
    assert score.tiers == model.scores["health"].tiers
    assert found.metrics == model.metrics


@pytest.mark.parametrize("name", [template.name for template in list_templates()])
def test_a_shipped_model_without_such_measures_is_left_alone(tmp_path: Path, name: str) -> None:
    write_template(name, tmp_path / name)
    model = load_model(tmp_path / name / "model.yaml").model
    chosen = next(iter(model.scores))
    found, gone = without_adjacent(model, chosen)
    assert bool(gone) == (name in ("bigcommerce", "self-assessment"))
    assert (found == model) == (not gone)
