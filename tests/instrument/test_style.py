"""Imports that codemods add, in the order of the project's own settings."""

from __future__ import annotations

from shopfast_obs.instrument.engine import transform
from shopfast_obs.instrument.interface import ModuleContext
from shopfast_obs.instrument.registry import selected
from shopfast_obs.instrument.style import Style

SOURCE = """\
from observability import tracer
from zebra import stripes
import zoo


def lambda_handler(event, context):
    return tracer, zoo, stripes
"""


def _instrumented(style: Style) -> list[str]:
    context = ModuleContext(("lambda_handler",), "observability", style=style)
    return transform(SOURCE, context, selected(only=["logger"])).source.splitlines()[:4]


def test_a_name_joins_the_import_unless_each_has_its_own() -> None:
    """ruff's and isort's force-single-line."""
    assert _instrumented(Style())[0] == "from observability import logger, tracer"
    assert "from observability import logger" in _instrumented(Style(single=True))


def test_modules_of_the_project_stand_last() -> None:
    """known-first-party."""
    assert _instrumented(Style(single=True, own=frozenset({"observability"})))[:3] == SOURCE.splitlines()[:3]
