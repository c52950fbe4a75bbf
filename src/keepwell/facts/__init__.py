"""Where facts come from: files and databases, read as the model says and seen as of a day; and checks of the data."""

from keepwell.facts.facts import Facts, open_facts
from keepwell.facts.feed import Feed
from keepwell.facts.ids import as_id

__all__ = ["Facts", "Feed", "as_id", "open_facts"]
