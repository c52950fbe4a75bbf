"""A table that is one read-only SELECT in a file: read, held against an allow-list, and run as its own tree says."""

from keepwell.facts.queries.query import Query, read_query, tables_named

__all__ = ["Query", "read_query", "tables_named"]
