"""What every part of a model file has in common."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

NAME = r"^[A-Za-z][A-Za-z0-9_]{0,63}$"
Name = Annotated[str, StringConstraints(pattern=NAME)]
"""A name that a person gives: letters, digits and _, beginning with a letter, at most 64."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""A short text shown to people."""

Text = Annotated[str, StringConstraints(max_length=2_000)]
"""A longer text shown to people."""

ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""A column as the data names it."""


Confirmable = Literal[
    "not-monotone", "if-zero", "two-definitions", "headline", "reach", "no-evidence", "raises", "calendar"
]
"""Findings that can be meant so: the model says that they are, and `check` is silent."""


class Spec(BaseModel):
    """Immutable, and nothing in the file is ignored: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
