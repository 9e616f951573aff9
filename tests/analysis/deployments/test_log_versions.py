"""Deployments that log lines tell, and what only looks like one."""

from collections.abc import Sequence

import pytest

from shopfast_obs.analysis.deployments.log_versions import seen
from shopfast_obs.model.telemetry import InitStart, InvocationReport, LogEvent
from shopfast_obs.parse.logs.platform import init_start

GROUP = "/aws/lambda/orders"


def report(number: int, version: str = "$LATEST", memory: int = 128) -> InvocationReport:
    """An invocation that began so many minutes after midnight and took a second."""
    stream = f"2026/01/31/[{version}]{number:08x}"
    return InvocationReport(f"r{number}", number * 60 + 1.0, 1.0, 1.0, memory, 70, group=GROUP, stream=stream)


def of_versions(order: str) -> list[InvocationReport]:
    """An invocation a minute, each of a version."""
    return [report(number, version) for number, version in enumerate(order)]


def test_a_new_memory_size_is_a_deployment_from_its_first_invocation_on() -> None:
    """In force a moment before that, and known to begin after the last one of before."""
    [found] = seen([report(number, memory=128 if number < 5 else 512) for number in range(9)])
    assert found.what == "orders: 512 MB of memory instead of 128"
    assert (found.first, found.time, found.names, found.source) == (240, 298, ("orders",), "log lines")


def test_a_new_version_is_a_deployment() -> None:
    """By the name of the log stream."""
    [found] = seen(of_versions("666677777"))
    assert found.what == "orders: version 7 instead of 6"
    assert found.time == 238


def test_a_canary_becomes_a_deployment_once_all_goes_to_the_new_version() -> None:
    """What ran beside the old one for a while is not yet in force."""
    [found] = seen(of_versions("6666676777777"))
    assert found.time == 7 * 60 - 2


@pytest.mark.parametrize("order", ["6767676767", "6667676767", "6766666666", "67", "", "7777"])
def test_two_aliases_beside_each_other_are_no_deployment(order: str) -> None:
    """Nor is a single test of a version, nor what never changes."""
    assert seen(of_versions(order)) == ()


def test_the_memory_of_published_versions_tells_nothing() -> None:
    """Two aliases may have versions of different sizes."""
    assert seen([report(number, "67"[number % 2], (128, 512)[number % 2]) for number in range(20)]) == ()


def starts(*runtimes: str) -> Sequence[InitStart]:
    """INIT_START lines, a minute apart."""
    lines = [f"INIT_START Runtime Version: {version}\tRuntime Version ARN: arn:x" for version in runtimes]
    events = [LogEvent(n * 60.0, line, GROUP, "2026/01/31/[$LATEST]a", "") for n, line in enumerate(lines)]
    return [found for event in events if (found := init_start(event.message, event)) is not None]


def test_a_new_version_of_the_runtime_is_one_too() -> None:
    """AWS rolls it out without anybody's doing."""
    [found] = seen([], starts("python:3.11.v40", "python:3.11.v40", "python:3.11.v41"))
    assert found.what == "orders: runtime python:3.11.v41 instead of python:3.11.v40"
    assert seen([], starts("python:3.11.v40", "python:3.11.v41", "python:3.11.v40")) == ()


def test_json_logs_tell_the_runtime_as_well() -> None:
    """The record that an environment begins with."""
    line = '{"time":"2026-01-31T00:00:00Z","type":"platform.initStart","record":{"runtimeVersion":"python:3.11.v40"}}'
    found = init_start(line, LogEvent(5.0, line, GROUP, "s", ""))
    assert found is not None
    assert found.runtime == "python:3.11.v40"
    assert init_start("START RequestId: 1", LogEvent(5.0, "", GROUP, "s", "")) is None
