"""Written scores: the only writer and the only reader."""

from keepwell.results.store import Results

__all__ = ["Results"]
