"""What one test leaves in the process must not reach the next."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says something about the machine, and nothing about the code.
# The same examples each time: a change is judged by what it changed. `python -m bench fuzz` looks for new ones.
settings.register_profile("suite", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def no_request_under_way() -> Iterator[None]:
    """A function handles one request at a time, and its id is global in the layer; a test process handles many."""
    yield
    correlation = sys.modules.get("shopfast_obs.runtime.correlation")
    if correlation is not None:
        correlation.begin("")
