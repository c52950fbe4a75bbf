"""Pulses: the table that answers lie in, the single questions, and an input as the metrics that it stands for.

An input is no way of its own to a number: `{input: commitment}` is the newest row of `pulses` for that question,
within the window that it stays valid. So time, knowledge, age and states are those of any fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from keepwell.model.inputs import Input
from keepwell.model.metrics import Expr, FromInput, Last, MetricBase
from keepwell.model.model import Model
from keepwell.model.standard import PULSES, standard_tables
from keepwell.model.tables import Table

VALUES = {"choice": "word", "yes_no": "word", "scale": "number", "number": "number", "date": "date"}
"""Kind of an input → the column of `pulses` with its answers. One column has one kind, on every engine."""
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Question:
    """One thing to answer: an input, or one question of a list. `key` is what stands in the column `input`."""

    key: str
    input: Input
    asks: str | None

    @property
    def column(self) -> str:
        return VALUES[self.input.kind]

    @property
    def words(self) -> tuple[str, ...]:
        """What can be answered, where that is a word."""
        return (YES, NO) if self.input.yes_no else self.input.choice or ()


def questions(model: Model) -> list[Question]:
    """Every question of the model, in the order of the file."""
    return [question for name in model.inputs for question in asked(model, name)]


def asked(model: Model, key: str) -> list[Question]:
    """The questions of an input, or the one that `input.question` names; none where there is no such input."""
    name, _, one = key.partition(".")
    found = model.inputs.get(name)
    if found is None or (one and one not in (found.yes_no or {})):
        return []
    if found.yes_no:
        return [Question(f"{name}.{item}", found, text) for item, text in found.yes_no.items() if one in ("", item)]
    return [Question(name, found, found.help)]


def with_pulses(model: Model) -> Model:
    """The model with its inputs as metrics over the table `pulses`; the same model where it has none."""
    if not any(isinstance(metric, FromInput) for metric in model.metrics.values()):
        return model
    metrics: dict[str, Any] = {}
    for name, metric in model.metrics.items():
        metrics |= dict(_metrics(model, name, metric)) if isinstance(metric, FromInput) else {name: metric}
    return model.model_copy(update={"metrics": metrics, "tables": with_table(model)})


def pulses_table() -> Table:
    """What the table of answers means, unless the model declares it itself."""
    return Table.model_validate(standard_tables()[PULSES].means)


def with_table(model: Model) -> dict[str, Table]:
    """The model's tables, and `pulses` if it is not among them."""
    return {PULSES: pulses_table()} | model.tables


def last_answer(question: Question, valid: bool = True, shown: Mapping[str, Any] | None = None) -> Last:
    """The metric that is the newest answer to a question; `valid`: of those that still count."""
    over = {"over": str(question.input.valid)} if valid and question.input.valid else {}
    where = f"input = '{question.key}'"
    return Last.model_validate({"last": f"{PULSES}.{question.column}", "where": where, **over, **(shown or {})})


def _metrics(model: Model, name: str, metric: FromInput) -> Iterator[tuple[str, MetricBase]]:
    """What an input metric stands for: one metric; for a list, one for each question and the share of yes."""
    shown = {"label": metric.label, "format": metric.format}
    found = asked(model, metric.input)
    if not model.inputs[metric.input.partition(".")[0]].yes_no or "." in metric.input:
        yield name, last_answer(found[0], shown=shown)
        return
    parts = part_names(model, name, metric)
    for part, question in parts.items():
        yield part, last_answer(question, shown={"label": question.asks})
    yes = " + ".join(f"case when {part} = '{YES}' then 1 else 0 end" for part in parts)
    told = " + ".join(f"case when {part} is null then 0 else 1 end" for part in parts)
    share = {"expr": f"({yes}) / nullif({told}, 0)", **shown, "format": metric.format or "percent"}
    yield name, Expr.model_validate(share)


def part_names(model: Model, name: str, metric: FromInput) -> dict[str, Question]:
    """Names of the metrics that the questions of a list become, where `name` reads the whole list."""
    found = asked(model, metric.input)
    if "." in metric.input or not found or not found[0].input.yes_no:
        return {}
    return {f"{name}_{question.key.partition('.')[2]}": question for question in found}
