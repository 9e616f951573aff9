"""Folded stacks and speedscope's files, by the rules that their readers hold."""

import re

import pytest
from jsonschema import validate

from shopfast_obs.analysis.traces.call_paths import call_paths
from shopfast_obs.report.profiles.stacks import folded, speedscope, trace_speedscope
from shopfast_obs.testing import answered_early, function_trace
from tests.report.profiles.samples import SPEEDSCOPE, every, fan_out, unclosed


def test_folded_stacks_are_lines_of_frames_and_a_number() -> None:
    """A separator in a name separates nothing; the numbers are the microseconds until the answers."""
    text = folded(call_paths(every()))
    lines = text.splitlines()
    assert all(re.fullmatch(r"[^;]+(;[^;]+)* \d+", line) for line in lines)
    assert sum(int(line.rpartition(" ")[2]) for line in lines) == pytest.approx(2e6, abs=5)
    assert "web;web (Lambda);web (function);three, or 3 400000" in lines
    assert folded(()) == ""


def test_merged_traces_are_two_profiles_of_one_document() -> None:
    """What was waited for, and all work; weights stand beside their stacks, and frames are counted from the root."""
    document = speedscope(call_paths(every()), "Two")
    validate(document, SPEEDSCOPE)
    waited, worked = document["profiles"]
    frames = [frame["name"] for frame in document["shared"]["frames"]]
    for profile in (waited, worked):
        assert len(profile["samples"]) == len(profile["weights"])
        assert sum(profile["weights"]) == profile["endValue"]
        assert all(0 <= place < len(frames) for stack in profile["samples"] for place in stack)
    assert waited["endValue"] == pytest.approx(2e6, abs=5)
    assert worked["endValue"] > 9e6
    assert frames[waited["samples"][-1][0]] in {"api", "web"}


@pytest.mark.parametrize("trace", every(), ids=lambda trace: trace.id)
def test_one_trace_is_its_path_and_its_lanes(trace: object) -> None:
    """The path fills the time until the answer; in each lane what was opened last is closed first."""
    document = trace_speedscope(trace)  # type: ignore[arg-type]
    validate(document, SPEEDSCOPE)
    for profile in document["profiles"][1:]:
        assert unclosed(profile) == []


def test_calls_at_once_lie_in_lanes_of_their_own() -> None:
    """Three that overlap are three lanes of one service; every part is in exactly one."""
    document = trace_speedscope(fan_out())
    path, *lanes = document["profiles"]
    assert path["endValue"] == 1_000_000
    assert [lane["name"] for lane in lanes] == ["web", "web", "web"]
    assert sum(len(lane["events"]) for lane in lanes) == 2 * 6


def test_secrets_are_masked() -> None:
    """A key in a name is none in the file."""
    secret = "AKIAIOSFODNN7EXAMPLE"
    trace = function_trace("1-a", 0.0, name=f"web-{secret}")
    for text in (folded(call_paths([trace])), str(speedscope(call_paths([trace]), "x")), str(trace_speedscope(trace))):
        assert secret not in text
        assert "web-" in text


def test_what_is_detached_is_no_part_of_the_path() -> None:
    """Nine seconds after the answer are in a lane, not in what was waited for."""
    document = trace_speedscope(answered_early())
    assert document["profiles"][0]["endValue"] == 1_000_000
    assert max(profile["endValue"] for profile in document["profiles"]) == 10_000_000
