"""One account's score as a state, and many states scored at once: what was, what could have been, what could be.

Each state is an account of its own in one query, so that nothing but THE formula ever says what a state is worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa

from keepwell.facts import fetch
from keepwell.scoring.adjust import adjust_names, adjustments
from keepwell.scoring.final import finish, override_names
from keepwell.scoring.keep import Keep
from keepwell.scoring.score import Scores, fired, rooted
from keepwell.scoring.tree import climb

Cell = tuple[str, float | None, int]
"""state, points and the number of the scale"""


@dataclass(frozen=True)
class State:
    """All that one account's score follows from.

    cells by node, its tree, the points of each adjustment, the truth of each override.
    """

    cells: dict[int, Cell]
    variant: int
    added: tuple[float, ...]
    truths: tuple[bool | None, ...]


def state_of(scores: Scores, id_: str) -> State:
    """The account as it is."""
    own = scores.plan.score
    rows = fetch.rows(scores.cells.filter(scores.cells.id == id_).order_by("node"))
    row = fetch.rows(scores.table.filter(scores.table.id == id_))[0]
    held = fired(scores.plan, scores.metrics)
    truths = fetch.rows(held.filter(held.id == id_))[0]
    added = adjustments(own, scores.plan.native, scores.metrics)
    points = fetch.rows(added.filter(added.id == id_))[0]
    return State(
        {row["node"]: (row["state"], row["points"], row["scale"]) for row in rows},
        row["variant"],
        tuple(points[name] for name in adjust_names(own)),
        tuple(truths[name] for name in override_names(own)),
    )


def scored(scores: Scores, states: Sequence[State], keep: Keep) -> list[dict[str, Any]]:
    """The row of each state, in their order and in the columns of `final.finish`."""
    names = [f"{index:06d}" for index in range(len(states))]
    cells = [
        {"id": name, "node": node, "state": cell[0], "points": cell[1], "scale": cell[2]}
        for name, state in zip(names, states, strict=True)
        for node, cell in state.cells.items()
    ]
    own = scores.plan.score
    fields = [("id", pa.string()), ("variant", pa.int16()), ("unsure", pa.bool_()), ("main", pa.bool_())]
    asked = [{"variant": state.variant, "unsure": False, "main": True} for state in states]
    added = [("id", pa.string()), ("known", pa.float64())]
    added += [(f"{name}{end}", pa.float64()) for name in adjust_names(own) for end in ("", "_low", "_high")]
    points = [{"known": 1.0, **_thrice(adjust_names(own), state.added)} for state in states]
    held = [("id", pa.string()), *((name, pa.bool_()) for name in override_names(own))]
    truths = [dict(zip(override_names(own), state.truths, strict=True)) for state in states]
    groups = keep(climb(scores.plan, ibis.memtable(pa.Table.from_pylist(cells, schema=_CELLS)), keep))
    root = rooted(scores.plan, _rows(names, asked, fields), groups)
    found = finish(scores.plan, root, _rows(names, truths, held), _rows(names, points, added))
    return fetch.rows(keep(found).order_by("id"))


def _thrice(names: list[str], points: tuple[float, ...]) -> dict[str, float]:
    """The points of each adjustment as its value and as both ends of its range."""
    return {f"{name}{end}": value for name, value in zip(names, points, strict=True) for end in ("", "_low", "_high")}


def _rows(names: list[str], rows: list[dict[str, Any]], fields: list[tuple[str, pa.DataType]]) -> ibis.Table:
    named = [{"id": name, **row} for name, row in zip(names, rows, strict=True)]
    return ibis.memtable(pa.Table.from_pylist(named, schema=pa.schema(fields)))


_CELLS = pa.schema(
    [("id", pa.string()), ("node", pa.int16()), ("state", pa.string()), ("points", pa.float64()), ("scale", pa.int16())]
)
