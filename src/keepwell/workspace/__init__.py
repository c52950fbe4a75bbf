"""A company's folder wired together, just below the faces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keepwell.workspace.workspace import Workspace, check_workspace, open_workspace

__all__ = ["Workspace", "check_workspace", "open_workspace"]


def __getattr__(name: str) -> Any:
    """Load the engine only when a workspace is opened: listing templates needs none of it."""
    if name in __all__:
        from keepwell.workspace import workspace

        return getattr(workspace, name)
    raise AttributeError(name)
