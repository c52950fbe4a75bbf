"""The faults of published models: `check` finds each in the model that has it, and its repaired twin is silent."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from keepwell.errors import Finding, ModelError
from keepwell.model import load_text

HEAD = """\
model: published
points: {red: 25, yellow: 63, green: 88}
entities:
  account: {table: accounts, key: account_id, from: since}
tables:
  tickets: {account: account_id, time: opened_at, fresh: 7 days, columns: {closed_at: happened}}
  calls: {account: account_id, time: held_at}
  logins: {account: account_id, time: at}
  answers: {account: account_id, time: at}
metrics:
  tickets_30d: {count: tickets, over: 30 days}
  urgent_open: {open: tickets, until: closed_at, where: "priority = 'urgent'"}
  last_call: {days_since: calls}
  users: {count_distinct: logins.user_id, over: 28 days}
  seats: {attribute: seats}
  utilisation: {ratio: [users, seats]}
  nps: {nps: answers.score, over: 365 days}
  status: {attribute: plan_status}
  objectives: {attribute: objectives}
  risk: {attribute: risk}
"""
REST = "other: {metric: nps, curve: [[-100, 0], [100, 100]]}"


def of_score(*lines: str, metrics: str = "") -> str:
    """A whole model with one score, which has these lines."""
    return HEAD + metrics + "scores:\n  health:\n" + "".join(f"    {line}\n" for line in lines)


def of_part(*parts: str, metrics: str = "") -> str:
    """A whole model with one score of these parts."""
    return of_score("parts:", *(f"  {part}" for part in parts), metrics=metrics)


def of_scores(*scores: tuple[str, tuple[str, ...]]) -> str:
    """A whole model with several scores."""
    said = "".join(f"  {name}:\n" + "".join(f"    {line}\n" for line in lines) for name, lines in scores)
    return HEAD + "scores:\n" + said


def findings(text: str) -> list[Finding]:
    try:
        return list(load_text(text).warnings)
    except ModelError as problem:
        return list(problem.findings)


@dataclass(frozen=True)
class Fault:
    """A model that has one fault: where its line is marked, which code says it and with which words; and its repair."""

    name: str
    faulty: str
    at: str
    code: str
    words: tuple[str, ...]
    repaired: str
    error: bool = False

    @property
    def line(self) -> int:
        assert self.faulty.count(self.at) == 1, self.at
        return self.faulty[: self.faulty.index(self.at)].count("\n") + 1


def ranges(metric: str, *listed: str, confirmed: str = "") -> str:
    """A measure of published ranges, best or worst first, between whole hundred and nothing."""
    points = [100 - 100 * index // (len(listed) - 1) for index in range(len(listed))]
    pairs = ", ".join(f'["{text}", {value}]' for text, value in zip(listed, points, strict=True))
    return f"published: {{metric: {metric}, ranges: [{pairs}]{confirmed}}}"


V1 = [("activation", 50, 10), ("features", 40, 30), ("volume", 30, 10), ("engagement", 20, 10)]


def measure(weight: object, sign: str = "") -> str:
    """A sound measure of this weight."""
    return f"{{weight: {weight}{sign}, metric: nps, curve: [[-100, 0], [100, 100]]}}"


def weighed(column: int, sign: str) -> str:
    """Version 1 of PostHog: the weights of one column, as per cent or relative."""
    return of_part(
        *(f"{row[0]}: {{weight: {row[column]}{sign}, metric: nps, curve: [[0, 0], [100, 100]]}}" for row in V1)
    )


def headed(customer: str, product: str, *children: str) -> str:
    one, two, three, four = (
        f"{{weight: {weight}, metric: nps, curve: [[-100, 0], [100, 100]]}}" for weight in children
    )
    return of_part(
        f"customer: {{weight: {customer}, parts: {{user: {one}, company: {two}}}}}",
        f"product: {{weight: {product}, parts: {{analytics: {three}, replay: {four}}}}}",
    )


def ruled(kind: str, *listed: str) -> str:
    """A model of one sound part with these tiers or overrides."""
    return of_score("parts:", f"  {REST}", f"{kind}:", *(f"  - {{{item}}}" for item in listed))


WEIGHTS = [
    Fault(
        "PostHog v1, new customers: 140 %",
        weighed(1, " %"),
        "parts:",
        "weights",
        ("sum to 140, not 100", "relative weights"),
        weighed(1, ""),
        error=True,
    ),
    Fault(
        "PostHog v1, established customers: 60 %",
        weighed(2, " %"),
        "parts:",
        "weights",
        ("sum to 60, not 100", "relative weights"),
        weighed(2, ""),
        error=True,
    ),
    Fault(
        "PostHog v3: 20/80 above children of 25/75",
        headed("20 %", "80 %", "20", "5", "50", "25"),
        "    parts:\n",
        "headline",
        ("customer 25, product 75", "customer 20, product 80"),
        headed("25 %", "75 %", "20", "5", "50", "25"),
    ),
]

GAPS = [
    Fault(
        "GitLab: no ticket stands in no band",
        of_part(ranges("tickets_30d", "1-5", "6-15", "16+")),
        "published:",
        "gap",
        ("exactly 0 is in no range", "missing"),
        of_part(ranges("tickets_30d", "0-5", "6-15", "16+")),
    ),
    Fault(
        "GitLab: utilisation between 50 and 51 %",
        of_part(ranges("utilisation", "> 75 %", "51-75 %", "0-50 %")),
        "published:",
        "gap",
        ("above 0.5 below 0.51 is in no range",),
        of_part(ranges("utilisation", "> 75 %", "50-75 %", "< 50 %")),
    ),
    Fault(
        "GitLab: customers younger than two months",
        of_part(
            "published: {metric: utilisation, by: tenure_days, cases: [",
            '  {at: "> 274", bands: [["<= 75 %", 0], [else, 100]]},',
            '  {at: ">= 60", bands: [["<= 50 %", 0], ["<= 75 %", 60], [else, 100]]}]}',
        ),
        "published:",
        "cases",
        ("some accounts have no case (tenure_days below 60)",),
        of_part(
            "published: {metric: utilisation, by: tenure_days, cases: [",
            '  {at: "> 274", bands: [["<= 75 %", 0], [else, 100]]},',
            '  {at: ">= 60", bands: [["<= 50 %", 0], ["<= 75 %", 60], [else, 100]]},',
            "  {at: else, applies: false}]}",
        ),
        error=True,
    ),
    Fault(
        "HBR: 50 to 51",
        ruled("tiers", 'at: ">= 70", is: great', 'at: ">= 51", is: good', 'at: "<= 50", is: bad'),
        "tiers:",
        "gap",
        ("above 50 below 51 is in no tier",),
        ruled("tiers", 'at: ">= 70", is: great', 'at: "> 50", is: good', "at: else, is: bad"),
        error=True,
    ),
]


def aged(second: str, third: str) -> str:
    """The ramp of GitLab: a table of bands for each age, in months, as conditions."""
    return of_part(
        "published:",
        "  metric: utilisation",
        "  cases:",
        '    - {when: "months < 2", applies: false}',
        '    - {when: "months between 2 and 6", bands: [["< 10 %", 0], [else, 100]]}',
        f'    - {{when: "{second}", bands: [["<= 50 %", 0], ["<= 75 %", 60], [else, 100]]}}',
        f'    - {{when: "{third}", bands: [["<= 75 %", 0], [else, 100]]}}',
        metrics='  months: {expr: "floor(tenure_days / 30.4375)"}\n',
    )


AGES = aged("months > 6 and months <= 9", "months > 9")

OVERLAPS = [
    Fault(
        "GitLab: five tickets",
        of_part(ranges("tickets_30d", "0-5", "5-15", "> 15")),
        "published:",
        "overlap",
        ("exactly 5 is in ‘0-5’ and in ‘5-15’",),
        of_part(ranges("tickets_30d", "0-5", "6-15", "> 15")),
    ),
    Fault(
        "GitLab: customers of six months",
        aged("months between 6 and 9", "months > 9"),
        '"months between 6 and 9"',
        "overlap",
        ("months exactly 6 meets case 2 and case 3",),
        AGES,
    ),
    Fault(
        "GitLab: customers of nine months",
        aged("months > 6 and months <= 9", "9 <= months"),
        '"9 <= months"',
        "overlap",
        ("months exactly 9 meets case 3 and case 4",),
        AGES,
    ),
    Fault(
        "HBR: 70",
        ruled("tiers", 'at: ">= 70", is: great', 'at: "<= 50", is: bad', 'at: "<= 70", is: good'),
        '"<= 70"',
        "overlap",
        ("exactly 70 is in the tier ‘>= 70’ and in ‘<= 70’",),
        ruled("tiers", 'at: ">= 70", is: great', 'at: "<= 50", is: bad', "at: else, is: good"),
    ),
    Fault(
        "Mattermost: 30 days",
        of_part(ranges("last_call", "0-30", "30-59", "60-89", "90+")),
        "published:",
        "overlap",
        ("exactly 30 is in ‘0-30’ and in ‘30-59’",),
        of_part(ranges("last_call", "0-29", "30-59", "60-89", "90+")),
    ),
    Fault(
        "Mattermost: 60 days",
        of_part(ranges("last_call", "0-29", "30-60", "60-89", "90+")),
        "published:",
        "overlap",
        ("exactly 60 is in ‘30-60’ and in ‘60-89’",),
        of_part(ranges("last_call", "0-29", "30-59", "60-89", "90+")),
    ),
    Fault(
        "PostHog: five tickets",
        of_part(ranges("tickets_30d", "<= 5", "5-10", "> 10")),
        "published:",
        "overlap",
        ("exactly 5 is in ‘<= 5’ and in ‘5-10’",),
        of_part(ranges("tickets_30d", "<= 5", "6-10", "> 10")),
    ),
    Fault(
        "PostHog: no urgent ticket",
        of_part(ranges("urgent_open", "0", "0-2", "> 2")),
        "published:",
        "overlap",
        ("exactly 0 is in ‘0’ and in ‘0-2’",),
        of_part(ranges("urgent_open", "0", "1-2", "> 2")),
    ),
    Fault(
        "PostHog: one day",
        of_part(ranges("last_call", "<= 1", "1-5", "> 5")),
        "published:",
        "overlap",
        ("exactly 1 is in ‘<= 1’ and in ‘1-5’",),
        of_part(ranges("last_call", "<= 1", "2-5", "> 5")),
    ),
    Fault(
        "PostHog: ten users",
        of_part(ranges("users", ">= 10", "3-10", "< 3")),
        "published:",
        "overlap",
        ("exactly 10 is in ‘>= 10’ and in ‘3-10’",),
        of_part(ranges("users", ">= 10", "3-9", "< 3")),
    ),
]


def roi(yellow: str) -> str:
    green = "status = 'active' and objectives >= 1"
    return of_part(
        "published: {metric: roi, map: [[red, 0], [yellow, 50], [green, 100]]}",
        metrics=f"  roi: {{expr: \"case when {green} then 'green' when {yellow} then 'yellow' else 'red' end\"}}\n",
    )


def cased(second: str) -> str:
    return of_part(
        "published:",
        "  metric: utilisation",
        "  curve: [[0, 0], [1, 100]]",
        "  cases:",
        '    - {when: "seats > 5", bands: [["< 50 %", 0], [else, 100]]}',
        f'    - {{when: "{second}", bands: [["< 20 %", 0], [else, 100]]}}',
    )


IDENTICAL = [
    Fault(
        "GitLab: green is yellow",
        roi("objectives >= 1 and (status = 'active')"),
        "  roi:",
        "same-condition",
        ("stands twice in this choice", "'yellow' can never come of it"),
        roi("status in ('active', 'draft')"),
    ),
    Fault(
        "two cases",
        cased("seats  > 5"),
        '"seats  > 5"',
        "same-condition",
        ("‘seats  > 5’ stands here a second time",),
        cased("seats > 2"),
    ),
    Fault(
        "two overrides",
        ruled("overrides", 'when: "risk > 3", cap: 50, because: a', 'when: "risk > 3", cap: 20, because: b'),
        "cap: 20",
        "same-condition",
        ("‘risk > 3’ stands here a second time",),
        ruled("overrides", 'when: "risk > 3", cap: 50, because: a', 'when: "risk > 6", cap: 20, because: b'),
    ),
]


def twice(one: str, other: str, confirmed: str = "") -> str:
    """Two scores with a measure of one name and metric."""
    return of_scores(
        ("health", ("parts:", f"  scm: {{metric: utilisation, {one}}}")),
        ("adoption", ("parts:", f"  scm: {{metric: utilisation, {other}{confirmed}}}")),
    )


def tiered(one: str, other: str) -> str:
    colours = "{at: else, is: red}]"
    return of_scores(
        ("health", ("parts:", f"  {REST}", f'tiers: [{{at: "{one}", is: green}}, {colours}')),
        ("product", ("parts:", f"  {REST}", "tiers:", f'  - {{at: "{other}", is: green}}', "  - {at: else, is: red}")),
    )


def shared(relationship: int, usage: int) -> tuple[str, ...]:
    return (
        "parts:",
        f"  relationship: {{weight: {relationship}, metric: nps, curve: [[-100, 0], [100, 100]]}}",
        f"  usage: {{weight: {usage}, metric: utilisation, curve: [[0, 0], [1, 100]]}}",
    )


EDGES, OTHERS = (
    'bands: [["< 25 %", 0], ["< 50 %", 60], [else, 100]]',
    'bands: [["<= 10 %", 0], ["<= 33 %", 60], [else, 100]]',
)
SPELLED = 'bands: [[">= 50 %", 100], [">= 25 %", 60], [else, 0]]'
TENURE = "curve: [[0, 10], [1, 50], [2, 75], [3, 100]]"
LATER_TENURE = "curve: [[0, 25], [1, 50], [2, 75], [3, 90]]"
INACTIVE = "  idle: {count: logins, where: \"kind = 'idle'\", over: 28 days, label: inactive users}\n"

DEFINITIONS = [
    Fault(
        "GitLab: bands of SCM in two forms",
        twice(EDGES, OTHERS),
        "scm: {metric: utilisation, " + OTHERS,
        "two-definitions",
        ("‘scm’ has another scale here than in health.scm",),
        twice(EDGES, SPELLED),
    ),
    Fault(
        "GitLab: tickets 5–15 and 6–15",
        twice(EDGES, EDGES.replace("< 50 %", "<= 50 %")),
        EDGES.replace("< 50 %", "<= 50 %"),
        "two-definitions",
        ("one value is worth two things",),
        twice(EDGES, EDGES),
    ),
    Fault(
        "Mattermost: tenure 10/50/75/100 and 25/50/75/90",
        twice(TENURE, LATER_TENURE).replace("  adoption:", "  adoption:\n    confirmed: [reach]"),
        "curve: [[0, 25]",
        "two-definitions",
        ("‘scm’ has another scale here than in health.scm",),
        twice(TENURE, TENURE),
    ),
    Fault(
        "GitLab: green from 75, and above 75",
        tiered(">= 75", "> 75"),
        '"> 75"',
        "two-definitions",
        ("‘green’ is another range of scores here than in ‘health’",),
        tiered(">= 75", ">= 75"),
    ),
    Fault(
        "HBR: the mean, and 25/50",
        of_scores(("health", shared(25, 50)), ("average", shared(1, 1))),
        "parts:\n      relationship: {weight: 1,",
        "two-definitions",
        ("‘average’ weighs the same parts as ‘health’ differently",),
        of_scores(("health", shared(25, 50)), ("average", shared(1, 2))),
    ),
    Fault(
        "Gainsight: what an inactive user is",
        of_part(REST, metrics=INACTIVE + "  silent: {count: logins, over: 91 days, label: Inactive users}\n"),
        "  silent:",
        "two-definitions",
        ("‘idle’ and ‘silent’ are both shown as “Inactive users”",),
        of_part(REST, metrics=INACTIVE + "  silent: {count: logins, over: 91 days, label: silent users}\n"),
    ),
]


def capped(formula: str) -> str:
    return of_part(
        "published: {metric: capped, curve: [[0, 0], [100, 100]]}",
        metrics=f'  risk_points: {{last: calls.risk_points}}\n  capped: {{expr: "{formula}"}}\n',
    )


def empty(coverage: str, missing: str) -> str:
    measure = f"published: {{metric: nps, curve: [[-100, 0], [100, 100]], missing: {missing}}}"
    return of_score(f"minimum_coverage: {coverage}", "parts:", f"  {measure}")


def divided(metric: str, confirmed: str = "") -> str:
    return of_part(
        f'published: {{metric: share, bands: [["< 25 %", 0], [else, 100]]{confirmed}}}', metrics=f"  share: {metric}\n"
    )


NULLS = [
    Fault(
        "Mattermost: least of a score and a risk that nobody recorded",
        capped("least(users * 10, risk_points)"),
        "  capped:",
        "least",
        ("`least` has no value where ‘risk_points’ has none", "coalesce(risk_points, 0)"),
        capped("least(users * 10, coalesce(risk_points, 100))"),
    ),
    Fault(
        "GitLab: nothing known is red",
        empty("0 %", "worst"),
        "minimum_coverage",
        "no-evidence",
        ("an account of which nothing is known gets a score and a tier", "‘published’ counts while it is missing"),
        empty("50 %", "worst"),
    ),
    Fault(
        "GitLab: 0/0 is red",
        divided("{ratio: [users, seats], if_zero: 0}"),
        "published:",
        "if-zero",
        ("where the denominator of ‘share’ is 0 it counts as 0", "the worst points (0)"),
        divided("{ratio: [users, seats]}"),
    ),
    Fault(
        "0/0 is red, as a formula",
        divided('{expr: "coalesce(users / nullif(seats, 0), 0)"}'),
        "published:",
        "if-zero",
        ("where the denominator of ‘share’ is 0 it counts as 0",),
        divided('{expr: "users / nullif(seats, 0)"}'),
    ),
]


MATTERMOST = (
    "combine: sum",
    "parts:",
    "  tenure: {weight: 25, metric: tenure_days, curve: [[182, 25], [1095, 90]]}",
    "  licence: {weight: 25, metric: nps, curve: [[-100, 10], [100, 100]]}",
    "  tickets: {weight: 25, metric: tickets_30d, curve: [[1, 100], [5, 25]]}",
    "  task: {weight: 25, metric: last_call, curve: [[30, 100], [90, 25]]}",
    "confirmed: [reach]",
)
"""Lowest sum: 25 % of 25 + 10 % of 25 + 25 % of 25 + 25 % of 25 = 21.25."""


def exception(mode: str) -> str:
    return of_score(*MATTERMOST, "overrides:", f"  - {{when: \"risk = 'early'\", {mode}, because: A risk is recorded}}")


DIRECTIONS = [
    Fault(
        "Mattermost: early warning replaces 21.25 by 50",
        exception("replace: 50"),
        "replace: 50",
        "raises",
        ("`replace: 50` also raises every score below 50", "`cap: 50`"),
        exception("cap: 50"),
    ),
]


def coloured(*tiers: str, confirmed: str = "") -> str:
    """A measure of three colours, from 25 to 88 points, and these tiers."""
    measure = 'adoption: {metric: utilisation, bands: [["< 50 %", red], ["< 80 %", yellow], [else, green]]}'
    return of_score(
        f"confirmed: [{confirmed}]", "parts:", f"  {measure}", "tiers:", *(f"  - {{{tier}}}" for tier in tiers)
    )


GOOD = ('at: ">= 75", is: good', 'at: ">= 50", is: middling', "at: else, is: bad")
UNREACHABLE = [
    Fault(
        "GitLab: points from 25 to 88",
        coloured(*GOOD),
        "health:",
        "reach",
        ("lies between 25 and 88", "the rest of 0 to 100 is never used"),
        coloured(*GOOD).replace("red: 25, yellow: 63, green: 88", "red: 0, yellow: 50, green: 100"),
    ),
    Fault(
        "a tier above the best",
        coloured('at: "> 90", is: great', "at: else, is: bad", confirmed="reach"),
        '"> 90"',
        "unreachable",
        ("‘great’ can never be reached", "between 25 and 88"),
        coloured('at: "> 80", is: great', "at: else, is: bad", confirmed="reach"),
    ),
]

TICKETS = 'published: {metric: tickets_30d, bands: [["= 0", 50], ["<= 2", 100], ["<= 4", 75], [else, 0]]'
MONOTONE = [
    Fault(
        "Mattermost: no ticket is worse than one",
        of_part(f"{TICKETS}}}"),
        "published:",
        "not-monotone",
        ("as ‘tickets_30d’ grows", "50, 100, 75, 0", "`confirmed: [not-monotone]`"),
        of_part(f"{TICKETS}, confirmed: [not-monotone]}}"),
    ),
    Fault(
        "a curve with a best middle",
        of_part("published: {metric: nps, curve: [[-100, 0], [0, 100], [100, 50]]}"),
        "published:",
        "not-monotone",
        ("0, 100, 50",),
        of_part("published: {metric: nps, curve: [[-100, 0], [0, 50], [100, 100]]}"),
    ),
]

FAULTS = [*WEIGHTS, *GAPS, *OVERLAPS, *IDENTICAL, *DEFINITIONS, *NULLS, *DIRECTIONS, *UNREACHABLE, *MONOTONE]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_fault_is_found_and_nothing_else(fault: Fault) -> None:
    (found,) = findings(fault.faulty)
    assert (found.code, found.line) == (fault.code, fault.line)
    assert found.severity == ("error" if fault.error else "warning")
    assert all(words in found.message for words in fault.words), found.message


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_repaired_twin_is_silent(fault: Fault) -> None:
    assert findings(fault.repaired) == []


def test_percentages_that_were_rounded_are_taken() -> None:
    """BigCommerce prints seven times 5.88, twice 11.76 and once 35.29: 99.97."""
    weights = ["5.88"] * 7 + ["11.76"] * 2 + ["35.29"]
    parts = (f"p{i}: {measure(weight, ' %')}" for i, weight in enumerate(weights))
    assert findings(of_part(*parts)) == []


def test_a_confirmation_that_confirms_nothing_is_named() -> None:
    """Else a later mistake of the same kind would be silent."""
    (found,) = findings(of_part("published: {metric: nps, curve: [[-100, 0], [100, 100]], confirmed: [not-monotone]}"))
    assert (found.code, found.severity) == ("confirmed", "warning")
    assert "there is nothing to confirm as ‘not-monotone’ here" in found.message


def test_what_is_confirmed_must_be_a_finding_that_can_be() -> None:
    (found,) = findings(of_part("published: {metric: nps, curve: [[-100, 0], [100, 100]], confirmed: [gap]}"))
    assert found.severity == "error"
    assert "gap" in found.message


def test_a_confirmation_is_no_new_version() -> None:
    asked, confirmed = of_part(f"{TICKETS}}}"), of_part(f"{TICKETS}, confirmed: [not-monotone]}}")
    assert load_text(asked).version == load_text(confirmed).version


def test_a_confirmed_measure_stays_confirmed_in_a_variant() -> None:
    text = of_score(
        "parts:",
        f"  {TICKETS}, confirmed: [not-monotone]}}",
        "variants:",
        '  - {is: large, when: "seats > 50", parts: {other: {metric: nps, curve: [[-100, 0], [100, 100]]}}}',
    )
    assert findings(text) == []


@pytest.mark.parametrize(
    "formula",
    [
        "least(users, tickets_30d)",
        "greatest(coalesce(seats, 1), users)",
        "users / greatest(seats, 1)",
        "case when seats is null then users else least(users, seats) end",
    ],
)
def test_a_formula_that_loses_nothing_unseen_is_silent(formula: str) -> None:
    assert findings(capped(formula)) == []


@pytest.mark.parametrize(
    "scale",
    [
        'bands: [["= 0", 100], ["= 1", 50], [else, 0]]',
        'bands: [["< 5", 0], ["< 5.5", 100], [else, 50]]',
        "curve: [[0, 100], [5, 50], [9, 50], [12, 0]]",
    ],
)
def test_points_that_only_fall_or_rise_over_values_that_can_be(scale: str) -> None:
    """Tickets are whole numbers from 0 on; of 5 alone the points turn."""
    turned = "5.5" in scale
    assert [found.code for found in findings(of_part(f"p: {{metric: tickets_30d, {scale}}}"))] == [
        "not-monotone"
    ] * turned


def test_a_ratio_without_denominator_that_is_not_worst_is_silent() -> None:
    text = of_part(
        'p: {metric: share, bands: [["< 25 %", 100], [else, 0]]}',
        metrics="  share: {ratio: [users, seats], if_zero: 0}\n",
    )
    assert findings(text) == []


def test_two_measures_that_hold_for_different_accounts_are_no_two_definitions() -> None:
    text = of_part(
        f'old: {{applies_if: "tenure_days > 90", parts: {{scm: {{metric: utilisation, {EDGES}}}}}}}',
        f'new: {{applies_if: "tenure_days <= 90", parts: {{scm: {{metric: utilisation, {OTHERS}}}}}}}',
    )
    assert findings(text) == []
