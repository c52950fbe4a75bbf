"""The command line: a face. It translates, and computes nothing."""

from keepwell.cli.app import app, main

__all__ = ["app", "main"]
