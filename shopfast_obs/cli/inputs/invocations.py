"""What was observed of single functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shopfast_obs.cli.app import App
    from shopfast_obs.model.resources import Resource
    from shopfast_obs.model.telemetry import InvocationReport, TimeRange


def reports(app: App, functions: Sequence[Resource], window: TimeRange) -> Mapping[str, tuple[InvocationReport, ...]]:
    """The REPORT lines of the functions in the window, by the function's name."""
    from shopfast_obs.diagnose.collect import collect
    from shopfast_obs.model.resources import Inventory

    names = ", ".join(function.name for function in functions)
    found = collect(app.cloud(), Inventory(names, tuple(functions)), window, ()).reports
    return {function.name: tuple(found.get(function.name, ())) for function in functions}
