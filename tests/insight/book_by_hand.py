"""The book worked out day by day in plain Python: what the queries are held against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

ONE = timedelta(days=1)


@dataclass(frozen=True)
class Row:
    """A contract: `end` is the first day without it; `line` is what it shares with those that it replaces."""

    account: str
    begin: date
    end: date | None
    arr: Decimal
    line: str | None = None


def worth(rows: Sequence[Row], account: str, day: date) -> Decimal:
    """What rows that hold on the day add up to. Of a line only the row holds that began last."""
    begun = [row for row in rows if row.account == account and row.begin <= day]
    newest = {row.line: row for row in sorted(begun, key=lambda row: row.begin) if row.line}
    held = [row for row in begun if (row.end is None or day < row.end) and (not row.line or newest[row.line] is row)]
    return max(sum((row.arr for row in held), Decimal()), Decimal())


def levels(rows: Sequence[Row], account: str, first: date, last: date, gap: int) -> dict[date, Decimal]:
    """Day → worth, with days without any that lie between others, `gap` of them or fewer, at what was before."""
    found = {day: worth(rows, account, day) for day in _days(first, last)}
    without: list[date] = []
    before = Decimal()
    for day in _days(first, last):
        if found[day] > 0:
            if before > 0 and len(without) <= gap:
                found |= dict.fromkeys(without, before)
            without, before = [], found[day]
        else:
            without.append(day)
    return found


def bridge(rows: Sequence[Row], opens: date, closes: date, span: tuple[date, date], gap: int) -> dict[str, Decimal]:
    """What `movements.totals` says of a window, without the rates."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for account in {row.account for row in rows}:
        worths = levels(rows, account, *span, gap)
        before, after = worths[opens], worths[closes]
        earlier = any(worths[day] > 0 for day in _days(span[0], opens))
        found["opening"] += before
        found["closing"] += after
        found["accounts_opening"] += before > 0
        found["accounts_closing"] += after > 0
        found["kept"] += after if before > 0 else 0
        found["capped"] += min(before, after)
        found["stayed"] += before > 0 and after > 0
        if before == 0 and after > 0:
            found["returned" if earlier else "new"] += after
        elif after == 0:
            found["churn"] += before
        else:
            found["expansion" if after > before else "contraction"] += abs(after - before)
    return found


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=index) for index in range((last - first).days + 1))
