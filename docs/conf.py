"""How Sphinx builds the site: `make docs`. Its source is the checkout, so that pages link to runbooks and changelog."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]

project = "shopfast-obs"
author = "the authors of shopfast-obs"
project_copyright = "Apache-2.0"
version = release = re.search(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1]

extensions = ["myst_parser"]
root_doc = "docs/index"
TEXTS = ["CHANGELOG.md", "CONTRIBUTING.md", "AGENTS.md", "shopfast_obs/agents/*.md"]
include_patterns = ["docs/**", "runbooks/*.md", *TEXTS]
# Folders in which nothing is: Sphinx need not walk through them.
exclude_patterns = ["docs/_*", ".venv*", ".*", "**/node_modules", "**/.*", "cdk.out", "build"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 4

html_theme = "pydata_sphinx_theme"
html_title = "shopfast-obs"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_extra_path = ["_start"]  # index.html, which leads to docs/index.html
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # it would fetch each page, which a browser refuses for file://
html_sidebars = {"**": ["sidebar-nav-bs"]}
html_theme_options = {
    "navigation_depth": 3,
    "show_prev_next": True,
    "navbar_align": "left",
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
}


def _titled(app, docname, source):  # noqa: ANN001, ANN202 - Sphinx is not installed where types are checked
    """Gives an exercise the heading that stands in its front matter."""
    title = re.match(r'---\n.*?^title: "(.*?)"$.*?^---\n', source[0], re.MULTILINE | re.DOTALL)
    if docname.startswith("runbooks/") and title and not re.search(r"^# ", source[0], re.MULTILINE):
        source[0] = f"{title[0]}# {title[1]}\n{source[0][title.end() :]}"


def setup(app):  # noqa: ANN001, ANN201
    """What Sphinx calls first."""
    app.connect("source-read", _titled)
