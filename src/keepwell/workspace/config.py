"""The workspace file keepwell.yaml as types: which model, which day, which facts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from keepwell.facts.config import FactsConfig, Path
from keepwell.model.spec import Name


class WorkspaceConfig(FactsConfig):
    """One company's folder: a model, and where its facts lie."""

    workspace: Name = Field(description="The name of the workspace.")
    model: Path = Field("model.yaml", description="The model file, relative to the workspace.")
    as_of: date | None = Field(
        None, description="Score as of this day, for samples and archives; default: today in the zone."
    )
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = Field(
        None, description="Currency in which amounts are shown, such as EUR."
    )


def workspace_schema() -> dict[str, Any]:
    """The JSON Schema of keepwell.yaml, for editors."""
    schema = WorkspaceConfig.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Keepwell workspace"}
