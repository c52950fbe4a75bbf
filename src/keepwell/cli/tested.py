"""Reports of `forecast`: how forecasts of the past have come out, and who is still there."""

from __future__ import annotations

from collections.abc import Iterator

from keepwell.cli import plots
from keepwell.cli.blocks import Block
from keepwell.evidence.outlook import HORIZONS
from keepwell.evidence.rates import Interval
from keepwell.evidence.survival import Curve
from keepwell.evidence.tested import Record
from keepwell.evidence.verdict import PREDICTS, TOO_LITTLE, WRONG_WAY
from keepwell.evidence.walk import TESTED
from keepwell.workspace.forecast import Forecast

AFTER = HORIZONS[1:]
Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


def tested_verdict(record: Record) -> str:
    """What holds of forecasts like this one. They predict if they rank and their numbers are right."""
    said = record.verdict.said
    if said == TOO_LITTLE:
        return "a forecast that too few who left test"
    if said == PREDICTS and record.brier >= record.brier_of_rate:
        return "the forecast ranks, and its numbers say no more than the same rate for all"
    if said == PREDICTS and _off(record):
        return "the forecast ranks, and its numbers are off"
    return f"the forecast {said}" if said in (PREDICTS, WRONG_WAY) else f"the forecast has {said}"


def _off(record: Record) -> bool:
    """Whether chances miss what happened by more than right ones would."""
    return record.error_band.high is not None and record.error > record.error_band.high


def sentences(record: Record) -> Iterator[str]:
    """How well they rank, and whether their numbers are right."""
    said = sum(cut.accounts for cut in record.cuts)
    area, band = record.ranking.auc, record.error_band
    first, last = record.cuts[0].day, record.cuts[-1].day
    days = f"{first}" if first == last else f"{len(record.cuts)} days from {first} to {last}"
    told = "" if area.value is None else f" AUC {area.value:.2f} (95 %: {area.low:.2f}–{area.high:.2f});"
    yield (
        f"Out of time, {TESTED} days ahead, {said:,} forecasts of {days}:{told} "
        f"Brier score {record.brier:.4f}, that of the same rate for all {record.brier_of_rate:.4f}."
    )
    fine = "more than chance: the numbers are off" if _off(record) else "what chance makes of right ones"
    yield f"Expected calibration error {record.error:.4f}; right chances would have {spread(band, '.4f')}: {fine}."
    if record.unseen:
        why = "that had left by then, as was learned later, or whose life ended and nothing says how"
        yield f"Not in it: {record.unseen:,} forecasts of accounts {why}."


def spread(interval: Interval, form: str) -> str:
    """The ends of an interval; a dash where there is none."""
    if interval.low is None or interval.high is None:
        return "–"
    return f"{interval.low:{form}}–{interval.high:{form}}"


def tables(record: Record) -> Iterator[Block]:
    """Each of them, and what was expected beside what happened."""
    cuts = [
        (f"{cut.day}", f"{cut.fitted:,}", f"{cut.accounts:,}", f"{cut.expected:.1f}", f"{cut.left:,}",
         "–" if cut.auc is None else f"{cut.auc:.2f}")
        for cut in record.cuts
    ]  # fmt: skip
    columns = ("made on", "had left", "accounts", "expected", "left", "AUC")
    note = "Each was made from what was known on its day: facts, outcomes, and how earlier forecasts had come out."
    yield Block(f"Forecasts of the past, {TESTED} days ahead", [note], columns, cuts)
    bins = [
        (f"{own.low:.1%}–{own.high:.1%}", f"{own.count:,}", f"{own.expected:.1%}", _share(own.share),
         spread(own.share, ".1%"))
        for own in record.bins
    ]  # fmt: skip
    named = ("chance", "forecasts", "expected", "left", "95 %")
    figure = plots.curve((own.expected, own.share) for own in record.bins)
    yield Block("Are the numbers right?", (), named, bins, figure=figure)


def _share(found: Interval) -> str:
    return "–" if found.value is None else f"{found.value:.1%}"


def curves(found: Forecast) -> Iterator[Block]:
    """Who is still there after so many days; where accounts end in other ways too, who has left by then."""
    others = any(curve.otherwise.any() for groups in (found.tiers, found.cohorts) for curve in groups.values())
    method, title = ("Aalen–Johansen", "Who has left") if others else ("Kaplan–Meier", "Who is still there")
    lines = [f"{method}: accounts whose end is not known count for as long as they were seen."]
    if others:
        lines.append("Shares of all that were there: who ended in another way did not leave, and no longer can.")
    table = _left if others else _there
    if found.tiers:
        yield Block(f"{title}, by the tier of {found.tiers_on}", lines, *table("tier", found.tiers))
    if found.cohorts:
        yield Block(f"{title}, by the quarter in which they came", (), *table("cohort", found.cohorts))


def _there(word: str, groups: dict[str, Curve]) -> Table:
    """The columns and rows of who is still there."""
    columns = (word, "left", *(part for day in AFTER for part in (f"after {day}", "95 %")))
    return columns, [
        (_words(name), f"{int(curve.left.sum()):,}", *(text for day in AFTER for text in _still(curve.at(day))))
        for name, curve in groups.items()
    ]


def _left(word: str, groups: dict[str, Curve]) -> Table:
    """The columns and rows of who has left."""
    columns = (word, "left", "otherwise", *(part for day in AFTER for part in (f"by {day}", "95 %")))
    return columns, [
        (_words(name), f"{int(curve.left.sum()):,}", f"{int(curve.otherwise.sum()):,}",
         *(text for day in AFTER for text in _still(_rest(curve.at(day)))))
        for name, curve in groups.items()
    ]  # fmt: skip


def _rest(found: Interval) -> Interval:
    """The other part of the whole."""
    value, high, low = (None if item is None else 1 - item for item in (found.value, found.low, found.high))
    return Interval(value, low, high)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _still(found: Interval) -> tuple[str, str]:
    if found.value is None:
        return "–", ""
    return f"{found.value:.1%}", "" if found.low is None else spread(found, ".1%")
