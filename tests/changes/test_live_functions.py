"""Deployed functions are changed and changed back, against moto's Lambda with the faults that the real one has."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shopfast_obs.changes import engine, live_functions
from shopfast_obs.changes.live_functions import FunctionError, Pace
from shopfast_obs.errors import ChangedSinceError, UserError
from shopfast_obs.instrument.infrastructure import deployed_functions as planning
from shopfast_obs.instrument.infrastructure.permissions import POLICY, may_send
from tests.changes.lambda_world import World, account


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Twelve functions."""
    with account(monkeypatch, 12) as found:
        yield found


def fast() -> Pace:
    """No waiting."""
    return Pace(rate=1e9, sleep=lambda _: None)


@pytest.mark.parametrize("count", [40, pytest.param(200, marks=pytest.mark.slow)])
def test_many_functions_are_changed_and_changed_back_under_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """Throttles pass, conflicts pass, what is denied or in others' hands is left with a reason; undo is exact."""
    with account(monkeypatch, count) as world:
        before = world.images()
        fortieth = count // 40
        throttled, conflicts, denied, meddled = (n * fortieth for n in (8, 12, 13, 14))  # where each kind ends
        world.api.faults = {
            **{name: ["TooManyRequestsException"] * 3 for name in world.names[:throttled]},
            **{name: ["ResourceConflictException"] for name in world.names[throttled:conflicts]},
            **{name: ["AccessDeniedException"] for name in world.names[conflicts:denied]},
            **{name: ["meddle"] for name in world.names[denied:meddled]},
        }
        entry = live_functions.apply(world.plan(), world.functions(), tmp_path, pace=fast())
        reasons = {skipped.what: skipped.reason for skipped in entry.plan.skipped}
        assert sorted(reasons) == world.names[conflicts:meddled]
        assert all("AccessDenied" in reasons[name] for name in world.names[conflicts:denied])
        assert all(reasons[name] == "somebody else is changing it" for name in world.names[denied:meddled])
        now = world.images()
        assert {name: now[name] for name in reasons} == {name: before[name] for name in reasons}
        changed = [name for name in world.names if name not in reasons]
        assert all(now[name]["Handler"] == planning.HANDLER for name in changed)
        assert all(now[name]["Layers"][: len(before[name]["Layers"])] == before[name]["Layers"] for name in changed)
        assert all(now[name]["RetentionInDays"] in (7, 30) for name in changed)
        assert not planning.plan(
            [(world.api.get_function_configuration(n), 30) for n in changed], world.layers, ""
        ).live
        live_functions.undo(world.functions(), tmp_path, entry.id, fast())
        assert world.images() == before


def test_one_that_was_changed_since_refuses_the_whole_undo(world: World, tmp_path: Path) -> None:
    """And says what differs."""
    entry = live_functions.apply(world.plan(), world.functions(), tmp_path, pace=fast())
    world.api.client.update_function_configuration(FunctionName=world.names[3], Timeout=77)
    now = world.images()
    with pytest.raises(UserError, match="what is deployed"):
        engine.undo(tmp_path, tmp_path)
    with pytest.raises(ChangedSinceError, match=r"shop-003 has been changed since \(Timeout\)"):
        live_functions.undo(world.functions(), tmp_path, entry.id, fast())
    assert world.images() == now


def test_a_command_that_dies_in_the_middle_is_taken_back_by_the_next(world: World, tmp_path: Path) -> None:
    """Every function has its settings from before; the file engine keeps its hands off."""
    before = world.images()
    world.api.faults = {world.names[7]: ["crash"]}
    with pytest.raises(KeyboardInterrupt):
        live_functions.apply(world.plan(), world.functions(), tmp_path, pace=fast())
    assert world.images() != before
    assert [entry.id for entry in live_functions.unfinished(tmp_path)] == ["0001"]
    assert engine.recover(tmp_path) == ()
    (entry,) = live_functions.recover(world.functions(), tmp_path, pace=fast())
    assert entry.plan.skipped == ()
    assert world.images() == before
    assert live_functions.unfinished(tmp_path) == []


def test_a_function_is_changed_whole_or_not_at_all(world: World, tmp_path: Path) -> None:
    """When its log group refuses, the function gets its settings back."""
    before = world.images()
    functions = world.functions()
    refusing = [name for name in world.names if before[name]["RetentionInDays"] is None]

    class Refusing:
        read, update = functions.read, functions.update

        def retain(self, name: str, days: int | None) -> None:
            raise FunctionError("AWS refused: logs")

    entry = live_functions.apply(world.plan(), Refusing(), tmp_path, pace=fast())
    assert [skipped.what for skipped in entry.plan.skipped] == refusing
    now = world.images()
    assert {name: now[name] for name in refusing} == {name: before[name] for name in refusing}


def policies(world: World) -> list[str]:
    """The inline policies of the functions' role."""
    names: list[str] = world.iam.list_role_policies(RoleName="r")["PolicyNames"]
    return names


def test_a_role_that_may_not_send_traces_may_afterwards_and_not_after_the_undo(world: World, tmp_path: Path) -> None:
    """Once for all its functions; a second plan finds nothing missing of it."""
    plan = world.plan(permitted={"r": False})
    assert [change.role for change in plan.roles] == ["r"]
    entry = live_functions.apply(plan, world.functions(), tmp_path, pace=fast())
    assert policies(world) == [POLICY]
    assert may_send(world.functions().policies("r"))
    live_functions.undo(world.functions(), tmp_path, entry.id, fast())
    assert policies(world) == []
    assert world.plan(permitted={"r": True}).roles == ()


def test_a_role_that_cannot_be_changed_keeps_its_functions_as_they_are(world: World, tmp_path: Path) -> None:
    """Lambda would refuse to trace them."""
    before = world.images()
    functions = world.functions()

    def refuse(role: str, policy: str, document: object) -> None:
        raise FunctionError("AWS refused: AccessDenied")

    functions.permit = refuse  # type: ignore[method-assign]
    entry = live_functions.apply(world.plan(permitted={"r": False}), functions, tmp_path, pace=fast())
    assert entry.plan.live == () == entry.plan.roles
    assert all("AccessDenied" in skipped.reason for skipped in entry.plan.skipped)
    assert world.images() == before


def test_a_policy_is_taken_back_when_none_of_its_functions_was_changed_or_the_command_died(
    world: World, tmp_path: Path
) -> None:
    """Nothing is left that nobody needs."""
    world.api.faults = {name: ["AccessDeniedException"] for name in world.names}
    live_functions.apply(world.plan(permitted={"r": False}), world.functions(), tmp_path, pace=fast())
    assert policies(world) == []
    world.api.faults = {world.names[3]: ["crash"]}
    with pytest.raises(KeyboardInterrupt):
        live_functions.apply(world.plan(permitted={"r": False}), world.functions(), tmp_path, pace=fast())
    assert policies(world) == [POLICY]
    live_functions.recover(world.functions(), tmp_path, pace=fast())
    assert policies(world) == []


def test_calls_go_out_at_the_rate() -> None:
    """Each waits for its turn."""
    slept: list[float] = []
    pace = Pace(rate=10, clock=lambda: 5.0, sleep=slept.append)
    for _ in range(4):
        pace.wait()
    assert slept == pytest.approx([0.1, 0.2, 0.3])
