"""Every primitive: when it passes, when not yet, and when it cannot tell."""

import json
from typing import Any

import pytest

from shopfast_obs.model.resources import FUNCTION, Inventory, Resource
from shopfast_obs.model.telemetry import AlarmChange, AlarmStatus, Segment, TimeRange
from shopfast_obs.testing import FakeCloud, function_trace, report_line
from shopfast_obs.workshop.checks import primitives
from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import CannotTellError, TooLittleError
from tests.workshop.worlds import GROUP, NOW, FakeWorld, judge, logs, spec

ID = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"
KILLED = report_line(ID, 3000.0, used_mb=64, status="timeout")
FINISHED = report_line(ID, 120.0, used_mb=60)


def test_every_primitive_is_tested() -> None:
    """A new one needs its cases: here, in `test_more_checks`, or in a module of its own as `probe`."""
    tested = {"alarm", "answer", "config", "correlation", "fact", "metric", "probe", "structured", "timeouts", "trace"}
    more = {"alarms", "count", "did", "flow", "invocations", "measured", "quiet"}
    assert set(primitives()) == tested | more


# answer


ANSWER = spec("answer", name="scarce", question="What?", equals="GET /items")


@pytest.mark.parametrize(
    ("given", "right"), [("GET /items", True), (" get   /ITEMS ", True), ("GET /items/1", False), ("", False)]
)
def test_answer_is_one_of_a_few_words(given: str, right: bool) -> None:
    """Case and spaces do not matter."""
    assert judge(ANSWER, FakeWorld(answers={"scarce": given}))[0] is right


def test_answer_that_was_not_given_is_named_so() -> None:
    """The message can say it, and does not tell the right one."""
    _, measured = judge(ANSWER, FakeWorld())
    assert measured == {"given": "nothing", "question": "What?", "name": "scarce"}


# fact


def fact(name: str, within: float = 10) -> CheckSpec:
    """A question for a number."""
    return spec("fact", name="it", question="How much?", fact=name, group=GROUP, within=within)


FAILING = FakeCloud(logs=logs(KILLED, FINISHED, FINISHED, FINISHED))


@pytest.mark.parametrize(
    ("name", "given", "right"),
    [
        ("killed_percent", "25", True),
        ("killed_percent", "27 %", True),
        ("killed_percent", "28", False),
        ("killed_after_seconds", "3.1s", True),
        ("killed_after_seconds", "30", False),
        ("max_memory_mb", "64 MB", True),
        ("max_memory_mb", "128", False),
        ("max_memory_mb", "much", False),
        ("max_memory_mb", "", False),
    ],
)
def test_fact_is_held_against_the_learners_own_logs(name: str, given: str, right: bool) -> None:
    """Within so many percent of the truth."""
    assert judge(fact(name), FakeWorld(FAILING, answers={"it": given}))[0] is right


@pytest.mark.parametrize(
    ("name", "cloud", "reason"),
    [
        ("killed_percent", FakeCloud(), "has no REPORT lines since the exercise began"),
        ("killed_percent", FakeCloud(logs=logs(KILLED, ago=2000)), "has no REPORT lines since the exercise began"),
        ("killed_percent", FakeCloud(logs=logs(FINISHED)), "there is nothing to find out"),
        ("mood", FAILING, "none of the facts"),
    ],
)
def test_fact_cannot_tell(name: str, cloud: FakeCloud, reason: str) -> None:
    """Before the first invocation of the exercise, of a function that is never killed, and of what nobody computes."""
    with pytest.raises((CannotTellError, TooLittleError), match=reason):
        judge(fact(name), FakeWorld(cloud))


# config


def configured(**properties: Any) -> FakeWorld:
    """A world with one function."""
    return FakeWorld(FakeCloud(Inventory("fake", (Resource(FUNCTION, "web", properties=properties),))))


@pytest.mark.parametrize(
    ("properties", "wanted", "right"),
    [
        ({"Timeout": 29}, {"property": "Timeout", "at_most": 29}, True),
        ({"Timeout": 30}, {"property": "Timeout", "at_most": 29}, False),
        ({}, {"property": "Timeout", "at_least": 3}, True),  # AWS's default is 3
        ({}, {"property": "Timeout", "at_least": 4}, False),
        ({"Timeout": {"Ref": "T"}}, {"property": "Timeout", "at_most": 29}, False),
        ({"TracingConfig": {"Mode": "Active"}}, {"property": "TracingConfig.Mode", "equals": "Active"}, True),
        ({}, {"property": "TracingConfig.Mode", "equals": "Active"}, False),
        ({"Layers": ["l"]}, {"property": "Layers"}, True),
        ({}, {"property": "Layers"}, False),
    ],
)
def test_config_is_the_value_in_force(properties: dict[str, Any], wanted: dict[str, Any], right: bool) -> None:
    """Within bounds, equal, or simply there."""
    assert judge(spec("config", type=FUNCTION, name="web", **wanted), configured(**properties))[0] is right


def test_config_cannot_tell_of_what_is_not_deployed() -> None:
    """No function of that name."""
    with pytest.raises(CannotTellError, match="shop is not deployed"):
        judge(spec("config", type=FUNCTION, name="shop", property="Timeout"), configured())


# timeouts


TIMEOUTS = spec("timeouts", group=GROUP, at_most=0, min_invocations=2)


def test_timeouts_wants_enough_invocations_and_none_killed() -> None:
    """No errors out of no requests is not a success."""
    assert judge(TIMEOUTS, FakeWorld(FakeCloud(logs=logs(FINISHED, FINISHED))))[0]
    for world in (FakeWorld(FakeCloud(logs=logs(FINISHED))), FakeWorld()):
        with pytest.raises(TooLittleError, match="invocations were made, 2 are needed"):
            judge(TIMEOUTS, world)
    right, measured = judge(TIMEOUTS, FakeWorld(FakeCloud(logs=logs(FINISHED, FINISHED, KILLED))))
    assert not right
    assert measured == {"invocations": 3, "killed": 1, "slowest_s": 3.0}


def test_timeouts_looks_at_this_traffic_only() -> None:
    """What was killed before it is over."""
    old = logs(KILLED, ago=500)[GROUP]
    cloud = FakeCloud(logs={GROUP: [*old, *logs(FINISHED, FINISHED)[GROUP]]})
    assert judge(TIMEOUTS, FakeWorld(cloud))[0]


def test_timeouts_looks_at_what_began_after_the_change_only() -> None:
    """An invocation under way while a fix is deployed is killed by the timeout of before."""
    early = logs(KILLED, ago=98)[GROUP]  # of three seconds; the application changed 100 seconds ago
    world = FakeWorld(FakeCloud(logs={GROUP: [*early, *logs(FINISHED, FINISHED)[GROUP]]}))
    assert judge(TIMEOUTS, world) == (True, {"invocations": 2, "killed": 0, "slowest_s": 0.12})


# correlation and structured


def line(identifier: str | None) -> str:
    """A structured line with a correlation id."""
    return json.dumps({"message": "m", **({"correlation_id": identifier} if identifier else {})})


CORRELATION = spec("correlation", groups=["a", "b"], at_least=2)


def test_correlation_wants_the_same_id_in_every_group() -> None:
    """Two ids that are in both; a third that stays in one does no harm."""
    both = {**logs(line("1"), line("2"), line("3"), group="a"), **logs(line("2"), line("1"), group="b")}
    right, measured = judge(CORRELATION, FakeWorld(FakeCloud(logs=both)))
    assert right
    assert measured == {"ids": 3, "whole": 2, "reach": 2, "groups": 2, "lines": 5, "structured": 5}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([line("1"), line("2")], [line("3"), line("4")]),  # made anew in each service
        ([line("1"), line("2")], []),  # one service alone
        ([line(None)], [line(None)]),
        (["order 1", "order 2"], ["order 1", "order 2"]),
    ],
)
def test_correlation_is_not_there_yet(first: list[str], second: list[str]) -> None:
    """Ids that end, and text."""
    world = FakeWorld(FakeCloud(logs={**logs(*first, group="a"), **logs(*second, group="b")}))
    assert not judge(CORRELATION, world)[0]


STRUCTURED = spec("structured", groups=["a", "b"], ratio=0.5)
TIMED_OUT = f"2026-01-01T00:00:00.000Z {ID} Task timed out after 3.00 seconds"


def test_structured_leaves_out_what_the_platform_wrote() -> None:
    """REPORT lines, timeouts and exits are not the service's own words."""
    exited = (
        "RequestId: " + "a" * 8 + "-aaaa-aaaa-aaaa-" + "a" * 12 + " Error: Runtime exited with error: signal: killed"
    )
    both = {**logs(line("1"), "text", KILLED, TIMED_OUT, exited, group="a"), **logs(line("1"), FINISHED, group="b")}
    right, measured = judge(STRUCTURED, FakeWorld(FakeCloud(logs=both)))
    assert right
    assert measured == {"lines": 3, "structured": 2, "worst": "a", "worst_percent": 50}


@pytest.mark.parametrize("second", [["text"], [line("1"), "text", "[1, 2]"], ["{not json"], ["{}"]])
def test_structured_is_judged_by_the_worst_group(second: list[str]) -> None:
    """One service that prints text is not done."""
    world = FakeWorld(FakeCloud(logs={**logs(line("1"), group="a"), **logs(*second, group="b")}))
    right, measured = judge(STRUCTURED, world)
    assert not right
    assert measured["worst"] == "b"


# trace


TRACE = spec("trace", function="web", calls="DynamoDB", at_least=2)


def trace(number: int, *calls: str, name: str = "web", ago: float = 50.0) -> Any:
    """A trace of the function that calls these services of AWS."""
    start = NOW - ago
    segments = [
        Segment(id=f"{number:016x}", name=call, start=start, end=start + 0.1, namespace="aws") for call in calls
    ]
    return function_trace(f"1-{int(start):08x}-{number:024x}", start, name=name, calls=segments)


@pytest.mark.parametrize(
    ("traces", "right"),
    [
        ([trace(1, "DynamoDB"), trace(2, "dynamodb")], True),
        ([trace(1), trace(2), trace(3)], False),  # Active only
        ([trace(1, "S3"), trace(2, "SNS")], False),
        ([trace(1, "DynamoDB", name="other"), trace(2, "DynamoDB", name="other")], False),
    ],
)
def test_trace_wants_the_functions_own_calls(traces: list[Any], right: bool) -> None:
    """Tracing without instruments draws the function and nothing below it."""
    assert judge(TRACE, FakeWorld(FakeCloud(recorded_traces=traces)))[0] is right


def test_trace_of_a_caller_does_not_count_for_the_function_it_calls() -> None:
    """In one trace with another function, the call belongs to the one that made it."""
    outer, inner = trace(1, "DynamoDB", name="other"), trace(1)
    joined = type(outer)(outer.id, (*outer.segments, *inner.segments))
    one = spec("trace", function="web", calls="DynamoDB", at_least=1)
    right, measured = judge(one, FakeWorld(FakeCloud(recorded_traces=[joined])))
    assert not right
    assert (measured["with_function"], measured["edge"]) == (1, 0)


@pytest.mark.parametrize(
    ("check", "cloud"),
    [
        (CORRELATION, FakeCloud()),
        (CORRELATION, FakeCloud(logs={**logs(line("1"), group="a"), **logs(line("1"), group="b")})),
        (STRUCTURED, FakeCloud(logs=logs(line("1"), group="a"))),
        (TRACE, FakeCloud()),
        (TRACE, FakeCloud(recorded_traces=[trace(1, "DynamoDB", ago=500), trace(2, "DynamoDB")])),
        (spec("metric", groups=["a"], name="Orders", at_least=3), FakeCloud(logs=logs("text", group="a"))),
    ],
)
def test_too_little_is_no_verdict(check: CheckSpec, cloud: FakeCloud) -> None:
    """More traffic is asked for."""
    with pytest.raises(TooLittleError):
        judge(check, FakeWorld(cloud))


# metric


METRIC = spec("metric", groups=["a", "b"], name="Orders", at_least=3)


def emf(value: float, name: str = "Orders") -> str:
    """A line of the embedded metric format."""
    directive = {"Namespace": "Shop", "Dimensions": [["service"]], "Metrics": [{"Name": name, "Unit": "Count"}]}
    return json.dumps(
        {"_aws": {"Timestamp": int(NOW * 1000), "CloudWatchMetrics": [directive]}, "service": "s", name: value}
    )


@pytest.mark.parametrize(
    ("first", "second", "total", "services"),
    [
        ([emf(2)], [emf(1)], 3, 2),
        ([emf(2)], [emf(5, "Other")], 2, 1),
        (["Orders: 3", FINISHED], [line("1"), FINISHED], 0, 0),
    ],
)
def test_metric_adds_up_what_the_functions_wrote(
    first: list[str], second: list[str], total: float, services: int
) -> None:
    """Since the application changed, in all groups together."""
    both = {**logs(*first, group="a", ago=90), **logs(*second, group="b")}
    right, measured = judge(METRIC, FakeWorld(FakeCloud(logs=both)))
    assert right is (total >= 3)
    assert (measured["total"], measured["services"]) == (total, services)


# alarm


ALARM = spec("alarm", name="web-errors")
BEFORE, FIRED, BACK = NOW - 2000, NOW - 600, NOW - 60


def alarmed(state: Any, *changes: AlarmChange) -> FakeWorld:
    """A world with the alarm."""
    cloud = FakeCloud(alarm_statuses=[AlarmStatus("web-errors", state)], alarm_histories={"web-errors": changes})
    return FakeWorld(cloud)


def test_alarm_fired_and_recovered() -> None:
    """By evaluation, both."""
    world = alarmed("OK", AlarmChange(FIRED, "ALARM", True), AlarmChange(BACK, "OK", True))
    right, measured = judge(ALARM, world)
    assert right
    assert measured == {"alarm": "web-errors", "state": "OK", "fired": "yes"}


def test_alarm_that_was_firing_when_the_exercise_began_counts() -> None:
    """It cannot go to ALARM again before it is mended."""
    assert judge(ALARM, alarmed("OK", AlarmChange(BEFORE, "ALARM", True), AlarmChange(BACK, "OK", True)))[0]


@pytest.mark.parametrize(
    ("state", "changes"),
    [
        ("OK", [AlarmChange(BACK, "OK", True)]),  # never fired
        ("ALARM", [AlarmChange(FIRED, "ALARM", True)]),
        ("OK", [AlarmChange(FIRED, "ALARM", False), AlarmChange(BACK, "OK", True)]),  # set by hand
        ("OK", [AlarmChange(FIRED, "ALARM", True), AlarmChange(BACK, "OK", False)]),  # put to rest by hand
        ("INSUFFICIENT_DATA", [AlarmChange(FIRED, "ALARM", True), AlarmChange(BACK, "INSUFFICIENT_DATA", True)]),
        (  # fired and recovered before the exercise
            "OK",
            [AlarmChange(BEFORE, "ALARM", True), AlarmChange(BEFORE + 60, "OK", True), AlarmChange(BACK, "OK", True)],
        ),
    ],
)
def test_alarm_is_not_there_yet(state: str, changes: list[AlarmChange]) -> None:
    """Silence, a state set by hand, and old news."""
    assert not judge(ALARM, alarmed(state, *changes))[0]


def test_alarm_is_judged_on_the_clock_of_the_alarms() -> None:
    """A drill moves that clock an hour ahead of the learner's."""
    world = alarmed("OK", AlarmChange(NOW + 3000, "ALARM", True), AlarmChange(NOW + 3100, "OK", True))
    assert not judge(ALARM, world)[0]
    world.alarm_window = TimeRange(NOW + 2600, NOW + 3600)
    assert judge(ALARM, world)[0]


def test_alarm_that_does_not_exist_is_absent() -> None:
    """Not yet, and no reason to fail."""
    right, measured = judge(ALARM, FakeWorld())
    assert not right
    assert measured["state"] == "absent"
