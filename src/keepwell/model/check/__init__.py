"""Checks of the model itself: what a valid YAML file can still say wrongly. No data is read."""

from __future__ import annotations

from keepwell.errors import Finding
from keepwell.model.check.doubts import check_doubts
from keepwell.model.check.inputs import check_inputs
from keepwell.model.check.metrics import check_metrics
from keepwell.model.check.report import Report
from keepwell.model.check.scores import check_scores
from keepwell.model.check.tables import check_tables
from keepwell.model.check.words import check_words
from keepwell.model.model import Model
from keepwell.model.yaml import Document


def check(model: Model, document: Document) -> list[Finding]:
    """Every finding, in the order of the file. What may be meant so is asked of a model without errors only."""
    report = Report(document)
    for part in (check_tables, check_inputs, check_metrics, check_scores, check_words):
        part(model, report)
    if not any(item.severity == "error" for item in report.findings):
        check_doubts(model, report)
    return sorted(dict.fromkeys(report.findings), key=lambda item: (item.file, item.line or 0))
