"""`extends` where the model on top says another verb, scale or kind of part: the base's gives way, the rest stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keepwell.errors import ModelError
from keepwell.model import Loaded, load_model, load_text
from keepwell.model.model import Model
from keepwell.model.tree import Group, Measure

CASES = Path(__file__).parents[1] / "cases"
BASE = """\
model: base
entities:
  account: {table: accounts, key: account_id}
tables:
  logins: {account: account_id, time: at}
metrics:
  use: {count: logins, where: "kind = 'human'", over: 28 days, label: logins by people}
  mood: {attribute: mood}
scores:
  health:
    parts:
      use: {weight: 3, label: How much, metric: use, bands: [["< 20", 0], [else, 100]], missing: 40, grace: 30 days}
      said:
        weight: 2
        description: What people say
        combine: min
        parts:
          mood: {metric: mood, map: [[good, 100], [else, 0]]}
"""
OnTop = Callable[[str], Loaded]


@pytest.fixture
def on_top(tmp_path: Path) -> OnTop:
    """Loads a model that says this on top of BASE."""
    (tmp_path / "base.yaml").write_text(BASE)

    def load(text: str) -> Loaded:
        (tmp_path / "model.yaml").write_text(f"model: ours\nextends: base.yaml\n{text}\n")
        return load_model(tmp_path / "model.yaml")

    return load


def metric(model: Model, name: str) -> dict[str, Any]:
    """What a metric says beyond the defaults."""
    return model.metrics[name].model_dump(exclude_defaults=True, by_alias=True)


def part(model: Model, *names: str) -> dict[str, Any]:
    """What a part says beyond the defaults."""
    node: Any = model.scores["health"]
    for name in names:
        node = node.parts[name]
    assert isinstance(node, (Measure, Group))
    said = node.model_dump(exclude_defaults=True)
    return {key: str(value) if key == "weight" else value for key, value in said.items()}


def test_a_metric_of_another_verb_is_another_metric(on_top: OnTop) -> None:
    loaded = on_top("metrics: {use: {count_distinct: logins.person}}")
    assert metric(loaded.model, "use") == {"count_distinct": "logins.person"}


def test_a_metric_of_the_same_verb_is_merged(on_top: OnTop) -> None:
    loaded = on_top("metrics: {use: {count: logins, label: logins}}")
    assert metric(loaded.model, "use") == metric(on_top("metrics: {}").model, "use") | {"label": "logins"}


def test_a_verb_removed_by_hand_leaves_the_rest(on_top: OnTop) -> None:
    loaded = on_top("metrics: {use: {count: null, count_distinct: logins.person, where: null}}")
    assert set(metric(loaded.model, "use")) == {"count_distinct", "over", "label"}


@pytest.mark.parametrize(
    "scale", ["curve: [[0, 0], [9, 100]]", "map: [[good, 100], [else, 0]]", "curve: [[0, 0], [9, 100]], bands: null"]
)
def test_another_scale_replaces_the_scale_only(on_top: OnTop, scale: str) -> None:
    before = part(on_top("metrics: {}").model, "use")
    after = part(on_top(f"scores: {{health: {{parts: {{use: {{{scale}}}}}}}}}").model, "use")
    assert set(after) == {*before, scale.split(":")[0]} - {"bands"}
    for name in ("weight", "label", "metric", "missing", "grace"):
        assert after[name] == before[name]


def test_another_scale_deep_in_the_tree(on_top: OnTop) -> None:
    deep = "scores: {health: {parts: {said: {parts: {mood: {metric: use, bands: [[else, 50]]}}}}}}"
    assert set(part(on_top(deep).model, "said", "mood")) == {"metric", "bands"}


def test_a_measure_becomes_a_group_of_the_same_name_and_weight(on_top: OnTop) -> None:
    inner = "{logins: {metric: use, curve: [[0, 0], [9, 100]]}}"
    found = part(on_top(f"scores: {{health: {{parts: {{use: {{parts: {inner}}}}}}}}}").model, "use")
    assert set(found) == {"weight", "label", "parts"}
    assert (found["weight"], found["label"], list(found["parts"])) == ("3", "How much", ["logins"])


def test_a_group_becomes_a_measure_of_the_same_name_and_weight(on_top: OnTop) -> None:
    found = part(
        on_top("scores: {health: {parts: {said: {metric: mood, map: [[good, 80], [else, 0]]}}}}").model, "said"
    )
    assert set(found) == {"weight", "description", "metric", "map"}
    assert (found["weight"], found["description"]) == ("2", "What people say")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("metrics: {use: {sum: logins.n, mean: logins.n}}", "model.yaml:3: error: metrics.use: a metric computes one"),
        ("metrics: {use: {sum: null}}", "model.yaml:3: error: ‘sum: null’ removes nothing"),
        ("metrics: {use: {sum: null, mean: logins.n}}", "model.yaml:3: error: ‘sum: null’ removes nothing"),
        (
            "scores: {health: {parts: {use: {curve: [[0, 0], [9, 100]], map: [[a, 1]]}}}}",
            (
                "model.yaml:3: error: scores.health.parts.use: a measure has one scale (bands, curve, map, ranges, "
                "percentiles, zscores);"
            ),
        ),
        ("scores: {health: {parts: {said: {metric: mood}}}}", "model.yaml:3: error: scores.health.parts.said: a meas"),
        ("scores: {health: {parts: {said: {curve: [[0, 0], [9, 1]]}}}}", "model.yaml:3: error: ‘curve’ is not a field"),
    ],
)
def test_what_the_model_on_top_says_wrongly_is_said_of_it(on_top: OnTop, text: str, message: str) -> None:
    with pytest.raises(ModelError) as caught:
        on_top(text)
    assert caught.value.message.startswith(message)


def test_a_finding_about_what_gave_way_names_no_line_of_the_base(on_top: OnTop) -> None:
    """`where` of the base stands in its line 7; what now is wrong stands in ours."""
    with pytest.raises(ModelError, match=r"^model.yaml:4: error: ‘nowhere’ is no table"):
        on_top("metrics:\n  use: {sum: nowhere.amount}")


def test_a_company_that_extends_a_shipped_model_and_measures_otherwise() -> None:
    """The example of the design: metrics of other verbs, tables of other columns, another part in each dimension."""
    text = (CASES / "acme_on_hbr.yaml").read_text(encoding="utf-8")
    loaded = load_text(text)
    assert not loaded.warnings
    assert metric(loaded.model, "seats") == {"last": "contracts.seats"}
    assert set(metric(loaded.model, "active_users")) == {"count_distinct", "over"}
    assert metric(loaded.model, "nps")["label"] == "NPS of its people"
    assert part(loaded.model, "product_usage", "logins_trend").keys() == {"metric", "bands"}
    assert loaded.version == load_model(CASES / "acme_on_hbr.yaml").version
