"""The JSON Schema that editors use, held against real models by a small reader of it."""

from __future__ import annotations

import re
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest

from keepwell.model import load_text, model_schema, shipped_models
from keepwell.model.yaml import parse_document
from tests.model.mistakes import SOUND, edited

EXAMPLE = """\
model: acme
entities:
  account:      {table: accounts, key: account_id, from: started_on, until: ended_on, parent: parent_id, value: arr}
  subscription: {table: subscriptions, key: subscription_id, in: account}
  contact:      {table: contacts, key: contact_id, in: account}
tables:
  logins:    {account: account_id, contact: user_id, time: at}
  answers:   {account: account_id, time: answered_at, known: imported_at}
  tickets:   {account: account_id, time: opened_at, columns: {closed_at: happened, csat: {known: closed_at}}}
  contracts: {account: account_id, time: signed_on, columns: {ends_on: planned, renewed: {known: decided_on}}}
  pulses:    {account: account_id, time: at}
metrics:
  active_users: {count_distinct: logins.user_id, over: 28 days}
  logins_28d:   {count: logins, over: 28 days}
  seats:        {last: contracts.seats}
  seat_use:     {ratio: [active_users, seats], if_zero: missing}
  logins_trend: {change: logins_28d, against: 28 days ago}
  nps:          {nps: answers.score, where: "kind = 'nps'", over: 365 days}
  urgent_open:  {open: tickets, until: closed_at, where: "priority = 'urgent'"}
  renewal_in:   {days_until: contracts.ends_on}
  commitment:   {last: pulses.answer, where: "question = 'commitment'"}
scores:
  health:
    parts:
      product_usage:
        weight: 25 %
        parts:
          seat_use:     {weight: 2, metric: seat_use, curve: [[0.2, 0], [0.8, 100]]}
          logins_trend: {weight: 1, metric: logins_trend, bands: [["< -0.20", 0], ["< -0.05", 50], [else, 100]]}
      relationship_quality:
        weight: 25 %
        parts:
          nps: {metric: nps, curve: [[-100, 0], [100, 100]], stale: {warn: 90 days, expire: 365 days}}
          commitment:
            {weight: 6, metric: commitment, map: [[renews, 100], [neutral, 50], [doubts, 0]], outcome_adjacent: true}
      value_realisation: {weight: 50 %, parts: {urgent: {metric: urgent_open, bands: [["= 0", 100], [else, 0]]}}}
    tiers:
      - {at: ">= 70", is: great, do: {step: ask for a reference, owner: csm, due: 30 days}}
      - {at: "> 50", is: good}
      - {at: else, is: at_risk, zones: [[">= 30", focus], [else, exception]]}
    overrides:
      - {when: "commitment = 'doubts'", cap: 50, because: the CSM sees what the data does not}
outcomes:
  churn: {table: contracts, time: decided_on, where: "renewed = false"}
"""
"""The model of the design, without what it extends."""

TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
    "integer": int, "number": (int, float, Decimal),
}  # fmt: skip


class Reader:
    """The part of JSON Schema that ours uses."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema

    def fits(self, value: Any, rule: dict[str, Any] | bool) -> bool:
        if isinstance(rule, bool):
            return rule
        if "$ref" in rule:
            return self.fits(value, self.schema["$defs"][rule["$ref"].rsplit("/", 1)[1]])
        checks = (self._typed, self._bounded, self._object, self._array)
        return self._any(value, rule) and all(check(value, rule) for check in checks)

    def _any(self, value: Any, rule: dict[str, Any]) -> bool:
        return all(sum(self.fits(value, one) for one in rule[key]) >= 1 for key in ("anyOf", "oneOf") if key in rule)

    def _typed(self, value: Any, rule: dict[str, Any]) -> bool:
        kind = TYPES.get(rule.get("type", ""), object)
        if isinstance(value, bool) and rule.get("type") in ("integer", "number"):
            return False
        return isinstance(value, kind) and value in rule.get("enum", [value]) and value == rule.get("const", value)

    def _bounded(self, value: Any, rule: dict[str, Any]) -> bool:
        if isinstance(value, str):
            return len(value) <= rule.get("maxLength", len(value)) and bool(re.search(rule.get("pattern", ""), value))
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            return bool(rule.get("minimum", value) <= value <= rule.get("maximum", value))
        return True

    def _object(self, value: Any, rule: dict[str, Any]) -> bool:
        if not isinstance(value, dict):
            return True
        known, named = rule.get("properties", {}), rule.get("patternProperties", {})
        for key, item in value.items():
            rules = [known[key]] if key in known else [one for pattern, one in named.items() if re.search(pattern, key)]
            if not all(self.fits(item, one) for one in rules or [rule.get("additionalProperties", True)]):
                return False
        fewest, most = rule.get("minProperties", 0), rule.get("maxProperties", len(value))
        return set(rule.get("required", ())) <= set(value) and fewest <= len(value) <= most

    def _array(self, value: Any, rule: dict[str, Any]) -> bool:
        if not isinstance(value, list):
            return True
        first = rule.get("prefixItems", [])
        rules = [*first, *[rule.get("items", True)] * (len(value) - len(first))]
        fits = all(self.fits(item, one) for item, one in zip(value, rules, strict=False))
        return fits and rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", len(value))


def accepts(text: str) -> bool:
    schema = model_schema()
    return Reader(schema).fits(parse_document(text, "model.yaml").data, schema)


def test_it_accepts_the_model_of_the_design() -> None:
    assert not load_text(EXAMPLE).warnings
    assert accepts(EXAMPLE)


@pytest.mark.parametrize("said", ["account_id", "{billing: no}", "[{billing: no}, account_id, {domain: email}]"])
def test_it_accepts_every_way_to_say_whose_a_row_is(said: str) -> None:
    mapped = ("key: account_id}", "key: account_id, ids: {table: ids, systems: [billing, domain], valid_from: since}}")
    text = edited(*mapped, "account: account_id, time: at", f"account: {said}, time: at")
    assert accepts(text)
    assert load_text(text).model.tables["logins"].ids["account"]


@pytest.mark.parametrize("name", shipped_models())
def test_it_accepts_every_shipped_model(name: str) -> None:
    assert accepts((resources.files("keepwell") / "shipped" / name / "model.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("over: 28 days", "ovr: 28 days"),
        ("over: 28 days", "over: 28"),
        ("over: 28 days", "over: 3 months"),
        ("count: logins", "cout: logins"),
        ('"< 20"', '"under 20"'),
        ("[else, 100]", "[else, so many]"),
        ("[else, 100]", "[else]"),
        ("weight: 1,", "weight: -1,"),
        ("weight: 1,", "weight: lots,"),
        ("closed_at: happened", "closed_at: happend"),
        ("entities:\n  account: {table: accounts, key: account_id}\n", ""),
        ("tables:", "tabels:"),
        ("is: great", "name: great"),
        ("account: account_id, time: at", "account: {billing: no, crm: id}, time: at"),
        ("account: account_id, time: at", "account: [[account_id]], time: at"),
        ("account: account_id, time: at", "account: [], time: at"),
        ("key: account_id}", "key: account_id, ids: {systems: [billing]}}"),
        ("key: account_id}", "key: account_id, ids: {table: ids, life: oldest}}"),
    ],
)
def test_it_refuses_what_the_loader_refuses(old: str, new: str) -> None:
    assert accepts(SOUND)
    assert not accepts(edited(old, new))


def test_every_field_says_what_it_is() -> None:
    """An editor shows these sentences; the reference is made of them."""
    schema = model_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    for name, kind in {"model": schema, **schema["$defs"]}.items():
        assert kind["description"], name
        for field, rule in kind["properties"].items():
            assert rule.get("description"), f"{name}.{field}"
