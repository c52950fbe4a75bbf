"""Keepwell's rows held against the oracle's: equal, but where a double may round a near tie either way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from math import floor
from typing import Any

from keepwell.model import Model
from tests.oracle import Measured, Node, Reading, Scored
from tests.oracle.numbers import Value
from tests.scoring.workspaces import Result

UNIT = Fraction(1, 10**9)
"""The last decimal of every metric, of points, and of a score before it is shown."""

Scores = Mapping[Value, Scored]


@dataclass
class Comparison:
    """What differs, in words; and which accounts lie so near a tie that what follows from it is not compared."""

    differences: list[str] = field(default_factory=list)
    near: set[str] = field(default_factory=set)

    def same(self, account: str, what: str, mine: Any, theirs: Any) -> None:
        if mine != theirs:
            self.differences.append(f"{account} {what}: {mine!r}, and the oracle says {theirs!r}")

    def close(self, account: str, what: str, mine: float | None, theirs: Fraction | None, within: Fraction) -> None:
        if (mine is None) != (theirs is None) or (
            mine is not None and theirs is not None and abs(Fraction(mine) - theirs) > within
        ):
            shown = None if theirs is None else float(theirs)
            self.differences.append(f"{account} {what}: {mine!r}, and the oracle says {shown!r}")


def differences(model: Model, result: Result, scores: Scores) -> Comparison:
    """Metrics first, then what is made of them."""
    told = {str(account): scored for account, scored in scores.items()}
    found = Comparison()
    found.same("all", "accounts", [row["account_id"] for row in result.scores], sorted(told))
    if not found.differences:
        _metrics(found, result, told)
        _measures(found, result, told)
        _groups(found, result, told)
        _scores(found, model, result, told)
    return found


def near_a_tie(exact: Fraction | None, slack: Fraction = Fraction(1, 10**6)) -> bool:
    """Whether a number lies so near the middle of two ninth decimals that double arithmetic may round it either way.

    `slack`: how near, in ninth decimals, beside what a double cannot hold of so large a number.
    """
    if exact is None:
        return False
    places = next((places for places in (9, 6, 3) if abs(exact) < Fraction(2**53, 10**places)), 0)
    units = abs(exact) * Fraction(10**places)
    return abs(units - floor(units) - Fraction(1, 2)) < slack + units / Fraction(2**48)


def _metrics(found: Comparison, result: Result, told: Mapping[str, Scored]) -> None:
    rows = {(row["account_id"], row["metric"]): row for row in result.metrics if row["account_id"] in told}
    expected = {(account, name): reading for account, one in told.items() for name, reading in one.metrics.items()}
    found.same("all", "number of metric rows", len(rows), len(expected))
    found.same("all", "metric rows", sorted(rows), sorted(expected))
    for (account, name), reading in expected.items():
        row = rows.get((account, name))
        if row is None:
            continue
        found.same(account, f"{name}'s state", row["state"], reading.state)
        if reading.state == row["state"] == "ok" and account not in found.near:
            _value(found, account, name, row, reading)


def _value(found: Comparison, account: str, name: str, row: Mapping[str, Any], reading: Reading) -> None:
    if any(map(_unsteady, reading.rests_on)):
        found.near.add(account)
        return
    if near_a_tie(reading.exact):
        found.near.add(account)
        found.close(account, name, row["number"], Fraction(reading.value), 2 * UNIT)  # type: ignore[arg-type]
    else:
        mine = {"number": row["number"], "text": row["text"], "day": row["day"]}
        found.same(account, name, mine, _cells(reading.value))
    found.same(account, f"{name}'s time", row["at"], reading.at)


def _unsteady(reading: Reading) -> bool:
    """Whether a reading is near a tie, or made of one that is."""
    return near_a_tie(reading.exact) or any(map(_unsteady, reading.rests_on))


def _cells(value: Value) -> dict[str, float | str | date | None]:
    """How a value is stored: yes and no are 1 and 0 and words too."""
    cells: dict[str, float | str | date | None] = {"number": None, "text": None, "day": None}
    match value:
        case bool():
            return cells | {"number": float(value), "text": str(value).lower()}
        case Fraction():
            return cells | {"number": float(value)}
        case datetime():
            return cells | {"day": value.date()}
    return cells | {"text": value}


def _leaves(told: Mapping[str, Scored]) -> Iterator[tuple[str, Node, Measured]]:
    for account, scored in told.items():
        for node in scored.tree.walk():
            if node.measured is not None:
                yield account, node, node.measured


def _measures(found: Comparison, result: Result, told: Mapping[str, Scored]) -> None:
    rows = {(row["account_id"], row["measure"]): row for row in result.measures}
    for account, node, measured in _leaves(told):
        row = rows[account, node.path]
        near = near_a_tie(measured.exact) or account in found.near
        if near:
            found.near.add(account)
            continue
        found.same(account, f"{node.path}'s state", row["state"], measured.state)
        found.close(account, f"{node.path}'s points", row["points"], measured.points, UNIT / 500)


def _groups(found: Comparison, result: Result, told: Mapping[str, Scored]) -> None:
    """Groups, and then the weights: what carries a min or max on a tie is decided on their values."""
    rows = {(row["account_id"], row["part"]): row for row in result.groups}
    measures = {(row["account_id"], row["measure"]): row for row in result.measures}
    for account, scored in told.items():
        if scored.near:
            found.near.add(account)
        for node in scored.tree.walk() if account not in found.near else ():
            if node.measured is not None:
                row = measures[account, node.path]
                found.close(account, f"{node.path}'s weight", row["effective_weight"], node.effective, UNIT / 500)
                found.close(account, f"{node.path}'s contribution", row["contribution"], node.contribution, UNIT)
                continue
            row = rows.get((account, node.path), dict.fromkeys(("value", "low", "high"), None) | {"coverage": 0})
            for name in ("value", "low", "high", "coverage"):
                found.close(account, f"{node.path}'s {name}", row[name], getattr(node, name), UNIT / 500)


def _scores(found: Comparison, model: Model, result: Result, told: Mapping[str, Scored]) -> None:
    score = next(iter(model.scores.values()))
    for row in result.scores:
        account = row["account_id"]
        expected = told[account]
        ends = (expected.tree.value, expected.tree.low, expected.tree.high)
        if expected.near or account in found.near or any(near_a_tie(end, Fraction(1, 200)) for end in ends):
            found.near.add(account)
            continue
        for name in ("score", "native", "low", "high", "coverage"):
            found.close(account, name, row[name], getattr(expected, name), UNIT)
        for name in ("tier", "zone", "standing"):
            found.same(account, name, row[name], getattr(expected, name))
        found.same(account, "flags", row["flags"], list(expected.flags))
        names = [None, *(variant.is_ for variant in score.variants)]
        found.same(account, "variant", row["variant"], names[expected.variant])
        lines = dict(expected.lines)
        found.close(account, "added", _added(row), lines.get("added"), 3 * UNIT)
        found.close(account, "raw", row["raw"], expected.raw, UNIT)
        found.close(account, "rounding", _own(row), lines.get("rounding"), UNIT)
        for index in range(len(score.overrides)):
            found.close(account, f"override {index}", row[f"override_{index}"], lines.get(f"overrides/{index}"), UNIT)


def _added(row: Mapping[str, Any]) -> float | None:
    """The base, the bonus and the malus."""
    if row["score"] is None:
        return None
    return float(sum(row[name] for name in row if name == "base" or name.startswith("adjust_")))


def _own(row: Mapping[str, Any]) -> float | None:
    """What rounding changed, and cutting to 0–100."""
    return None if row["rounding"] is None else row["rounding"] + (row["clamped"] or 0)
