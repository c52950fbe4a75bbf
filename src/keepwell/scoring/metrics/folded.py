"""Metrics of many days in one pass over a table: what came and what went, added up from day to day.

Each fact is counted once, on the first day that has it, and taken away once, on the first that has it no more, so the
cost is that of the facts and of the days that come out, not of their product. Sums are exact, so adding and taking
away leaves what adding alone would. A newest row only ever gives way to a newer one, and is the last of them to leave
a window.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import ibis
import ibis.expr.types as ir

from keepwell.facts import as_id, fetch
from keepwell.facts.moment import ON
from keepwell.model.metrics import Aggregate, Count, CountDistinct, DaysSince
from keepwell.model.window import FirstDays
from keepwell.scoring.keep import Keep
from keepwell.scoring.metrics.aggregates import is_newest, newest_name
from keepwell.scoring.metrics.coming import add_all
from keepwell.scoring.metrics.folding import Folding, parts_of
from keepwell.scoring.metrics.needs import Need
from keepwell.scoring.metrics.steps import Steps
from keepwell.scoring.metrics.sums import ADDED, made_of
from keepwell.scoring.terms import beside

SHARE = 50_000_000
"""So many rows are folded at once: twice as many took 10 GiB, and a scan more costs little."""


@dataclass(frozen=True)
class Folded:
    """What came and went on the days of a folding, and the newest rows of the feed on each: @on and their times.

    gathered: see `Steps.gathered`. people: key, id. ranks: see `coming.add_all`.
    """

    folding: Folding
    steps: Steps
    gathered: ir.Table
    people: ir.Table
    ranks: dict[str, ir.Table]
    feed: ir.Table

    def on(self, days: Sequence[date], spine: ir.Table, keep: Keep) -> ir.Table:
        """Id, @on and the columns of `aggregates.aggregates` for rows of `spine` on some days that follow each other.

        `spine`: id, @on; those of whom the table has no row are left out.
        """
        index, first = self.folding.index, self.folding.days.on.index(days[0])
        asked = spine.inner_join(self.people, "id").inner_join(index, ON)
        with keep.apart() as passing:
            there = self.steps.on_days(self.gathered, asked, (first, first + len(days) - 1), passing)
            for rank, rows in self.ranks.items():
                there = beside(there, rows, ["key", rank])
            there = there.inner_join(self.people, "key").inner_join(index, "index")
            return keep(_values(self.folding, there))


def fold(folding: Folding) -> Folded:
    """Read the rows and keep what they come to: some entities after others, where all at once take too much memory."""
    keep = folding.keep
    steps, gathered, ranks = zip(*(_gathered(replace(folding, rows=rows)) for rows in _shares(folding)), strict=True)
    whole = _together(gathered)
    ranked = {rank: _together([own[rank] for own in ranks]) for rank in ranks[0]}
    people = whole.select("key").distinct().filter(ibis._.key.notnull())
    people = keep(people.mutate(id=as_id(people.key)))
    return Folded(folding, steps[0], whole, people, ranked, keep(_feed(folding, whole)))


def _shares(folding: Folding) -> Iterator[ir.Table]:
    """The rows in as many shares of entities as memory asks for; nobody's are in the first."""
    rows = folding.rows
    count = 1 + int(fetch.rows(rows.aggregate(n=rows.count()))[0]["n"]) // SHARE
    share = (rows[folding.key].hash() % count).abs().fill_null(0)
    yield from (rows.filter(share == index) if count > 1 else rows for index in range(count))


def _gathered(folding: Folding) -> tuple[Steps, ir.Table, dict[str, ir.Table]]:
    """The steps of the rows, what changes on which day because of them, and the ranks (see `coming.add_all`)."""
    steps = Steps(len(folding.days.on))
    with folding.keep.apart() as passing:
        ranks = add_all(replace(folding, keep=passing), steps)
        return steps, folding.keep(steps.gathered()), {rank: folding.keep(rows) for rank, rows in ranks.items()}


def _together(parts: Sequence[ir.Table]) -> ir.Table:
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _values(folding: Folding, there: ir.Table) -> ir.Table:
    columns: dict[str, ir.Value] = {newest_name(ago): there[newest_name(ago)] for ago in folding.agos}
    for need, metric in folding.pairs:
        if not is_newest(metric):
            columns |= _value(folding, there, need, metric)
    return there.select("id", ON, **columns)


def _value(folding: Folding, there: ir.Table, need: Need, metric: Aggregate) -> dict[str, ir.Value]:
    """The metric's columns, from what there is of it on each day."""
    parts = parts_of(there, need.value)
    if isinstance(metric, CountDistinct):
        return {need.value: parts["values"].cast("int64")}
    if isinstance(metric, ADDED):
        value = made_of(metric, parts)
        value = value.cast("int64") if isinstance(metric, Count) else value
        return {need.value: value} | ({need.at: _inside(folding, there, need, metric)} if "at" in parts else {})
    at = _inside(folding, there, need, metric)
    if isinstance(metric, DaysSince):
        return {need.value: at}
    value = there[need.value]
    return {need.value: ibis.ifelse(at.notnull(), value, ibis.null(value.type())), need.at: at}


def _inside(folding: Folding, there: ir.Table, need: Need, metric: Aggregate) -> ir.TimestampValue:
    """The time of the newest row that came, where it is still in the window."""
    at = there[f"{need.value}:at"]
    over = metric.over
    if over is None or isinstance(over, FirstDays):
        return at
    inside = at >= folding.days.ago(need.ago).begins(there, over)
    return ibis.ifelse(inside, at, ibis.null(at.type()))


def _feed(folding: Folding, gathered: ir.Table) -> ir.Table:
    """Anybody's newest row, rows of nobody among them."""
    names = [newest_name(ago) for ago in folding.agos]
    came = gathered.group_by("index").aggregate(**{name: gathered[name].max() for name in names})
    days = beside(folding.index, came, ["index"])
    so_far = ibis.cumulative_window(order_by=days["index"])
    return days.select(ON, **{name: days[name].max().over(so_far) for name in names})
