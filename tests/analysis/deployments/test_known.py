"""Deployments from stacks, functions and the journal together."""

from dataclasses import replace

from shopfast_obs.analysis.deployments.known import around, deployments, lives
from shopfast_obs.model.changes import FileChange, JournalEntry, LiveChange, Plan
from shopfast_obs.model.deployments import ChangedResource, Deployment, Modified, Recorded, StackOperation
from shopfast_obs.model.telemetry import TimeRange

UPDATE = StackOperation(
    "shop", "UPDATE_COMPLETE", 100, 160, (ChangedResource("orders", 110, 120), ChangedResource("users", 130, 150))
)


def recorded(*operations: StackOperation, **modified: float) -> Recorded:
    """What a cloud recorded of these operations and functions."""
    return Recorded(tuple(Modified(name, time) for name, time in modified.items()), operations)


def journal(id_: str, time: float, plan: Plan, undone: float | None = None) -> JournalEntry:
    """One entry."""
    return JournalEntry(id_, time, plan, undone)


def test_a_stack_and_lambda_tell_of_one_deployment() -> None:
    """It is in force when the last of its functions is, and began with the first."""
    [found] = deployments(recorded(UPDATE, orders=111, users=131))
    assert (found.what, found.source) == ("stack shop updated", "CloudFormation events")
    assert (found.first, found.time, found.names) == (110, 150, ("orders", "users"))


def test_what_an_update_only_passed_by_was_not_deployed() -> None:
    """A stack may tell of functions that were changed last long before; alarms alone are no deployment."""
    found = deployments(recorded(UPDATE, orders=20, users=131))
    assert [(one.time, one.names) for one in found] == [(20, ("orders",)), (150, ("users",))]
    assert [one.time for one in deployments(recorded(UPDATE, orders=20, users=20.5))] == [20.5]


def test_functions_that_no_stack_explains_are_deployments_of_their_own() -> None:
    """Those that follow each other are one."""
    found = deployments(recorded(UPDATE, orders=111, users=131, mail=400, chat=402, cron=900))
    assert [one.what for one in found] == ["stack shop updated", "2 functions changed", "cron changed"]
    assert found[1].source == "LastModified of functions"
    assert (found[1].first, found[1].time) == (400, 402)


def test_a_function_that_was_changed_again_by_hand_is_two_deployments() -> None:
    """The stack's own, and what came after it."""
    found = deployments(recorded(UPDATE, orders=700, users=131))
    assert [(one.time, one.names) for one in found] == [(150, ("orders", "users")), (700, ("orders",))]


def test_what_our_commands_changed_live_is_named_by_the_journal() -> None:
    """On this target only; taking it back is a deployment, too."""
    live = Plan("instrument --live", live=(LiveChange("orders", {}, {}),), target="aws eu-west-1")
    entries = [journal("0001", 500, live, undone=600), journal("0002", 520, replace(live, target="aws us-east-1"))]
    found = deployments(recorded(orders=601), entries, target="aws eu-west-1")
    assert [(one.what, one.source) for one in found] == [
        ("instrument --live", "journal 0001"),
        ("undo of instrument --live", "journal 0001"),
    ]


def test_a_deployment_carries_the_changes_of_files_before_it() -> None:
    """Those since the deployment before it, and none that was taken back in between."""
    fix = Plan("fix", (FileChange("overlay.json", None, b"{}"),))
    first, second = UPDATE, replace(UPDATE, began=300, ended=360, touched=(ChangedResource("orders", 310, 320),))
    entries = [journal("0001", 50, fix), journal("0002", 200, fix), journal("0003", 210, fix, undone=220)]
    found = deployments(recorded(first, second, orders=311, users=131), entries)
    assert [one.carries for one in found] == [(), ("fix 0002",)]


def test_the_stacks_of_one_run_are_one_deployment() -> None:
    """They follow each other within seconds."""
    data = StackOperation("data", "UPDATE_COMPLETE", 90, 99, (ChangedResource("stream", 92, 98),))
    services = replace(UPDATE, touched=(ChangedResource("orders", 101, 120),))
    [found] = deployments(recorded(data, services, stream=93, orders=102))
    assert found.what == "stack data updated, stack shop updated"
    assert (found.first, found.time, found.names) == (92, 120, ("orders", "stream"))


def test_the_two_windows_are_as_long_as_the_shorter_lived_version_ran() -> None:
    """And they touch the deployment, not its middle."""
    found = [Deployment(100, "a", ""), Deployment(150, "b", "", began=140), Deployment(400, "c", "")]
    assert around(found, 1, 1000) == (TimeRange(100, 140), TimeRange(150, 190))
    assert lives(found, 1, 1000) == (TimeRange(100, 140), TimeRange(150, 400))
    assert around(found, 2, 430) == (TimeRange(370, 400), TimeRange(400, 430))
    assert around(found, 0, 1000) == (TimeRange(60, 100), TimeRange(100, 140))


def logged(time: float, last: float) -> Deployment:
    """What log lines tell: the first invocation of the new version, and the last of the old."""
    return Deployment(time, "orders: version 7 instead of 6", "log lines", ("orders",), last)


def test_log_lines_tell_of_a_known_deployment_once() -> None:
    """With the first invocation after it."""
    assert len(deployments(recorded(orders=100), seen=[logged(130, 90)])) == 1


def test_an_alias_that_was_moved_later_is_a_deployment_of_its_own() -> None:
    """The old version answered for a while after the new one was there."""
    found = deployments(recorded(orders=100), seen=[logged(130, 120), logged(900, 890)])
    assert [(one.time, one.source) for one in found] == [
        (100, "LastModified of functions"),
        (130, "log lines"),
        (900, "log lines"),
    ]
