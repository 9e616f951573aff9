"""One trace on lines: as wide as there is room, names that differ look different, the answer has its place."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfast_obs.analysis.traces.waterfall import Waterfall, waterfall
from shopfast_obs.model.telemetry import Segment, Trace
from shopfast_obs.report.waterfall import waterfall_lines
from shopfast_obs.testing import function_trace
from tests.report.test_view import NAMES

TRACE = "1-5e34a614-10bd1234f1fb44f07bc535a1"
UPLOAD = "thumbnail-generator-production-upload"


def shown(fall: Waterfall, width: int) -> list[str]:
    """The lines of a whole trace."""
    return list(waterfall_lines(fall, 1000, width))


def calls(names: Sequence[str]) -> Waterfall:
    """A request with calls of these names, each inside the one before."""
    inner: tuple[Segment, ...] = ()
    for number, name in reversed(list(enumerate(names))):
        inner = (Segment(f"c{number}", name, 0.1, 0.9, subsegments=inner),)
    return waterfall(Trace(TRACE, (Segment("r", "web", 0, 1, subsegments=inner),)))


def bars(line: str) -> str:
    """What of a line is drawn."""
    return "".join(sign for sign in line if sign in "▏▎▍▌▋▊▉█")


@pytest.mark.parametrize(("width", "least"), [(80, 18), (120, 30), (160, 60)])
def test_the_bar_is_as_wide_as_the_terminal_allows(width: int, least: int) -> None:
    """And nothing is wider than it."""
    lines = shown(waterfall(function_trace(TRACE, 100.0, init=0.5)), width)
    assert max(map(len, lines)) <= width
    assert max(len(bars(line)) for line in lines) >= least


def test_the_answer_is_a_line_and_what_follows_it_has_no_star() -> None:
    """A detached call runs on for three times as long."""
    later = Segment("l", "thumb", 0.5, 4.0, origin="AWS::Lambda", parent_id="s")
    put = Segment("s", "S3", 0.5, 0.6, namespace="aws", aws={"operation": "PutObject"})
    fall = waterfall(Trace(TRACE, (Segment("r", "web", 0, 1, subsegments=(put,)), later)))
    lines = shown(fall, 100)
    (axis,) = [line for line in lines if "│ answered 1.00 s" in line]
    parts = {
        name: next(line for line in lines if name in line[2:] and bars(line)) for name in ("web", "PutObject", "thumb")
    }
    assert [line[0] for line in parts.values()] == ["*", "*", " "]
    at = axis.index("│")
    assert parts["PutObject"][at] == "│"
    assert parts["thumb"][at] == "█"
    assert not any("│" in line for line in shown(calls(("a",)), 100))


@pytest.mark.parametrize(
    ("name", "rest"), [("Overhead", "overhead of the runtime and extensions"), ("later", "asynchronous")]
)
def test_overhead_after_the_answer_is_no_asynchronous_work(name: str, rest: str) -> None:
    """Lambda answers when the handler is through; extensions go on in the function's segment."""
    phases = (Segment("i", "Invocation", 0.02, 0.15), Segment("o", name, 0.15, 0.48))
    function = Segment("f", "web", 0.02, 0.48, origin="AWS::Lambda::Function", parent_id="s", subsegments=phases)
    service = Segment("s", "web", 0.0, 0.164, origin="AWS::Lambda")
    assert f"answered after 164 ms; the rest is {rest}" in shown(waterfall(Trace(TRACE, (service, function))), 80)


def test_lambda_and_its_function_are_told_apart_and_a_new_environment_has_a_bar() -> None:
    """The environment is made before the initialization, inside Lambda's part."""
    start = Segment("i", "Initialization", 0.4, 0.6)
    function = Segment("f", UPLOAD, 0.7, 0.9, origin="AWS::Lambda::Function", parent_id="s", subsegments=(start,))
    service = Segment("s", UPLOAD, 0.1, 1.0, origin="AWS::Lambda", subsegments=())
    lines = shown(waterfall(Trace(TRACE, (service, function))), 120)
    named = [line.split("  ")[0:4] for line in lines]
    assert any(f"{UPLOAD} (Lambda)" in " ".join(parts) for parts in named)
    assert any(f"{UPLOAD} (function)" in " ".join(parts) for parts in named)
    (environment,) = [line for line in lines if "(environment)" in line]
    assert environment.split()[-4:] == ["300", "ms", "300", "ms"]
    assert bars(environment)
    warm = Segment("f", UPLOAD, 0.7, 0.9, origin="AWS::Lambda::Function", parent_id="s")
    assert not any("(environment)" in line for line in shown(waterfall(Trace(TRACE, (service, warm))), 120))


@given(NAMES, st.sampled_from([60, 80, 120, 160]))
def test_no_two_names_look_alike_and_no_line_is_too_long(names: list[str], width: int) -> None:
    """However deep and long they are."""
    lines = shown(calls([f"{name} x" for name in names]), width)
    assert max(len(line) for line in lines if "at the beginning" not in line) <= width
    start = next(number for number, line in enumerate(lines) if line.split() == ["start", "takes", "own"]) + 1
    parts: list[str] = []
    for line in lines[start:]:
        if not line.strip():
            break
        if bars(line):
            parts.append(line.partition(bars(line))[0].lstrip("* ").rstrip())
        else:
            parts[-1] += f" {line.strip()}"
    assert len({*parts}) == len(names) + 1
