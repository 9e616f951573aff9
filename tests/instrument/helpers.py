"""Two ways to state what a codemod does; each also runs a second time."""

import ast
import tempfile
from pathlib import Path

from shopfast_obs.instrument.business import BusinessMetric
from shopfast_obs.instrument.engine import transform
from shopfast_obs.instrument.interface import ModuleContext, Outcome
from shopfast_obs.instrument.metrics_file import read
from shopfast_obs.instrument.registry import selected

HANDLER = ModuleContext(handlers=("lambda_handler",))
MODULE = ModuleContext(objects="observability", siblings=frozenset({"observability"}))


def metrics_of(text: str) -> dict[str, tuple[BusinessMetric, ...]]:
    """The metrics of a plan whose functions are all in one module, by function."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "metrics.yaml"
        path.write_text(text)
        found: dict[str, tuple[BusinessMetric, ...]] = {}
        for metric in read(path).metrics:
            name = metric.function.partition(".")[2]
            found[name] = (*found.get(name, ()), metric)
    return found


def run(source: str, context: ModuleContext = HANDLER, *only: str) -> Outcome:
    """The outcome of the codemods of those names, all when none is named."""
    return transform(source, context, selected(only, tracing=context.tracing))


def check_noop(source: str, context: ModuleContext, *only: str) -> Outcome:
    """The source stays byte for byte."""
    outcome = run(source, context, *only)
    assert outcome.source == source
    assert outcome.codemods == ()
    return outcome


def check_transformed(source: str, expected: str, context: ModuleContext, *only: str) -> Outcome:
    """The source becomes the expected one, which parses and stays as it is when the codemods run again."""
    outcome = run(source, context, *only)
    assert outcome.source == expected
    assert outcome.codemods
    ast.parse(outcome.source)
    check_noop(outcome.source, context, *only)
    return outcome
