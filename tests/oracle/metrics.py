"""Metrics: one number, category, date or yes/no of one entity as of one day, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from keepwell.model import Model
from keepwell.model.graph import BUILT_IN
from keepwell.model.metrics import (
    CHILDREN,
    Aggregate,
    Attribute,
    Change,
    CountTrue,
    Expr,
    FromInput,
    OfScore,
    Past,
    Ratio,
)
from keepwell.model.window import FirstDays
from tests.oracle.expressions import Names, evaluate, truth
from tests.oracle.facts import DAY, Facts, Row, end_of, moment
from tests.oracle.numbers import Value, rounded, told
from tests.oracle.verbs import ZERO_WHEN_EMPTY, Reader

State = Literal["ok", "no_data", "not_connected", "stale_feed", "undefined", "worst"]

NEED_THE_FEED = (*ZERO_WHEN_EMPTY, "days_since")
"""Verbs that claim something of the time in which nothing was recorded."""


@dataclass(frozen=True)
class Reading:
    """A metric's value with its state; `at`: the newest time behind it, `exact`: the number unrounded.

    `rests_on`: the readings of other metrics, of this entity and of others, that it was made of.
    """

    state: State
    value: Value = None
    at: datetime | None = None
    exact: Fraction | None = None
    rests_on: tuple[Reading, ...] = ()


@dataclass(frozen=True)
class Feed:
    """A table as one account's metric finds it: without any visible row, fresh, connected to the account."""

    empty: bool
    fresh: bool
    connected: bool


class Metrics:
    """Every metric of every entity as of a day, by what was known on another."""

    def __init__(self, facts: Facts, known_by: date, score_all: Callable[[str, date], Any]) -> None:
        """`score_all`: a score's name and a day → account → its `Scored`."""
        self._score_all = score_all
        self.facts = facts
        self.model: Model = facts.model
        self.known_by = known_by
        self._readings: dict[tuple[str, Value, date], Reading] = {}
        self._open: list[list[Reading]] = [[]]

    def read(self, name: str, entity: Value, as_of: date) -> Reading:
        """The metric of this entity of the metric's level."""
        key = (name, entity, as_of)
        if key not in self._readings:
            self._open.append([])
            told = _as_told(self._compute(name, entity, as_of))
            self._readings[key] = replace(told, rests_on=tuple(self._open.pop()))
        self._open[-1].append(self._readings[key])
        return self._readings[key]

    def names(self, level: str, entity: Value, as_of: date, wanted: Iterable[str]) -> Names:
        """What a condition over metrics sees: a metric without a value reads NULL."""
        return {name: self.read(name, entity, as_of).value for name in wanted if self._level(name) == level}

    def _level(self, name: str) -> str:
        return self.model.metrics[name].for_ if name in self.model.metrics else "account"

    def _compute(self, name: str, entity: Value, as_of: date) -> Reading:
        if name in BUILT_IN:
            return self._built_in(name, entity, as_of)
        metric = self.model.metrics[name]
        match metric:
            case Attribute():
                row = self.facts.entity(metric.for_, entity, as_of, self.known_by)
                lives = self.facts.lives(metric.for_, entity, as_of, self.known_by)
                return _reading(row[metric.attribute] if row is not None and lives else None)
            case OfScore():
                return self._of_score(metric, entity, as_of)
            case Aggregate() if metric.source in self.model.entities or metric.source == CHILDREN:
                return self._over_level(metric, entity, as_of)
            case Aggregate():
                return self._over_table(metric, entity, as_of)
            case Expr():
                return self._formula(metric, entity, as_of)
            case Ratio():
                inputs = [self.read(item, entity, as_of) for item in metric.ratio]
                return _combined(inputs, lambda new, old: new / old, metric.if_zero, _oldest(inputs))
            case Past():
                then = self.read(metric.past, entity, metric.ago.before(as_of))
                return replace(then, state=then.state if then.state != "ok" or then.value is not None else "undefined")
            case CountTrue():
                return self._count(metric, entity, as_of)
        assert not isinstance(metric, FromInput), "a loaded model has metrics over `pulses` in place of inputs"
        return self._change(metric, entity, as_of)

    def _built_in(self, name: str, entity: Value, as_of: date) -> Reading:
        today = end_of(as_of) - DAY
        return _reading(today if name == "today" else self.facts.tenure("account", entity, as_of, self.known_by))

    # ---- metrics over scores

    def _of_score(self, metric: OfScore, entity: Value, as_of: date) -> Reading:
        """The score as people see it on that day, where the evidence is enough for one."""
        scored = self._score_all(metric.named, as_of).get(entity)
        if scored is None:
            return _reading(None)
        if metric.verb == "tier":
            return _reading(None if scored.standing == "insufficient" else scored.tier)
        least = self.model.scores[metric.named].minimum_coverage
        return _reading(scored.native if rounded(scored.coverage, 9) >= rounded(least, 9) else None)

    # ---- metrics over metrics

    def _change(self, metric: Change, entity: Value, as_of: date) -> Reading:
        """The old value is of the old window, as it is known now. Nothing is a share of less than nothing.

        The change is as old as the newer value.
        """
        inputs = [self.read(metric.change, entity, day) for day in (as_of, metric.against.before(as_of))]
        if metric.as_ == "difference":
            return _combined(inputs, lambda new, old: new - old, None, inputs[0].at)
        return _combined(inputs, lambda new, old: new / old - 1 if old > 0 else None, metric.if_zero, inputs[0].at)

    def _formula(self, metric: Expr, entity: Value, as_of: date) -> Reading:
        """A formula speaks where it has a value although an input is missing: coalesce settled it."""
        in_file_order = [name for name in [*self.model.metrics, "tenure_days", "today"] if name in metric.expr.names]
        inputs = [self.read(name, entity, as_of) for name in in_file_order]
        names = dict(zip(in_file_order, (item.value for item in inputs), strict=True))
        value = evaluate(metric.expr.tree, names)
        return replace(_reading(value, _absence(inputs) or "undefined"), at=_oldest(inputs))

    def _count(self, metric: CountTrue, entity: Value, as_of: date) -> Reading:
        """Unknown conditions are left out; where all are, the inputs say why."""
        inputs = [self.read(name, entity, as_of) for name in metric.names]
        names = dict(zip(metric.names, (item.value for item in inputs), strict=True))
        held = [truth(condition, names) for condition in metric.count_true]
        value = None if set(held) == {None} else Fraction(held.count(True))
        return replace(_reading(value, _absence(inputs) or "undefined"), at=_oldest(inputs))

    # ---- metrics over the rows of a table

    def _over_table(self, metric: Aggregate, entity: Value, as_of: date) -> Reading:
        spec = self.model.tables[metric.source or ""]
        born = self.facts.born(metric.for_, entity, as_of, self.known_by)
        reader = Reader(metric, as_of, spec.time, spec.known, born.date() if born else None)
        rows = self.facts.rows_of(metric.source or "", metric.for_, entity, as_of, self.known_by)
        used = [row for row in rows if reader.counts(row)]
        at = reader.at(rows if metric.verb in NEED_THE_FEED else used)
        if self.facts.for_all(metric.source or ""):
            at = max((moment(row, spec.time) for row in rows), default=None)
        value = reader.value(used) if used else None
        feed = self._feed(metric, rows, entity, as_of)
        says = _claim if metric.verb in NEED_THE_FEED else _value
        if self.facts.for_all(metric.source or "") and not feed.empty and not feed.fresh:
            return Reading("stale_feed", at=at)
        return replace(says(metric, value, feed), at=at)

    def _feed(self, metric: Aggregate, rows: Sequence[Row], entity: Value, as_of: date) -> Feed:
        """The feed is fresh if its newest row, of any account, is younger than `fresh:`, or else than the window."""
        spec = self.model.tables[metric.source or ""]
        over = None if isinstance(metric.over, FirstDays) else metric.over
        first = as_of - spec.fresh.delta + DAY if spec.fresh else over.span(as_of)[0] if over else None
        newest = self.facts.newest(metric.source or "", as_of, self.known_by)
        fresh = newest is not None and (first is None or newest >= end_of(first) - DAY)
        if rows or spec.connected_if is None or metric.for_ != "account":
            return Feed(newest is None, fresh, bool(rows))
        names = self.names("account", entity, as_of, spec.connected_if.names)
        return Feed(newest is None, fresh, truth(spec.connected_if, names) is True)

    # ---- metrics over the entities of a level below

    def _over_level(self, metric: Aggregate, entity: Value, as_of: date) -> Reading:
        """Living entities have no window and no feed of their own, but what is unknown of them stays unknown."""
        level = "account" if metric.source == CHILDREN else metric.source or ""
        reader = Reader(metric, as_of)
        below = self._below(metric, level, entity, as_of)
        rows = [dict(self.names(level, item, as_of, reader.reads)) for item in below]
        undecided = [item for item, row in zip(below, rows, strict=True) if reader.undecided(row)]
        states = {self.read(name, item, as_of).state for item in undecided for name in reader.reads}
        if "stale_feed" in states:
            return Reading("stale_feed")
        if below and len(undecided) == len(below):
            lost: State = "not_connected" if states == {"not_connected"} else "no_data"
            return Reading("worst" if metric.absent == "worst" else lost)
        if undecided and metric.unknown == "missing":
            return Reading("no_data")
        used = [row for row in rows if reader.counts(row)]
        if used and (value := reader.value(used)) is not None:
            return Reading("ok", value, self._oldest_of(metric, below, rows, reader, as_of))
        absent = metric.absent or ("zero" if metric.verb == "count" else "missing")
        return {"zero": Reading("ok", Fraction()), "worst": Reading("worst"), "missing": Reading("no_data")}[absent]

    def _oldest_of(
        self, metric: Aggregate, below: Sequence[Value], rows: Sequence[Row], reader: Reader, as_of: date
    ) -> datetime | None:
        """As old as the oldest of the values that it is made of; a count of entities is made of none."""
        counted = [item for item, row in zip(below, rows, strict=True) if reader.counts(row)]
        return _oldest([self.read(metric.column, item, as_of) for item in counted]) if metric.column else None

    def _below(self, metric: Aggregate, level: str, entity: Value, as_of: date) -> list[Value]:
        """The living entities that are part of this one."""
        return self.facts.parts_of(level, metric.source == CHILDREN, as_of, self.known_by).get(entity, [])


def _claim(metric: Aggregate, value: Value, feed: Feed) -> Reading:
    """Counts, sums and «days since» are claims about absence: without the feed they say nothing, rows or no rows."""
    none = {"zero": Reading("ok", Fraction()), "missing": Reading("no_data"), "worst": Reading("worst")}
    if metric.verb == "days_since":
        none["zero"] = Reading("no_data")
    if feed.empty:
        return Reading("stale_feed") if feed.connected else Reading("not_connected")
    if not feed.connected and metric.absent not in ("zero", "worst"):
        return Reading("not_connected")
    if not feed.fresh:
        return Reading("stale_feed")
    if value is not None and (feed.connected or metric.absent == "zero"):
        return Reading("ok", value)
    return none[metric.absent or "zero"]


def _value(metric: Aggregate, value: Value, feed: Feed) -> Reading:
    """The other verbs: a value is one however old; `absent` speaks only where it is known that there is nothing."""
    if value is not None:
        return Reading("ok", value)
    if feed.empty or not feed.connected:
        return Reading("worst") if metric.absent == "worst" and not feed.empty else Reading("not_connected")
    if not feed.fresh:
        return Reading("stale_feed")
    if metric.absent == "zero" and metric.verb not in ("last", "first", "days_until"):
        return Reading("ok", Fraction())
    return Reading("worst") if metric.absent == "worst" else Reading("no_data")


def _reading(value: Value, otherwise: State = "no_data") -> Reading:
    return Reading(otherwise) if value is None else Reading("ok", value)


def _combined(
    inputs: Sequence[Reading],
    compute: Callable[[Fraction, Fraction], Fraction | None],
    if_zero: Decimal | str | None,
    at: datetime | None,
) -> Reading:
    """Two numbers made one. `if_zero` says what a second number of zero means; None: it is a number like others."""
    if reason := _absence(inputs):
        return Reading(reason, at=at)
    new, old = (item.value for item in inputs)
    assert isinstance(new, Fraction)
    assert isinstance(old, Fraction)
    if if_zero is None or old != 0:
        return replace(_reading(compute(new, old), "undefined"), at=at)
    if isinstance(if_zero, Decimal):
        return Reading("ok", Fraction(if_zero), at)
    return Reading("worst" if if_zero == "worst" else "undefined", at=at)


def _as_told(reading: Reading) -> Reading:
    """The one place where a number is rounded, before anything is made of it; a time is told as its day."""
    match reading.value:
        case Fraction() as number:
            return replace(reading, value=told(number), exact=number)
        case datetime() as time:
            return replace(reading, value=end_of(time.date()) - DAY)
    return reading


def _absence(inputs: Sequence[Reading]) -> State | None:
    """The state that inputs without a value pass on: the first one missing, else worst."""
    missing: list[State] = [item.state for item in inputs if item.state not in ("ok", "worst")]
    worst: list[State] = [item.state for item in inputs if item.state == "worst"]
    return next(iter(missing + worst), None)


def _oldest(inputs: Sequence[Reading]) -> datetime | None:
    return min((item.at for item in inputs if item.at is not None), default=None)
