"""`diff`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import typer

from keepwell.cli.blocks import Block, report
from keepwell.cli.run import working
from keepwell.cli.screen import stderr
from keepwell.errors import UsageError
from keepwell.model.diff import Difference
from keepwell.results.moves import Mover
from keepwell.workspace.calendar import Every, ends_between
from keepwell.workspace.compare import Comparison, Day, compare
from keepwell.workspace.config import WorkspaceConfig
from keepwell.workspace.file import read_file

MOST = 5
"""So many accounts are named of each way."""

WAYS = {"down": "Down", "up": "Up", "other": "To, from or between others"}
"""Ways that an account can take from tier to tier."""

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Asked:
    """What `diff` was asked for."""

    folder: Path
    before: str
    after: str
    first: date | None
    last: date | None
    every: Every
    score: str | None
    most: float | None


def run(asked: Asked, style: str) -> None:
    """Compare, report, and end with 1 where more accounts move than may."""
    config = read_file(asked.folder).config
    with working("replaying two models"):
        found = compare(asked.folder, asked.before, asked.after, _days(asked, config), asked.score)
    if style == "json":
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1, default=str))
    else:
        first, last = found.days[0].as_of, found.days[-1].as_of
        report(of_comparison(found), style, [f"Two models of {config.workspace}", f"replayed {first} to {last}"])
    worst = max(found.days, key=_share)
    if asked.most is not None and _share(worst) > asked.most:
        said = f"on {worst.as_of} {_share(worst):.1%} of the accounts change tier, and --most allows {asked.most:.1%}"
        stderr().say(f"error: {said}.")
        raise typer.Exit(1)


def _days(asked: Asked, config: WorkspaceConfig) -> list[date]:
    """The ends that were asked for, and the last day whatever it is."""
    last = config.day(asked.last)
    first = asked.first or last - YEAR
    if first > last:
        raise UsageError(f"--from {first} is after {last}, the last day to replay.")
    return ends_between(first, last, asked.every)


def _share(day: Day) -> float:
    """The share of accounts that change tier."""
    return day.moved / day.moves.accounts if day.moves.accounts else 0.0


def of_comparison(found: Comparison) -> Iterator[Block]:
    """What a reviewer reads: what changed, what it would have done, and to whom."""
    worth = found.currency or "value"
    count = len(found.differences)
    same = ["The two say the same: no score can differ."]
    title = f"{found.before} → {found.after}: {count} {'difference' if count == 1 else 'differences'}"
    yield Block(title, [_difference(item) for item in found.differences] or same)
    last = found.days[-1]
    moving = ("change tier", f"their {worth}", "flags new", "flags gone")
    columns, days = ("as of", "accounts", "mean before", "mean after", *moving), [_line(day) for day in found.days]
    yield Block("Replayed, each day by what was known then", (), columns, days)
    named = ("tier", "accounts before", "after", f"{worth} before", "after")
    yield Block(f"Tiers on {last.as_of}", (), named, [_tier(last, name) for name in found.tiers])
    moved = [(*map(_words, (m.before, m.after)), f"{m.accounts:,}", f"{m.value:,.0f}") for m in last.moves.migrations]
    said = _directions(found, last, worth) if moved else ["Nobody."]
    yield Block(f"Who changes tier on {last.as_of}", said, ("from", "to", "accounts", worth), moved, 2)
    if flags := _flags(last):
        yield Block(f"Flags on {last.as_of}", (), ("flag", "before", "after"), flags)
    yield from _people(found, last, worth)


def _tier(day: Day, name: str) -> tuple[str, ...]:
    counts = (f"{judged.tiers.get(name, 0):,}" for judged in (day.before, day.after))
    return _words(name), *counts, *(f"{judged.values.get(name, 0.0):,.0f}" for judged in (day.before, day.after))


def _direction(found: Comparison, before: str | None, after: str | None) -> str:
    """Up or down, where both are tiers of both models; else other."""
    ranks = found.tiers[:-1] if found.ordered else []
    if before not in ranks or after not in ranks:
        return "other"
    return "up" if ranks.index(after) < ranks.index(before) else "down"


def _directions(found: Comparison, day: Day, worth: str) -> list[str]:
    """How many go up and down, and what they are worth."""
    sums: dict[str, list[float]] = {name: [0, 0.0] for name in WAYS}
    for line in day.moves.migrations:
        own = sums[_direction(found, line.before, line.after)]
        own[0], own[1] = own[0] + line.accounts, own[1] + line.value
    return [
        f"{WAYS[name]}: {n:,.0f} account{'s' * (n != 1)}, {value:,.0f} {worth}"
        for name, (n, value) in sums.items()
        if n
    ]


def _people(found: Comparison, day: Day, worth: str) -> Iterator[Block]:
    """Who they are, those of most value first, each way by itself: else many a small loss hides behind large gains."""
    for way, title in WAYS.items():
        people = [m for m in day.moves.movers if m.before != m.after and _direction(found, m.before, m.after) == way]
        people.sort(key=lambda mover: (-(mover.value or 0), mover.account_id))
        if people:
            more = [f"and {len(people) - MOST:,} more; --format json has all."] if len(people) > MOST else []
            named = ("account", "name", "from", "to", "score", worth)
            yield Block(f"{title} on {day.as_of}", more, named, [_person(mover) for mover in people[:MOST]], 4)


def _difference(item: Difference) -> str:
    place = item.place_before if item.after is None else item.place_after
    return f"{item} ({place})"


def _line(day: Day) -> tuple[str, ...]:
    value = sum(line.value for line in day.moves.migrations)
    means = (f"{judged.mean:.1f}" if judged.mean is not None else "" for judged in (day.before, day.after))
    counts = (f"{day.moved:,}", f"{value:,.0f}", f"{day.raised:,}", f"{day.dropped:,}")
    return str(day.as_of), f"{day.moves.accounts:,}", *means, *counts


def _flags(day: Day) -> list[tuple[str, ...]]:
    """Flags that not as many accounts have."""
    names = sorted(day.before.flags.keys() | day.after.flags.keys())
    counts = [(name, day.before.flags.get(name, 0), day.after.flags.get(name, 0)) for name in names]
    return [(_words(name), f"{old:,}", f"{new:,}") for name, old, new in counts if old != new]


def _person(mover: Mover) -> tuple[str, ...]:
    scores = " → ".join("–" if s is None else f"{s:.1f}" for s in (mover.score_before, mover.score_after))
    value = "" if mover.value is None else f"{mover.value:,.0f}"
    return mover.account_id, mover.name or "", _words(mover.before), _words(mover.after), scores, value


def _words(name: str | None) -> str:
    """A tier or flag as people read it; nobody is in none, unless a population of one model leaves them out."""
    return "not scored" if name is None else name.replace("_", " ")
