"""The whole book at a glance: accounts and their value by tier, and who needs somebody today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from keepwell.model.edges import partition
from keepwell.model.output import INSUFFICIENT
from keepwell.model.score import Score


@dataclass(frozen=True)
class TierLine:
    """One tier: how many accounts, how many of them provisional, and what they are worth per year."""

    tier: str
    accounts: int
    provisional: int
    value: float


def by_tier(score: Score, table: pa.Table) -> list[TierLine]:
    """A line per tier in the model's order, insufficient evidence last. Tiers without accounts have a line too."""
    rows = table.select(["tier", "standing", "value"]).to_pylist()
    names: list[Any] = [*score.tier_names] or [None]
    lines = []
    for name in [*names, INSUFFICIENT]:
        own = [row for row in rows if row["tier"] == name]
        value = sum(row["value"] or 0.0 for row in own)
        lines.append(TierLine(name or "no tier", len(own), sum(row["standing"] == "provisional" for row in own), value))
    return lines


def need_someone(score: Score, table: pa.Table, most: int = 10) -> list[dict[str, Any]]:
    """Rows of `score_table` in the lowest tier, first those with most value × missing points at stake.

    An account without a stated value counts as one worth 1, so that unvalued books are ranked by score alone; one that
    an override put there without a score counts as 0. Nobody in a model without tiers.
    """
    rows: Sequence[dict[str, Any]] = table.to_pylist()
    lowest = lowest_tier(score)
    if lowest is None:
        return []
    found = [row for row in rows if row["tier"] == lowest]
    return sorted(found, key=lambda row: (-_at_stake(row), row["account_id"]))[:most]


def lowest_tier(score: Score) -> str | None:
    """The tier of the lowest scores, wherever in the file it stands; None for a model without tiers.

    A tier of scores below 0 is one that only an override gives.
    """
    pieces = [piece for piece in partition([tier.at for tier in score.tiers]) if piece.end > (Decimal(0), 0)]
    return next((score.tiers[piece.index].is_ for piece in pieces if piece.index is not None), None)


def _at_stake(row: dict[str, Any]) -> float:
    value = 1.0 if row["value"] is None else float(row["value"])
    return value * (100 - float(row["score"] or 0))
