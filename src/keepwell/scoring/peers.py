"""What accounts like this one reach: per measure the level that at least a quarter of its peers have got to.

Peers of an account: all others that live and have a score, with the same value in every metric of the model's `peers:`
(an account of which one is unknown has none like it). For each measure those of them count that have a value for it, on
the same scale. Fewer than `FEWEST` of those tell nothing: then the last metric of `same` is dropped, and so on to
everybody, however few everybody is.

The level is the largest p such that at least a quarter of these peers have p points or more: the ⌈n/4⌉-th largest of
their points. It comes with the value of one of them that has exactly p: of those the nearest to the account's own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from keepwell.facts import fetch
from keepwell.scoring.conditions import value, widened
from keepwell.scoring.score import Scores
from keepwell.scoring.state import Cell

FEWEST = 10
"""So many peers with a value for a measure say what can be reached."""


@dataclass(frozen=True)
class Level:
    """What a quarter of `peers` accounts reach: points, and a value that gives them (one of number, text, day).

    `same`: what those have in common with the account, metrics of `peers:` in their order.
    """

    points: float
    peers: int
    same: tuple[str, ...]
    number: float | None
    text: str | None
    day: date | None


def quarter(peers: int) -> int:
    """How many of so many peers are at least a quarter of them."""
    return -(-peers // 4)


def levels(scores: Scores, id_: str, own: dict[int, Cell]) -> dict[int, Level]:
    """Node → level, of the measures in `own` (the account's cells) of which any peer has a value."""
    same = scores.model.peers.same if scores.model.peers else ()
    cells = _comparable(scores, _alike(scores, id_, same), id_, own)
    counted = cells.group_by("node").aggregate(
        **{f"n{depth}": cells.count(where=cells.depth >= depth) for depth in range(len(same) + 1)}
    )
    circles = [_circle(row, len(same)) for row in fetch.rows(counted)]
    return {
        row["node"]: Level(
            row["points"], row["peers"], tuple(same[: row["circle"]]), row["number"], row["text"], row["day"]
        )
        for row in fetch.rows(_reached(cells, circles))
    }


def _circle(row: dict[str, Any], depth: int) -> dict[str, int]:
    """The narrowest circle of peers that is large enough, else everybody; `rank`: who of them sets the level."""
    while depth and row[f"n{depth}"] < FEWEST:
        depth -= 1
    return {"node": row["node"], "circle": depth, "peers": row[f"n{depth}"], "rank": quarter(row[f"n{depth}"]) - 1}


def _alike(scores: Scores, id_: str, same: Sequence[str]) -> ir.Table:
    """id, depth: every other account with a score, and how many of `same`, from the first on, it shares."""
    spine = scores.table.filter(scores.table.score.notnull()).select("id")
    wide = widened(scores.metrics, spine, set(same))
    mine = fetch.rows(
        wide.filter(wide.id == id_).select(**{name: _of(wide, name, scores) for name in same} or {"id": "id"})
    )
    own = mine[0] if mine else {}
    differs = [(_differs(_of(wide, name, scores), own.get(name)), index) for index, name in enumerate(same)]
    depth = ibis.cases(*differs, else_=len(same)) if differs else ibis.literal(0)
    return wide.filter(wide.id != id_).select("id", depth=depth.cast("int16"))


def _of(wide: ir.Table, name: str, scores: Scores) -> ir.Value:
    return value(wide, name, scores.metrics)


def _differs(value: ir.Value, own: Any) -> ir.BooleanValue:
    """Unknown on either side is not the same."""
    return ibis.literal(True) if own is None else (value != own).fill_null(True)


def _comparable(scores: Scores, alike: ir.Table, id_: str, own: dict[int, Cell]) -> ir.Table:
    """node, depth, points, and the value: the cells with a value of peers whose scale is the account's.

    With `mine`, the account's own number.
    """
    rows = [{"node": node, "scale": scale} for node, (_, _, scale) in own.items()]
    scales = ibis.memtable(pa.Table.from_pylist(rows, schema=pa.schema([("node", pa.int16()), ("scale", pa.int16())])))
    valued = scores.cells.filter(scores.cells.state.isin(["ok", "ageing"]) & scores.cells.points.notnull())
    here = valued.semi_join(scales, ["node", "scale"]).inner_join(alike, "id").select("id", "node", "points", "depth")
    named = here.inner_join(ibis.memtable(scores.plan.leaves).select("node", "metric"), "node")
    values = scores.metrics.rows.select("id", "metric", "number", "text", "day")
    mine = values.filter(values.id == id_).select("metric", mine="number")
    both = named.inner_join(values, ["id", "metric"]).left_join(mine, "metric")
    return both.select("node", "depth", "points", "number", "text", "day", "mine")


def _reached(cells: ir.Table, circles: Collection[dict[str, int]]) -> ir.Table:
    """node, circle, peers, points, number, text, day: one row per measure, that of the peer who sets the level.

    Of equals the one nearest to the account is first, and they begin below the rank that is asked for.
    """
    schema = pa.schema([("node", pa.int16()), ("circle", pa.int16()), ("peers", pa.int64()), ("rank", pa.int64())])
    asked = ibis.memtable(pa.Table.from_pylist(list(circles), schema=schema))
    inside = cells.inner_join(asked, "node")
    inside = inside.filter(inside.depth >= inside.circle)
    order = [inside.points.desc(), (inside.number - inside.mine).abs(), inside.number, inside.text, inside.day]
    ranked = inside.mutate(place=ibis.row_number().over(ibis.window(group_by=inside.node, order_by=order)))
    edge = ranked.filter(ranked.place == ranked["rank"]).select("node", edge="points")
    tied = ranked.inner_join(edge, "node")
    tied = tied.filter(tied.points == tied.edge)
    first = tied.mutate(first=tied.place == tied.place.min().over(ibis.window(group_by=tied.node)))
    return first.filter(first["first"]).select("node", "circle", "peers", "points", "number", "text", "day")
