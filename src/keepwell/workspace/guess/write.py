"""A guess as the files of a workspace: what is sure or likely is said, the rest stands there as comments to confirm."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import PurePosixPath

from keepwell.facts.config import TableFile
from keepwell.model.standard import ACCOUNT, standard_tables
from keepwell.workspace.guess.rules import ARR, DIMENSIONS, Rule, Tables
from keepwell.workspace.guess.tables import ACCOUNTS, SUBSCRIPTIONS, Found, is_level

STALE = timedelta(days=31)
"""Data that ends longer ago is taken for an archive, which is scored as of its last day."""
ASKED = {
    "relationship_quality": ("relationship", "How good is the relationship?"),
    "product_usage": ("usage", "How well does it use the product?"),
    "value_realisation": ("value", "How much of what it hoped for has it reached?"),
}
"""Dimension → the input that is asked where no file says anything of it."""
PULSES = PurePosixPath("data/pulses.csv")


@dataclass(frozen=True)
class Draft:
    """All that the files say. `source`: the folder of the data, as keepwell.yaml names it.

    `doubtful`: tables that are only a guess, and `doubtful_rules` what they would add: written as comments.
    """

    name: str
    source: str
    tables: Tables
    doubtful: Tables
    rules: tuple[Rule, ...]
    doubtful_rules: tuple[Rule, ...]
    left_out: Mapping[str, str]
    today: date

    @property
    def asked(self) -> list[str]:
        """The dimensions that nothing but people's answers can fill."""
        measured = {rule.dimension for rule in self.rules if rule.points}
        return [dimension for dimension in DIMENSIONS if dimension not in measured]

    @property
    def last_day(self) -> date | None:
        """The newest day of any fact up to today; None where no table has a time."""
        facts = [found for name, found in {**self.tables, **self.doubtful}.items() if name != ACCOUNTS]
        times = [found.matches.get(standard_tables()[found.table].means.get("time", "")) for found in facts]
        columns = [match.column for match in times if match is not None]
        return max((one.newest for one in columns if one.newest and one.newest <= self.today), default=None)


def files(draft: Draft) -> dict[PurePosixPath, bytes]:
    """Path → content of every file of the workspace."""
    made = {PurePosixPath("keepwell.yaml"): config(draft), PurePosixPath("model.yaml"): model(draft)}
    if draft.asked:
        made[PULSES] = ",".join(standard_tables()["pulses"].columns) + "\n"
    return {path: text.encode() for path, text in made.items()}


def config(draft: Draft) -> str:
    """keepwell.yaml: where each table lies, and its columns by the names of the model."""
    lines = [
        "# Guessed from the names and contents of files. Each entry says how sure it is. What is only a guess is a",
        "# comment: remove its first # to use it. The data stays where it lies.",
        f"workspace: {draft.name}",
        "model: model.yaml",
        "zone: UTC # the time zone whose midnight ends a day, such as Europe/Berlin",
    ]
    if draft.last_day and draft.today - draft.last_day > STALE:
        lines.append(f"as_of: {draft.last_day} # the newest fact; without this line the day of the score is today")
    lines += ["", "sources:", f"  exports: {quoted(draft.source)}"]
    lines += ["  data: data # what people answer"] if draft.asked else []
    lines += ["", "tables:"]
    for name, found in draft.tables.items():
        lines += _entry(name, found)
    for name, found in draft.doubtful.items():
        lines += [f"# {line}" for line in _entry(name, found, doubtful=True)]
    if draft.left_out:
        lines += ["", "# Left out:"]
        lines += [f"# - {remark(f'{file}: {why}')}" for file, why in draft.left_out.items()]
    return "\n".join(lines) + "\n"


def _entry(name: str, found: Found, doubtful: bool = False) -> list[str]:
    """The entry of a table. Of a doubtful one, a comment as a whole, nothing is a comment within."""
    lines = [f"  {name}: # {remark(f'{found.sure}: {found.why}')}", "    source: exports"]
    lines += [f"    {field}: {_said(value)}" for field, value in _options(found.file.options)]
    lines += _renames(found, doubtful)
    lines += [f"    # {remark('not used: ' + ', '.join(found.unused))}"] if found.unused else []
    return lines


def _options(options: TableFile) -> list[tuple[str, object]]:
    """What is said of how a file is written."""
    return [(field, getattr(options, field)) for field in TableFile.model_fields if field in options.model_fields_set]


def _said(value: object) -> str:
    return f"[{', '.join(map(quoted, value))}]" if isinstance(value, tuple) else quoted(str(value))


def _renames(found: Found, doubtful: bool) -> list[str]:
    """The columns that have other names, the guessed ones as comments."""
    lines = []
    for match in found.matches.values():
        if match.column.name != match.standard:
            line = f"{quoted(match.column.name)}: {match.standard} # {match.sure}: {match.why}"
            lines.append(f"      {'# ' if match.sure == 'guess' and not doubtful else ''}{line}")
    only_guesses = all(line.lstrip().startswith("#") for line in lines)
    return [f"    {'# ' if only_guesses else ''}rename:", *lines] if lines else []


def model(draft: Draft) -> str:
    """model.yaml: the tables found, what they allow to measure, and a score to begin with."""
    lines = [
        "# Written from what the files seem to hold. The metrics are what the columns allow. All points and weights",
        "# are a start and not a finding: change them, and run `keepwell check`.",
        "",
        f"model: {draft.name}",
        "source: Guessed by keepwell init --from; its curves, weights and tiers know nothing of these customers.",
        "",
        *_entities(draft),
        "",
        "tables:",
        *(f"  {name}: {_declared(found)}" for name, found in draft.tables.items()),
        *(f"#   {name}: standard # a guess, see keepwell.yaml" for name in draft.doubtful),
    ]
    lines += _inputs(draft)
    lines += ["", "metrics:"]
    lines += [f"  {name}: {said}" for rule in draft.rules for name, said in rule.metrics.items()]
    lines += [f"#   {name}: {said}" for rule in draft.doubtful_rules for name, said in rule.metrics.items()]
    lines += [f"  {name}: {{input: {name}}}" for name, _ in (ASKED[dimension] for dimension in draft.asked)]
    return "\n".join([*lines, "", *_score(draft)]) + "\n"


def _entities(draft: Draft) -> list[str]:
    tables = draft.tables
    used = tables[ACCOUNTS].used
    fields = {"table": "accounts", "key": "account_id"}
    fields |= {field: column for field, column in ACCOUNT.items() if column in used and field not in fields}
    fields |= {"value": ARR} if any(rule.measure == ARR for rule in draft.rules) else {}
    fields |= {"parent": "parent_id"} if "parent_id" in used else {}
    fields |= {"valid_from": "valid_from"} if "valid_from" in used else {}
    lines = ["entities:", f"  account: {_flow(fields)}"]
    if SUBSCRIPTIONS in tables and is_level(tables[SUBSCRIPTIONS]):
        below = {"table": SUBSCRIPTIONS, "key": "subscription_id", "in": "account", "from": "started_on"}
        below |= {"until": "ended_on"} if "ended_on" in tables[SUBSCRIPTIONS].used else {}
        lines.append(f"  subscription: {_flow(below)}")
    return lines


def _declared(found: Found) -> str:
    """`standard`, or a declaration of its own where the rows name no account."""
    if found.link == "account_id":
        return "standard"
    time = standard_tables()[found.table].means["time"]
    return _flow({"subscription": found.link, "time": time})


def _inputs(draft: Draft) -> list[str]:
    if not draft.asked:
        return []
    lines = [
        "",
        "# No file says anything of these, so people are asked: keepwell pulse --export questions.xlsx",
        "inputs:",
    ]
    for name, help_ in (ASKED[dimension] for dimension in draft.asked):
        lines.append(f"  {name}: {{scale: [1, 5], help: {quoted(help_)}, by: csm, valid: 120 days}}")
    return lines


def _score(draft: Draft) -> list[str]:
    lines = ["scores:", "  health:", "    parts:"]
    for dimension in DIMENSIONS:
        lines += [f"      {dimension}:", "        weight: 1", "        parts:"]
        parts = {rule.measure: rule.points for rule in draft.rules if rule.dimension == dimension and rule.points}
        parts = parts or {ASKED[dimension][0]: "curve: [[1, 0], [5, 100]]"}
        lines += [_part(name, points) for name, points in parts.items()]
        doubtful = [rule for rule in draft.doubtful_rules if rule.dimension == dimension and rule.points]
        lines += [f"# {_part(rule.measure, rule.points)}" for rule in doubtful]
    tiers = [(">= 70", "great"), ("> 50", "good"), ("else", "at_risk")]
    return [*lines, "    tiers:", *(f"      - {{at: {quoted(at)}, is: {label}}}" for at, label in tiers)]


def _part(name: str, points: str) -> str:
    return f"          {name}: {{weight: 1, metric: {name}, {points}}}"


def _flow(fields: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{field}: {quoted(value)}" for field, value in fields.items()) + "}"


def remark(text: str) -> str:
    """The text as a comment can hold it: on one line, without signs that YAML does not read."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


def quoted(text: str) -> str:
    """The text as YAML reads it: in quotes unless it is plain beyond doubt."""
    plain = re.fullmatch(r"[A-Za-z_./][\w./-]*", text) and text.lower() not in (
        "null",
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
    )
    return text if plain else json.dumps(text, ensure_ascii=False)
