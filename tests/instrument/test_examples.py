"""The examples in the codemods' classes are true."""

from dataclasses import replace

import pytest

from shopfast_obs.instrument.codemods.business import CountBusiness
from shopfast_obs.instrument.interface import Codemod, Example, ModuleContext
from shopfast_obs.instrument.registry import DEFAULT, PROFILES, all_codemods, selected
from tests.instrument.helpers import HANDLER, MODULE, check_noop, check_transformed, metrics_of

VALID = [(c, source) for c in all_codemods() for source in c.valid]
INVALID = [(c, example) for c in all_codemods() for example in c.invalid]


def context_of(codemod: Codemod) -> ModuleContext:
    """Handlers make their own objects in the examples, other modules import them; metrics have a plan."""
    if isinstance(codemod, CountBusiness):
        return ModuleContext(metrics=metrics_of(codemod.plan))
    return replace(HANDLER, tracing=codemod.tracing or "xray") if codemod.wraps else MODULE


@pytest.mark.parametrize(("codemod", "source"), VALID, ids=lambda v: getattr(v, "id", None))
def test_what_the_class_calls_valid_is_left_alone(codemod: Codemod, source: str) -> None:
    """Byte for byte."""
    check_noop(source, context_of(codemod), codemod.id)


@pytest.mark.parametrize(("codemod", "example"), INVALID, ids=lambda v: getattr(v, "id", None))
def test_what_the_class_calls_invalid_is_changed(codemod: Codemod, example: Example) -> None:
    """Into what it says, and only once."""
    check_transformed(example.before, example.after, context_of(codemod), codemod.id)


def test_every_codemod_shows_what_it_does_and_what_it_leaves() -> None:
    """Examples are its documentation."""
    assert [c.id for c in all_codemods()] == [
        "clients",
        "logging",
        "logger",
        "tracer",
        "tracer",
        "metrics",
        "runtime",
        "business",
        "swallowed",
        "prints",
    ]
    assert all(c.valid and c.invalid and c.title for c in all_codemods())


def test_each_profile_adds_to_the_one_before_and_together_they_are_all() -> None:
    """And every codemod says what a test can see of it."""
    decorators, logs, everything = PROFILES.values()
    assert decorators < logs < everything == {c.id for c in all_codemods()}
    assert {c.id for c in selected(profile=DEFAULT)} == decorators
    assert all(isinstance(c.visible, tuple) for c in all_codemods())
    assert [c.id for c in all_codemods() if "patched names" in c.visible] == ["clients", "logging", "prints"]
