"""The manual. A page appears by lying in tutorial/, how-to/, reference/ or explanation/."""

import tomllib
from pathlib import Path

project = "Keepwell"
author = "The Keepwell authors"
copyright = "The Keepwell authors"  # noqa: A001  (Sphinx's name)
version = release = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]["version"]

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4
exclude_patterns = ["_build"]
nitpicky = True

html_theme = "furo"
html_title = f"Keepwell {version}"
html_copy_source = False
