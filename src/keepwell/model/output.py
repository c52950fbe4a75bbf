"""The columns that every table of scores has, beside which a score's own parts stand as columns."""

from __future__ import annotations

BEFORE_PARTS = ("account_id", "score", "low", "high", "coverage", "tier", "zone", "standing")
AFTER_PARTS = (
    *("native", "raw", "variant", "name", "owner", "value"),
    *("overrides", "flags", "reasons"),
    *("next_step", "next_step_owner", "next_step_days"),
    *("as_of", "known_by", "model", "version"),
)
OF_TABLES = ("run_number", "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid")
"""Columns of published tables, and those that every table of PostgreSQL has."""
RESERVED = frozenset((*BEFORE_PARTS, *AFTER_PARTS, *OF_TABLES))
"""Names that no part at the top of a score may have: its column would hide one of these."""

INSUFFICIENT = "insufficient evidence"
"""The label of an account with too little data for a tier."""
