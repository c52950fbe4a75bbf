"""The page of standard tables, from their one definition."""

import json
import re
from collections.abc import Mapping
from typing import Any

from keepwell.model.standard import StandardTable
from tools.markdown import code, prose, table

INTRODUCTION = """# Standard tables

Most companies keep the same kinds of facts about their customers. These are the tables and columns
that Keepwell has names for. All of the tables are optional, and so are nearly all of their columns; tables
of your own stand beside them. `keepwell init --from` looks for them in a folder of files: see
[Start from a folder](../how-to/start-from-a-folder.md).

In a model, `standard` stands for what this page says that a table means:"""

EXAMPLE = """```yaml
model: acme
entities:
  account: {table: accounts, key: account_id, name: name, owner: csm, value: arr, from: started_on, until: ended_on}
  contact: {table: contacts, key: contact_id, in: account}
  subscription: {table: subscriptions, key: subscription_id, in: account}
tables:
  accounts: standard
  tickets: standard
  surveys: {standard: true, known: imported_at, fresh: 90 days}
metrics:
  open_tickets: {open: tickets, until: closed_at}
  nps: {nps: surveys.score, where: "kind = 'nps'", over: 365 days}
scores:
  health:
    parts:
      open_tickets: {metric: open_tickets, curve: [[0, 100], [5, 0]]}
      nps: {metric: nps, curve: [[-100, 0], [100, 100]]}
    tiers: [{at: ">= 50", is: good}, {at: else, is: at_risk}]
```"""

RULES = """Columns that no metric of the model reads need not be there, and nothing is declared of them.
What the file says beside `standard: true` goes before the standard. When facts became known the standard
does not say, except for what is entered by hand; add `known:` where your data has it. All else is as for
every [table](language.md#tables).

Below, *needed* marks columns without which a row cannot be used. A column of another name is mapped with
[`rename:`](workspace-fields.md) in `keepwell.yaml`."""


def standard_page(tables: Mapping[str, StandardTable]) -> tuple[str, list[str]]:
    """The page, and a sentence for every column that a declaration names and its table does not have."""
    sections = [INTRODUCTION, EXAMPLE, RULES]
    problems = []
    for name, spec in tables.items():
        sections.append(_section(name, spec))
        absent = sorted(_named(spec.means) - set(spec.columns))
        problems += [f"standard table {name}: its declaration names ‘{column}’, which it has not" for column in absent]
    return "\n\n".join(sections) + "\n", problems


def _section(name: str, spec: StandardTable) -> str:
    rows = [
        (code(column), said.kind.replace("_", "/"), "needed" if said.need else "", prose(said.says))
        for column, said in spec.columns.items()
    ]
    declared = f"```yaml\ntables:\n  {name}: {_yaml(spec.means)}\n```"
    origin = prose(spec.origin)
    return "\n\n".join(
        [
            f"## {name}",
            f"A row is {prose(spec.row)}. It usually comes from: {origin}.",
            table(("column", "kind", "", "says"), rows),
            *([declared] if spec.means else []),
        ]
    )


def _named(means: Mapping[str, Any]) -> set[str]:
    """The columns that a declaration names."""
    plain = {value for field, value in means.items() if field != "columns"}
    columns = means.get("columns", {})
    return (
        plain
        | set(columns)
        | {said["known"] for said in columns.values() if isinstance(said, dict) and "known" in said}
    )


def _yaml(value: Any) -> str:
    """A mapping as one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_yaml(item)}" for key, item in value.items()) + "}"
    return value if isinstance(value, str) and re.fullmatch(r"\w+", value) else json.dumps(value)
