"""The workspace file keepwell.yaml as types: which model, which day, which facts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from keepwell.errors import WorkspaceError, did_you_mean
from keepwell.facts.config import FactsConfig, Path, zone_of
from keepwell.model.spec import Name, Spec


class DatedModel(Spec):
    """A model file, and the day from which scores go by it."""

    file: Path = Field(description="The model file, relative to the workspace.")
    from_: date | None = Field(
        None, alias="from", description="Scores of this day and later go by it; the first of a list needs none."
    )


class Publish(Spec):
    """Where the kept scores are copied to, for whoever reads them there."""

    source: Name = Field(description="A PostgreSQL of `sources`, or the Spark that computes, with its `path`.")
    schema_: Name = Field(
        "keepwell",
        alias="schema",
        description="The schema, made where it is not there; on Spark a folder under `path`. Workspaces share none.",
    )


def _published(value: Any) -> Any:
    return {"source": value} if isinstance(value, str) else value


def _dated(value: Any) -> Any:
    """One file as a list of one; days that go forward."""
    found = [{"file": value}] if isinstance(value, str) else value
    if isinstance(found, list) and all(isinstance(item, dict) for item in found):
        days = [str(item.get("from") or "") for item in found]
        if "" in days[1:] or any(left >= right for left, right in pairwise(days)):
            raise ValueError("each model but the first says `from`, and the days go forward")
    return found


class WorkspaceConfig(FactsConfig):
    """One company's folder: a model, and where its facts lie."""

    workspace: Name = Field(description="The name of the workspace.")
    model: Annotated[
        tuple[DatedModel, ...], BeforeValidator(_dated, json_schema_input_type=Path | list[DatedModel])
    ] = Field(
        (DatedModel(file="model.yaml"),),
        min_length=1,
        description="The model file, relative to the workspace; or a list of {file, from}, each from its day on.",
        json_schema_extra={"default": "model.yaml"},
    )
    as_of: date | None = Field(
        None, description="Score as of this day, for samples and archives; default: today in the zone."
    )
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = Field(
        None, description="Currency in which amounts are shown, such as EUR."
    )
    publish: Annotated[Publish, BeforeValidator(_published, json_schema_input_type=Name | Publish)] | None = Field(
        None,
        description="The source into which `refresh` and `history --save` copy what they keep, or {source, schema}; "
        "default: nowhere.",
    )

    @model_validator(mode="after")
    def _publishes(self) -> WorkspaceConfig:
        if self.publish is None:
            return self
        name = self.publish.source
        if name not in self.sources:
            raise ValueError(f"publish: there is no source ‘{name}’.{did_you_mean(name, self.sources)}")
        source = self.sources[name]
        if source.url is None and (source.spark is None or source.path is None):
            raise ValueError(f"publish: scores go into a PostgreSQL, or a Spark with a `path`, and ‘{name}’ is neither")
        return self

    def model_on(self, day: date) -> str:
        """The model file by which scores of a day go. Raises WorkspaceError for a day before the first."""
        found = [item for item in self.model if item.from_ is None or item.from_ <= day]
        if not found:
            said = f"no model of keepwell.yaml holds on {day}; the first holds from {self.model[0].from_}"
            raise WorkspaceError(f"{said}. Leave its `from` away where it should hold before.")
        return found[-1].file

    def day(self, as_of: date | None) -> date:
        """The day to score: as asked, else the one pinned in keepwell.yaml, else today in the workspace's zone."""
        return as_of or self.as_of or datetime.now(zone_of(self.zone)).date()

    def last(self, asked: date | None) -> date:
        """The last day that is over: as asked, else the one pinned. Today is not over, so else it is yesterday."""
        return asked or self.as_of or self.day(None) - timedelta(days=1)


def workspace_schema() -> dict[str, Any]:
    """The JSON Schema of keepwell.yaml, for editors."""
    schema = WorkspaceConfig.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Keepwell workspace"}
