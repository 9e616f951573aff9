"""Decisions about resources are merged, and read as if deployed."""

from shopfast_obs.model.overlay import Overlay, ResourceOverlay
from shopfast_obs.model.resources import FUNCTION, TABLE, Inventory, Resource


def test_decisions_about_one_resource_are_merged() -> None:
    """The later one wins, layers are added once."""
    first = ResourceOverlay(FUNCTION, "f", {"Timeout": 5, "MemorySize": 256}, ("powertools",))
    second = ResourceOverlay(FUNCTION, "f", {"Timeout": 9}, ("powertools", "runtime"))
    (merged,) = Overlay().with_resource(first).with_resource(second).resources
    assert merged.properties == {"Timeout": 9, "MemorySize": 256}
    assert merged.layers == ("powertools", "runtime")


def test_an_inventory_is_seen_through_the_overlay() -> None:
    """Nested paths keep their siblings; the original is not touched; other types of that name are not meant."""
    function = Resource(FUNCTION, "f", "F1", properties={"Environment": {"Variables": {"A": "1"}}, "Timeout": 3})
    table = Resource(TABLE, "f", properties={})
    changes = {"Environment.Variables.B": "2", "TracingConfig.Mode": "Active"}
    seen = Overlay((ResourceOverlay(FUNCTION, "F1", changes),)).over(Inventory("t", (function, table)))
    assert seen.resources[0].properties == {
        "Environment": {"Variables": {"A": "1", "B": "2"}},
        "Timeout": 3,
        "TracingConfig": {"Mode": "Active"},
    }
    assert seen.resources[1] == table
    assert function.properties["Environment"] == {"Variables": {"A": "1"}}
