"""The file of a query: from its text to a tree that may be run, every problem with its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from keepwell.errors import FactsError, Finding, did_you_mean
from keepwell.facts.queries.refused import refused
from keepwell.facts.reading import file_problem, refuse

MAX_BYTES = 100_000
MAX_NODES = 20_000


@dataclass(frozen=True)
class Query:
    """A SELECT that was read and allowed. `file`: as keepwell.yaml names it. `tree`: never changed, only copied."""

    file: str
    tree: exp.Query
    dialect: str

    def named(self) -> dict[str, exp.Table]:
        """Name → a place of every table of the source that it reads; what it defines itself (WITH) is none."""
        return {self.name(table): table for table in _outer(self.tree, self.dialect)}

    def name(self, table: exp.Table) -> str:
        """The name of a table as its source writes it: orders, or shop.orders."""
        parts = [part for part in (table.args.get("db"), table.this) if part is not None]
        return ".".join(_plain(part, self.dialect) for part in parts)

    def sql(self, places: Mapping[str, exp.Table]) -> str:
        """The text to run: said from the tree, every name in quotes, each table of the source at its place."""
        tree = self.tree.copy()
        for table in list(_outer(tree, self.dialect)):
            place = places[self.name(table)].copy()
            table.set("alias", table.args.get("alias") or exp.TableAlias(this=table.this))
            for part in ("this", "db", "catalog"):
                table.set(part, place.args.get(part))
        for column in tree.find_all(exp.Column):
            column.set("db", None)
        for name in tree.find_all(exp.Identifier):
            name.set("this", _plain(name, self.dialect))
            name.set("quoted", True)
        return tree.sql(dialect=self.dialect, comments=False)

    def refuse(self, said: str, node: exp.Expr | None = None, code: str = "query") -> FactsError:
        """The error that says this of the query, with the line of the node."""
        return _error(self.file, _line(node) if node is not None else None, said, code)

    def refuse_twice(self, columns: Sequence[str]) -> None:
        """Raise FactsError where two columns of the result have one name."""
        names = Counter(name.lower() for name in columns if name != "*")
        if twice := next((name for name in columns if names[name.lower()] > 1), None):
            raise self.refuse(f"two columns of the result are called ‘{twice}’.", self.tree)

    def no_table(self, name: str, known: list[str]) -> FactsError:
        """The error for a table that its source does not have."""
        said = f"the source has no table ‘{name}’.{did_you_mean(name, known)}"
        if any(sign in name for sign in "/\\") or name.lower().endswith((".csv", ".parquet", ".json", ".jsonl", ".gz")):
            said += " A query names tables and no files; a file is named by `path:` in keepwell.yaml."
        return self.refuse(said, self.named()[name])

    def no_column(self, name: str, known: list[str]) -> FactsError:
        """The error for a column that none of its tables has."""
        at = next((item for item in self.tree.find_all(exp.Column) if item.name.lower() == name.lower()), None)
        return self.refuse(f"there is no column ‘{name}’.{did_you_mean(name, known)}", at)


def read_query(folder: Path, file: str, dialect: str) -> Query:
    """The query in this file of the workspace. Raises FactsError for what cannot be read, or is not allowed."""
    tree = _tree(_text(folder, file), file, dialect)
    try:
        problems = [(_line(node), said) for node, said in refused(tree, dialect)]
    except RecursionError:
        raise _error(file, None, "this query is nested too deeply.") from None
    if not isinstance(tree, exp.Query) or problems:
        line, said = problems[0]
        raise _error(file, line, f"{said}.", "query-forbidden")
    query = Query(file, tree, dialect)
    query.refuse_twice(tree.named_selects)
    return query


def tables_named(folder: Path, file: str, dialect: str) -> set[str]:
    """The tables that a query reads; none where it cannot be read, which is said elsewhere."""
    try:
        return set(read_query(folder, file, dialect).named())
    except FactsError:
        return set()


def _text(folder: Path, file: str) -> str:
    path = folder / file
    if not path.resolve().is_relative_to(folder.resolve()):
        raise refuse(file, "query", "this file does not lie inside of the workspace.")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise refuse(file, "query", f"the file has more than {MAX_BYTES:,} bytes; a query is shorter.")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise refuse(file, "encoding", "the file is not UTF-8; save it as UTF-8.") from None
    except OSError as problem:
        near = did_you_mean(path.name, [item.name for item in path.parent.glob("*.sql")])
        said = f"keepwell.yaml names this query, and there is no such file.{near}"
        raise refuse(file, "query", said if isinstance(problem, FileNotFoundError) else file_problem(problem)) from None


def _tree(text: str, file: str, dialect: str) -> exp.Expr:
    try:
        found = [tree for tree in sqlglot.parse(text, dialect=dialect) if tree and not isinstance(tree, exp.Semicolon)]
    except ParseError as problem:
        at = problem.errors[0] if problem.errors else {}
        near = f" near ‘{at['highlight']}’" if at.get("highlight") else ""
        raise _error(file, at.get("line"), f"this cannot be read as SQL{near}.", "query-syntax") from None
    except RecursionError:
        raise _error(file, None, "this query is nested too deeply.", "query-syntax") from None
    except SqlglotError:
        said = "this cannot be read as SQL; is a quote or comment open?"
        raise _error(file, None, said, "query-syntax") from None
    if not found:
        raise refuse(file, "query-syntax", "no SELECT stands in this file.")
    if len(found) > 1:
        said = "a second statement begins here, and a query is one SELECT."
        raise _error(file, _line(found[1]), said, "query-forbidden")
    if sum(1 for _ in found[0].walk()) > MAX_NODES:
        raise refuse(file, "query", "this query is too long; split it into several tables.")
    return found[0]


def _error(file: str, line: int | None, said: str, code: str = "query") -> FactsError:
    return FactsError.of([Finding(file, line, "error", code, said)])


def _line(node: exp.Expr) -> int | None:
    """The line where a node begins, as far as the parser noted it: its own words, else those around it."""
    at: exp.Expr | None = node
    while at is not None:
        if lines := [int(part.meta["line"]) for part in at.walk() if "line" in part.meta]:
            return min(lines)
        at = at.parent
    return None


def _plain(name: exp.Identifier, dialect: str) -> str:
    """A name as the engine stores it: PostgreSQL makes names without quotes small."""
    return str(name.this) if name.args.get("quoted") or dialect != "postgres" else str(name.this).lower()


def _outer(tree: exp.Expr, dialect: str) -> Iterator[exp.Table]:
    """Tables that no WITH around them defines, as SQL sees it: a CTE is known below its query and to later CTEs."""
    for table in tree.find_all(exp.Table):
        if table.args.get("db") is not None or _key(table.this, dialect) not in _defined(table, dialect):
            yield table


def _defined(table: exp.Table, dialect: str) -> set[str]:
    found: set[str] = set()
    below: exp.Expr = table
    while (above := below.parent) is not None:
        if isinstance(above, exp.With):
            before = above.expressions[: next(i for i, cte in enumerate(above.expressions) if cte is below)]
            found |= {_key(cte.args["alias"].this, dialect) for cte in before}
        elif isinstance(above.args.get("with_"), exp.With) and below is not above.args["with_"]:
            found |= {_key(cte.args["alias"].this, dialect) for cte in above.args["with_"].expressions}
        below = above
    return found


def _key(name: exp.Identifier, dialect: str) -> str:
    return _plain(name, dialect) if dialect == "postgres" else str(name.this).lower()
