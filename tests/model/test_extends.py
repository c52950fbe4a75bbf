"""`extends`: maps merge, lists replace, null removes; every line of a message is in the file that it came from."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from keepwell.errors import ModelError
from keepwell.model import Loaded, load_model, load_text, shipped_models
from keepwell.model.tree import Measure
from tests.model.mistakes import SOUND, edited


def written(folder: Path, text: str, base: str = SOUND) -> Loaded:
    (folder / "base.yaml").write_text(base)
    (folder / "model.yaml").write_text(dedent(text))
    return load_model(folder / "model.yaml")


def said(folder: Path, text: str, base: str = SOUND) -> str:
    with pytest.raises(ModelError) as caught:
        written(folder, text, base)
    assert len(caught.value.findings) == 1
    return caught.value.message


def test_maps_merge_lists_replace_null_removes(tmp_path: Path) -> None:
    loaded = written(
        tmp_path,
        """
        model: ours
        extends: base.yaml
        metrics:
          logins_28d: {over: 14 days}
          seat_use: null
          nps: {attribute: nps}
        scores:
          health:
            parts:
              seats: null
              nps: {metric: nps, curve: [[-100, 0], [100, 100]]}
              usage: {weight: 3}
            tiers: [{at: else, is: all}]
        """,
    )
    model, health = loaded.model, loaded.model.scores["health"]
    assert (model.model, list(model.metrics), list(health.parts)) == ("ours", ["logins_28d", "nps"], ["usage", "nps"])
    usage = health.parts["usage"]
    assert isinstance(usage, Measure)
    assert (str(usage.weight), [str(edge) for edge, _ in usage.bands or ()]) == ("3", ["< 20", "else"])
    assert [tier.is_ for tier in health.tiers] == ["all"]
    assert not loaded.warnings


def test_a_finding_names_the_file_that_the_line_is_in(tmp_path: Path) -> None:
    wrong_base = edited("metric: seat_use", "metric: seat_us")
    ours = "model: ours\nextends: base.yaml\n"
    assert said(tmp_path, ours, wrong_base).startswith("base.yaml:14: error: ‘seat_us’ is no metric of an account")
    mistake = "model: ours\nextends: base.yaml\nmetrics:\n  logins_28d: {over: -1 days}\n"
    assert said(tmp_path, mistake).startswith("model.yaml:4: error: metrics.logins_28d.over: ‘-1 days’ must be")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("metrics: {seat: null}", ("3: error: ‘seat: null’ removes nothing: the extended model has no such entry. "
                                  "Did you mean ‘seat_use’?")),
        ("metrics: {new: {attribute: null}}", "3: error: ‘attribute:’ has no value; give it one or remove the line."),
        ("title: null", ("3: error: ‘title: null’ removes nothing: the extended model has no such entry. "
                        "Did you mean ‘entities’?")),
    ],
)  # fmt: skip
def test_null_must_have_something_to_remove(tmp_path: Path, text: str, message: str) -> None:
    assert said(tmp_path, f"model: ours\nextends: base.yaml\n{text}\n") == f"model.yaml:{message}"


@pytest.mark.parametrize("base", ["base.yaml", "./base.yaml", "model.yaml"])
def test_a_model_that_extends_itself(tmp_path: Path, base: str) -> None:
    """However the path is spelled, and however long the way round."""
    circle = f"model: round\nextends: {base}\n"
    assert "leads back to itself." in said(tmp_path, "model: ours\nextends: base.yaml\n", circle)


def test_a_chain_of_models_has_an_end(tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / f"m{number}.yaml").write_text(f"model: m\nextends: m{number + 1}.yaml\n")
    message = "m10.yaml:2: error: `extends: m11.yaml` is the end of a chain of more than 10 models."
    with pytest.raises(ModelError, match=message):
        load_model(tmp_path / "m0.yaml")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hbrr", "`extends: hbrr` is neither a shipped model nor a file beside this one. Did you mean ‘hbr’?"),
        ("nowhere.yaml", "`extends: nowhere.yaml` is neither a shipped model nor a file beside this one."),
        ("[hbr]", "`extends:` names one model."),
        ("/etc/passwd", "`extends: /etc/passwd` is neither a shipped model nor a file beside this one."),
    ],
)
def test_what_cannot_be_extended(tmp_path: Path, name: str, message: str) -> None:
    assert said(tmp_path, f"model: ours\nextends: {name}\n").startswith(f"model.yaml:2: error: {message}")


def test_a_model_that_is_no_file_extends_shipped_ones_only(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(SOUND)
    with pytest.raises(ModelError, match="neither a shipped model nor a file"):
        load_text(f"model: ours\nextends: {tmp_path}/base.yaml\n")


@pytest.mark.parametrize("name", shipped_models())
def test_every_shipped_model_can_be_extended(name: str) -> None:
    loaded = load_text(f"model: ours\nextends: {name}\n")
    assert not loaded.warnings
    assert loaded.model.scores
