"""What moved scores between days: of one account, and of all of them from each day to the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from keepwell.errors import UsageError
from keepwell.facts import fetch
from keepwell.model.fits import on_day
from keepwell.scoring.change import Change, changes, remodelled
from keepwell.scoring.score import Scores, score_name
from keepwell.workspace.lives import absent
from keepwell.workspace.workspace import Workspace, on_model_of

BATCH = 2_000
"""So many accounts are split at once: each of their steps is scored as an account of its own."""


@dataclass(frozen=True)
class Interval:
    """What happened to scores from the end of one day to the end of a later one: account → its change.

    Who has no score on one of the days is there with a None.
    """

    since: date
    as_of: date
    changes: dict[str, Change]


def ordered(workspace: Workspace, earlier: date, later: date) -> None:
    """Raise UsageError where the earlier of two days is not the earlier one."""
    if workspace.day(earlier) >= later:
        raise UsageError(f"--since {earlier} is not before {later}, the day that is explained.")


def since(workspace: Workspace, account: str, day: date, after: Scores, name: str | None = None) -> Change:
    """What moved an account's score since an earlier day. Raises UsageError where it did not live on it.

    If another model or fit judged it then, the first part is what the new one makes of the earlier day.
    """
    ordered(workspace, day, after.metrics.moment.as_of)
    judged = workspace.judge(day, None, name, after.metrics.moment.as_of)
    with workspace.facts.reads():
        if said := absent(workspace.facts, judged.metrics, account):
            raise UsageError(said)
    return between(workspace, [account], judged, after, name)[account]


def intervals(workspace: Workspace, days: Sequence[date], name: str | None = None) -> Iterator[Interval]:
    """What moved every account's score from each of these days to the next, in order."""
    pairs = pairwise(days)
    for _, some in groupby(pairs, key=lambda pair: workspace.config.model_on(pair[1])):
        own = list(some)
        with on_model_of(workspace, own[0][1]) as opened:
            yield from _intervals(opened, own, name)


def _intervals(workspace: Workspace, pairs: Sequence[tuple[date, date]], name: str | None) -> Iterator[Interval]:
    """Those that end on days of the workspace's own model."""
    known: Scores | None = None
    for earlier, later in pairs:
        after = workspace.score(later, None, name)
        # The day that the interval before ended on is judged already, unless another fit holds now.
        same = known is not None and known.version == after.version
        judged = known if known is not None and same else workspace.judge(earlier, None, name, later)
        with workspace.facts.reads():
            ids = sorted({row["id"] for one in (judged, after) for row in fetch.rows(one.table.select("id"))})
        yield Interval(earlier, later, between(workspace, ids, judged, after, name))
        known = after


def between(
    workspace: Workspace, ids: Sequence[str], judged: Scores, after: Scores, name: str | None = None
) -> dict[str, Change]:
    """The changes of these accounts' scores. `judged`: the earlier day, by the model and fit of the later.

    Where others held on the earlier day, the first part is what those of the later make of it.
    """
    then, now = judged.metrics.moment, after.metrics.moment
    restated = workspace.metrics(then.as_of, now.known_by, now.as_of)
    found: dict[str, Change] = {}
    for start in range(0, len(ids), BATCH):
        with workspace.facts.reads(), workspace.keep.apart() as keep:
            found |= changes(judged, restated, after, ids[start : start + BATCH], keep, workspace.currency)
    with on_model_of(workspace, then.as_of) as earlier:
        held = on_day(earlier.loaded, then.as_of, score_name(earlier.loaded.model, name))
        if held.version == after.version:
            return found
        old = earlier.score(then.as_of, None, name)
        rows = fetch.rows(old.table.filter(old.table.id.isin(list(ids))).select("id", "score"))
    shown = {row["id"]: row["score"] for row in rows}
    return {id_: remodelled(one, shown.get(id_), held.version, after.version) for id_, one in found.items()}
