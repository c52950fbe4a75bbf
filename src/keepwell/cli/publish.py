"""`publish`."""

from __future__ import annotations

from pathlib import Path

from keepwell.cli.run import working
from keepwell.cli.screen import stdout
from keepwell.results.publish import Published
from keepwell.workspace import open_workspace
from keepwell.workspace.publish import publish_kept


def run(folder: Path) -> None:
    """Publish, and say what was written."""
    with open_workspace(folder, None) as workspace, working("publishing"):
        done = publish_kept(workspace)
    stdout().say(said(done))


def said(done: Published) -> str:
    """What was published, in a sentence."""
    runs = f"{len(done.new):,} {'run' if len(done.new) == 1 else 'runs'}"
    there = "was" if done.before == 1 else "were"
    return f"published {runs} to {done.origin}; {done.before:,} {there} there already."
