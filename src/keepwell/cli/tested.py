"""Reports of `forecast`: how forecasts of the past have come out, and who is still there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keepwell.cli import plots
from keepwell.cli.blocks import Block
from keepwell.evidence.outlook import HORIZONS
from keepwell.evidence.rates import Interval
from keepwell.evidence.survival import Curve
from keepwell.evidence.tested import Judged
from keepwell.evidence.verdict import PREDICTS, TOO_LITTLE, WRONG_WAY
from keepwell.evidence.walk import TESTED
from keepwell.workspace.forecast import Forecast


def tested_verdict(judged: Judged) -> str:
    """What holds of forecasts like this one. They predict if they rank and their numbers are right."""
    said = judged.verdict.said
    if said == TOO_LITTLE:
        return "a forecast that too few who left test"
    if said == PREDICTS and judged.brier >= judged.brier_of_rate:
        return "the forecast ranks, and its numbers say no more than the same rate for all"
    if said == PREDICTS and _off(judged):
        return "the forecast ranks, and its numbers are off"
    return f"the forecast {said}" if said in (PREDICTS, WRONG_WAY) else f"the forecast has {said}"


def _off(judged: Judged) -> bool:
    """Whether chances miss what happened by more than right ones would."""
    return judged.error_band.high is not None and judged.error > judged.error_band.high


def sentences(judged: Judged) -> Iterator[str]:
    """How well they rank, and whether their numbers are right."""
    said = sum(cut.accounts for cut in judged.cuts)
    area, band = judged.ranking.auc, judged.error_band
    first, last = judged.cuts[0].day, judged.cuts[-1].day
    days = f"{first}" if first == last else f"{len(judged.cuts)} days from {first} to {last}"
    told = "" if area.value is None else f" AUC {area.value:.2f} (95 %: {area.low:.2f}–{area.high:.2f});"
    yield (
        f"Out of time, {TESTED} days ahead, {said:,} forecasts of {days}:{told} "
        f"Brier score {judged.brier:.4f}, that of the same rate for all {judged.brier_of_rate:.4f}."
    )
    fine = "more than chance: the numbers are off" if _off(judged) else "what chance makes of right ones"
    yield f"Expected calibration error {judged.error:.4f}; right chances would have {spread(band, '.4f')}: {fine}."
    if judged.unseen:
        yield f"Not in it: {judged.unseen:,} forecasts of accounts whose life ended in another way."


def spread(interval: Interval, form: str) -> str:
    """The ends of an interval; a dash where there is none."""
    if interval.low is None or interval.high is None:
        return "–"
    return f"{interval.low:{form}}–{interval.high:{form}}"


def tables(judged: Judged) -> Iterator[Block]:
    """Each of them, and what was expected beside what happened."""
    cuts = [
        (f"{cut.day}", f"{cut.fitted:,}", f"{cut.accounts:,}", f"{cut.expected:.1f}", f"{cut.left:,}",
         "–" if cut.auc is None else f"{cut.auc:.2f}")
        for cut in judged.cuts
    ]  # fmt: skip
    columns = ("made on", "had left", "accounts", "expected", "left", "AUC")
    note = "Each was made from what was known on its day: facts, outcomes, and how earlier forecasts had come out."
    yield Block(f"Forecasts of the past, {TESTED} days ahead", [note], columns, cuts)
    bins = [
        (f"{own.low:.1%}–{own.high:.1%}", f"{own.count:,}", f"{own.expected:.1%}", _share(own.share),
         spread(own.share, ".1%"))
        for own in judged.bins
    ]  # fmt: skip
    named = ("chance", "forecasts", "expected", "left", "95 %")
    figure = plots.curve((own.expected, own.share) for own in judged.bins)
    yield Block("Are the numbers right?", (), named, bins, figure=figure)


def _share(found: Interval) -> str:
    return "–" if found.value is None else f"{found.value:.1%}"


def curves(found: Forecast) -> Iterator[Block]:
    """Who is still there after so many days."""
    if found.tiers:
        note = "Kaplan–Meier: accounts whose end is not known count for as long as they were seen."
        yield _curves(f"Who is still there, by the tier of {found.tiers_on}", "tier", found.tiers, [note])
    if found.cohorts:
        yield _curves("Who is still there, by the quarter in which they came", "cohort", found.cohorts, ())


def _curves(title: str, word: str, groups: dict[str, Curve], lines: Sequence[str]) -> Block:
    days = HORIZONS[1:]
    columns = (word, "left", *(part for day in days for part in (f"after {day}", "95 %")))
    rows = [
        (_words(name), f"{int(curve.left.sum()):,}", *(text for day in days for text in _still(curve.at(day))))
        for name, curve in groups.items()
    ]
    return Block(title, lines, columns, rows)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _still(found: Interval) -> tuple[str, str]:
    if found.value is None:
        return "–", ""
    return f"{found.value:.1%}", "" if found.low is None else spread(found, ".1%")
