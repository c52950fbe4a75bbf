"""`calibrate`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import typer

from keepwell.cli.beside import AFTER, NO_AHEAD
from keepwell.cli.blocks import Block, report
from keepwell.cli.diff import of_comparison
from keepwell.cli.figures import Axis, Dots, Point
from keepwell.cli.options import GAP, HORIZON
from keepwell.cli.otherwise import ended_otherwise
from keepwell.cli.run import number_of_days, percent, working
from keepwell.cli.screen import stderr
from keepwell.disk import write_file
from keepwell.errors import UsageError
from keepwell.evidence.panel import Ahead
from keepwell.evidence.rates import Interval
from keepwell.evidence.verdict import FEWEST
from keepwell.evidence.weights import SURE
from keepwell.model.weights import stated
from keepwell.workspace import open_workspace
from keepwell.workspace.calibrate import HELPS, KEEP, TOO_LITTLE, Calibration, calibrated, crossed, weighed_parts
from keepwell.workspace.compare import compare
from keepwell.workspace.experts import experts
from keepwell.workspace.file import read_file
from keepwell.workspace.terms import Terms
from keepwell.workspace.workspace import Workspace


@dataclass(frozen=True)
class Said:
    """What the command was told."""

    folder: Path
    horizon: str
    gap: str
    until: date | None
    least: str
    most: str
    dimensions: bool
    experts: Path | None
    scales: bool
    write: Path | None
    anyway: bool
    score: str | None
    outcome: str | None
    adjacent: bool
    cross_section: bool = False


def run(said: Said, style: str) -> None:
    """Weigh anew, show what came of it, and write the model where that is asked for and helps."""
    ahead = Ahead(number_of_days(said.horizon, "--horizon", 1), number_of_days(said.gap, "--gap", 0))
    least, most = percent(said.least, "--least"), percent(said.most, "--most")
    if said.cross_section and (said.horizon, said.gap) != (HORIZON, GAP):
        raise UsageError(NO_AHEAD)
    config = read_file(said.folder).config
    last = config.day(said.until) if said.cross_section else config.last(said.until)
    with open_workspace(said.folder, last) as workspace, working("weighing the past"):
        place = None if said.write is None else _place(workspace, said.write)
        sheet = experts(said.experts, weighed_parts(workspace, said.score, said.adjacent)) if said.experts else None
        terms = Terms(least, most, said.dimensions, sheet, said.scales)
        asked = (last, said.score, said.outcome, said.adjacent, terms)
        found = crossed(workspace, *asked) if said.cross_section else calibrated(workspace, ahead, *asked)
        name, text = workspace.config.workspace, _text(workspace, found)
    written = place is not None and (found.said == HELPS or said.anyway)
    if place is not None and written:
        write_file(place, text.encode())
    if style == "json":
        when = {} if found.cross_section else asdict(ahead)
        typer.echo(json.dumps({**when, **_plain(found)}, ensure_ascii=False, indent=1, default=str))
    else:
        about = [f"Weights of {name} out of who left by {found.last}"]
        report(_report(said, name, ahead, found, place if written else None), style, about)
    if place is not None and not written:
        stderr().say(f"error: {said.write} is not written: {found.said}. --anyway writes it all the same.")
        raise typer.Exit(1)


def _plain(found: Calibration) -> dict[str, Any]:
    """Every figure; the model is none."""
    own = asdict(replace(found, model=None))  # type: ignore[arg-type] # else it would be copied deeply
    del own["model"]
    return own


def _place(workspace: Workspace, path: Path) -> Path:
    """Where the new model goes. Raises UsageError where that is a file of the workspace's own, or no YAML."""
    if path.suffix not in (".yaml", ".yml"):
        raise UsageError(f"--write {path}: a model is a .yaml file.")
    if path.exists():
        raise UsageError(f"--write {path}: there is such a file already, and a version is never written over.")
    if path.parent.resolve() != (workspace.folder / workspace.model).resolve().parent:
        raise UsageError(f"--write {path}: it extends {workspace.model}, so it goes into the same folder.")
    return path


def _text(workspace: Workspace, found: Calibration) -> str:
    """The new model: it extends the old one, and says the weights."""
    first, second = (_area(area) for area in (found.change.first, found.change.second))
    on = "accounts of a cross-section" if found.cross_section else "days"
    lines = [
        f"# Weights out of the {found.left:,} accounts that left by {found.last} (`keepwell calibrate`). On {on}",
        f"# that were never fitted on: AUC {first} with those of {workspace.model}, {second} with such as these;",
        f"# {_gain(found.change.gain)}.",
        f"model: {workspace.loaded.model.model}",
        f"extends: ./{Path(workspace.model).name}",
        "scores:",
        f"  {found.score}:",
        *_nested(stated(found.model.scores[found.score], found.scales, found.score), 4),
    ]
    return "\n".join(lines) + "\n"


def _nested(said: dict[str, Any], indent: int) -> Iterator[str]:
    for name, value in said.items():
        if isinstance(value, dict):
            yield f"{' ' * indent}{name}:"
            yield from _nested(value, indent + 2)
        else:
            yield f"{' ' * indent}{name}: {_plain_yaml(value)}"


def _plain_yaml(value: Any) -> str:
    """A weight as it stands, bands as a list on one line."""
    if isinstance(value, list):
        return "[" + ", ".join(f'["{edge}", {points}]' for edge, points in value) + "]"
    return str(value)


def _report(said: Said, name: str, ahead: Ahead, found: Calibration, written: Path | None) -> Iterator[Block]:
    title = f"{name}: {_TITLES[found.said]}{' (cross-section)' if found.cross_section else ''}"
    yield Block(title, list(_sentences(ahead, found, "the experts’" if said.experts else "yours")))
    yield _weights(found, said.experts is not None)
    if found.scales:
        yield _scales(found)
    if found.folds:
        yield _folds(found)
    if found.missing:
        yield _missing(found)
    if written is not None:
        yield Block(
            f"Written: {written}",
            ["Scores go by it from the day on that keepwell.yaml says: `model:` as a list of {file: …, from: …}."],
        )
        model = f"{Path(read_file(said.folder).config.model_on(found.last))}"
        yield from of_comparison(compare(said.folder, model, str(written.resolve()), [found.last], found.score))


def _folds(found: Calibration) -> Block:
    rows = [(f"{f.accounts:,}", f"{f.left:,}", f"{f.learned:,}") for f in found.folds]
    if found.cross_section:
        columns = ("fold", "accounts", "left", "learned from, who left of the others")
        numbered = [(f"{number}", *row) for number, row in enumerate(rows, 1)]
        return Block("Folds of accounts that were judged with weights from the others", (), columns, numbered)
    columns = ("scored on", "accounts", "left after it", "learned from, who left before")
    dated = [(f"{fold.day}", *row) for fold, row in zip(found.folds, rows, strict=True)]
    return Block("Days that were judged with weights from before them", (), columns, dated)


def _weights(found: Calibration, experts: bool) -> Block:
    columns = ("part", "before", *(("experts",) if experts else ()), "after", "from", "to")
    rows = []
    for one in found.weights:
        shown = (one.before, *((one.expert,) if experts else ()), one.after, one.low, one.high)
        rows.append((one.part.partition("/")[2], *(f"{100 * share:.1f}" for share in shown)))
    said = [f"from, to: where a weight lies at {SURE:.0%}, after what people believed and who left."]
    points = [Point(one.part.partition("/")[2], one.after, one.low, one.high) for one in found.weights]
    figure = Dots(f"Dot: weight after. Line: where it lies at {SURE:.0%}.", points, Axis("weight", ".0%", low=0.0))
    return Block("Weights, as shares of what is weighed, in percent", said, columns, rows, figure=figure)


def _scales(found: Calibration) -> Block:
    rows = [
        (path.partition("/")[2], ", ".join(f"{edge} {points}" for edge, points in bands))
        for path, bands in found.scales.items()
    ]
    of = "of the folds" if found.cross_section else "of the days"
    said = [f"Fitted anew for each {of} that are judged. All other scales are as they were."]
    return Block("Scales, as points of 100", said, ("part", "steps"), rows, 2)


def _missing(found: Calibration) -> Block:
    columns = ("part", "read from", "accounts without", "AUC without it", "with it", "gain", "95 %")
    rows = []
    for one in found.missing:
        low, high = one.gain.low, one.gain.high
        reach = "" if low is None or high is None else f"{low:+.3f} to {high:+.3f}"
        areas = ("–" if area is None else f"{area:.3f}" for area in (one.without, one.with_))
        gain = "–" if one.gain.value is None else f"{one.gain.value:+.3f}"
        name = one.part.partition("/")[2]
        rows.append((name, ", ".join(one.tables), f"{one.lack:,}", *areas, gain, reach))
    first = found.missing[0]
    said = f"Connect first: {first.part.partition('/')[2]}, for {first.lack:,} accounts."
    none = "Of no part can it be shown that those who have it are judged better for it."
    how = "Of accounts that have the part, on days that were not fitted on; that the others gain as much is assumed."
    lines = [said if first.expected else none, how]
    return Block("What is missing, and what it is worth to those who have it", lines, columns, rows, 2)


TOO_FEW = "too few left to say whether less or more would be better"
_TITLES = {
    HELPS: "weights from who left help",
    KEEP: "keep your weights",
    TOO_LITTLE: "too little data to tell; keep your weights",
}
_EXPLAINED = {
    HELPS: "Help means that the whole interval lies above zero.",
    KEEP: "The interval holds zero: nothing says that other weights would have singled out better who leaves.",
    TOO_LITTLE: f"Fewer than {FEWEST} accounts left of those that could be judged, and of so few nothing can be said.",
}


def _sentences(ahead: Ahead, found: Calibration, whose: str) -> Iterator[str]:
    yield from _of_folds(found, whose) if found.cross_section else _of_days(ahead, found, whose)
    worse = found.said == KEEP and found.change.gain.high is not None and found.change.gain.high < 0
    yield "The whole interval lies below zero: such weights would have done worse." if worse else _EXPLAINED[found.said]
    yield from ended_otherwise(found.otherwise)
    if found.left_out:
        yield f"Not weighed, for they nearly state the outcome (--adjacent weighs them): {', '.join(found.left_out)}."
    if found.assumed:
        yield f"Knowledge time assumed (a row counts from when it happened): {', '.join(found.assumed)}."


def _of_days(ahead: Ahead, found: Calibration, whose: str) -> Iterator[str]:
    if found.left:
        far, told = _far(found, whose), f"so {found.days} days were foretold best by the days before them"
        when = f"within {ahead.horizon} days of a day that was scored"
        yield f"{found.left:,} accounts left {when}. {far}: {told if found.days else TOO_FEW}."
    else:
        yield f"Nobody left, so the weights are {whose}."
    yield from _change(found, "days with weights from before them")


def _of_folds(found: Calibration, whose: str) -> Iterator[str]:
    yield f"A cross-section of {found.last}, and no prediction. {AFTER}"
    if found.left:
        far, told = _far(found, whose), f"so {found.days} folds were told best by the others"
        yield f"{found.left:,} accounts are known to have left. {far}: {told if found.days else TOO_FEW}."
    else:
        yield f"Nobody left, so the weights are {whose}."
    yield from _change(found, "folds of accounts with weights from the others")


def _far(found: Calibration, whose: str) -> str:
    return f"The weights may lie about {100 * found.width:.0f} points of 100 from {whose}"


def _change(found: Calibration, on: str) -> Iterator[str]:
    if found.change.gain.value is not None:
        left = sum(fold.left for fold in found.folds)
        yield (
            f"On {len(found.folds)} {on}, and {left:,} who left: AUC {_area(found.change.first)} with your weights, "
            f"{_area(found.change.second)} with new ones; {_gain(found.change.gain)}."
        )


def _area(found: Interval) -> str:
    return "–" if found.value is None else f"{found.value:.3f}"


def _gain(found: Interval) -> str:
    if found.value is None:
        return "the difference cannot be told"
    return f"{found.value:+.3f} (95 %: {found.low:+.3f} to {found.high:+.3f})"
