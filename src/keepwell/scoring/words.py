"""Numbers and names as people read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from keepwell.model.metrics import Change, DaysSince, DaysUntil, Metric, Portion, Ratio
from keepwell.model.model import Model
from keepwell.model.score import Override
from keepwell.model.tree import Node


def label_of(name: str, label: str | None = None) -> str:
    """The name shown to people: as given, else the name's words."""
    return label or name.replace("_", " ")


def node_label(model: Model, name: str, node: Node) -> str:
    """A part's own label, else its metric's, else its name in words."""
    metric = model.metrics.get(getattr(node, "metric", ""))
    return label_of(name, node.label or (metric.label if metric and metric.label else None))


Words = Callable[[float | None, str | None, date | None], str]
"""A metric's number, text or day in words; '' for none."""


def value_words(
    metric: Metric | None, number: float | None, text: str | None = None, day: date | None = None, currency: str = ""
) -> str:
    """A metric's value in its own unit: ‘31 %’, ‘12 days’, ‘−23 %’, ‘renews’, ‘2026-01-31’; '' for none."""
    return words_of(metric, currency)(number, text, day)


def row_words(metric: Metric | None, row: Mapping[str, Any], currency: str = "") -> str:
    """`value_words` of a metric row; '' for one without a value, and for no row."""
    return value_words(metric, row.get("number"), row.get("text"), row.get("day"), currency)


def words_of(metric: Metric | None, currency: str = "") -> Words:
    """`value_words` of one metric, its style decided once: for a hundred thousand values."""
    said = _STYLES[style_of(metric)]

    def words(number: float | None, text: str | None, day: date | None) -> str:
        if day is not None:
            return day.isoformat()
        if text is not None:
            return {"true": "yes", "false": "no"}.get(text, text)
        return "" if number is None else said(number, currency)

    return words


def style_of(metric: Metric | None) -> str:
    """number, percent, days or money: as the metric says, else by what it computes."""
    if metric is None or metric.format is not None:
        return metric.format if metric is not None and metric.format is not None else "number"
    if isinstance(metric, (Portion, Ratio)) or (isinstance(metric, Change) and metric.as_ == "share"):
        return "percent"
    return "days" if isinstance(metric, (DaysSince, DaysUntil)) else "number"


_STYLES: dict[str, Callable[[float, str], str]] = {
    "number": lambda number, _: plain(number, 2),
    "percent": lambda number, _: f"{plain(number * 100, 1)} %",
    "days": lambda number, _: f"{plain(number, 0)} day{'' if abs(number) == 1 else 's'}",
    "money": lambda number, currency: f"{plain(number, 0)} {currency}".strip(),
}


Ends = tuple[Decimal, Decimal]
"""The lowest and the highest value of a score's own scale."""
HUNDRED: Ends = (Decimal(0), Decimal(100))
"""The scale of a score that says none."""


def of_scale(native: float, scale: Ends) -> str:
    """A value in a score's own points: ‘3.1 of 0–5’; of a score of 0–100 just ‘62.5’."""
    if scale == HUNDRED:
        return plain(native, 6)
    low, high = (plain(float(end), 6) for end in scale)
    return f"{plain(native, 6)} of {low}{' to ' if scale[0] < 0 else '–'}{high}"


def override_words(override: Override, scale: Ends) -> str:
    """What an override did, and why: ‘Capped at 50: the CSM doubts the renewal’; on a scale of its own ‘2 of 0–5’."""
    did = {"replace": "Replaced by", "cap": "Capped at", "floor": "Kept at least", "tier": "Tier set to"}[override.mode]
    target = getattr(override, override.mode)
    shown = target.replace("_", " ") if isinstance(target, str) else of_scale(float(target), scale)
    return f"{did} {shown}: {override.because}"


def plain(number: float, decimals: int) -> str:
    """‘1,234.5’: at most so many decimals, a real minus sign, no minus zero."""
    text = f"{number:,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "0") else text.replace("-", "−")


def signed(points: float, decimals: int = 1) -> str:
    """‘+3.1’ or ‘−9.2’: points of the score."""
    return f"{'−' if round(points, decimals) < 0 else '+'}{abs(points):.{decimals}f}"
