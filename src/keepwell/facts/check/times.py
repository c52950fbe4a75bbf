"""When things happened and when they were learned: rows without a time, in the future, feeds that fell silent."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from keepwell.facts.check.report import Findings, Look, one
from keepwell.facts.check.words import many, rows_of

FEWEST_DAYS = 8
"""With fewer days of facts nothing is said about the usual gap between them."""
SHORTEST_SILENCE = 7
FAR_BEYOND = 4
"""A silence is reported from this many times the gap that 95 % of the gaps stay within."""


def times(look: Look) -> Findings:
    """Check the time and known columns of a feed."""
    spec, rows = look.feed.spec, look.feed.rows
    if spec.time is None:
        if spec.known is not None:
            yield from _never_learned(look, one(rows.aggregate(n=rows[spec.known].isnull().sum().fill_null(0)))["n"])
        return
    found = _counted(rows, spec.time, spec.known, look.as_of)
    if found["no_time"]:
        said = f"{rows_of(found['no_time'], look.count)} without ‘{spec.time}’: nobody knows when that happened"
        yield look.warn("no-time", f"{said}, and it never counts.")
    if found["future"]:
        said = f"{rows_of(found['future'], look.count)} after {look.as_of}, up to {found['last'].date()}"
        yield look.warn("future", f"{said}: nothing counts before its day comes.")
    yield from _never_learned(look, found["no_known"])
    if found["early"]:
        said = f"{rows_of(found['early'], look.count)} known ({spec.known}) on a day before it happened"
        yield look.warn("known-before", f"{said} ({spec.time}); one of the two columns is wrong.")
    yield from _fresh(look, found["newest"])


def _never_learned(look: Look, count: int) -> Findings:
    if count:
        said = f"{rows_of(count, look.count)} without ‘{look.feed.spec.known}’: that was never learned"
        yield look.warn("no-known", f"{said}, and it never counts.")


def _counted(rows: ir.Table, happened: str, known: str | None, as_of: date) -> dict[str, Any]:
    end = ibis.literal(datetime.combine(as_of + timedelta(days=1), time.min), "timestamp(6)")
    at = rows[happened]
    learned = rows[known] if known else None
    return one(
        rows.aggregate(
            no_time=at.isnull().sum().fill_null(0),
            future=(at >= end).sum().fill_null(0),
            newest=at.max(where=at < end),
            last=at.max(),
            no_known=learned.isnull().sum().fill_null(0) if learned is not None else ibis.literal(0),
            early=(learned.date() < at.date()).sum().fill_null(0) if learned is not None else ibis.literal(0),
        )
    )


def _fresh(look: Look, newest: datetime | None) -> Findings:
    """Whether the feed fell silent: by what the model says, else by its own habit."""
    spec = look.feed.spec
    if newest is None:
        if look.count:
            yield look.warn("stale-feed", f"no row of it lies on or before {look.as_of}.")
        return
    silence = (look.as_of - newest.date()).days
    if spec.fresh is not None:
        if silence >= spec.fresh.days:
            said = f"its newest row is of {newest.date()}, {many(silence, 'day')} before {look.as_of}"
            yield look.warn("stale-feed", f"{said}; it counts as fresh for {spec.fresh}.")
        return
    usual = _usual_gap(look, spec.time or "") if silence > SHORTEST_SILENCE else None
    if usual is not None and silence > FAR_BEYOND * usual:
        said = f"its newest row is of {newest.date()}, {many(silence, 'day')} before {look.as_of}"
        yield look.warn("quiet-feed", f"{said}; days with rows are usually at most {many(usual, 'day')} apart.")


def _usual_gap(look: Look, happened: str) -> int | None:
    """The gap in days, between days with rows, that 95 % of the gaps stay within; None for too few days."""
    rows = look.feed.rows
    days = rows.select(day=rows[happened].date()).distinct()
    days = days.filter(days.day.notnull() & (days.day <= ibis.literal(look.as_of)))
    gaps = days.select(gap=days.day.delta(days.day.lag().over(order_by=days.day), unit="day"))
    found = one(gaps.aggregate(days=gaps.count(), usual=gaps.gap.cast("float64").quantile(0.95)))
    return max(1, round(found["usual"])) if found["days"] >= FEWEST_DAYS and found["usual"] is not None else None
