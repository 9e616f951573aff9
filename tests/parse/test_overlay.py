"""The overlay file: exact both ways, and every fault refused by its place."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfast_obs.errors import UserError
from shopfast_obs.model.overlay import AlarmDefinition, Overlay, ResourceOverlay
from shopfast_obs.parse import overlay as room

WHOLE = Overlay(
    resources=(
        ResourceOverlay("AWS::Lambda::Function", "checkout", {"Timeout": 10, "TracingConfig.Mode": "Active"}),
        ResourceOverlay("AWS::Lambda::Function", "search", {}, ("powertools", "runtime")),
        ResourceOverlay("AWS::Logs::LogGroup", "/aws/lambda/search", {"RetentionInDays": 30}),
    ),
    alarms=(
        AlarmDefinition("checkout-errors", "lambda-errors", "checkout", {"Metrics": [{"Id": "m1"}], "Threshold": 0.5}),
    ),
    alarm_topic="alarms-über",
)

NAMES = st.text(min_size=1, max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
PATHS = st.lists(st.from_regex(r"[A-Za-z0-9_]+", fullmatch=True), min_size=1, max_size=3).map(".".join)
RESOURCES = st.builds(
    ResourceOverlay,
    NAMES,
    NAMES,
    st.dictionaries(PATHS, VALUES, max_size=3),
    st.sampled_from([(), ("powertools",), ("runtime", "powertools")]),
)
ALARMS = st.builds(AlarmDefinition, NAMES, NAMES, NAMES, st.dictionaries(PATHS, VALUES, max_size=3))
OVERLAYS = st.builds(
    Overlay,
    st.lists(RESOURCES, max_size=3, unique_by=lambda r: (r.type, r.name)).map(tuple),
    st.lists(ALARMS, max_size=3, unique_by=lambda a: a.name).map(tuple),
    st.text(max_size=10),
)


def document(**changes: Any) -> str:
    """A valid overlay file with some keys replaced."""
    return json.dumps({"version": 1, "resources": [], "alarms": [], "alarm_topic": ""} | changes)


def resource(**changes: Any) -> dict[str, Any]:
    """A valid entry of `resources` with some keys replaced."""
    return {"type": "AWS::SQS::Queue", "name": "q", "properties": {}, "layers": []} | changes


def alarm(**changes: Any) -> dict[str, Any]:
    """A valid entry of `alarms` with some keys replaced."""
    return {"name": "a", "kind": "k", "resource": "r", "properties": {}} | changes


@given(OVERLAYS)
def test_what_is_written_is_read_again(overlay: Overlay) -> None:
    """No decision is lost or changed on its way through the file."""
    assert room.read(room.write(overlay)) == overlay


def test_the_text_is_the_same_for_the_same_decisions() -> None:
    """The order in which properties were decided does not show, so that a diff shows decisions."""
    turned = ResourceOverlay("AWS::Lambda::Function", "checkout", {"TracingConfig.Mode": "Active", "Timeout": 10})
    other = Overlay((turned, *WHOLE.resources[1:]), WHOLE.alarms, WHOLE.alarm_topic)
    text = room.write(WHOLE)
    assert text == room.write(other) == room.write(room.read(text))
    assert text.endswith("}\n") and "über" in text


def test_the_shortest_file_decides_nothing() -> None:
    """A version is enough; the rest has defaults."""
    assert room.read('{"version": 1}') == Overlay()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "line 1, column 1"),
        ("{", "line 1, column 2"),
        ("[]", "The overlay is not an object"),
        ("{}", "version None"),
        (document(version=2), "version 2"),
        (document(extra=1), "The overlay has an unknown key 'extra'"),
        ('{"version": 1, "version": 1}', "The overlay says 'version' twice"),
        ('{"version": 1, "resources": NaN}', "NaN"),
        (document(resources={}), "resources is not a list"),
        (document(resources=["x"]), "resources[0] is not an object"),
        (document(resources=[resource(), resource(name=3)]), "resources[1].name is not a string"),
        (document(resources=[resource(name="")]), "resources[0].name is empty"),
        (document(resources=[{"type": "AWS::SQS::Queue"}]), "resources[0] has no 'name'"),
        (document(resources=[resource(propertees={})]), "resources[0] has an unknown key 'propertees'"),
        (document(resources=[resource(properties=[])]), "resources[0].properties is not an object"),
        (
            document(resources=[resource(properties={"A..B": 1})]),
            "resources[0].properties has the property path 'A..B'",
        ),
        (document(resources=[resource(layers=["sdk"])]), "resources[0].layers[0] is 'sdk'"),
        (document(resources=[resource(layers="runtime")]), "resources[0].layers is not a list"),
        (document(resources=[resource(), resource()]), "resources says 'AWS::SQS::Queue q' twice"),
        (document(alarms=[{"name": "a"}]), "alarms[0] has no 'kind'"),
        (document(alarms=[alarm(), alarm()]), "alarms says 'a' twice"),
        (document(alarm_topic=None), "alarm_topic is not a string"),
        ("[" * 200_000, "nested too deeply"),
    ],
)
def test_a_fault_is_refused_by_its_place(text: str, place: str) -> None:
    """One sentence that names the place, and the next command."""
    with pytest.raises(UserError) as refused:
        room.read(text)
    assert place in refused.value.message
    assert refused.value.hint


def test_the_sentence_names_the_file() -> None:
    """Who reads from a file says which one."""
    with pytest.raises(UserError, match=r"cdk/overlay\.json: alarms is not a list"):
        room.read(document(alarms=1), "cdk/overlay.json")
