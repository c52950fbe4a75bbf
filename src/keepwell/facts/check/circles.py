"""Parents in circles: an account that is above itself, directly or by way of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from keepwell.errors import KeepwellError
from keepwell.facts import fetch
from keepwell.facts.check.report import Findings, Look
from keepwell.facts.check.words import many, plain
from keepwell.facts.moment import Moment

SHOWN = 6
"""Of a longer circle so many ids are shown."""


def circles(look: Look, level: str) -> Findings:
    """Check the parents of the entities that live on the day, with those that went on as another one as one."""
    parent = look.facts.model.entities[level].parent
    if parent is None:
        return
    try:
        rows = look.facts.entity(level, Moment(look.as_of, look.as_of))
    except KeepwellError:  # said where the map of ids is checked
        return
    pairs = rows.select(id="@id", parent="@parent").filter(lambda row: row.parent.notnull()).order_by("id")
    found = list(_circles({row["id"]: row["parent"] for row in fetch.rows(pairs)}))
    if found:
        first = [plain(name) for name in found[0]]
        shown = " → ".join([*first, first[0]] if len(first) <= SHOWN else [*first[:SHOWN], "…", first[0]])
        such = shown if len(found) == 1 else f"the first is {shown}"
        said = f"{many(len(found), 'circle')} of parents ({parent}): {such}"
        yield look.warn("circle", f"{said}. Nobody can be above itself; its children would be counted in themselves.")


def _circles(parents: Mapping[str, str]) -> Iterator[list[str]]:
    """Each circle once, from its first id in the order of the mapping upwards. Everybody has one parent at most."""
    seen: dict[str, str] = {}
    for start in parents:
        path, at = [], start
        while at in parents and at not in seen:
            seen[at] = start
            path.append(at)
            at = parents[at]
        if seen.get(at) == start and at in path:
            yield path[path.index(at) :]
