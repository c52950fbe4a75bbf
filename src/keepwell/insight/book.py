"""The book: what every account is worth per year, from each day on which that changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from keepwell.errors import FactsError, ModelError
from keepwell.facts import Facts, fetch
from keepwell.facts.entities import ENDED, ID
from keepwell.facts.expressions import NUMBER, condition, kind_of, settle, to_ibis
from keepwell.facts.feed import compiled
from keepwell.facts.identity import OWNER
from keepwell.facts.moment import TIME, Moment
from keepwell.model.book import Book
from keepwell.scoring.terms import beside

NEVER = ibis.date("9999-12-31")
"""A day after all others: the end of what goes on."""


@dataclass(frozen=True)
class Rows:
    """The rows of the book that could be seen on a day, all of them.

    rows: account, begin, end (NULL: it goes on), arr, at (when it was recorded), over (the day on which the account
    ended, or NULL), and the columns of `lines`, of whose rows with the same values one holds at a time.
    """

    rows: ir.Table
    lines: tuple[str, ...]

    @property
    def held(self) -> ir.Table:
        """account, begin, end, arr: the rows that hold on some day, each as long as it does.

        A newer row replaces the older; of two that begin on one day the one does that was recorded later. What was
        recorded before the end of an account ends with it: whoever is gone pays nothing, however long a contract runs.
        What was recorded later says that the account came back.
        """
        rows = self.rows.filter(~reduce(or_, _left_out(self.rows).values()))
        ends = [rows.end, ibis.ifelse(rows["at"].date() < rows.over, rows.over, NEVER)]
        if self.lines:
            order = [rows[name] for name in ("begin", "at", "account", "arr", "end")]
            ends.append(rows.begin.lead().over(group_by=[rows[name] for name in self.lines], order_by=order))
        end = ibis.least(*(day.fill_null(NEVER) for day in ends)).nullif(NEVER)
        held = rows.select("account", "begin", "arr", end=end)
        return held.filter(held.end.isnull() | (held.begin < held.end))

    def doubts(self) -> list[str]:
        """What was left out, as sentences."""
        counts = {said: which.sum() for said, which in _left_out(self.rows).items()}
        found = fetch.rows(self.rows.aggregate(**counts))[0]
        return [f"left out: {count:,} row{'s' * (count > 1)} {said}." for said, count in found.items() if count]


def _left_out(rows: ir.Table) -> dict[str, ir.BooleanValue]:
    """What is wrong with rows that count as nothing, in words, and which they are."""
    return {
        "without an account": rows.account.isnull(),
        "without a first day": rows.begin.isnull(),
        "without an amount": rows.arr.isnull(),
        "whose end lies before the first day": (rows.end < rows.begin).fill_null(False),
    }


def rows_of(facts: Facts, book: Book, known_by: Moment) -> Rows:
    """What could be seen of the book's rows on a day, each with the account that it belongs to on that day.

    Raises ModelError where a column or formula is of another kind than the book needs.
    """
    spec = facts.model.tables[book.table]
    seen = facts.seen(book.table, known_by)
    if book.where is not None:
        seen = seen.filter(compiled(condition, book.where, seen, spec, "book.where"))
    seen = facts.owned(seen, book.table, "account", known_by)
    begin = _day(seen, book.from_ or spec.time, "from")
    ends = _day(seen, book.until, "until") if book.until else ibis.null("date")
    arr = settle(compiled(to_ibis, book.arr, seen, spec, "book.arr"))
    if kind_of(arr) != "number":
        raise ModelError(f"book.arr: ‘{book.arr}’ is no number, and the amount of a year is needed there.")
    lines = {f"@line{index}": seen[name] for index, name in enumerate(book.one_per)}
    rows = seen.select(
        account=seen[OWNER],
        begin=begin,
        end=_day(seen, book.last, "last") + ibis.interval(days=1) if book.last else ends,
        arr=arr.cast(NUMBER),
        at=seen[spec.time] if spec.time else begin.cast(TIME),
        **lines,
    )
    people = facts.everybody("account", known_by)
    return Rows(beside(rows, people.select(account=people[ID], over=people[ENDED].date()), ["account"]), tuple(lines))


def _day(rows: ir.Table, column: str | None, field: str) -> ir.DateValue:
    value = rows[column or ""]
    if kind_of(value) not in ("time", None):
        raise ModelError(f"book.{field}: ‘{column}’ holds no times, and a day is needed there.")
    return value.cast(TIME).date()


def steps_of(rows: ir.Table, gap: int) -> ir.Table:
    """account, day, arr, before, first: what it is worth from this day on, and what it was until then. Changes only.

    rows: those of `Rows.held`. What adds up to less than nothing is nothing. first: the day of its first revenue.
    """
    begins = rows.select("account", day=rows.begin, change=rows.arr)
    ends = rows.filter(rows.end.notnull())
    both = begins.union(ends.select("account", day=ends.end, change=-ends.arr))
    daily = both.group_by("account", "day").aggregate(change=both.change.sum().cast(NUMBER))
    arr = daily.change.sum().over(group_by="account", order_by="day", rows=(None, 0)).cast(NUMBER)
    steps = _changes(daily.select("account", "day", arr=ibis.greatest(arr, ibis.literal(0, NUMBER))))
    if gap:
        after = steps.day.lead().over(group_by="account", order_by="day")
        apart = steps.mutate(bridged=(steps.arr == 0) & (after <= steps.day + ibis.interval(days=gap)))
        steps = _changes(apart.filter(~apart.bridged.fill_null(False)))
    return steps.mutate(first=steps.day.min().over(group_by="account"))


def _changes(levels: ir.Table) -> ir.Table:
    """account, day, arr, before: the days on which what an account is worth is another than before."""
    before = levels.arr.lag().over(group_by="account", order_by="day").fill_null(0).cast(NUMBER)
    found = levels.select("account", "day", "arr", before=before)
    return found.filter(found.arr != found.before)


def one_currency(facts: Facts, book: Book, known_by: Moment) -> None:
    """Raise FactsError where amounts of several currencies would be added up as they stand."""
    currency = facts.model.tables[book.table].currency
    if currency is None or len(book.arr.names) > 1:
        return  # a formula of several columns is taken to convert
    seen = facts.seen(book.table, known_by)
    names = seen.select(name=seen[currency]).distinct().drop_null().order_by("name").limit(5)
    if len(found := [row["name"] for row in fetch.rows(names)]) > 1:
        said = f"{book.table} has amounts in {', '.join(found)}, and they cannot be added up"
        raise FactsError(f"{said}; let `book: arr:` convert them, such as arr * rate.")
