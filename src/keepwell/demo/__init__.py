"""A simulated company whose true health and reasons for leaving are known, to learn with and to judge statistics by."""

from keepwell.demo.write import is_written, write_demo

__all__ = ["is_written", "write_demo"]
