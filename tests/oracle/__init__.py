"""The formula a second time, in plain Python with Fractions: slow, exact, and written to be read as the specification.

It shares with Keepwell only the types of the model language. Where the formula says «any subset», subsets are
enumerated; where it says «three-valued», every truth is True, False or None.
"""

from tests.oracle.facts import Facts, Row
from tests.oracle.metrics import Metrics, Reading
from tests.oracle.score import Scored, score_accounts
from tests.oracle.tree import Measured, Node

__all__ = ["Facts", "Measured", "Metrics", "Node", "Reading", "Row", "Scored", "score_accounts"]
