"""The pytest plugin: the local cloud, a seeded clock and captured telemetry as fixtures of any project.

pytest imports this module in every project of an environment that has the package: nothing heavy at the top.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from shopfast_obs.pytest.captured import CapturedTelemetry
    from shopfast_obs.pytest.clock import SeededClock
    from shopfast_obs.pytest.cloud import LocalCloud


@pytest.fixture(scope="session")
def local_cloud_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A local cloud on a free port with a state of its own, started once for all tests of this process (with xdist: of
    this worker) and stopped after the last. It leaves the environment as it is."""
    from shopfast_obs.errors import ShopfastObsError
    from shopfast_obs.pytest import cloud

    try:
        running = cloud.start(tmp_path_factory.mktemp("local-cloud") / "state")
    except ShopfastObsError as problem:
        pytest.fail(f"The local cloud did not start. {problem.message} {problem.hint or ''}", pytrace=False)
    yield running
    running.stop()


@pytest.fixture
def local_cloud(local_cloud_session: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> LocalCloud:
    """The local cloud of this test run, with endpoint, region and credentials in the environment of this test: every
    AWS client that the test makes reaches it, and none reaches an account."""
    for name, value in local_cloud_session.environment().items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return local_cloud_session


@pytest.fixture
def captured_telemetry(local_cloud: LocalCloud) -> CapturedTelemetry:
    """The traces, metrics and log lines that the local cloud receives during this test."""
    from shopfast_obs.pytest.captured import CapturedTelemetry

    return CapturedTelemetry(local_cloud)


@pytest.fixture
def seeded_clock(request: pytest.FixtureRequest) -> SeededClock:
    """A clock for the code under test that shows the same times in each run; the seed is the name of the test."""
    from shopfast_obs.pytest.clock import SeededClock

    return SeededClock(request.node.nodeid)
