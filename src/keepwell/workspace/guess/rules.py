"""What a guessed model measures: metrics that the columns of each table allow, and points as a start."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from keepwell.workspace.guess.tables import Found, is_level

RELATIONSHIP, USAGE, VALUE = DIMENSIONS = ("relationship_quality", "product_usage", "value_realisation")
ARR = "arr"
"""The metric of what an account pays per year, where its own table does not say it."""
Tables = Mapping[str, Found]
Words = Callable[[Found, str], frozenset[str]]
"""The words that stand in a column."""
URGENT = ("urgent", "critical", "blocker", "p1", "sev1", "highest", "high", "dringend", "kritisch", "hoch")


@dataclass(frozen=True)
class Rule:
    """Metrics by name, as a model file writes them, and the measure over the last of them; none if `points` is ''."""

    dimension: str
    metrics: Mapping[str, str]
    points: str

    @property
    def measure(self) -> str:
        """The name of the measure, and of its metric."""
        return list(self.metrics)[-1]


def rules_of(tables: Tables, words: Words) -> list[Rule]:
    """Everything that can be measured, in the order of the dimensions."""
    found = [
        *(*_surveys(tables, words), *_support(tables, words), *_meetings(tables)),
        *(*_events(tables), *_goals(tables), *_money(tables)),
    ]
    return sorted(found, key=lambda rule: DIMENSIONS.index(rule.dimension))


def _surveys(tables: Tables, words: Words) -> Iterator[Rule]:
    surveys = tables.get("surveys")
    if surveys and surveys.has("score"):
        low, high = _range(surveys, "score")
        kinds = words(surveys, "kind") if surveys.has("kind") else frozenset()
        where = ", where: kind = 'nps'" if "nps" in kinds else ""
        if where or (low >= 0 and 5 < high <= 10):
            nps = f"{{nps: surveys.score{where}, over: 365 days, label: NPS of its people}}"
            yield Rule(RELATIONSHIP, {"nps": nps}, "curve: [[-100, 0], [100, 100]]")
        elif scale := _scale(low, high):
            mean = "{mean: surveys.score, over: 365 days, label: answers to surveys}"
            yield Rule(RELATIONSHIP, {"survey_score": mean}, f"curve: {scale}")
    references = tables.get("references")
    if references and references.has("answer") and "yes" in words(references, "answer"):
        said = "{count: references, where: answer = 'yes', over: 365 days, absent: zero, label: references given}"
        yield Rule(RELATIONSHIP, {"references_given": said}, "curve: [[0, 50], [1, 100]]")


def _support(tables: Tables, words: Words) -> Iterator[Rule]:
    tickets, requests = tables.get("tickets"), tables.get("feature_requests")
    if tickets and tickets.has("csat", "closed_at") and (scale := _scale(*_range(tickets, "csat"))):
        csat = "{mean: tickets.csat, over: 182 days, label: satisfaction with support}"
        yield Rule(RELATIONSHIP, {"csat": csat}, f"curve: {scale}")
    if tickets:
        count = "{count: tickets, over: 91 days, absent: zero, label: tickets in 13 weeks}"
        yield Rule(USAGE, {"tickets_13w": count}, "curve: [[2, 100], [12, 0]]")
    if tickets and tickets.has("closed_at", "priority"):
        there = words(tickets, "priority")
        if word := next((word for word in URGENT if word in {item.casefold() for item in there}), None):
            label = f"absent: zero, label: open tickets of priority {word}"
            said = f"{{open: tickets, until: closed_at, where: \"lower(priority) = '{word}'\", {label}}}"
            yield Rule(USAGE, {"urgent_open": said}, "curve: [[0, 100], [2, 0]]")
    if requests and requests.has("delivered_on", "blocking"):
        said = "{open: feature_requests, until: delivered_on, where: blocking, absent: zero, label: wishes that block}"
        yield Rule(USAGE, {"blocking_wishes": said}, "curve: [[0, 100], [2, 0]]")


def _meetings(tables: Tables) -> Iterator[Rule]:
    if interactions := tables.get("interactions"):
        said = "{days_since: interactions, label: days since the last contact}"
        yield Rule(RELATIONSHIP, {"last_contact_days": said}, "curve: [[30, 100], [120, 0]]")
        if interactions.has("attended"):
            share = "{share: interactions, that: attended, over: 182 days, label: meetings attended}"
            yield Rule(RELATIONSHIP, {"meetings_attended": share}, "curve: [[0, 0], [1, 100]]")


def _events(tables: Tables) -> Iterator[Rule]:
    events = tables.get("events")
    if events is None:
        return
    what, label = ("sum", "events.count") if events.has("count") else ("count", "events")
    trend = "{change: events_4w, against: 28 days ago, label: use against four weeks ago}"
    curve = "curve: [[-0.5, 0], [0, 70], [0.5, 100]]"
    if events.link != "account_id":
        below = f"{{for: subscription, {what}: {label}, over: 28 days}}"
        above = "{sum: subscription.events_below, label: use in four weeks}"
        yield Rule(USAGE, {"events_below": below, "events_4w": above, "use_trend": trend}, curve)
        return
    days = "{count_distinct: events.day, over: 28 days, label: active days in four weeks}"
    yield Rule(USAGE, {"active_days": days}, "curve: [[0, 0], [12, 100]]")
    use = f"{{{what}: {label}, over: 28 days, label: use in four weeks}}"
    yield Rule(USAGE, {"events_4w": use, "use_trend": trend}, curve)
    if events.has("user_id"):
        users = "{count_distinct: events.user_id, over: 28 days, label: people active in four weeks}"
        if (seats := _seats(tables)) is not None:
            share = "{ratio: [active_users, seats], label: seats in use}"
            metrics = {"active_users": users, "seats": seats, "seat_use": share}
            yield Rule(USAGE, metrics, "curve: [[0.2, 0], [0.8, 100]]")


def _seats(tables: Tables) -> str | None:
    """The metric of seats paid for; None where no table has them."""
    for table in ("contracts", "subscriptions"):
        if table in tables and tables[table].has("seats"):
            return f"{{last: {table}.seats}}"
    return "{attribute: seats}" if tables["accounts"].has("seats") else None


def _goals(tables: Tables) -> Iterator[Rule]:
    goals = tables.get("goals")
    if goals and goals.has("reached_on"):
        share = "{share: goals, that: reached_on is not null, over: 365 days, label: goals of a year that are reached}"
        yield Rule(VALUE, {"goals_reached": share}, "curve: [[0, 0], [1, 100]]")
    if "reviews" in tables:
        said = "{days_since: reviews, label: days since the last review}"
        yield Rule(VALUE, {"last_review_days": said}, "curve: [[91, 100], [273, 0]]")


def _money(tables: Tables) -> Iterator[Rule]:
    invoices, subscriptions, contracts = (tables.get(name) for name in ("invoices", "subscriptions", "contracts"))
    curve = "curve: [[-0.2, 0], [0, 70], [0.2, 100]]"
    if invoices and invoices.has("paid_on"):
        said = "{share: invoices, that: paid_on is not null and paid_on <= due_on, over: 182 days, label: paid on time}"
        yield Rule(VALUE, {"paid_on_time": said}, "curve: [[0.5, 0], [1, 100]]")
    if contracts and contracts.has("ends_on"):
        yield Rule(VALUE, {"renewal_in": "{days_until: contracts.ends_on, label: days to the renewal}"}, "")
    if subscriptions and is_level(subscriptions) and subscriptions.has("arr") and not tables["accounts"].has("arr"):
        price = "{for: subscription, attribute: arr, format: money}"
        yield Rule(VALUE, {"yearly_price": price, ARR: "{sum: subscription.yearly_price, format: money}"}, "")
    if subscriptions and is_level(subscriptions) and subscriptions.has("mrr"):
        price = "{for: subscription, attribute: mrr, format: money}"
        paid = "{sum: subscription.price, format: money, label: what it pays per month}"
        trend = "{change: paid, against: 182 days ago, label: what it pays against half a year ago}"
        yield Rule(VALUE, {"price": price, "paid": paid, "paid_trend": trend}, curve)
    elif contracts and contracts.has("arr"):
        paid = "{last: contracts.arr, format: money, label: what it pays per year}"
        trend = "{change: paid, against: 365 days ago, label: what it pays against last year}"
        yield Rule(VALUE, {"paid": paid, "paid_trend": trend}, curve)


def _range(found: Found, column: str) -> tuple[float, float]:
    one = found.used[column].column
    return (one.low or 0.0, one.high or 0.0)


def _scale(low: float, high: float) -> str | None:
    """The curve of a scale of answers that these lie in; None for other numbers."""
    for bottom, top in ((1, 5), (0, 10), (0, 100)):
        if bottom <= low and high <= top:
            return f"[[{bottom}, 0], [{top}, 100]]"
    return None
