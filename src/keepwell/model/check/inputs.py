"""Inputs: metrics read those that exist, somebody reads each of them, and maps know every word."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from keepwell.errors import did_you_mean
from keepwell.model.check.report import Report
from keepwell.model.exact import Number
from keepwell.model.metrics import FromInput
from keepwell.model.model import Model
from keepwell.model.pulses import VALUES, asked, part_names
from keepwell.model.yaml import Steps


def check_inputs(model: Model, report: Report) -> None:
    """Check `inputs:`, and the metrics that read them."""
    read = {name: metric for name, metric in model.metrics.items() if isinstance(metric, FromInput)}
    for name, metric in read.items():
        _metric(model, report, name, metric)
    for name in model.inputs:
        if not any(metric.input.partition(".")[0] == name for metric in read.values()):
            said = f"no metric reads ‘{name}’, so people are asked for nothing; write a metric {{input: {name}}}."
            report.note("unread", ("inputs", name), said)


def _metric(model: Model, report: Report, name: str, metric: FromInput) -> None:
    here: Steps = ("metrics", name, "input")
    if metric.for_ != "account":
        report.error("level", ("metrics", name, "for"), "people are asked about accounts; an input has no other level.")
    if not asked(model, metric.input):
        known = [*model.inputs, *(f"{one}.{item}" for one in model.inputs for item in model.inputs[one].yes_no or ())]
        report.unknown("input", metric.input, known, here)
    taken = {other.lower() for other in model.metrics}
    for part in part_names(model, name, metric):
        if part.lower() in taken:
            said = f"‘{part}’ is needed for one question of the list; give the metric of that name another one."
            report.error("name-taken", ("metrics", part), said)


def check_map(model: Model, report: Report, metric: str, keys: Sequence[str], path: Steps) -> None:
    """A map over an input names all words that can be answered, and no others."""
    if not (words := words_of(model, metric)):
        return
    for index, key in enumerate(keys):
        if key not in (*words, "else"):
            said = f"‘{key}’ is nothing that the input can be answered with.{did_you_mean(key, words)}"
            report.error("word", (*path, index), said)
    absent = [word for word in words if word not in keys]
    if absent and "else" not in keys:
        said = f"{' and '.join(f'‘{word}’' for word in absent)} has no points here and would count as missing"
        report.warning("word", path, f"{said}; give it some, or add [else, …].")


def words_of(model: Model, metric: str) -> tuple[str, ...]:
    """The words that a metric can have as values; none where that is not known."""
    spec = model.metrics.get(metric)
    if not isinstance(spec, FromInput) or (spec.input in model.inputs and model.inputs[spec.input].yes_no):
        return ()
    found = asked(model, spec.input)
    return found[0].words if found and VALUES[found[0].input.kind] == "word" else ()


def bounds_of(model: Model, metric: FromInput) -> tuple[Number | None, Number | None, bool]:
    """Lowest and highest number that an input can be answered with (None: open), and whether it is a whole one."""
    found = model.inputs.get(metric.input)
    if found is not None and found.scale:
        return Decimal(found.scale[0]), Decimal(found.scale[1]), True
    if found is not None and found.yes_no:
        return Decimal(0), Decimal(1), False
    return (*found.number, False) if found is not None and found.number else (None, None, False)
