"""Settings of the documentation site: `just site` builds it, offline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import secdiplo

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "secdiplo"
author = "The secdiplo developers"
copyright = author  # noqa: A001
version = release = secdiplo.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
]
exclude_patterns: list[str] = []
suppress_warnings = ["misc.highlighting_failure"]  # `$name` in the SQL of queries
html_theme = "pydata_sphinx_theme"
html_title = f"secdiplo {release}"
html_theme_options = {
    "navbar_end": ["theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_show_sourcelink = False

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True

autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False


def setup(app: Sphinx) -> None:
    """Adapt pages that are also read in the repository."""
    app.connect("source-read", _without_links_outside)


def _without_links_outside(app: Sphinx, page: str, source: list[str]) -> None:
    """Keep the text of links to files of the repository that are no pages of the site."""
    text = source[0].replace("../../schema/codebook.md", "/reference/tables.md")
    source[0] = re.sub(r"(?<!!)\[([^\]]+)\]\((?:\.\./){2}[^)]*\)", r"\1", text)
