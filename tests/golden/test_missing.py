"""One account under the rules of several products: relationship 90, value 40, nothing known of usage, weights 25/25/50.

Left out, as Gainsight, Totango and Vitally do, it is 56.7; neutral, as Catalyst did, 55.0; as zero, like ChurnZero,
42.5. Usage can be anything from 0 to 100, so the honest answer is 42.5 to 67.5, whatever number is shown."""

from pathlib import Path

import pytest

from tests.golden.worked import from_text

MODEL = """
model: missing
entities: {account: {table: accounts, key: id}}
metrics: {relationship: {attribute: relationship}, usage: {attribute: usage}, worth: {attribute: worth}}
scores:
  health:
    decimals: 1
    parts:
      relationship: {weight: 25 %, metric: relationship, curve: [[0, 0], [100, 100]]}
      usage: {weight: 25 %, metric: usage, curve: [[0, 0], [100, 100]], missing: POLICY}
      worth: {weight: 50 %, metric: worth, curve: [[0, 0], [100, 100]]}
    tiers: [{at: ">= 70", is: great}, {at: "> 50", is: good}, {at: else, is: at_risk}]
"""


@pytest.mark.parametrize(
    ("policy", "score", "tier"),
    [("exclude", 56.7, "good"), ("50", 55.0, "good"), ("worst", 42.5, "at_risk"), ("0", 42.5, "at_risk")],
)
def test_the_number_depends_on_the_rule_and_the_interval_does_not(
    tmp_path: Path, policy: str, score: float, tier: str
) -> None:
    accounts = [
        {"id": "a", "relationship": 90, "usage": "", "worth": 40},
        {"id": "b", "relationship": 90, "usage": 50, "worth": 40},  # so that usage is connected
    ]
    found = from_text(tmp_path, MODEL.replace("POLICY", policy), {"accounts": accounts})
    row = found["a"].row
    assert (row["score"], row["tier"], row["standing"]) == (score, tier, "provisional")
    assert (row["low"], row["high"], row["coverage"]) == (42.5, 67.5, 0.75)
    assert (found["b"].row["score"], found["b"].row["low"], found["b"].row["high"]) == (55, 55, 55)
