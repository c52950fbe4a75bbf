"""Every YAML block of the manual is a model, a part of one, or (a part of) keepwell.yaml, and loads as such."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from keepwell.errors import ModelError
from keepwell.model import load_text
from keepwell.model.fields import names_of
from keepwell.model.score import Score
from keepwell.workspace.config import WorkspaceConfig
from tests.docs.pages import Block, blocks, pages

BLOCKS = [block for page in pages() for block in blocks(page) if block.language == "yaml"]
BASE = {"model": "page", "extends": "hbr"}
"""What a part of a model stands on where its page shows no whole model before it."""

REST_OF_SCORE = {
    "parts": {"part": {"metric": "tenure_days", "curve": [[0, 0], [1, 100]]}},
    "tiers": [{"at": ">= 70", "is": "good"}, {"at": "else", "is": "at_risk"}],
}
OF_WHOLE_SCORES = ("reach", "two-definitions")
"""What a part of a score cannot be held to: the rest of it is made up here."""


def merged(below: Any, above: Any) -> Any:
    """Maps merge, everything else replaces, as `extends` does; null is kept for `extends` to see."""
    if isinstance(below, dict) and isinstance(above, dict):
        return below | {key: merged(below.get(key), value) for key, value in above.items()}
    return above


def parsed(block: Block) -> dict[str, Any]:
    return dict(YAML(typ="safe", pure=True).load(block.text))


def of_score(said: dict[str, Any]) -> bool:
    return set(said) <= set(names_of(Score))


def of_workspace(block: Block, said: dict[str, Any]) -> bool:
    """Said in the first line of a block, or so clear that nobody has to say it."""
    if "workspace" in said or block.text.startswith("# keepwell.yaml"):
        return True
    try:
        return set(said) <= set(names_of(WorkspaceConfig)) and bool(WorkspaceConfig(workspace="page", **said))
    except ValidationError:
        return False


@cache
def model_of(page: Path) -> dict[str, Any]:
    """All parts of models on a page on top of its first whole model, as its reader would have them by the end."""
    said = [parsed(block) for block in BLOCKS if block.page == page and not of_workspace(block, parsed(block))]
    whole = next((item for item in said if "model" in item), BASE)
    for item in said:
        whole = whole if "model" in item or of_score(item) else merged(whole, item)
    return whole


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_of_yaml_can_be_used_as_it_stands(block: Block) -> None:
    said = parsed(block)
    if of_workspace(block, said):
        WorkspaceConfig.model_validate({"workspace": "page", **said})
        return
    if "model" in said:
        whole = said if "extends" in said else model_of(block.page)
    elif of_score(said):
        whole = merged(model_of(block.page), {"scores": {"of_this_block": REST_OF_SCORE | said}})
    else:
        whole = model_of(block.page)
    try:
        loaded = load_text(json.dumps(whole, ensure_ascii=False), str(block))
    except ModelError as problem:
        raise AssertionError("\n".join(str(item) for item in problem.findings)) from None
    assert [item for item in loaded.warnings if not (of_score(said) and item.code in OF_WHOLE_SCORES)] == []
