"""Write the reference pages that the program itself dictates; `--check` only compares, and fails with a sentence.

    python -m tools.reference [--check]

Both also fail where a field, a command or an option lacks the description that its page would show.
"""

import sys
from pathlib import Path

from keepwell.cli import app
from keepwell.model.schema import model_schema
from keepwell.model.standard import standard_tables
from keepwell.workspace.config import workspace_schema
from tools.commands import commands_page
from tools.fields import fields_page
from tools.standard import standard_page

FOLDER = Path(__file__).parents[1] / "docs" / "reference"

MODEL = """All that a model file may say. `keepwell schema` prints the same as JSON Schema,
which editors use to complete and check as you type.
Where no default is given, leaving the field out means that nothing is said."""

WORKSPACE = """All that `keepwell.yaml` may say: where the data lies and how it is written.
What the data means is said in the [model](model-fields.md)."""


def pages() -> tuple[dict[Path, str], list[str]]:
    """Path → text of every generated page, and a sentence for every missing description."""
    made = {
        "commands.md": commands_page(app),
        "model-fields.md": fields_page("Model fields", MODEL, model_schema()),
        "standard-tables.md": standard_page(standard_tables()),
        "workspace-fields.md": fields_page("Workspace fields", WORKSPACE, workspace_schema()),
    }
    return {FOLDER / name: text for name, (text, _) in made.items()}, [gap for _, gaps in made.values() for gap in gaps]


def main(arguments: list[str]) -> int:
    """Exit code: 0 if all pages are as they should be."""
    texts, problems = pages()
    for path, text in texts.items():
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            problems.append(f"docs/reference/{path.name} is not what the program says; `make reference` writes it anew")
    print("\n".join(problems), file=sys.stderr, end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
