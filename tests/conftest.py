"""What one test leaves in the process must not reach the next."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says something about the machine, and nothing about the code.
# The same examples each time: a change is judged by what it changed. `python -m bench fuzz` looks for new ones.
settings.register_profile("suite", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


# Files that take minutes, the longest first: whoever is done with one takes short ones, and nobody waits at the end.
LONGEST = ("test_story", "test_exercises", "test_alarms", "test_shop", "test_order")


# What stands in every file of which the Makefile's own selections can take a test.
SELECTED = {"(cloud or synth) and not slow": ("mark.cloud", "mark.synth"), "slow": ("mark.slow",)}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """True for a file that the selection takes nothing of: to import all of them takes ten seconds in each worker."""
    words = SELECTED.get(config.getoption("markexpr"))
    if words is None or not collection_path.name.startswith("test_"):
        return None
    text = collection_path.read_text(encoding="utf-8")
    return None if any(word in text for word in words) else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a cloud that take long come first, in their own order."""
    place = {name: at for at, name in enumerate(LONGEST)}
    items.sort(
        key=lambda item: place.get(item.path.stem, len(place)) if item.get_closest_marker("cloud") else len(place)
    )


@pytest.fixture(autouse=True)
def no_request_under_way() -> Iterator[None]:
    """A function handles one request at a time, and its id is global in the layer; a test process handles many."""
    yield
    correlation = sys.modules.get("shopfast_obs.runtime.correlation")
    if correlation is not None:
        correlation.begin("")
