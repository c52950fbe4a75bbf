"""Generated workspaces: a model drawn by Hypothesis, and facts that are drawn from one seed, so that they come fast.

The facts are adversarial on purpose: times at midnight and one microsecond before it, on the edges of every window;
numbers that land exactly on the edges of bands; facts that became known late; accounts without data, not yet born,
already gone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import Any

from hypothesis import strategies as st

ACCOUNTS = 200
DAY = date(2026, 6, 30)
MIDNIGHT = datetime.combine(DAY, time())

Tables = dict[str, list[dict[str, Any]]]
Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass(frozen=True, repr=False)
class Case:
    """A model (as its file says it), and the facts of `seed`; `numbered`: account ids are numbers.

    `changed`: the facts where a test has changed them.
    """

    model: dict[str, Any]
    known_by: date
    seed: int
    numbered: bool
    changed: Tables | None = None

    @cached_property
    def tables(self) -> Tables:
        return self.changed or facts(self.seed, list(self.model["tables"])[1:], self.numbered)

    def __repr__(self) -> str:
        """Enough to make it again; the facts would be a quarter of a megabyte."""
        return f"seed {self.seed}, numbered {self.numbered}, known by {self.known_by}, model:\n{self.text}"

    @property
    def text(self) -> str:
        """The model file: JSON is YAML."""
        return json.dumps(self.model, indent=1, ensure_ascii=False)

    def with_model(self, **parts: Any) -> Case:
        return replace(self, model=self.model | parts)

    def with_score(self, **parts: Any) -> Case:
        """The same with something else in its score."""
        return self.with_model(scores={"health": self.model["scores"]["health"] | parts})


# ---- Facts

WINDOWS = (1, 7, 28, 90)
"""Widths of windows, in days; facts cluster where they begin."""

AMOUNTS = tuple(map(Decimal, ("0", "0.1", "0.2", "0.3", "0.5", "1", "1.5", "2.5", "3", "10", "33.33", "-1", "99.99")))


def moments(random: Random, oldest: int = 200) -> datetime:
    """A time on one of the edges that matter, or anywhere; now and then in the future."""
    edges = [MIDNIGHT + timedelta(days=1 - width) for width in (*WINDOWS, 2, 8, 14, 35, 56)]
    near = [timedelta(0), timedelta(microseconds=-1), timedelta(microseconds=1), timedelta(hours=13)]
    if random.random() < 0.35:
        return random.choice(edges) + random.choice(near)
    when = MIDNIGHT + timedelta(seconds=random.randrange(-oldest * 86_400, 86_400))
    return when + timedelta(days=random.choice((1, 2, 30))) if random.random() < 0.03 else when


def later(random: Random, when: datetime) -> datetime:
    """When a fact became known: mostly at once, else hours to weeks later."""
    delay = random.choice((0, 0, 0, 0, 3_600, 86_400, 5 * 86_400, 40 * 86_400))
    return when + timedelta(seconds=delay)


def maybe(random: Random, value: Any, missing: float = 0.15) -> Any:
    return None if random.random() < missing else value


def accounts(random: Random, ids: Sequence[Any]) -> list[dict[str, Any]]:
    rows = []
    for account in ids:
        born = DAY - timedelta(days=random.choice((0, 1, 29, 30, 31, 89, 90, 400, 900, -1, -30)))
        born = DAY - timedelta(days=random.randrange(2_000)) if random.random() < 0.7 else born
        ended = DAY + timedelta(days=random.choice((0, 1, -1, 100))) if random.random() < 0.08 else None
        rows.append(
            {
                "account_id": account,
                "started_on": maybe(random, born, 0.05),
                "ended_on": ended,
                "plan": maybe(random, random.choice(("basic", "pro", "Pro", "enterprise"))),
                "seats": maybe(random, random.choice((0, 1, 2, 4, 8, 10))),
                "arr": maybe(random, random.choice(AMOUNTS) * 100),
                "level": maybe(random, Decimal(random.choice((0, 2500, 3000, 5000, 5001, 7000, 10000))) / 100, 0.3),
                "active": maybe(random, random.random() < 0.6),
            }
        )
    return rows


def logins(random: Random, ids: Sequence[Any]) -> list[dict[str, Any]]:
    rows = []
    for account in some(random, ids, 0.8):
        for _ in range(random.choice((1, 2, 3, 5, 8, 20))):
            when = moments(random)
            rows.append(
                {
                    "account_id": account,
                    "user_id": random.choice(("u1", "u2", "u3", "u4", None)),
                    "at": when,
                    "loaded_at": later(random, when),
                    "kind": maybe(random, random.choice(("login", "export", "it's %"))),
                    "amount": maybe(random, random.choice(AMOUNTS)),
                    "units": random.choice((0, 1, 2, 3)),
                }
            )
    return rows


def tickets(random: Random, ids: Sequence[Any]) -> list[dict[str, Any]]:
    rows = []
    for account in some(random, ids, 0.6):
        for _ in range(random.choice((1, 1, 2, 4))):
            opened = moments(random)
            closed = max(opened, moments(random)) if random.random() < 0.7 else None
            rows.append(
                {
                    "account_id": account,
                    "opened_at": opened,
                    "priority": maybe(random, random.choice(("low", "urgent"))),
                    "closed_at": closed,
                    "csat": random.choice((1, 2, 3, 4, 5, 0, 9, None)) if closed else None,
                }
            )
    return rows


def answers(random: Random, ids: Sequence[Any]) -> list[dict[str, Any]]:
    rows = []
    for account in some(random, ids, 0.5):
        for _ in range(random.choice((1, 2, 3))):
            when = moments(random, 500)
            rows.append(
                {
                    "account_id": account,
                    "answered_at": when,
                    "imported_at": later(random, when),
                    "score": random.choice((0, 3, 6, 7, 8, 9, 10, 10, 11, -1, None)),
                    "kind": random.choice(("nps", "pulse")),
                }
            )
    return rows


def contracts(random: Random, ids: Sequence[Any]) -> list[dict[str, Any]]:
    rows = []
    for account in some(random, ids, 0.7):
        for _ in range(random.choice((1, 1, 2))):
            signed = MIDNIGHT - timedelta(days=random.choice((0, 1, 30, 200, 700, -5)))
            decided = maybe(random, DAY + timedelta(days=random.choice((-60, -1, 0, 1, 30))), 0.4)
            rows.append(
                {
                    "account_id": account,
                    "signed_on": signed.date(),
                    "ends_on": maybe(random, DAY + timedelta(days=random.choice((-30, 0, 1, 30, 31, 365)))),
                    "seats": maybe(random, random.choice((0, 1, 2, 4, 10))),
                    "renewed": random.random() < 0.7 if decided else None,
                    "decided_on": decided,
                }
            )
    return rows


def releases(random: Random, ids: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows about nobody in particular."""
    rows = []
    for number in range(random.choice((1, 5, len(ids) // 20))):
        when = moments(random, 300)
        major, known = random.choice(AMOUNTS), later(random, when)
        rows.append({"released_on": when, "told_at": known, "number": maybe(random, major), "line": f"v{number % 3}"})
    return rows


def some(random: Random, ids: Sequence[Any], share: float) -> list[Any]:
    return [account for account in ids if random.random() < share]


def shuffled(random: Random, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    random.shuffle(rows)
    return rows


FEEDS = {"logins": logins, "tickets": tickets, "answers": answers, "contracts": contracts, "releases": releases}


def facts(seed: int, feeds: Sequence[str], numbered: bool) -> Tables:
    """Tables of one company of 200 accounts; a few rows belong to accounts that nobody knows."""
    random = Random(seed)  # noqa: S311 (no secret: the same facts every time)
    ids: list[Any] = list(range(1, ACCOUNTS + 1)) if numbered else [f"A-{number:03}" for number in range(ACCOUNTS)]
    strangers = [999_999] if numbered else ["stranger"]
    tables = {"accounts": shuffled(random, accounts(random, ids))}
    return tables | {name: shuffled(random, FEEDS[name](random, [*ids, *strangers])) for name in feeds}


# ---- The model's tables and metrics

TABLES: Mapping[str, dict[str, Any]] = {
    "logins": {"account": "account_id", "contact": "user_id", "time": "at"},
    "tickets": {
        "account": "account_id",
        "time": "opened_at",
        "columns": {"closed_at": "happened", "csat": {"known": "closed_at", "between": [1, 5]}},
    },
    "answers": {"account": "account_id", "time": "answered_at", "known": "imported_at"},
    "contracts": {
        "account": "account_id",
        "time": "signed_on",
        "columns": {"ends_on": "planned", "renewed": {"known": "decided_on", "kind": "yes_no"}},
    },
    "releases": {"time": "released_on", "known": "told_at"},
}

WHERE: Mapping[str, Sequence[str]] = {
    "logins": (
        "kind = 'login'",
        "kind <> 'login'",
        "amount > 0.3",
        "kind like '_t%' or units in (1, 2)",
        "amount is null",
    ),
    "tickets": ("priority = 'urgent'", "not (priority = 'urgent')", "csat >= 3", "closed_at is not null"),
    "answers": ("kind = 'nps'", "score between 7 and 10"),
    "contracts": ("renewed", "not renewed", "seats > 1", "ends_on >= date '2026-06-30'"),
    "releases": ("line = 'v1'", "number > 1"),
}

NUMBERS: Mapping[str, Sequence[dict[str, Any]]] = {
    "logins": (
        {"count": "logins"},
        {"count_distinct": "logins.user_id"},
        {"count_distinct": "logins.day"},
        {"sum": "logins.amount"},
        {"sum": "logins.spent"},
        {"mean": "logins.amount"},
        {"mean": "logins.amount", "weight": "units"},
        {"min": "logins.amount"},
        {"max": "logins.amount"},
        {"last": "logins.amount"},
        {"first": "logins.units"},
        {"share": "logins", "that": "kind = 'login'"},
        {"days_since": "logins"},
    ),
    "tickets": (
        {"count": "tickets"},
        {"open": "tickets", "until": "closed_at"},
        {"mean": "tickets.csat"},
        {"last": "tickets.csat"},
        {"share": "tickets", "that": "csat >= 4"},
        {"days_since": "tickets.closed_at"},
    ),
    "answers": ({"nps": "answers.score"}, {"mean": "answers.score"}, {"last": "answers.score"}, {"count": "answers"}),
    "contracts": (
        {"last": "contracts.seats"},
        {"sum": "contracts.seats"},
        {"days_until": "contracts.ends_on"},
        {"days_since": "contracts.ends_on"},
        {"count": "contracts"},
    ),
    "releases": (
        {"last": "releases.number"},
        {"count": "releases"},
        {"max": "releases.number"},
        {"count_distinct": "releases.line"},
        {"days_since": "releases"},
        {"share": "releases", "that": "line = 'v2'"},
    ),
}

WORDS: Mapping[str, Sequence[dict[str, Any]]] = {
    "logins": ({"last": "logins.kind"}, {"first": "logins.kind"}),
    "tickets": ({"last": "tickets.priority"},),
    "answers": ({"last": "answers.kind"},),
    "contracts": (),
    "releases": ({"last": "releases.line"},),
}

CATEGORIES = ("v1", "login", "export", "it's %", "low", "urgent", "nps", "pulse", "basic", "pro", "Pro")

EDGES = (
    *(Decimal(text) for text in ("0", "0.1", "0.25", "0.3", "0.333333333", "0.5", "0.6", "1", "2", "3", "5", "10")),
    *(Decimal(text) for text in ("-0.5", "-1", "28", "30", "50", "70", "100", "-100")),
)


@st.composite
def models(draw: Draw) -> dict[str, Any]:
    feeds = draw(st.lists(st.sampled_from(list(TABLES)), min_size=1, max_size=4, unique=True))
    metrics, kinds = _metrics(draw, feeds)
    return {
        "model": "generated",
        "entities": {
            "account": {"table": "accounts", "key": "account_id", "from": "started_on", "until": "ended_on"},
            "contact": {"table": "contacts", "key": "user_id", "in": "account"},
        },
        "tables": {
            "accounts": {"columns": {"active": {"kind": "yes_no"}}},
            **{feed: _table(draw, feed) for feed in feeds},
        },
        "metrics": metrics,
        "scores": {"health": _score(draw, kinds)},
    }


def _table(draw: Draw, feed: str) -> dict[str, Any]:
    spec = dict(TABLES[feed])
    if feed == "logins":
        spec["columns"] = {"spent": {"is": "amount * units"}}
        if draw(st.booleans()):
            spec["known"] = "loaded_at"
    if draw(st.integers(0, 3)) == 0:
        spec["fresh"] = f"{draw(st.sampled_from((1, 2, 30)))} days"
    if draw(st.integers(0, 4)) == 0:
        spec["connected_if"] = draw(st.sampled_from(("plan <> 'basic'", "active", "seats > 0 or plan = 'pro'")))
    if draw(st.integers(0, 4)) == 0:
        spec["where"] = draw(st.sampled_from(WHERE[feed]))
    return spec


def _metrics(draw: Draw, feeds: Sequence[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Metrics by name, and whether each is a number, a word or a day."""
    found: dict[str, Any] = {
        "seats": {"attribute": "seats"},
        "plan": {"attribute": "plan"},
        "active": {"attribute": "active"},
    }
    kinds = {"seats": "number", "plan": "word", "active": "yes_no", "tenure_days": "number"}
    if draw(st.booleans()):
        found["level"], kinds["level"] = {"attribute": "level"}, "number"
    for index in range(draw(st.integers(2, 5))):
        feed = draw(st.sampled_from(feeds))
        words = bool(WORDS[feed]) and draw(st.integers(0, 4)) == 0
        found[f"m{index}"] = _aggregate(draw, feed, draw(st.sampled_from((WORDS if words else NUMBERS)[feed])), words)
        kinds[f"m{index}"] = "word" if words else "number"
    for index in range(draw(st.integers(0, 3))):
        numbers = [name for name, kind in kinds.items() if kind == "number"]
        found[f"d{index}"], kinds[f"d{index}"] = _derived(draw, numbers), "number"
    if "contracts" in feeds:
        found["ends"], kinds["ends"] = {"last": "contracts.ends_on"}, "day"
        found["renewed"], kinds["renewed"] = {draw(st.sampled_from(("last", "first"))): "contracts.renewed"}, "yes_no"
    return found, kinds


def _aggregate(draw: Draw, feed: str, verb: dict[str, Any], words: bool) -> dict[str, Any]:
    metric = dict(verb)
    if draw(st.booleans()):
        metric["over"] = f"{draw(st.sampled_from(WINDOWS))} days"
    if draw(st.integers(0, 2)) == 0:
        metric["where"] = draw(st.sampled_from(WHERE[feed]))
    if draw(st.integers(0, 2)) == 0:
        metric["absent"] = draw(st.sampled_from(("missing", "worst") if words else ("zero", "missing", "worst")))
    return metric


def _derived(draw: Draw, numbers: Sequence[str]) -> dict[str, Any]:
    one, two = draw(st.sampled_from(numbers)), draw(st.sampled_from(numbers))
    policy = draw(st.sampled_from(("missing", "worst", 0, 1)))
    kind = draw(st.sampled_from(("ratio", "change", "difference", "expr")))
    if kind == "ratio":
        return {"ratio": [one, two], "if_zero": policy}
    if kind == "expr":
        return {"expr": draw(st.sampled_from(FORMULAS)).format(one=one, two=two)}
    change = {"change": one, "against": f"{draw(st.sampled_from((1, 7, 28)))} days ago", "if_zero": policy}
    return change if kind == "change" else {**change, "as": "difference"}


FORMULAS = (
    "{one} + 2 * {two}",
    "{one} / nullif({two}, 0)",
    "coalesce({one}, 0) - 1",
    "coalesce({one}, {two}, 5)",
    "case when {one} > 3 then {two} when {two} is null then 0 else {one} end",
    "sqrt(abs({one})) + power({two}, 2)",
    "{one} % 3",
    "{one} / {two}",
    "ln({one})",
    "100 * {one}",
    "floor({one}) - ceil({two})",
)


# ---- The model's score


def _score(draw: Draw, kinds: Mapping[str, str]) -> dict[str, Any]:
    score = _group(draw, kinds, draw(st.integers(0, 2)))
    score.pop("weight", None)
    score.pop("applies_if", None)
    tiers = _tiers(draw) if draw(st.integers(0, 7)) else []
    names = [tier["is"] for tier in tiers]
    return score | {
        "tiers": tiers,
        "overrides": [_override(draw, kinds, names) for _ in range(draw(st.integers(0, 3)))],
        "decimals": draw(st.integers(0, 6)),
        "minimum_coverage": draw(st.sampled_from((0, 0.25, 0.5, "33.3 %", 1))),
        "grace": draw(st.sampled_from(("0 days", "30 days"))),
    }


def _group(draw: Draw, kinds: Mapping[str, str], depth: int) -> dict[str, Any]:
    names = [f"n{index}" for index in range(draw(st.integers(1, 4)))]
    below = draw(st.integers(0, len(names) if depth else 0))
    parts = [_group(draw, kinds, depth - 1) if i < below else _measure(draw, kinds) for i in range(len(names))]
    parts = draw(st.permutations(parts))
    combine = draw(st.sampled_from(("mean", "mean", "mean", "min", "max")))
    for part, weight in zip(parts, _weights(draw, len(parts)), strict=True):
        part["weight"] = weight
        if draw(st.integers(0, 5)) == 0:
            part["applies_if"] = _condition(draw, kinds)
    return {"combine": combine, "parts": dict(zip(names, parts, strict=True))}


def _weights(draw: Draw, count: int) -> list[Any]:
    """Relative weights, fractions, or percentages that sum to 100; some of them 0, never all."""
    if draw(st.booleans()):
        numbers = [draw(st.sampled_from((0, 1, 1, 2, 3, 6, 0.5, "6/17", "1/3", 2.25))) for _ in range(count - 1)]
        return list(draw(st.permutations([*numbers, draw(st.sampled_from((1, 2, "2/17")))])))
    cuts = sorted(draw(st.lists(st.integers(0, 20), min_size=count - 1, max_size=count - 1)))
    shares = [5 * (right - left) for left, right in zip([0, *cuts], [*cuts, 20], strict=True)]
    return [f"{share} %" for share in shares]


def _measure(draw: Draw, kinds: Mapping[str, str]) -> dict[str, Any]:
    usable = [name for name, kind in kinds.items() if kind != "day"]
    metric = draw(st.sampled_from(usable))
    measure: dict[str, Any] = {"metric": metric, **_scale(draw, kinds[metric])}
    if draw(st.integers(0, 2)) == 0:
        measure["missing"] = draw(st.sampled_from(("worst", 0, 50, 100, 12.5)))
    if draw(st.integers(0, 2)) == 0:
        measure["stale"] = draw(
            st.sampled_from(({"expire": "28 days"}, {"warn": "7 days", "expire": "90 days"}, {"warn": "30 days"}))
        )
    if draw(st.integers(0, 5)) == 0:
        measure["grace"] = draw(st.sampled_from(("0 days", "30 days", "90 days", "400 days")))
    return measure


POINTS = st.sampled_from((0, 0, 25, 33.3, 50, 62.5, 63, 88, 100, 100))


def _scale(draw: Draw, kind: str) -> dict[str, Any]:
    if kind == "yes_no":
        return {"map": [[truth, draw(POINTS)] for truth in draw(st.sampled_from(([True, False], [False], ["true"])))]}
    if kind == "word":
        named = draw(st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=5, unique=True))
        entries = [[name, draw(POINTS)] for name in named]
        return {"map": [*entries, ["else", draw(POINTS)]] if draw(st.booleans()) else entries}
    edges = sorted(draw(st.lists(st.sampled_from(EDGES), min_size=2, max_size=4, unique=True)))
    if draw(st.booleans()):
        return {"curve": [[float(edge), draw(POINTS)] for edge in edges]}
    bands = [[f"{draw(st.sampled_from(('<', '<=', '=', '<')))} {edge}", draw(POINTS)] for edge in edges]
    return {"bands": [*bands, ["else", draw(POINTS)]]}


def _condition(draw: Draw, kinds: Mapping[str, str]) -> str:
    shape = draw(st.sampled_from(("{0}", "{0}", "{0}", "not ({0})", "{0} and {1}", "{0} or {1}")))
    return str(shape.format(_comparison(draw, kinds), _comparison(draw, kinds)))


def _comparison(draw: Draw, kinds: Mapping[str, str]) -> str:
    name = draw(st.sampled_from(list(kinds)))
    if kinds[name] == "yes_no":
        truths = ("{0}", "not {0}", "{0} = false", "{0} is not true", "{0} is null")
        return str(draw(st.sampled_from(truths))).format(name)
    if kinds[name] == "day":
        days = ("{0} < date '2026-07-01'", "{0} = date '2026-06-30'", "{0} is null")
        return str(draw(st.sampled_from(days))).format(name)
    edge = draw(st.sampled_from(EDGES))
    if kinds[name] == "number":
        numeric = ("{0} < {1}", "{0} >= {1}", "{0} <> {1}", "{0} = {1}", "{0} is not null", "coalesce({0}, 0) > {1}")
        more = ("{0} between -1 and {1}", "{0} in (0, {1})", "{0} not in (1, {1})")
        return str(draw(st.sampled_from((*numeric, *more)))).format(name, edge)
    return f"{name} is null" if draw(st.integers(0, 2)) == 0 else _of_word(draw, name)


def _of_word(draw: Draw, name: str) -> str:
    shapes = ("{0} = 'pro'", "{0} <> 'basic'", "lower({0}) = 'pro'", "{0} like 'p%'", "{0} in ('nps', 'login', 'low')")
    return str(draw(st.sampled_from(shapes))).format(name)


def _tiers(draw: Draw) -> list[dict[str, Any]]:
    edges = draw(st.lists(st.sampled_from((25, 33.3, 50, 62.5, 70, 88)), min_size=1, max_size=3, unique=True))
    tiers = [
        {"at": f"{draw(st.sampled_from(('>', '>=')))} {edge}", "is": f"t{index}"}
        for index, edge in enumerate(sorted(edges, reverse=True))
    ]
    return [*tiers, {"at": "else", "is": "last", "zones": [[">= 20", "focus"], ["else", "exception"]]}]


def _override(draw: Draw, kinds: Mapping[str, str], tiers: Sequence[str]) -> dict[str, Any]:
    modes = ["replace", "cap", "floor", *(["tier"] if tiers else [])]
    mode = draw(st.sampled_from(modes))
    does = draw(st.sampled_from(tiers)) if mode == "tier" else draw(POINTS)
    return {"when": _condition(draw, kinds), mode: does, "because": "a person says so"}


@st.composite
def cases(draw: Draw) -> Case:
    model = draw(models())
    known_by = DAY + timedelta(days=draw(st.sampled_from((0, 0, 0, 1, 10))))
    seed, numbered = draw(st.integers(0, 2**32)), draw(st.booleans())
    return Case(model, known_by, seed, numbered)
