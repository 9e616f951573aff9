"""One host for the tests of a module: its functions have names of their own."""

import sys
from collections.abc import Iterator

import pytest

from shopfast_obs.localcloud.interface import FunctionHost
from shopfast_obs.localcloud.lambdahost import open_host
from tests.localcloud.lambdahost.support import SURROUNDINGS, Recorder, WallClock


@pytest.fixture(scope="session", autouse=True)
def linux_only() -> None:
    """AWS's runtime interface client exists for Linux only."""
    if sys.platform != "linux":
        pytest.skip("functions run on Linux only")


@pytest.fixture(scope="module")
def clock() -> WallClock:
    """Real time."""
    return WallClock()


@pytest.fixture(scope="module")
def seen() -> Recorder:
    """What the host observed."""
    return Recorder()


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory, seen: Recorder, clock: WallClock) -> Iterator[FunctionHost]:
    """A host that is closed after the module."""
    opened = open_host(tmp_path_factory.mktemp("host"), seen, clock, SURROUNDINGS)
    yield opened
    opened.close()
