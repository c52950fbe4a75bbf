"""The page of commands, from the Typer application: it says what `--help` says, in one place."""

from collections.abc import Iterator
from typing import Any

import typer
from typer.main import get_command

from tools.markdown import code, prose, table

INTRODUCTION = """# Commands

Results go to standard output, everything else to standard error.
A command ends with 0, with 1 when something could not be done or a check failed,
and with 2 when it was called wrongly."""


def commands_page(app: typer.Typer) -> tuple[str, list[str]]:
    """The page, and a sentence for every command, argument or option that has no help."""
    root = get_command(app)
    context = typer.Context(root, info_name="keepwell")
    sections, problems = [INTRODUCTION], []
    for path, command, inside in [("keepwell", root, context), *_visible(root, context)]:
        section, gaps = _section(path, command, inside)
        sections.append(section)
        problems += gaps
    return "\n\n".join(sections) + "\n", problems


def _visible(group: Any, context: typer.Context) -> Iterator[tuple[str, Any, typer.Context]]:
    """(path, command, context) of all commands below a group, in the order of `--help`."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inside = typer.Context(command, info_name=name, parent=context)
        yield inside.command_path, command, inside
        if hasattr(command, "list_commands"):
            yield from _visible(command, inside)


def _section(path: str, command: Any, context: typer.Context) -> tuple[str, list[str]]:
    problems = [] if command.help else [f"the command ‘{path}’ has no help"]
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    parts = [f"## {path}", f"```console\n$ {usage}\n```"]
    parts += [prose(paragraph) for paragraph in (command.help or "").split("\n\n") if paragraph.strip()]
    rows = []
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is None:  # hidden
            continue
        if not parameter.help:
            problems.append(f"‘{parameter.opts[0]}’ of the command ‘{path}’ has no help")
        rows.append((code(record[0]), prose(record[1])))
    if rows:
        parts.append(table(("argument or option", "meaning"), rows))
    return "\n\n".join(parts), problems
