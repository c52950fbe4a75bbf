"""Inputs: what people are asked about an account, because no system knows it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictBool, StringConstraints, model_validator

from keepwell.model.exact import Number, Span
from keepwell.model.spec import Line, Name, Spec

KINDS = ("choice", "scale", "yes_no", "number", "date")
MOST_STEPS = 100
"""More steps than these on a scale are a number."""


def _words(value: Any) -> Any:
    """The words of a choice; one that a sheet or a map would take for something else is refused."""
    for word in value if isinstance(value, (list, tuple)) else ():
        if isinstance(word, bool):
            raise ValueError("true and false are no words to choose from; use `yes_no:`, or words in quotes")
        if isinstance(word, str) and (word != word.strip() or word[:1] in tuple("=+-@'") or word == "else"):
            raise ValueError(f"‘{word}’ cannot be a choice: no blanks around it, no = + - @ or ' before it, no ‘else’")
    folded = [str(word).casefold() for word in value] if isinstance(value, (list, tuple)) else []
    if twice := [word for index, word in enumerate(folded) if word in folded[:index]]:
        raise ValueError(f"‘{twice[0]}’ stands here a second time; capitals make no other choice")
    return value


Word = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class Input(Spec):
    """What people are asked about an account: exactly one of `choice`, `scale`, `yes_no`, `number` and `date`.

    Its answers are pulses: rows of the table `pulses`, with author, day and reason.
    """

    choice: Annotated[tuple[Word, ...], Field(min_length=2, max_length=50), BeforeValidator(_words)] | None = Field(
        None, description="The words to choose one from, such as [renews, neutral, doubts]."
    )
    scale: tuple[int, int] | None = Field(None, description="Lowest and highest whole number, such as [1, 5].")
    yes_no: Annotated[dict[Name, Line], Field(min_length=1, max_length=50)] | None = Field(
        None,
        description="A list of questions by name, each answered by yes or no; the input is the share of yes among "
        "those that have an answer.",
    )
    number: tuple[Number | None, Number | None] | None = Field(
        None, description="Lowest and highest number that can be; `null` leaves one side open."
    )
    date: StrictBool = Field(False, description="A day, such as 2026-01-31; it may lie ahead.")
    help: Line | None = Field(None, description="What is asked, for whoever answers.")
    by: Line | None = Field(None, description="Who answers, such as csm.")
    valid: Span | None = Field(None, description="How long an answer counts, from its day on; default: always.")
    unit: Line | None = Field(None, description="The unit of a number, such as EUR.")

    @property
    def kind(self) -> str:
        """choice, scale, yes_no, number or date."""
        return next(name for name in KINDS if getattr(self, name))

    @model_validator(mode="after")
    def _one_kind(self) -> Input:
        given = [name for name in KINDS if getattr(self, name)]
        if len(given) != 1:
            said = f"this one says {' and '.join(given)}" if given else "this one says none"
            raise ValueError(f"an input is one of choice, scale, yes_no, number and date, and {said}")
        if self.scale and not 0 < self.scale[1] - self.scale[0] <= MOST_STEPS:
            raise ValueError(f"a scale goes up, by {MOST_STEPS} steps at most; for anything else use `number:`")
        if self.number and None not in self.number and self.number[0] > self.number[1]:  # type: ignore[operator]
            raise ValueError("the lowest number is above the highest")
        if self.unit and not self.number:
            raise ValueError("`unit:` belongs to a number")
        return self
