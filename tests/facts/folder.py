"""A workspace folder for one test: files written from text, facts opened over them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from keepwell.errors import Finding
from keepwell.facts import Facts, open_facts
from keepwell.facts.config import FactsConfig
from keepwell.facts.engine import Engine
from keepwell.model import Model
from keepwell.model.yaml import parse_document

DAY = date(2026, 6, 30)

SHOP = """
model: shop
entities:
  account: {table: accounts, key: account_id, from: started_on, until: ended_on}
tables:
  orders: {account: account_id, time: at}
metrics:
  revenue: {sum: orders.amount, over: 90 days}
"""
ACCOUNTS = "account_id,started_on,ended_on\nA,2024-01-01,\nB,2024-03-01,2026-02-01\n"


def at(text: str) -> datetime:
    """A naive time, as all times are after intake."""
    return datetime.fromisoformat(text)


def model_of(text: str) -> Model:
    """The model that this YAML is, without the checks that need a whole one."""
    return Model.model_validate(parse_document(text, "model.yaml").data)


def facts_of(folder: Path, files: Mapping[str, str | bytes], model: str = SHOP, **config: Any) -> Facts:
    """Facts over these files below `data/`, and accounts.csv unless given. `config`: fields of keepwell.yaml."""
    for name, content in {"accounts.csv": ACCOUNTS, **files}.items():
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_facts(model_of(model), FactsConfig.model_validate(config), folder)


def table_of(engine: Engine, table: pa.Table) -> ir.Table:
    """An Arrow table inside the engine."""
    engine.backend.con.from_arrow(table).create("given")
    return engine.backend.table("given")


def rows(table: ir.Table) -> list[dict[str, Any]]:
    """The rows of a lazy table."""
    found: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return found


def column(facts: Facts, table: str, name: str) -> list[Any]:
    """One column of a feed, in file order."""
    found: list[Any] = facts.feed(table).rows.to_pyarrow()[name].to_pylist()
    return found


def said(facts: Facts, as_of: date = DAY) -> list[str]:
    """What check finds, as «file: severity: message» lines."""
    return [str(finding) for finding in facts.check(as_of)]


def codes(facts: Facts, as_of: date = DAY) -> list[str]:
    """The codes of what check finds."""
    return [finding.code for finding in facts.check(as_of)]


def of(facts: Facts, code: str, as_of: date = DAY) -> list[Finding]:
    """The findings with this code."""
    return [finding for finding in facts.check(as_of) if finding.code == code]
