"""The model file's JSON Schema, for editors and other programs."""

from __future__ import annotations

from typing import Any

from keepwell.model.model import Model


def model_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a model file, generated from the types themselves."""
    schema = Model.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Keepwell health model", **schema}
