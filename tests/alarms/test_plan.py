"""Alarms reach the overlay as one reviewable change."""

from __future__ import annotations

from dataclasses import replace

from shopfast_obs.alarms.needed_alarms import derive
from shopfast_obs.alarms.plan import plan
from shopfast_obs.model.overlay import AlarmDefinition, Overlay, ResourceOverlay
from shopfast_obs.model.resources import FUNCTION, Inventory, Resource
from shopfast_obs.parse.overlay import read, write

ONE = Resource(FUNCTION, "library-loans", properties={"Timeout": 10})
TWO = Resource(FUNCTION, "library-members")
DERIVED = derive(Inventory("t", (ONE, TWO)))


def after(content: bytes | None) -> Overlay:
    """The overlay once the plan is applied."""
    (change,) = plan(DERIVED, "overlay.json", content).changes
    assert change.after is not None
    return read(change.after.decode())


def test_a_first_plan_creates_the_overlay() -> None:
    """Alarms and their topic."""
    overlay = after(None)
    assert overlay.alarms == DERIVED.alarms
    assert overlay.alarm_topic == "library-alarms"


def test_a_second_plan_changes_nothing() -> None:
    """The same configuration derives the same alarms."""
    (change,) = plan(DERIVED, "overlay.json", None).changes
    assert plan(DERIVED, "overlay.json", change.after).empty


def test_what_others_decided_stays() -> None:
    """Resource changes and alarms outside the catalogue are not ours to remove; stale ones of the catalogue are."""
    mine = AlarmDefinition("hand-made", "own", "library-loans", {"Threshold": 1})
    stale = AlarmDefinition("gone-error-rate", "error-rate", "gone", {"Threshold": 1})
    change = ResourceOverlay(FUNCTION, "library-loans", {"Timeout": 20})
    overlay = after(write(Overlay((change,), (mine, stale), "team-topic")).encode())
    assert overlay.resources == (change,)
    assert mine in overlay.alarms
    assert stale not in overlay.alarms
    assert overlay.alarm_topic == "team-topic"


def test_a_new_timeout_moves_its_threshold() -> None:
    """Plans are made from the configuration as the overlay will make it."""
    overlay = Overlay((ResourceOverlay(FUNCTION, "library-loans", {"Timeout": 20}),))
    derived = derive(overlay.over(Inventory("t", (ONE,))), only={"duration-near-timeout"})
    assert derived.alarms[0].properties["Threshold"] == 16_000
    assert replace(derived, alarms=()).monthly_cost == 0
