"""A company's folder wired together, just below the faces."""

from keepwell.workspace.workspace import Workspace, check_workspace, open_workspace

__all__ = ["Workspace", "check_workspace", "open_workspace"]
