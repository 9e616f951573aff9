"""The traces of a source replayed under changes that somebody names, or that they suggest themselves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shopfast_obs.errors import UserError

if TYPE_CHECKING:
    from shopfast_obs.analysis.traces.what_if.changes import Change, Sizes
    from shopfast_obs.analysis.traces.what_if.prediction import Prediction
    from shopfast_obs.cli.inputs.telemetry import Source


def predicted(read: Source, wanted: Sequence[Change], measured: Sequence[Path]) -> tuple[tuple[Prediction, ...], int]:
    """What the changes bring, and how many traces were replayed; without any, those that the traces suggest.
    `measured` are files of `tune --format json`."""
    from shopfast_obs.analysis.traces.tree import tree
    from shopfast_obs.analysis.traces.what_if.candidates import Survey
    from shopfast_obs.analysis.traces.what_if.changes import Sizes
    from shopfast_obs.analysis.traces.what_if.prediction import PredictionBuilder

    reports = read.platform().reports
    sizes = Sizes(
        {request: report.memory_size_mb for request, report in reports.items()},
        dict(_curve(path) for path in measured),
    )
    changes = tuple(wanted)
    if not changes:
        survey = Survey()
        for trace in read.traces():
            survey.add(tree(trace))
        changes = survey.changes(sizes.memory_mb)
    _require_sizes(changes, sizes)
    builder, count = PredictionBuilder(changes, sizes), 0
    for trace in read.traces():
        builder.add(tree(trace))
        count += 1
    return builder.result(), count


def _require_sizes(changes: Sequence[Change], sizes: Sizes) -> None:
    """Raise UserError for another memory size where no log tells the one of now."""
    unknown = next((one for one in changes if one.kind == "memory" and not sizes.memory_mb), None)
    if unknown is not None:
        raise UserError(
            f"{unknown} needs the memory size of now, and no log line tells it.",
            "REPORT lines have it: name a file of logs beside the traces, or read a cloud's window.",
        )


def _curve(path: Path) -> tuple[str, dict[int, float]]:
    """The function of a saved tuning run, and its typical seconds by MB."""
    try:
        document: Any = json.loads(path.read_bytes())
        return str(document["function"]), {
            int(size["memory_mb"]): float(size["typical"]) for size in document["sizes"] if size["invocations"]
        }
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise UserError(
            f"{path} is no result of a tuning run ({type(problem).__name__}).",
            "shopfast-obs tune FUNCTION --format json > FILE makes one.",
        ) from None
