"""What comes and goes from day to day, and what is there on each day because of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from keepwell.scoring.keep import Keep

WANTED = "@wanted"


@dataclass
class Steps:
    """Sums that change on a day, and peaks: the largest that was there so far stays.

    last: how many days there are; what goes on none of them is not written down.
    """

    last: int
    sums: dict[str, dt.DataType] = field(default_factory=dict)
    peaks: dict[str, dt.DataType] = field(default_factory=dict)
    branches: list[ir.Table] = field(default_factory=list)

    def add(self, rows: ir.Table, sums: Mapping[str, ir.Value], peaks: Mapping[str, ir.Value]) -> None:
        """Rows with key, start and end (indexes of days): what each adds while it lasts, and what it may be largest of.

        Counts are added up as doubles, exact up to 2^53 and twice as fast as whole numbers of 128 bits.
        """
        counts = {name: value.cast("float64") if value.type().is_integer() else value for name, value in sums.items()}
        self.sums |= {name: value.type() for name, value in counts.items()}
        self.peaks |= {name: value.type() for name, value in peaks.items()}
        self.branches.append(rows.select("key", index=rows.start, **counts, **peaks))
        if counts:
            gone = {name: -value for name, value in counts.items()}
            self.branches.append(rows.filter(rows.end < self.last).select("key", index=rows.end, **gone))

    def gathered(self) -> ir.Table:
        """key, index and every sum and peak: one row per key and day on which anything changes."""
        return _grouped([_whole(branch, self.kinds) for branch in self.branches], ["key", "index"], self.sums)

    @property
    def kinds(self) -> dict[str, dt.DataType]:
        """The type of every sum and peak."""
        return self.sums | self.peaks

    def on_days(self, gathered: ir.Table, asked: ir.Table, between: tuple[int, int], keep: Keep) -> ir.Table:
        """The rows of `asked` (key, index) with what is there on each of their days; NULL where nothing ever was.

        `asked` has no row twice, every key of it is one of `gathered`, and its indexes are `between` two.
        """
        keys, (first, last) = ["key", "index"], between
        gathered = gathered.filter(gathered["index"] <= last)
        gathered = gathered.mutate(index=ibis.greatest(gathered["index"], first))  # whatever came before is there then
        wanted = asked.select(*keys, **{WANTED: ibis.literal(1.0)})
        kinds = self.kinds | {WANTED: dt.float64}
        whole = keep(_grouped([_whole(gathered, kinds), _whole(wanted, kinds)], keys, self.sums))
        so_far = ibis.cumulative_window(group_by=whole.key, order_by=whole["index"])
        found = {name: whole[name].sum().over(so_far) for name in self.sums}
        found |= {name: whole[name].max().over(so_far) for name in self.peaks}
        running = whole.select(*keys, WANTED, **found)
        return running.filter(running[WANTED].notnull()).drop(WANTED)


def _whole(branch: ir.Table, kinds: Mapping[str, dt.DataType]) -> ir.Table:
    """The branch with every column, NULL where it says nothing, all in one order and of one type."""
    there = set(branch.columns)
    columns = {n: branch[n].cast(k) if n in there else ibis.null(k) for n, k in sorted(kinds.items())}
    return branch.select("key", index=branch["index"].cast("int32"), **columns)


def _grouped(branches: list[ir.Table], keys: list[str], sums: Collection[str]) -> ir.Table:
    """The sums added up, and of all else the largest."""
    rows = ibis.union(*branches) if len(branches) > 1 else branches[0]
    named = {name: rows[name] for name in rows.columns if name not in ("key", "index")}
    return rows.group_by(*keys).aggregate(**{n: v.sum() if n in sums else v.max() for n, v in named.items()})
