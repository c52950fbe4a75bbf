"""Every mistake is said in one sentence, with its line, to somebody who knows no Python."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest

from tests.model.mistakes import SOUND, edited, refused, said_of, sound

USAGE = 'bands: [["< 20", 0], [else, 100]]'
SEATS = "curve: [[0.2, 0], [0.8, 100]]"
ATTRIBUTE = "  seat_use: {attribute: seat_use}"
LAST_TIER = "- {at: else, is: at_risk}"
OVERRIDE = "    overrides: [{when: %s}]\n    tiers:"


def override(text: str) -> tuple[str, str]:
    return "    tiers:", OVERRIDE.replace("when: %s", text)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        # names
        ("tables:", "tabels:", "4: ‘tabels’ is not a field here (tabels). Did you mean ‘tables’?"),
        ("over: 28 d", "ovr: 28 d", "8: ‘ovr’ is not a field here (metrics.logins_28d.ovr). Did you mean ‘over’?"),
        ("is: great}", "is: great, do: {step: x, onwer: csm}}",
         "16: ‘onwer’ is not a field here (scores.health.tiers.0.do.onwer). Did you mean ‘owner’?"),
        ("weight: 1,", "wieght: 1,",
         "13: ‘wieght’ is not a field here (scores.health.parts.usage.wieght). Did you mean ‘weight’?"),
        ("count: logins", "count: login", "8: ‘login’ is no table. Did you mean ‘logins’?"),
        ("metric: seat_use", "metric: seat_us",
         "14: ‘seat_us’ is no metric of an account (text is written in 'single quotes'). Did you mean ‘seat_use’?"),
        ("logins: {account:", "logins: {acount: x, account:",
         "5: ‘acount’ is no field of a table, and no entity. Did you mean ‘account’?"),
        ("{account: account_id, time: at}", "{account: [[account_id]], time: at}",
         "5: `account:` names the column of logins with its id, or {system: column}, or a list of these."),
        ("{account: account_id, time: at}", "{account: {billing: no, crm: id}, time: at}",
         "5: `account:` names the column of logins with its id, or {system: column}, or a list of these."),
        ("{account: account_id, time: at}", "{account: {billing: no}, time: at}",
         ("5: {billing: no} is an id of another system, and account has no id map; add `ids:` to `entities: account:`, "
          "or write `account: no`.")),
        ("key: account_id}", "key: account_id, ids: {table: ids, sytems: [billing]}}",
         "3: ‘sytems’ is not a field here (entities.account.ids.sytems). Did you mean ‘systems’?"),
        ("key: account_id}", "key: account_id, ids: {table: ids, systems: [account]}}",
         "3: ‘account’ is the system of the entity's own keys, and needs no entry."),
        ("key: account_id}", "key: account_id, ids: {table: ids, id: account_id}}",
         "3: ‘account_id’ cannot be both the id and the key that it stands for; say `id:` and `key:`."),
        ("key: account_id}", "key: account_id, ids: {table: accounts}}",
         "3: accounts has the entities themselves; the id map is a table of its own."),
        (ATTRIBUTE, "  seat-use: {attribute: x}\n  seat_use: {attribute: x}",
         "9: metrics.seat-use: ‘seat-use’ is not a name; use letters, digits and _, beginning with a letter."),
        (ATTRIBUTE, "  tenure_days: {attribute: x}\n  seat_use: {attribute: x}",
         "9: ‘tenure_days’ is built in; choose another name."),
        (ATTRIBUTE, "  score: {attribute: x}\n  seat_use: {attribute: x}",
         "9: ‘score’ is built in; choose another name."),
        ("model: acme", "model: true", "1: model: ‘true’ should be a word or text."),
        ("entities:\n  account: {table: accounts, key: account_id}\n", "", "1: the model needs ‘entities’."),
        ("  account: {table", "  customer: {table",
         "1: the model: `entities:` needs an `account`: the customers that are scored."),
        # metrics
        ("{count: logins, over: 28 days}", "logins",
         "8: metrics.logins_28d: a metric says what it computes, such as {count: logins, over: 28 days}."),
        ("count: logins,", "count: logins, sum: logins.x,",
         "8: metrics.logins_28d: a metric computes one thing, and this one says count and sum."),
        (ATTRIBUTE, "  seat_use: {mean: logins}",
         "9: metrics.seat_use.mean: ‘logins’ should name a table and a column of it, such as logins.user_id."),
        (ATTRIBUTE, "  seat_use: {ratio: [logins_28d]}",
         "9: metrics.seat_use.ratio: ‘[logins_28d]’ has an entry too few."),
        (ATTRIBUTE, "  seat_use: {expr: a + 1}\n  a: {ratio: [seat_use, logins_28d]}",
         "9: these metrics read each other in a circle: seat_use → a → seat_use."),
        (ATTRIBUTE, "  seat_use: {change: seat_use, against: 7 days}",
         "9: these metrics read each other in a circle: seat_use → seat_use."),
        (ATTRIBUTE, "  seat_use: {mean: account.logins_28d}",
         "9: account is not directly part of account, so account cannot sum it up."),
        (ATTRIBUTE, "  seat_use: {mean: children.logins_28d}",
         "9: `children` are the accounts below an account: `entities: account:` needs `parent:`."),
        (ATTRIBUTE, "  seat_use: {open: tickets, until: done_at}",
         "9: so that done_at cannot be seen before it happened, add `columns: {done_at: happened}` to tickets."),
        ("over: 28 days", "over: 28 days, absent: none",
         "8: metrics.logins_28d.absent: ‘none’ should be 'zero', 'missing' or 'worst'."),
        ("[else, 100]", "[else, ~]", "13: entry 2 of ‘1’ has no value; give it one or remove the line."),
        ("over: 28 days", "over: ", "8: ‘over:’ has no value; give it one or remove the line."),
        ("over: 28 days", "over: -28 days", ("8: metrics.logins_28d.over: ‘-28 days’ must be at least one day; "
         "a window looks back from the day of the score.")),
        ("over: 28 days", "over: 0 days", ("8: metrics.logins_28d.over: ‘0 days’ must be at least one day; "
         "a window looks back from the day of the score.")),
        ("over: 28 days", "over: 3 months", ("8: metrics.logins_28d.over: ‘3 months’ has no fixed number of days; "
         "write 3 calendar months, or 90 days.")),
        ("over: 28 days", "over: 1 quarter", ("8: metrics.logins_28d.over: ‘1 quarter’ has no fixed number of days; "
         "write 1 calendar quarter, or 91 days.")),
        ("over: 28 days", "over: 0 years", ("8: metrics.logins_28d.over: ‘0 years’ has no fixed number of days; "
         "write 30 days, 91 days or 365 days, or weeks.")),
        ("over: 28 days", "over: 28",
         "8: metrics.logins_28d.over: ‘28’ is not a length of time; write for example 28 days or 4 weeks."),
        # tables and entities
        ("closed_at: happened", "closed_at: happend",
         ("6: tables.tickets.columns.closed_at: ‘happend’ is not known here; "
         "write happened, planned, or {known: column}.")),
        ("closed_at: happened", "closed_at: {happened: true, planned: true}",
         "6: ‘closed_at’ is either happened or planned, not both."),
        ("closed_at: happened", "closed_at: {happened: true, known: closed_at}",
         "6: ‘closed_at’ cannot say itself when it became known."),
        ("entities:\n", "entities:\n  contact: {table: contacts, key: id}\n",
         "3: ‘contact’ needs `in:`, the level that it is part of, such as `in: account`."),
        ("key: account_id}", "key: account_id, in: account}",
         "3: `account` is the level that is scored; it is not part of another (see `parent:`)."),
        # scales
        (f", {USAGE}", "",
         ("13: scores.health.parts.usage: a measure has one scale (bands, curve, map, ranges, percentiles, zscores); "
         "this one has none of them.")),
        (USAGE, f"{USAGE}, {SEATS}",
         ("13: scores.health.parts.usage: a measure has one scale (bands, curve, map, ranges, percentiles, zscores); "
         "this one has bands and curve.")),
        (USAGE, 'bands: [["< 20", 0], ["> 20", 100]]',
         "13: exactly 20 is in no band; add [else, …] or close the gap."),
        (USAGE, 'bands: [["< 20", 0], [">= 30", 100]]',
         "13: from 20 below 30 is in no band; add [else, …] or close the gap."),
        (USAGE, 'bands: [["under 20", 0]]',
         ("13: scores.health.parts.usage.bands.0.0: ‘under 20’ is no condition on a number; "
          'write for example "< 20", ">= 0.5", "= 0" or else.')),
        (USAGE, 'bands: [["< 20", 0, 1]]',
         "13: scores.health.parts.usage.bands.0: ‘[< 20, 0, 1]’ has too many entries; 2 belong here."),
        (USAGE, 'bands: [["< 20"]]', "13: scores.health.parts.usage.bands.0: ‘[< 20]’ has an entry too few."),
        (USAGE, "bands: high", "13: scores.health.parts.usage.bands: ‘high’ should be a list, such as [a, b]."),
        (USAGE, "bands: []", "13: scores.health.parts.usage.bands: ‘[]’ has too few entries; at least 1 belong here."),
        (USAGE, "bands: [[else, 101]]",
         "13: scores.health.parts.usage.bands.0.1: points lie between 0 and 100, and 101 does not."),
        (USAGE, "bands: [[else, many]]", ("13: scores.health.parts.usage.bands.0.1: "
         "‘many’ is neither a number of points nor named in the model's `points:`.")),
        (SEATS, "curve: [[0.8, 0], [0.2, 100]]", ("14: scores.health.parts.seats: the knots of a curve go from left "
         "to right; each first number must be larger than the one before.")),
        (SEATS, "curve: [[0.8, 0]]",
         "14: scores.health.parts.seats.curve: ‘[[0.8, 0]]’ has too few entries; at least 2 belong here."),
        (SEATS, "curve: [[1, 0], [1e30, 9]]",
         "14: scores.health.parts.seats.curve.1.0: ‘1E+30’ is not a number below 10^18."),
        (SEATS, "map: [[a, 1], [a, 2]]", "14: ‘a’ stands here a second time."),
        (SEATS, "map: [[else, 1], [a, 2]]", "14: `else` comes last."),
        # weights
        ("weight: 1,", "weight: -1,",
         "13: scores.health.parts.usage.weight: a weight cannot be negative, and ‘-1’ is."),
        ("weight: 1,", "weight: lots,", ("13: scores.health.parts.usage.weight: ‘lots’ is not a weight; "
         "write 25 % (of its siblings), a plain number, or a fraction such as 6/17.")),
        ("weight: 1,", "weight: 1/0,", ("13: scores.health.parts.usage.weight: ‘1/0’ is not a weight; "
         "write 25 % (of its siblings), a plain number, or a fraction such as 6/17.")),
        ("weight: 1,", "weight: true,", "13: scores.health.parts.usage.weight: ‘true’ is not a number."),
        ("weight: 1,", "weight: .nan,", "13: ‘.nan’ is not a number that can be used here."),
        ("weight: 1,", "weight: -.inf,", "13: ‘-.inf’ is not a number that can be used here."),
        ("weight: 1,", f"weight: {'9' * 5000},",
         f"13: ‘{'9' * 60}’ is too long, too large or too small a number to be used here."),
        ("weight: 1,", "weight: 50 %,",
         "12: these parts mix percent and plain weights (usage 50 %, seats 2); use one of them for all."),
        # the other fields of a measure and a score
        ("weight: 1,", "missing: neutral,",
         "13: scores.health.parts.usage.missing: ‘neutral’ should be 'exclude', 'worst' or 'no_score' or a number."),
        ("weight: 1,", "outcome_adjacent: yes,",
         "13: scores.health.parts.usage.outcome_adjacent: ‘yes’ should be true or false."),
        ("weight: 1,", "missing: 120,",
         "13: scores.health.parts.usage.missing: points lie between 0 and 100, and 120 does not."),
        ("weight: 1,", "stale: {warn: 9 days, expire: 3 days},",
         "13: scores.health.parts.usage.stale: `warn` should be shorter than `expire`."),
        ("    tiers:", "    decimals: 9\n    tiers:", "15: scores.health.decimals: ‘9’ should be at most 6."),
        ("    tiers:", "    minimum_coverage: 60\n    tiers:",
         "15: scores.health.minimum_coverage: ‘60’ is not a share between 0 % and 100 %."),
        ("    tiers:", "    applies_if: seat_use > 1\n    tiers:",
         "15: a whole score cannot be made not applicable; use `population`, or `applies_if` on its parts."),
        ("usage: {weight: 1, metric: logins_28d, bands: [[\"< 20\", 0], [else, 100]]}", "usage: 5",
         "13: scores.health.parts.usage: a part is {weight, metric, and a scale such as bands}, or {weight, parts}."),
        # tiers
        (LAST_TIER, '- {at: "< 50", is: at_risk}',
         "15: from 50 below 70 is in no tier; add {at: else, is: …} or close the gap."),
        ("is: at_risk", "is: great", "15: two tiers are called ‘great’."),
        (LAST_TIER, '- {at: "= 50", is: mid}\n      ' + LAST_TIER,
         "18: ‘at_risk’ holds two separate ranges; a tier is one range."),
        (LAST_TIER, '- {at: else, is: at_risk, zones: [[">= 30", focus]]}',
         "17: below 30 is in no zone; add [else, …]."),
        (LAST_TIER, "- {at: else, is: at_risk, zones: [focus]}",
         "17: scores.health.tiers.1.zones.0: ‘focus’ should be a mapping, such as {name: value}."),
        # overrides and flags
        (*override("when: seat_use > 1, cap: 3"), "15: scores.health.overrides.0 needs ‘because’."),
        (*override("when: seat_use > 1, because: x"),
         "15: scores.health.overrides.0: an override does one of replace, cap, floor or tier."),
        (*override("when: seat_use > 1, because: x, cap: 1, tier: great"),
         "15: scores.health.overrides.0: an override does one of replace, cap, floor or tier."),
        (*override("when: seat_use > 1, because: x, tier: grea"), "15: ‘grea’ is no tier. Did you mean ‘great’?"),
        (*override('when: "seat_use = \\"high\\"", because: x, cap: 1'), ("15: ‘high’ is no metric of an account "
         "(text is written in 'single quotes'). There is: logins_28d, seat_use, tenure_days, today.")),
        ("scores:", "flags: {a: {when: scor > 3, because: x}}\nscores:", ("10: ‘scor’ is no metric of an account "
         "(text is written in 'single quotes'). There is: logins_28d, seat_use, tenure_days, today.")),
        ("scores:", "outcomes: {churn: {table: contract, time: x}}\nscores:",
         "10: ‘contract’ is no table. There is: logins, tickets."),
    ],
)  # fmt: skip
def test_one_sentence(old: str, new: str, said: str) -> None:
    assert said_of(old, new) == f"model.yaml:{said}"


def test_a_metric_that_says_nothing_lists_the_verbs() -> None:
    said = said_of("count: logins", "cout: logins")
    assert said.startswith("model.yaml:8: metrics.logins_28d: this metric does not say what it computes; one of count,")
    assert said.endswith("Did you mean ‘count’?")


def test_every_mistake_is_said_at_once_in_the_order_of_the_file() -> None:
    lines = refused(
        edited("count: logins", "count: login", "metric: seat_use", "metric: seat_us", "is: at_risk", "is: great")
    )
    assert [int(line.split(":")[1]) for line in lines] == [8, 14, 15]


def test_no_sentence_speaks_python() -> None:
    """Words of the library that checks the shape never reach the person."""
    wrong = ("[1]", "{a: 1}", "word", "1.5", "[]", "true", "")
    for place in ("28 days", "logins,", "acme", "account_id}", "[else, 100]", '">= 70"', "great", "0.2", "seats:"):
        for value in wrong:
            with suppress(pytest.fail.Exception):  # some of them fit
                for line in refused(SOUND.replace(place, value, 1)):
                    assert not re.search(r"tuple|dict\b|instance|Decimal|input|validation|\bstr\b|None|\{\{", line)


def test_warnings_do_not_refuse() -> None:
    loaded = sound(USAGE, 'bands: [["< 20", 0], ["< 10", 5], [else, 100]]')
    assert list(map(str, loaded.warnings)) == [
        "model.yaml:13: warning: this band (< 10) can never be reached; an earlier one takes all of it."
    ]
    loaded = sound("is: great}", 'is: great}\n      - {at: "> 80", is: super}')
    assert "this tier (> 80) can never be reached" in str(loaded.warnings[0])
    loaded = sound(USAGE, "bands: [[else, 60]]", SEATS, "map: [[a, 40], [else, 50]]")
    assert [str(found) for found in loaded.warnings if found.code != "reach"] == [
        "model.yaml:16: warning: ‘great’ can never be reached: this score lies between 40 and 60."
    ]


MAPPED = ("key: account_id}", "key: account_id, ids: {table: ids, systems: [billing, domain]}}")


def test_a_system_that_no_map_names_is_said_with_the_nearest() -> None:
    said = said_of(*MAPPED, "{account: account_id, time: at}", "{account: [{biling: no}, account_id], time: at}")
    assert said == "model.yaml:5: ‘biling’ is no system of account. Did you mean ‘billing’?"


def test_an_id_map_may_say_when_it_was_known_without_a_time() -> None:
    model = sound(*MAPPED, "  logins:", "  ids: {known: learned_on}\n  logins:").model
    assert model.tables["ids"].known == "learned_on"
    assert model.entities["account"].map is not None
    assert model.entities["account"].map.key == "account_id"


def test_the_order_of_id_columns_is_kept_and_counts() -> None:
    both = [sound(*MAPPED, "logins: {account: account_id", f"logins: {{account: {said}") for said in
            ("[{billing: no}, account_id]", "[account_id, {billing: no}]")]  # fmt: skip
    assert [item.model.tables["logins"].ids["account"] for item in both] == [
        (("billing", "no"), ("account", "account_id")),
        (("account", "account_id"), ("billing", "no")),
    ]
    assert both[0].version != both[1].version
