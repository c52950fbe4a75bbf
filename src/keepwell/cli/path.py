"""The path to good, as `explain` says it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from keepwell.scoring.path import Path, Raise
from keepwell.scoring.peers import FEWEST, quarter
from keepwell.scoring.search import MOST
from keepwell.scoring.words import label_of, plain


def path_lines(path: Path, row: Mapping[str, Any]) -> Iterator[str]:
    """The answer in one sentence, a line per step, and what is unknown. `row`: the account's row."""
    yield f"Path to good: {_answer(path, row)}"
    for step in path.steps:
        yield f"  · {step.label}: {step.value} → {step.level} ({_points(step)}), as {_peers(step)}"
    yield from (f"  · {because}" for because in path.because)
    if path.unknown and path.kind != "best":
        yield f"  unknown, and so no part of it: {', '.join(path.unknown)}"


def _answer(path: Path, row: Mapping[str, Any]) -> str:
    there = f"{_score(path.score)}, {label_of(path.tier or 'no tier')}"
    match path.kind:
        case "best":
            return f"it is in the best tier, {label_of(path.tier or '')}."
        case "path":
            count = "one measure lifts" if len(path.steps) == 1 else f"{len(path.steps)} measures lift"
            return f"{count} it from {_score(row['score'])} to {there}."
        case "held":
            return f"whatever the measures do, it stays {label_of(path.tier or 'no tier')} while this holds."
        case "evidence":
            return "nobody can say before there is enough data for a tier."
        case "undecided":
            return f"not found, as there are too many ways to try. {_together(path)}"
    return f"no path{_beyond(path, row)}. {_together(path)}"


def _beyond(path: Path, row: Mapping[str, Any]) -> str:
    return f" with {MOST} measures or fewer" if path.tier != row["tier"] else ""


def _together(path: Path) -> str:
    """What would come of it if everything rose that can."""
    if path.peers is None:
        return "Not even every measure at its own best lifts it."
    if path.peers == 0:
        return "No other account has a value to compare it with."
    if path.could == 0:
        whose = "a quarter of its peers have" if path.peers >= FEWEST else _few(path.peers)
        return f"Nothing in it is below what {whose} reached."
    which = "The one measure" if path.could == 1 else f"All {path.could} measures"
    verb = "gives" if path.could == 1 else "together give"
    return (
        f"{which} that could rise to what peers have reached {verb} {_score(path.score)}, {label_of(path.tier or '')}."
    )


def _points(step: Raise) -> str:
    return f"{plain(step.points, 1)} → {plain(step.level_points, 1)} points"


def _peers(step: Raise) -> str:
    """Whose level it is: ‘a quarter of 14 peers of the same industry and size have’.

    Of so few that a quarter says nothing it is told how many: one of two is half of them.
    """
    few = f", as too few are also of the same {_names(step.dropped)}" if step.dropped else ""
    if step.same:
        return f"a quarter of {step.peers} peers of the same {_names(step.same)} have{few}"
    if step.peers >= FEWEST:
        return f"a quarter of all {step.peers} others have{few}"
    return f"{_few(step.peers)}{few}"


def _few(others: int) -> str:
    """‘the only other account has’, ‘1 of 2 others has’: how many of so few have what a quarter of more would have."""
    if others == 1:
        return "the only other account has"
    reach = quarter(others)
    return f"{reach} of {others} others {'has' if reach == 1 else 'have'}"


def _names(names: tuple[str, ...]) -> str:
    return " and ".join(label_of(name) for name in names)


def _score(score: float | None) -> str:
    return "no score" if score is None else plain(score, 6)
