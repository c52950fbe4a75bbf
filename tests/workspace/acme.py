"""Two accounts with calls, and a model that another follows in June."""

from __future__ import annotations

OLD = """
model: acme
entities: {account: {table: accounts, key: id, from: started, name: name}}
tables: {calls: {account: id, time: at}}
metrics: {calls_28d: {count: calls, over: 28 days, absent: zero}}
scores:
  health: {parts: {calls: {metric: calls_28d, curve: [[0, 0], [10, 100]]}}}
"""
NEW = OLD.replace("[10, 100]", "[4, 100]")
FILE = """
workspace: acme
as_of: 2026-06-30
model:
  - {file: model.yaml}
  - {file: model-june.yaml, from: 2026-06-01}
"""
TABLES = {
    "accounts": "id,name,started\na,Alder,2020-01-01\nb,Birch,2026-05-20",
    "calls": "id,at\na,2026-05-30\na,2026-05-29\na,2026-06-20\na,2026-06-21\na,2026-06-22\nb,2026-06-20",
}
