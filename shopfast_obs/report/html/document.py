"""The page: the report's sections as HTML, with places for what the scripts draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shopfast_obs import __version__
from shopfast_obs.analysis.traces.critical_path import CATEGORIES
from shopfast_obs.model.records import record
from shopfast_obs.report.html import assets
from shopfast_obs.report.html.data import embedded
from shopfast_obs.report.html.error_groups import ErrorGroupView
from shopfast_obs.report.html.stacks import Stack
from shopfast_obs.report.html.tiles import Tile
from shopfast_obs.report.text import is_number, is_sparkline, shortened, visible
from shopfast_obs.report.trace_tables import short
from shopfast_obs.report.view import Report, Section

if TYPE_CHECKING:
    from jinja2 import Environment

MOUNTS = ("over-time", "service-map", "flame-graph", "traces")  # sections in which the scripts draw something
FOLDED = (
    "over-time",
    "service-map",
    "flame-graph",
    "where-the-time-goes",
)  # whose tables are the other way to read a picture
CELL = 400  # characters
NO_DATA: Mapping[str, Any] = {
    "traces": {"id": []}, "paths": [], "waterfalls": {}, "timelines": [], "everything": None, "deployments": [],
    "map": {"nodes": [], "edges": []}, "categories": CATEGORIES, "names": [], "errors": False,
}  # fmt: skip


@record
class Page:
    """One page. `data` is what the scripts draw; without it the page is its sections."""

    report: Report
    about: str
    tiles: tuple[Tile, ...] = ()
    stacks: tuple[Stack, ...] = ()
    errors: tuple[ErrorGroupView, ...] = ()
    data: Mapping[str, Any] = field(default_factory=lambda: NO_DATA)

    @property
    def categories(self) -> Sequence[str]:
        """The categories that any stack has."""
        used = {part.category for stack in self.stacks for part in stack.parts}
        return [category for category in CATEGORIES if category in used]

    @property
    def mounts(self) -> Sequence[str]:
        """The sections in which the scripts draw."""
        return MOUNTS if self.data["traces"]["id"] else ()

    @property
    def folded(self) -> Sequence[str]:
        """The sections whose table is folded, because a picture is there."""
        return FOLDED if self.data["traces"]["id"] else ()


def html(page: Page) -> str:
    """The file's text."""
    from markupsafe import Markup

    def ours(text: str) -> Markup:
        return Markup(text)  # noqa: S704 - files of this package, or JSON in which nothing is left that HTML reads

    return _environment().get_template("page.html").render(
        page=_with_places(page),
        version=__version__,
        policy=assets.policy(),
        styles=[ours(text) for text in assets.styles()],
        scripts=[ours(text) for text in assets.scripts()],
        data=ours(embedded(page.data)),
        licences=assets.licences(),
    )  # fmt: skip


def _with_places(page: Page) -> Page:
    """The page with sections for what only the scripts draw: the list of traces, and charts where no table is."""
    if not page.data["traces"]["id"]:
        return page
    over_time = next((section for section in page.report.sections if section.key == "over-time"), Section("Over time"))
    sections = [section for section in page.report.sections if section is not over_time]
    sections.insert(min(1, len(sections)), over_time)
    place = next((i for i, section in enumerate(sections) if section.key == "cold-starts"), len(sections))
    sections.insert(place, Section("Traces"))
    return replace(page, report=replace(page.report, sections=tuple(sections)))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    made.filters |= {"numeric": _numeric, "short": short, "cut": _cut}
    made.tests |= {"is_gauge": _is_gauge, "is_spark": is_sparkline}
    return made


def _finalized(value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
    """Text with its control and direction characters visible; our own markup as it is."""
    return visible(value) if type(value) is str else value


def _cut(text: str) -> str:
    """The text of a cell: beyond some length nobody reads it, and a browser measures every character of it."""
    return shortened(text, CELL)


def _numeric(section: Section) -> list[bool]:
    return [all(is_number(row[column]) for row in section.rows) for column in range(len(section.columns))]


def _is_gauge(cell: str) -> bool:
    return bool(cell) and not cell.strip("#")
