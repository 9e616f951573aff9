"""YAML from its events: the values of a loader, the line of each key, and bounds."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from shopfast_obs.parse.templates import json_lines
from shopfast_obs.parse.templates.yaml_tags import TooDeepError, YamlError, read

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text("aA0:-_#&*!|>'\"{}[], yes\n~")
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1), inner),
    max_leaves=12,
)


@given(VALUES, st.booleans())
def test_values_are_those_of_a_loader(value: Any, flow: bool) -> None:
    """Whatever is written is read."""
    text = yaml.safe_dump(value, default_flow_style=flow)
    assert read(text)[0] == yaml.safe_load(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: !Ref b", {"a": {"Ref": "b"}}),
        ("a: !GetAtt b.c.d", {"a": {"Fn::GetAtt": ["b", "c.d"]}}),
        ("a: !Sub ['${x}', {x: !Ref y}]", {"a": {"Fn::Sub": ["${x}", {"x": {"Ref": "y"}}]}}),
        ("a: !Condition c", {"a": {"Condition": "c"}}),
        ("a: !If [c, !Ref x, 3]", {"a": {"Fn::If": ["c", {"Ref": "x"}, 3]}}),
        ("Version: 2012-10-17", {"Version": "2012-10-17"}),
        ("base: &b {x: 1, y: 2}\nmine: {<<: *b, y: 3}", {"base": {"x": 1, "y": 2}, "mine": {"x": 1, "y": 3}}),
        ("a: {<<: [{x: 1}, {x: 2, z: 3}]}", {"a": {"x": 1, "z": 3}}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("a: !!str 3\nb: !!int '4'", {"a": "3", "b": 4}),
        ("a: 'true'\nb: true\nc: ~\nd: 0o14\ne: 1_000", {"a": "true", "b": True, "c": None, "d": "0o14", "e": 1000}),
        ("123456789012: x\ntrue: y", {"123456789012": "x", "true": "y"}),
        ("", None),
    ],
)
def test_what_cloudformation_writes(text: str, value: Any) -> None:
    """Short forms, anchors, and text that looks like something else."""
    assert read(text)[0] == value


def test_the_line_of_each_key_near_the_root() -> None:
    """By the path of keys; not inside lists."""
    text = "Resources:\n  Web:\n    Type: T\n\n    Properties: {Timeout: 3,\n      L: [{x: 1}]}\n"
    _, lines = read(text)
    assert lines["Resources", "Web", "Type"] == 3
    assert lines["Resources", "Web", "Properties", "Timeout"] == 5
    assert lines["Resources", "Web", "Properties", "L"] == 6
    assert not [path for path in lines if "x" in path]


def test_json_has_the_same_lines() -> None:
    """A key in a text or in a list is none."""
    web = '{"Type": "a\\": {",\n   "Properties":\n    {"L": [{"x": {}}], "T": {"Mode": 1}}}'
    text = f'{{\n "Resources": {{\n  "Web": {web}}}}}'
    lines = json_lines.lines(text)
    assert lines["Resources", "Web", "Type"] == 3
    assert lines["Resources", "Web", "Properties"] == 4
    assert lines["Resources", "Web", "Properties", "T", "Mode"] == 5
    assert not [path for path in lines if "x" in path]


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "a: *x",
        "? {a: 1}\n: b",
        "a: 1\n---\nb: 2",
        "a: !!python/object:os.system x",
        "a: {<<: 3}",
        "a: \t- b: c",
    ],
)
def test_what_cannot_be_read_says_where(text: str) -> None:
    """With a line to look at."""
    with pytest.raises(YamlError) as caught:
        read(text)
    assert caught.value.line


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000, "[\n" * 100_000])
def test_nesting_ends(text: str) -> None:
    """Before the parser becomes slow or falls over."""
    with pytest.raises(TooDeepError):
        read(text)
