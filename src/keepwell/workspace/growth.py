"""What accounts are worth, and how those that stayed have grown."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.evidence.ranking import Numbers
from keepwell.facts import fetch
from keepwell.facts.moment import Moment
from keepwell.insight.book import one_currency, rows_of, steps_of
from keepwell.insight.movements import Window, movements
from keepwell.model.book import Book
from keepwell.workspace.book import YEAR
from keepwell.workspace.courses import Courses, floats
from keepwell.workspace.past import Past
from keepwell.workspace.workspace import Workspace


def values(workspace: Workspace, past: Past, courses: Courses, day: date) -> Numbers:
    """What each account pays per year on the last day: as the model says, else as the book does; NaN unknown."""
    scores = past.scores.filter(pc.equal(past.scores["day"], pa.scalar(day, pa.date32())))
    told = scores.select(["account", "value"]).filter(pc.is_valid(scores["value"]))
    if not told.num_rows and (book := workspace.loaded.model.book) is not None:
        told = _moved(workspace, book, day, day).select(["account", "closing"]).rename_columns(["account", "value"])
    found = np.full(len(courses.accounts), np.nan)
    place = pc.index_in(told["account"], pa.array(courses.accounts, pa.string())).fill_null(-1).to_numpy()
    known = place >= 0
    found[place[known].astype(np.int64)] = floats(told["value"])[known]
    return found


def growth(workspace: Workspace, day: date) -> tuple[Numbers, Numbers] | None:
    """What accounts with revenue at both ends of the year up to the day had then and have now.

    None where the model has no book, or its rows begin later.
    """
    book = workspace.loaded.model.book
    if book is None:
        return None
    moved = _moved(workspace, book, YEAR.before(day), day)
    opening, closing = (floats(moved[name]) for name in ("opening", "closing"))
    stayed = (opening > 0) & (closing > 0)
    return (opening[stayed], closing[stayed]) if stayed.any() else None


def _moved(workspace: Workspace, book: Book, opens: date, closes: date) -> pa.Table:
    """The movements of the book between two days, by what is known at the end of the second."""
    moment = Moment(closes, closes)
    with workspace.facts.reads():
        one_currency(workspace.facts, book, moment)
        steps = steps_of(rows_of(workspace.facts, book, moment).held, book.gap.days)
        moved = movements(workspace.keep(steps), [Window(opens, closes)])
        return fetch.arrow(moved.order_by("account"))
