"""Who moved between two answers: from tier to tier, in and out of the book, with what they are worth."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

COLUMNS = ("account_id", "name", "value", "score", "tier")

Row = dict[str, Any]


@dataclass(frozen=True)
class Migration:
    """Accounts that went from one tier to another, and their value per year.

    before, after: None where they are not in the book. value: as of after, or before where they left; NULL counts 0.
    """

    before: str | None
    after: str | None
    accounts: int
    value: float


@dataclass(frozen=True)
class Mover:
    """One account whose tier or score moved; None where it is not there, or has no score."""

    account_id: str
    name: str | None
    value: float | None
    before: str | None
    after: str | None
    score_before: float | None
    score_after: float | None


@dataclass(frozen=True)
class Moves:
    """What differs between the two.

    accounts: how many there are now. migrations: by tiers, most value first, those who stayed in their tier left out.
    movers: everybody whose tier or score differs, or who came or went, by account.
    """

    accounts: int
    migrations: list[Migration]
    movers: list[Mover]


def moves(before: pa.Table, after: pa.Table) -> Moves:
    """From two tables of scores with `COLUMNS`, each one row per account."""
    old, new = _by_account(before), _by_account(after)
    movers = [_mover(old.get(account), new.get(account)) for account in sorted(old.keys() | new.keys())]
    moved = [m for m in movers if (m.before, m.score_before) != (m.after, m.score_after)]
    return Moves(len(new), _migrations(moved), moved)


def _by_account(rows: pa.Table) -> dict[str, Row]:
    return {row["account_id"]: row for row in rows.select(COLUMNS).to_pylist()}


def _mover(old: Row | None, new: Row | None) -> Mover:
    here = new or old or {}
    then, now = old or {}, new or {}
    return Mover(
        account_id=here["account_id"],
        name=here["name"],
        value=here["value"],
        before=_tier(old),
        after=_tier(new),
        score_before=then.get("score"),
        score_after=now.get("score"),
    )


def _tier(row: Row | None) -> str | None:
    return None if row is None else row["tier"] or "no tier"


def _migrations(movers: list[Mover]) -> list[Migration]:
    found: dict[tuple[str | None, str | None], list[Mover]] = defaultdict(list)
    for mover in movers:
        if mover.before != mover.after:
            found[mover.before, mover.after].append(mover)
    lines = [Migration(*tiers, len(own), sum(m.value or 0.0 for m in own)) for tiers, own in found.items()]
    return sorted(lines, key=lambda line: (-line.value, -line.accounts, str(line.before), str(line.after)))
