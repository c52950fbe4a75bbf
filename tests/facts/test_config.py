"""The workspace file's physical half: every field said once, wrong values refused in words."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from keepwell.errors import WorkspaceError
from keepwell.facts.config import FactsConfig, SourceConfig, TableFile, fill
from keepwell.workspace.config import WorkspaceConfig, workspace_schema


def test_defaults() -> None:
    config = WorkspaceConfig.model_validate({"workspace": "acme"})
    chosen = config.model_on(date(2026, 1, 1))
    assert (chosen, config.zone, config.as_of, config.currency) == ("model.yaml", "UTC", None, None)
    assert config.sources == {"data": SourceConfig(path="data")}
    assert config.table("anything") == TableFile()
    assert FactsConfig.model_validate({"sources": {"only": "elsewhere"}}).usual_source == "only"


@pytest.mark.parametrize(("given", "sentence"), [
    ({"zone": "Europe/Berlinn"}, "‘Europe/Berlinn’ is not a time zone"), ({"zone": "Berlin/Europ"}, "or UTC."),
    ({"sources": {"b": {"url": "postgresql://u:secret@h/db"}}}, "a password does not belong in this file"),
    ({"sources": {"b": {"url": "postgresql://h/db?password=secret"}}}, "a password does not belong in this file"),
    ({"sources": {"b": {"url": "postgresql://h/db", "path": "x"}}}, "either a `path` or a `url`"),
    ({"tables": {"t": {"source": "dta"}}}, "tables.t: there is no source ‘dta’. Did you mean ‘data’?"),
    ({"tables": {"t": {"dates": "%Q"}}}, "%Q is not a part of a date that can be read"),
    ({"tables": {"t": {"dates": "%H:%M"}}}, "‘%H:%M’ names no year and month"),
    ({"tables": {"t": {"delimiter": ",,"}}}, "‘,,’ is not a delimiter"),
    ({"tables": {"t": {"encoding": "klingon"}}}, "‘klingon’ is not an encoding"),
    ({"tables": {"t": {"decimal": ",", "thousands": ","}}}, "‘,’ cannot be both"),
])  # fmt: skip
def test_wrong_values(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        WorkspaceConfig.model_validate({"workspace": "acme", **given})
    assert sentence in caught.value.errors()[0]["msg"]
    assert "secret" not in caught.value.errors()[0]["msg"]


def test_a_url_with_a_variable_for_its_password_is_fine() -> None:
    SourceConfig.model_validate({"url": "postgresql://u:${PASSWORD}@h/db"})


def test_variables() -> None:
    assert fill("${A}/x/${B_2}", {"A": "/data", "B_2": "y"}) == "/data/x/y"
    with pytest.raises(WorkspaceError, match="reads the environment variable A, and it is not set"):
        fill("${A}/x", {})


def test_every_field_is_described_and_the_schema_is_json() -> None:
    for kind in (WorkspaceConfig, TableFile, SourceConfig):
        assert issubclass(kind, BaseModel)
        assert [name for name, field in kind.model_fields.items() if not field.description] == []
    assert json.loads(json.dumps(workspace_schema()))["properties"]["tables"]
