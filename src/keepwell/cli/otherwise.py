"""Reports: accounts that ended, and did not have the outcome that is judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from keepwell.insight.outcomes import AGAIN


def ended_otherwise(found: Mapping[str, int]) -> Iterator[str]:
    """How many came back under another id, and how many ended in ways that compete. found: see `past.otherwise`."""
    if back := found.get(AGAIN):
        yield f"{back:,} ended and came back under another id (evidence: company): not counted as having left."
    if others := {how: count for how, count in found.items() if how != AGAIN}:
        told = ", ".join(f"{how.replace('_', ' ')} {count:,}" for how, count in others.items())
        yield (
            f"Ended in another way: {told}. They did not leave, and were no longer there to leave: what leaves is a "
            f"share of all, with those that can end otherwise."
        )
