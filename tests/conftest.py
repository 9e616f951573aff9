"""What one test leaves in the process must not reach the next."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says something about the machine, and nothing about the code.
# The same examples each time: a change is judged by what it changed. `python -m bench fuzz` looks for new ones.
settings.register_profile("suite", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


# Files that take long, the longest first: whoever is done with one takes short ones, and nobody waits at the end.
CLOUDS = ("story/test_story", "workshop/test_exercises", "story/test_alarms", "frontend/test_shop", "story/test_order")
OTHERS = (
    "localcloud/lambdahost/test_busy_machine",  # while clouds are still deployed, which is not timed
    "cli/test_prove",
    "instrument/test_lines",
    "report/html/test_document",
    "changes/test_live_functions",
    "cli/test_refused",
    "cloud/test_account",
    "instrument/test_starter",
    "frontend/test_page_units",
    "analysis/comparison/test_compare",
)
PLACE = {f"tests/{name}.py": place for place, name in enumerate((*CLOUDS, *OTHERS))}


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
    """The tests of files that take long come first, in their own order."""
    items.sort(key=lambda item: PLACE.get(item.location[0], len(PLACE)))


@pytest.fixture(autouse=True)
def no_request_under_way() -> Iterator[None]:
    """A function handles one request at a time, and its id is global in the layer; a test process handles many."""
    yield
    correlation = sys.modules.get("shopfast_obs.runtime.correlation")
    if correlation is not None:
        correlation.begin("")
