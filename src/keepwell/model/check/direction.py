"""Directions: points that rise and fall again, exceptions that can raise a score, a scale that is never used up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from keepwell.model.check.domain import domain, inside
from keepwell.model.check.reach import full_reach
from keepwell.model.check.report import Report
from keepwell.model.edges import Edge, Piece, Range, partition
from keepwell.model.exact import LARGEST, plain
from keepwell.model.model import Model
from keepwell.model.scale import Scale
from keepwell.model.score import Score
from keepwell.model.tree import Group, Measure, Node
from keepwell.model.yaml import Steps

TENTH = 10
"""An end of the scale counts as unused where it is more than a tenth of it; less than that nobody would miss."""


def check_direction(model: Model, report: Report, measure: Measure, scale: Scale, here: Steps, path: Steps) -> None:
    """Ask whether the points of a scale are meant to turn back; `path` is where the scale stands."""
    points = along(model, measure.metric, scale)
    steps = {right > left for left, right in pairwise(points) if right != left}
    if len(steps) > 1:
        shown = ", ".join(map(plain, points))
        said = f"as ‘{measure.metric}’ grows, the points do not only rise or only fall: {shown}"
        report.doubt(measure, here, "not-monotone", (*path, scale.given[0]), said)


def along(model: Model, metric: str, scale: Scale) -> list[Decimal]:
    """The points of a scale from the lowest value that its metric can have to the highest; none of categories."""
    if scale.curve:
        return [points for _, points in scale.curve]
    listed = scale.bands or scale.ranges or ()
    low, high, whole = domain(model, metric)
    ends = -LARGEST if low is None else low, LARGEST if high is None else high
    pieces = [piece for piece in partition([item[0] for item in listed]) if inside(piece, *ends, whole)]
    pairs = zip(pieces, [*pieces[1:], None], strict=True)
    met = [piece.index for piece, above in pairs if not _between(listed, piece, above)]
    return [listed[index][1] for index in met if index is not None]


def _between(listed: Sequence[tuple[Edge | Range, Decimal]], piece: Piece, above: Piece | None) -> bool:
    """Whether `else` takes what lies just below a single value (`= 1`): where such steps are, nothing lies there."""
    if piece.index is None or above is None or above.index is None:
        return False
    return str(listed[piece.index][0]) == "else" and above.start[0] == above.end[0]


def check_ends(report: Report, score: Score, here: Steps) -> None:
    """Ask about a replacement that can raise, a scale that is not used up, a score that needs no data."""
    low, high = full_reach(score)
    for index, override in enumerate(score.overrides):
        if override.replace is not None and override.replace > low:
            value = plain(override.replace)
            said = f"`replace: {value}` also raises every score below {value}; `cap: {value}` would only lower"
            at = (*here, "overrides", index)
            report.doubt(override, at, "raises", (*at, "replace"), said)
    unused = max(low - score.scale[0], score.scale[1] - high)
    if score.parts and unused * TENTH > score.scale[1] - score.scale[0]:
        reached = f"{plain(round(low, 2))} and {plain(round(high, 2))}"
        said = f"with data for everything this score lies between {reached}; "
        said += f"the rest of {plain(score.scale[0])} to {plain(score.scale[1])} is never used"
        report.doubt(score, here, "reach", here, said)
    if score.minimum_coverage == 0 and (named := _stands_in(score)):
        said = (
            f"an account of which nothing is known gets a score and a tier: ‘{named}’ counts while it is missing, and "
        )
        report.doubt(score, here, "no-evidence", (*here, "minimum_coverage"), f"{said}`minimum_coverage` is 0 %")


def _stands_in(node: Node, name: str = "") -> str | None:
    """The first measure that counts without data."""
    if isinstance(node, Measure):
        return name if node.weight.value and (node.missing == "worst" or isinstance(node.missing, Decimal)) else None
    parts = node.parts.items() if isinstance(node, Group) else ()
    return next((found for key, part in parts if (found := _stands_in(part, key))), None)
