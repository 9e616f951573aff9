"""The primitives that look at what passes between functions, at alarms as a whole, and at the learner's own doings."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from shopfast_obs.model.telemetry import AlarmStatus, MetricSeries, TimeRange
from shopfast_obs.testing import FakeCloud, report_line
from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import CannotTellError, TooLittleError
from tests.workshop.worlds import GROUP, NOW, FakeWorld, judge, logs, spec

FLOW = spec(
    "flow", sent="a", sent_says="stored", received="b", received_says="sent", id=r"o-\d+", at_least=2, missing=0, most=1
)


def both(sent: list[str], received: list[str]) -> FakeWorld:
    """A world with what two services logged."""
    return FakeWorld(FakeCloud(logs={**logs(*sent, group="a"), **logs(*received, group="b")}))


STORED = ["stored o-1", json.dumps({"message": "stored o-2"})]


@pytest.mark.parametrize(
    ("received", "right", "missing", "repeated"),
    [
        (["sent for o-1", "sent for o-2"], True, 0, 0),
        (["sent for o-1"], False, 1, 0),
        (["looked at o-1", "sent for o-2"], False, 1, 0),
        (["sent for o-7", "sent for o-8"], False, 2, 0),  # as many, but others
        (["sent for o-1", "sent for o-2", "sent for o-2"], False, 0, 1),
    ],
)
def test_flow_follows_each_id(received: list[str], right: bool, missing: int, repeated: int) -> None:
    """As many is not enough: the same ones, and once."""
    found, measured = judge(FLOW, both(STORED, received))
    assert (found, measured["missing"], measured["repeated"]) == (right, missing, repeated)


def test_flow_of_nothing_is_no_verdict() -> None:
    """Nor is a pattern that is none."""
    with pytest.raises(TooLittleError, match="1 were sent, 2 are needed"):
        judge(FLOW, both(STORED[:1], ["sent for o-1"]))
    with pytest.raises(CannotTellError, match="is no pattern"):
        judge(CheckSpec("f", "flow", {**FLOW.parameters, "id": "("}, ""), both(STORED, []))


def ran(*seconds: float, ago: float = 50.0, group: str = GROUP) -> Mapping[str, Any]:
    """The log of invocations that took so long."""
    return logs(*(report_line("a", one * 1000) for one in seconds), group=group, ago=ago)


@pytest.mark.parametrize(
    ("wanted", "cloud", "right"),
    [
        ({"groups": [GROUP], "at_least": 2, "p95_s": 1}, ran(0.1, 0.2), True),
        ({"groups": [GROUP], "at_least": 2, "p95_s": 1}, ran(0.1, 2), False),
        ({"groups": [GROUP, "b"], "at_least": 1}, {**ran(9), **ran(0.1, group="b")}, True),
        ({"groups": [GROUP, "b"], "at_least": 1, "p95_s": 1}, {**ran(0.1), **ran(2, group="b")}, False),
    ],
)
def test_invocations_are_judged_by_the_slowest_function(wanted: Any, cloud: Any, right: bool) -> None:
    """Each must have run."""
    assert judge(spec("invocations", **wanted), FakeWorld(FakeCloud(logs=cloud)))[0] is right


def test_a_function_that_did_not_run_has_nothing_to_show() -> None:
    """More traffic is asked for."""
    with pytest.raises(TooLittleError, match="b has 0 invocations, 1 are needed"):
        judge(spec("invocations", groups=[GROUP, "b"], at_least=1), FakeWorld(FakeCloud(logs=ran(1))))


QUIET = spec("quiet", group=GROUP, seconds=20, at_most=1, queue="Queue", after=2)


@pytest.mark.parametrize(
    ("resting", "waiting", "right"), [((), 0, True), ((0.1,), 0, True), ((0.1, 0.1), 0, False), ((), 1, False)]
)
def test_quiet_wants_rest_and_an_empty_queue(resting: tuple[float, ...], waiting: int, right: bool) -> None:
    """A longer delay only moves the loop's next turn."""
    log = {GROUP: [*ran(0.1, 0.1)[GROUP], *(ran(*resting, ago=5)[GROUP] if resting else [])]}
    found, measured = judge(QUIET, FakeWorld(FakeCloud(logs=log), waiting=waiting, rest=TimeRange(NOW - 20, NOW)))
    assert (found, measured["invocations"], measured["waiting"]) == (right, len(resting), waiting)


def test_quiet_after_nothing_is_no_verdict() -> None:
    """Who was never used has nothing to rest from."""
    with pytest.raises(TooLittleError):
        judge(QUIET, FakeWorld())


THROTTLES = spec(
    "measured", namespace="AWS/Lambda", name="Throttles", dimension="FunctionName", value="web", at_most=0, group=GROUP
)


@pytest.mark.parametrize(("points", "right"), [((), True), (((NOW - 50, 0.0),), True), (((NOW - 50, 2.0),), False)])
def test_measured_is_the_sum_of_a_metric(points: Any, right: bool) -> None:
    """Nothing measured is 0."""
    series = MetricSeries("AWS/Lambda", "Throttles", (("FunctionName", "web"),), "Sum", 60, points)
    assert judge(THROTTLES, FakeWorld(FakeCloud(logs=ran(0.1, ago=5), metrics=[series])))[0] is right
    with pytest.raises(TooLittleError):
        judge(THROTTLES, FakeWorld(FakeCloud(metrics=[series])))


def test_measured_leaves_out_the_minute_of_the_change_once_another_has_begun() -> None:
    """AWS counts by the minute: what was before the change is in that one, too."""
    minute = NOW - 100 - (NOW - 100) % 60
    series = MetricSeries("AWS/Lambda", "Throttles", (("FunctionName", "web"),), "Sum", 60, ((minute, 3.0),))
    at_once = ran(0.1, ago=NOW - (minute + 55))
    early = FakeWorld(FakeCloud(logs=at_once, metrics=[series]), window=TimeRange(minute + 50, NOW))
    assert not judge(THROTTLES, early)[0]
    assert judge(THROTTLES, FakeWorld(FakeCloud(logs=ran(0.1, ago=5), metrics=[series])))[0]


@pytest.mark.parametrize(
    ("alarms", "right"),
    [
        ([AlarmStatus("shop-a", "OK", actions=("t",)), AlarmStatus("shop-b", "OK", actions=("t",))], True),
        ([AlarmStatus("shop-a", "OK", actions=("t",)), AlarmStatus("shop-b", "OK")], False),
        ([AlarmStatus("shop-a", "OK", actions=("t",)), AlarmStatus("other", "OK", actions=("t",))], False),
    ],
)
def test_alarms_must_tell_somebody(alarms: list[AlarmStatus], right: bool) -> None:
    """So many, and none mute."""
    check = spec("alarms", prefix="shop-", at_least=2)
    assert judge(check, FakeWorld(FakeCloud(alarm_statuses=alarms)))[0] is right


@pytest.mark.parametrize(("given", "right"), [("3", True), ("4", False), ("", False)])
def test_count_is_that_of_the_application(given: str, right: bool) -> None:
    """Exactly."""
    check = spec("count", name="it", question="How many?", of="products")
    assert judge(check, FakeWorld(answers={"it": given}))[0] is right


def test_did_is_what_was_done_since_the_exercise_began() -> None:
    """What was done before does not count."""
    check = spec("did", what="verified")
    assert judge(check, FakeWorld(done={"verified": NOW - 10}))[0]
    assert not judge(check, FakeWorld(done={"verified": NOW - 5000}))[0]
    assert not judge(check, FakeWorld())[0]


def test_measured_follows_the_clock_of_the_metrics() -> None:
    """`alarms wait --hurry` moves it; logs stay on ours."""
    series = MetricSeries("AWS/Lambda", "Throttles", (("FunctionName", "web"),), "Sum", 60, ((NOW + 870, 2.0),))
    hurried = FakeCloud(logs=ran(0.1, ago=5), metrics=[series], ahead=900)
    assert not judge(THROTTLES, FakeWorld(hurried))[0]
