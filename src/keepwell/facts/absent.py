"""Tables that the model reads and no source has: said once for each source, with what is left out because of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING

from keepwell.errors import nearest
from keepwell.model import Model
from keepwell.model.check.scores import walk
from keepwell.model.graph import table_needed
from keepwell.model.tree import Measure

if TYPE_CHECKING:
    from keepwell.facts.facts import Facts


def sentences(facts: Facts, tables: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(source, sentence) for these tables, which are not there; the name of a file that nobody reads is offered."""
    of: dict[str, list[str]] = defaultdict(list)
    for table in tables:
        of[facts.source_of(table)].append(table)
    lost = _left_out(facts.model, {table for names in of.values() for table in names})
    for source, names in of.items():
        which = "table that the model reads is not there, so what needs it is"
        if len(names) > 1:
            which = "tables that the model reads are not there, so what needs them is"
        told = (f"{name} ({', '.join(lost[name])})" if name in lost else name for name in names)
        yield source, f"{len(names)} {which} left out for all: {', '.join(told)}.{_hints(facts, source, names)}"


def _left_out(model: Model, absent: set[str]) -> dict[str, list[str]]:
    """Table → names of the measures without it; of the metrics where no measure reads them."""
    metrics, measures = defaultdict(list), defaultdict(list)
    for name in model.metrics:
        if table := table_needed(model, name, absent):
            metrics[table].append(name)
    for score, root in model.scores.items():
        for path, node in walk(root, ("scores", score)):
            if isinstance(node, Measure) and (table := table_needed(model, node.metric, absent)):
                measures[table].append(str(path[-1]))
    return metrics | {table: list(dict.fromkeys(names)) for table, names in measures.items()}


def _hints(facts: Facts, source: str, tables: list[str]) -> str:
    """A question for each file that nobody reads and that is called nearly like one of the tables."""
    unread = set(facts.names(source)) - facts.needs.keys() - facts.queried
    for options in facts.config.tables.values():
        unread -= {options.table, PurePath(options.path or "").parts[0].split(".")[0] if options.path else None}
    near = {name: table for name in sorted(unread) if (table := nearest(name, tables))}
    return "".join(f" Did you mean ‘{name}’ by ‘{table}’?" for name, table in near.items())
