"""Two ways to state what a codemod does; each also runs a second time."""

from __future__ import annotations

import ast

from shopfast_obs.instrument.engine import transform
from shopfast_obs.instrument.interface import ModuleContext, Outcome
from shopfast_obs.instrument.registry import selected

HANDLER = ModuleContext(handlers=("lambda_handler",))
MODULE = ModuleContext(objects="observability", siblings=frozenset({"observability"}))


def run(source: str, context: ModuleContext = HANDLER, *only: str) -> Outcome:
    """The outcome of the codemods of those names, all when none is named."""
    return transform(source, context, selected(only))


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
