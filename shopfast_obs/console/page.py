"""The page's HTML: the report's own modules and style, and those of the console."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from shopfast_obs import __version__
from shopfast_obs.report.html import assets
from shopfast_obs.report.html.data import embedded
from shopfast_obs.report.html.document import NO_DATA

STATIC = Path(__file__).parent / "static"
# In this order: each may use what those before it export.
REPORT_MODULES = (
    *("dom", "format", "data", "theme", "waterfall_row", "waterfall"),
    *("names", "viewport", "map_layout", "map"),
)
MODULES = ("lists", "over_time", "actions", "exercise", "console")


@cache
def page() -> str:
    """The whole page, which loads nothing but its events and traces."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    def ours(text: str) -> Markup:
        return Markup(text)  # noqa: S704 - files of this package

    script = assets.bundled([*(assets.read(f"{name}.js") for name in REPORT_MODULES), *map(_read, MODULES)])
    scripts, styles = (assets.vendor("dagre.min.js"), script), (*assets.styles(), _text("console.css"))
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_text("console.html")).render(
        version=__version__,
        policy=f"{assets.policy(scripts, styles)}; connect-src 'self'",
        styles=[ours(text) for text in styles],
        scripts=[ours(text) for text in scripts],
        data=ours(embedded(NO_DATA)),
    )


def _read(name: str) -> str:
    return _text(f"{name}.js")


def _text(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")
