"""Generated workspaces: a model drawn by Hypothesis, and facts that are drawn from one seed, so that they come fast."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from tests.scoring.conditions import EDGES, Draw, condition
from tests.scoring.generated import DAY, WINDOWS, Tables, facts
from tests.scoring.rollups import CONTACT, roll_up

FEWER = settings(max_examples=max(1, (settings.default or settings()).max_examples // 4))
"""A quarter of the examples, where each is a whole model: seconds, most of them spent on making queries."""


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
        return self.changed or facts(self.seed, [*self.model["tables"]][2:], self.numbered, self.changing)

    @property
    def changing(self) -> set[str]:
        """The tables of entities that keep their history."""
        return {entity["table"] for entity in self.model["entities"].values() if "valid_from" in entity}

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
        return self.with_model(scores=self.model["scores"] | {"health": self.model["scores"]["health"] | parts})


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
        {"count_distinct": "logins.week"},
        {"sum": "logins.amount"},
        {"sum": "logins.spent"},
        {"mean": "logins.amount"},
        {"mean": "logins.amount", "weight": "units"},
        {"min": "logins.amount"},
        {"max": "logins.amount"},
        {"last": "logins.amount"},
        {"first": "logins.units"},
        {"share": "logins", "that": "kind = 'login'"},
        {"share": "logins", "that": "kind = 'login'", "weight": "units"},
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


@st.composite
def models(draw: Draw) -> dict[str, Any]:
    feeds = draw(st.lists(st.sampled_from(list(TABLES)), min_size=1, max_size=4, unique=True))
    metrics, kinds = _metrics(draw, feeds)
    account, accounts = _entity(draw, {"table": "accounts", "key": "account_id", "parent": "parent_id"}, "started_on")
    scores = _nested(draw, metrics, kinds)
    contact, contacts = _entity(draw, {"table": "contacts", "key": "user_id", "in": "account"}, "joined_on")
    return {
        "model": "generated",
        "entities": {"account": account | {"until": "ended_on"}, "contact": contact | {"until": "left_on"}},
        "tables": {
            "accounts": accounts | {"columns": {"active": {"kind": "yes_no"}}},
            "contacts": contacts | {"account": "account_id", "columns": {"keen": {"kind": "yes_no"}}},
            **{feed: _table(draw, feed) for feed in feeds},
        },
        "metrics": metrics,
        "scores": {"health": _score(draw, kinds), **scores},
        "flags": _flags(draw, kinds),
        "fitted": _fits(draw, [name for name, kind in kinds.items() if kind == "number"]),
    }


def _fits(draw: Draw, metrics: Sequence[str]) -> list[dict[str, Any]]:
    """What percentiles and z-scores go by: one fit that holds on the day and long before, and one of a later day."""
    fits = []
    for begin in (DAY - timedelta(days=900), DAY + timedelta(days=1)):
        spreads = {}
        for name in metrics:
            low, middle, high = sorted(float(draw(st.sampled_from(EDGES))) for _ in range(3))
            points = [[10, low], [50, middle], [90, high]]
            spreads[name] = {
                "n": 40,
                "mean": middle,
                "sd": draw(st.sampled_from((0.5, 1.25, 30))),
                "percentiles": points,
            }
        day = begin - timedelta(days=1)
        fits.append({"from": f"{begin}", "as_of": f"{day}", "known_by": f"{day}", "metrics": spreads})
    return fits


def _nested(draw: Draw, metrics: dict[str, Any], kinds: dict[str, str]) -> dict[str, Any]:
    """In a third of the models a second score, of which the first reads value and tier: its own, its children's."""
    if draw(st.integers(0, 2)):
        return {}
    inner = _score(draw, kinds)
    metrics["nested"], kinds["nested"] = {"score": "second"}, "number"
    if inner["tiers"]:
        metrics["nested_tier"], kinds["nested_tier"] = {"tier": "second"}, "word"
    if draw(st.booleans()):
        metrics["nested_past"], kinds["nested_past"] = {"past": "nested", "ago": "28 days"}, "number"
    below: dict[str, str] = {name: kinds[name] for name in ("nested", "nested_tier") if name in kinds}
    metrics["nested_below"], kinds["nested_below"] = roll_up(draw, "children", below, ("seats", "arr")), "number"
    return {"second": inner}


def _entity(draw: Draw, entity: dict[str, Any], began: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The level and its table: with or without a history, that was known at once or only later."""
    if draw(st.booleans()):
        return entity | {"from": began}, {}
    born = {"from": began} if draw(st.integers(0, 3)) else {}
    known = {"time": "changed_on", "known": "recorded_at"} if draw(st.booleans()) else {}
    return entity | {"valid_from": "changed_on"} | born, known


def _flags(draw: Draw, kinds: Mapping[str, str]) -> dict[str, Any]:
    """Up to two flags; they may name the score, its tier and its coverage."""
    own = {"score": "number", "coverage": "number", "tier": "word"}
    known = own if draw(st.booleans()) else dict(kinds)
    flags = [{"when": condition(draw, known), "because": "it holds"} for _ in range(draw(st.integers(0, 2)))]
    return {f"f{index}": flag for index, flag in enumerate(flags)}


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
        "arr": {"attribute": "arr"},
    }
    kinds = {"seats": "number", "plan": "word", "active": "yes_no", "tenure_days": "number", "arr": "number"}
    if draw(st.booleans()):
        found["level"], kinds["level"] = {"attribute": "level"}, "number"
    for index in range(draw(st.integers(2, 5))):
        feed = draw(st.sampled_from(feeds))
        words = bool(WORDS[feed]) and draw(st.integers(0, 4)) == 0
        found[f"m{index}"] = _aggregate(draw, feed, draw(st.sampled_from((WORDS if words else NUMBERS)[feed])), words)
        kinds[f"m{index}"] = "word" if words else "number"
    if draw(st.integers(0, 3)) < 2:
        _over_contacts(draw, feeds, found, kinds)
    for index in range(draw(st.integers(0, 3))):
        numbers = [name for name, kind in kinds.items() if kind == "number"]
        found[f"d{index}"], kinds[f"d{index}"] = _derived(draw, numbers), "number"
    for index in range(draw(st.sampled_from((0, 0, 1, 2)))):
        found[f"k{index}"] = roll_up(draw, "children", kinds, ("seats", "arr"))
        kinds[f"k{index}"] = "number"
    if "contracts" in feeds:
        found["ends"], kinds["ends"] = {"last": "contracts.ends_on"}, "day"
        found["renewed"], kinds["renewed"] = {draw(st.sampled_from(("last", "first"))): "contracts.renewed"}, "yes_no"
    return found, kinds


def _over_contacts(draw: Draw, feeds: Sequence[str], found: dict[str, Any], kinds: dict[str, str]) -> None:
    """Metrics of contacts, and one or two that sum them up for the account."""
    below = dict(CONTACT)
    found |= {name: {"for": "contact", "attribute": name.removeprefix("c_")} for name in CONTACT}
    if "logins" in feeds:
        verb = draw(st.sampled_from(NUMBERS["logins"]))
        found["c_logins"], below["c_logins"] = {"for": "contact", **_aggregate(draw, "logins", verb, False)}, "number"
    if draw(st.integers(0, 2)) == 0:
        numbers = [name for name, kind in below.items() if kind == "number"]
        found["c_made"], below["c_made"] = {"for": "contact", **_derived(draw, numbers)}, "number"
    for index in range(draw(st.integers(1, 2))):
        found[f"r{index}"], kinds[f"r{index}"] = roll_up(draw, "contact", below, ("c_skill", "c_share")), "number"


def _aggregate(draw: Draw, feed: str, verb: dict[str, Any], words: bool) -> dict[str, Any]:
    metric = dict(verb)
    if draw(st.booleans()):
        others: Sequence[str] = ("1 calendar month", "2 calendar months", "1 calendar quarter", "first 90 days")
        usual = f"{draw(st.sampled_from(WINDOWS))} days"
        others = others[:-1] if feed == "releases" else others
        metric["over"] = usual if draw(st.integers(0, 3)) else draw(st.sampled_from(others))
    if draw(st.integers(0, 2)) == 0:
        metric["where"] = draw(st.sampled_from(WHERE[feed]))
    if draw(st.integers(0, 2)) == 0:
        metric["absent"] = draw(st.sampled_from(("missing", "worst") if words else ("zero", "missing", "worst")))
    return metric


def _derived(draw: Draw, numbers: Sequence[str]) -> dict[str, Any]:
    one, two = draw(st.sampled_from(numbers)), draw(st.sampled_from(numbers))
    policy = draw(st.sampled_from(("missing", "worst", 0, 1)))
    kind = draw(st.sampled_from(("ratio", "change", "difference", "expr", "past", "count")))
    if kind == "past":
        return {"past": one, "ago": draw(st.sampled_from(("1 day", "7 days", "28 days", "1 month")))}
    if kind == "count":
        return {
            "count_true": [condition(draw, dict.fromkeys(numbers, "number")) for _ in range(draw(st.integers(1, 3)))]
        }
    if kind == "ratio":
        return {"ratio": [one, two], "if_zero": policy}
    if kind == "expr":
        return {"expr": draw(st.sampled_from(FORMULAS)).format(one=one, two=two)}
    change = {
        "change": one,
        "against": draw(st.sampled_from(("1 day ago", "7 days ago", "28 days ago", "1 month ago"))),
        "if_zero": policy,
    }
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
    score |= _beyond(draw, kinds, score)
    return score | {
        "tiers": tiers,
        "overrides": [_override(draw, kinds, names) for _ in range(draw(st.integers(0, 3)))],
        "decimals": draw(st.integers(0, 6)),
        "minimum_coverage": draw(st.sampled_from((0, 0.25, 0.5, "33.3 %", 1))),
        "grace": draw(st.sampled_from(("0 days", "30 days"))),
    }


def _beyond(draw: Draw, kinds: Mapping[str, str], score: dict[str, Any]) -> dict[str, Any]:
    """What a score may say beside its tree: whom it is of, other trees, a scale of its own, and what is added."""
    found: dict[str, Any] = {}
    if draw(st.integers(0, 3)) == 0:
        found["scale"] = draw(st.sampled_from(([-50, 150], [0, 101], [-0.5, 100])))
    if draw(st.integers(0, 3)) == 0:
        found["population"] = condition(draw, kinds)
    if draw(st.integers(0, 2)) == 0:
        found["variants"] = [
            {"is": f"v{index}", "when": condition(draw, kinds), "parts": _varied(draw, kinds, score)}
            for index in range(draw(st.integers(1, 2)))
        ]
    if draw(st.integers(0, 2)) == 0:
        found["base"] = draw(st.sampled_from((0, 5, 12.5, -20)))
    if draw(st.integers(0, 2)) == 0:
        names = [name for name, kind in kinds.items() if kind == "number"]
        found["adjust"] = {f"a{index}": _adjustment(draw, kinds, names) for index in range(draw(st.integers(1, 2)))}
    return found


def _varied(draw: Draw, kinds: Mapping[str, str], score: dict[str, Any]) -> dict[str, Any]:
    """Parts laid over those of the score: a new one, other weights, one away."""
    percent = any("%" in str(part["weight"]) for part in score["parts"].values())
    heavy = [name for name, part in score["parts"].items() if part["weight"] not in (0, "0 %")]
    parts: dict[str, Any] = {} if percent else {"new": _measure(draw, kinds, score["combine"]) | {"weight": 2}}
    if not percent and len(heavy) > 1 and draw(st.booleans()):
        parts[heavy[0]] = None
    elif not percent:
        parts[heavy[-1]] = {"weight": draw(st.sampled_from((1, 3, "1/7")))}
    return parts or {heavy[0]: {"label": "the same"}}


def _adjustment(draw: Draw, kinds: Mapping[str, str], numbers: Sequence[str]) -> dict[str, Any]:
    bounds = st.sampled_from(([0, 10], [-15, 0], [-5, None], [None, 12.5]))
    rules: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 2))):
        points = draw(st.sampled_from((10, -4, 2.5, -33.3)))
        by_each = draw(st.booleans())
        rule = (
            {"metric": draw(st.sampled_from(numbers)), "each": points}
            if by_each
            else {"when": condition(draw, kinds), "add": points}
        )
        rules.append({**rule, "because": "so it is"} | ({"between": draw(bounds)} if draw(st.booleans()) else {}))
    return {"rules": rules} | ({"between": draw(bounds)} if draw(st.booleans()) else {})


def _group(draw: Draw, kinds: Mapping[str, str], depth: int) -> dict[str, Any]:
    names = [f"n{index}" for index in range(draw(st.integers(1, 4)))]
    below = draw(st.integers(0, len(names) if depth else 0))
    combine = draw(st.sampled_from(("mean", "mean", "mean", "min", "max", "sum", "count")))
    below = 0 if combine == "count" else below
    parts = [_group(draw, kinds, depth - 1) if i < below else _measure(draw, kinds, combine) for i in range(len(names))]
    parts = draw(st.permutations(parts))
    for part, weight in zip(parts, _weights(draw, len(parts)), strict=True):
        part["weight"] = weight
        if draw(st.integers(0, 5)) == 0:
            part["applies_if"] = condition(draw, kinds)
    group = {"combine": combine, "parts": dict(zip(names, parts, strict=True))}
    group |= {"green": f"{draw(st.sampled_from(('>', '>=')))} {draw(POINTS)}"} if combine == "count" else {}
    return group | ({"round": draw(st.integers(0, 2))} if draw(st.integers(0, 5)) == 0 else {})


def _weights(draw: Draw, count: int) -> list[Any]:
    """Relative weights, fractions, or percentages that sum to 100; some of them 0, never all."""
    if draw(st.booleans()):
        numbers = [draw(st.sampled_from((0, 1, 1, 2, 3, 6, 0.5, "6/17", "1/3", 2.25))) for _ in range(count - 1)]
        return list(draw(st.permutations([*numbers, draw(st.sampled_from((1, 2, "2/17")))])))
    cuts = sorted(draw(st.lists(st.integers(0, 20), min_size=count - 1, max_size=count - 1)))
    shares = [5 * (right - left) for left, right in zip([0, *cuts], [*cuts, 20], strict=True)]
    return [f"{share} %" for share in shares]


def _measure(draw: Draw, kinds: Mapping[str, str], combine: str) -> dict[str, Any]:
    usable = [name for name, kind in kinds.items() if kind != "day"]
    metric = draw(st.sampled_from(usable))
    curves = combine != "count"
    measure: dict[str, Any] = {"metric": metric, **_scale(draw, kinds[metric], curves)}
    if draw(st.integers(0, 3)) == 0:
        measure |= _cased(draw, kinds, kinds[metric], curves)
    if draw(st.integers(0, 3)) == 0:
        measure["never"] = draw(POINTS)
    if draw(st.integers(0, 2)) == 0:
        measure["missing"] = draw(st.sampled_from(("worst", 0, 50, 100, 12.5, "worst", 33, "no_score")))
    if draw(st.integers(0, 2)) == 0:
        measure["stale"] = draw(
            st.sampled_from(({"expire": "28 days"}, {"warn": "7 days", "expire": "90 days"}, {"warn": "30 days"}))
        )
        if draw(st.integers(0, 2)) == 0:
            own = {"number": ("> 1", "= 0"), "yes_no": (True, "false"), "word": CATEGORIES[:3]}[kinds[metric]]
            measure["stale"] |= {"values": [[at, f"{days} days"] for at, days in zip(own, (7, 60, 1), strict=False)]}
    if draw(st.integers(0, 5)) == 0:
        measure["grace"] = draw(st.sampled_from(("0 days", "30 days", "90 days", "400 days")))
    return measure


POINTS = st.sampled_from((0, 0, 25, 33.3, 50, 62.5, 63, 88, 100, 100))


def _cased(draw: Draw, kinds: Mapping[str, str], kind: str, curves: bool) -> dict[str, Any]:
    """Cases by a metric of any kind, or by free conditions; one of them may say that it does not apply."""
    by = draw(st.sampled_from([name for name in kinds if kinds[name] != "day"]))
    edge, other = draw(st.sampled_from(EDGES)), draw(st.sampled_from(EDGES))
    ats: list[str | bool] = [f"{draw(st.sampled_from(('<', '>=')))} {edge}", f"= {other}"]
    if kinds[by] != "number":
        words = [draw(st.sampled_from(CATEGORIES)) for _ in range(2)]
        ats = [True, False] if kinds[by] == "yes_no" else [*words]
    free = draw(st.booleans())
    cases: list[dict[str, Any]] = [{"when": condition(draw, kinds)} if free else {"at": at} for at in ats]
    for case in cases:
        case |= {"applies": False} if draw(st.integers(0, 3)) == 0 else _scale(draw, kind, curves)
    return {"cases": cases} | ({} if free else {"by": by})


def _scale(draw: Draw, kind: str, curves: bool = True) -> dict[str, Any]:
    if kind == "yes_no":
        return {"map": [[truth, draw(POINTS)] for truth in draw(st.sampled_from(([True, False], [False], ["true"])))]}
    if kind == "word":
        named = draw(st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=5, unique=True))
        entries = [[name, draw(POINTS)] for name in named]
        return {"map": [*entries, ["else", draw(POINTS)]] if draw(st.booleans()) else entries}
    edges = sorted(draw(st.lists(st.sampled_from(EDGES), min_size=2, max_size=4, unique=True)))
    if draw(st.integers(0, 4)) == 0:
        ends = [f"{left} to {right}" for left, right in pairwise(edges)]
        return {"ranges": [[span, draw(POINTS)] for span in [*ends, f"{edges[-1]} +"]]}
    if curves and draw(st.integers(0, 5)) == 0:
        form, places = draw(st.sampled_from((("percentiles", (10, 50, 90)), ("zscores", (-1.5, 0, 2)))))
        return {form: [[place, draw(POINTS)] for place in places]}
    if curves and draw(st.booleans()):
        return {"curve": [[float(edge), draw(POINTS)] for edge in edges]}
    bands = [[f"{draw(st.sampled_from(('<', '<=', '=', '<')))} {edge}", draw(POINTS)] for edge in edges]
    return {"bands": [*bands, ["else", draw(POINTS)]]}


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
    return {"when": condition(draw, kinds), mode: does, "because": "a person says so"}


@st.composite
def cases(draw: Draw) -> Case:
    model = draw(models())
    known_by = DAY + timedelta(days=draw(st.sampled_from((0, 0, 0, 1, 10))))
    seed, numbered = draw(st.integers(0, 2**32)), draw(st.booleans())
    return Case(model, known_by, seed, numbered)
