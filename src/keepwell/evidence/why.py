"""Why accounts that left had looked healthy: what held their score up, and what was not known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from keepwell.evidence.audit import Missed

MOST = 3
MISSING = ("missing", "expired")
"""States of measures that would have counted, had there been data."""


@dataclass(frozen=True)
class Upheld:
    """A measure, its points, and what it added in points of the score."""

    measure: str
    points: float
    added: float


@dataclass(frozen=True)
class Why:
    """Of an account on a day the measures that added most, and those of which nothing was known."""

    account: str
    as_of: date
    upheld: list[Upheld]
    missing: list[str]


def whys(missed: Sequence[Missed], measures: pa.Table) -> list[Why]:
    """Of each, in their order. measures: account, day, measure, state, points, weight (its effective share)."""
    wanted = pa.table({
        "account": pa.array([one.account for one in missed], pa.string()),
        "day": pa.array([one.as_of for one in missed], pa.date32()),
    })  # fmt: skip
    names = ["account", "day", "measure", "state", "points", "weight"]
    own = measures.select(names).filter(pc.is_in(measures["account"], wanted["account"]))
    rows = own.join(wanted, ["account", "day"], join_type="inner").to_pylist()
    of: dict[tuple[str, date], list[dict[str, Any]]] = {}
    for row in rows:
        of.setdefault((row["account"], row["day"]), []).append(row)
    return [_why(one, of.get((one.account, one.as_of), [])) for one in missed]


def _why(one: Missed, rows: list[dict[str, Any]]) -> Why:
    added = [
        Upheld(row["measure"], row["points"], row["points"] * row["weight"])
        for row in rows
        if row["points"] is not None and row["weight"]
    ]
    most = sorted(added, key=lambda found: (-found.added, found.measure))[:MOST]
    unknown = sorted(row["measure"] for row in rows if row["state"] in MISSING)
    return Why(one.account, one.as_of, most, unknown)
