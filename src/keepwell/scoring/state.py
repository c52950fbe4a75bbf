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
    return states_of(scores, [id_])[id_]


def states_of(scores: Scores, ids: Sequence[str]) -> dict[str, State]:
    """These accounts as they are; those that are not among the scored have none."""
    own = scores.plan.score
    wanted = list(ids)
    cells = by_account(scores.cells.filter(scores.cells.id.isin(wanted)), wanted)
    truths = _by_id(fired(scores.plan, scores.metrics), wanted)
    added = _by_id(adjustments(own, scores.plan.native, scores.metrics), wanted)
    return {
        id_: State(
            cells[id_],
            row["variant"],
            tuple(added[id_][name] for name in adjust_names(own)),
            tuple(truths[id_][name] for name in override_names(own)),
        )
        for id_, row in _by_id(scores.table.select("id", "variant"), wanted).items()
    }


def by_account(cells: ibis.Table, ids: Sequence[str]) -> dict[str, dict[int, Cell]]:
    """Each of these accounts → node → its cell, in the order of the nodes. cells: id, node, state, points, scale."""
    found: dict[str, dict[int, Cell]] = {id_: {} for id_ in ids}
    for row in fetch.rows(cells.order_by("id", "node")):
        found[row["id"]][row["node"]] = (row["state"], row["points"], row["scale"])
    return found


def _by_id(table: ibis.Table, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in fetch.rows(table.filter(table.id.isin(ids)))}


def scored(scores: Scores, states: Sequence[State], keep: Keep) -> list[dict[str, Any]]:
    """The row of each state, in their order and in the columns of `final.finish`."""
    names = [f"{index:08d}" for index in range(len(states))]
    own = scores.plan.score
    fields = [("id", pa.string()), ("variant", pa.int16()), ("unsure", pa.bool_()), ("main", pa.bool_())]
    asked = [{"variant": state.variant, "unsure": False, "main": True} for state in states]
    added = [("id", pa.string()), ("known", pa.float64())]
    added += [(f"{name}{end}", pa.float64()) for name in adjust_names(own) for end in ("", "_low", "_high")]
    points = [{"known": 1.0, **_thrice(adjust_names(own), state.added)} for state in states]
    held = [("id", pa.string()), *((name, pa.bool_()) for name in override_names(own))]
    truths = [dict(zip(override_names(own), state.truths, strict=True)) for state in states]
    groups = keep(climb(scores.plan, ibis.memtable(_cells(names, states)), keep))
    root = rooted(scores.plan, _rows(names, asked, fields), groups)
    found = finish(scores.plan, root, _rows(names, truths, held), _rows(names, points, added))
    return fetch.rows(keep(found).order_by("id"))


def _cells(names: list[str], states: Sequence[State]) -> pa.Table:
    """By column, and not by row: states can be many."""
    ids = [name for name, state in zip(names, states, strict=True) for _ in state.cells]
    nodes = [node for state in states for node in state.cells]
    values = [cell for state in states for cell in state.cells.values()]
    columns = [ids, nodes, *(zip(*values, strict=True) if values else [()] * 3)]
    return pa.table([pa.array(list(c), field.type) for c, field in zip(columns, _CELLS, strict=True)], schema=_CELLS)


def _thrice(names: list[str], points: tuple[float, ...]) -> dict[str, float]:
    """The points of each adjustment as its value and as both ends of its range."""
    return {f"{name}{end}": value for name, value in zip(names, points, strict=True) for end in ("", "_low", "_high")}


def _rows(names: list[str], rows: list[dict[str, Any]], fields: list[tuple[str, pa.DataType]]) -> ibis.Table:
    named = [{"id": name, **row} for name, row in zip(names, rows, strict=True)]
    return ibis.memtable(pa.Table.from_pylist(named, schema=pa.schema(fields)))


_CELLS = pa.schema(
    [("id", pa.string()), ("node", pa.int16()), ("state", pa.string()), ("points", pa.float64()), ("scale", pa.int16())]
)
