"""Entries behind the last of a mapping; nothing else of the text moves."""

from typing import Any

import pytest

from shopfast_obs.parse.templates import yaml_tags
from shopfast_obs.parse.templates.template_edit import EditError
from shopfast_obs.parse.templates.template_extend import extend

NEW: dict[str, Any] = {"B": {"Type": "X", "Properties": {"Name": {"Fn::Sub": "${S}-b"}, "R": [{"Ref": "A"}]}}}
FORMS = {
    "block": "# top\nResources:\n  # ours\n  A:\n    Type: T  # a type\n\n# the end\nOutputs: {}\n",
    "no newline at the end": "Resources:\n  A:\n    Type: T",
    "windows": "Resources:\r\n  A:\r\n    Type: T\r\nOutputs: {}\r\n",
    "a text with lines": "Resources:\n  A:\n    Text: |\n      one\n      two\n\nOutputs: {}\n",
    "nothing behind the key": "Resources:\n  A:\nOutputs: {}\n",
    "flow": "Resources: {A: {Type: T}}\n",
    "json": '{\n  "Resources": {\n    "A": {"Type": "T"}\n  }\n}\n',
    "one line of json": '{"Resources": {"A": {"Type": "T"}}}',
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_only_the_entries_come_in(text: str) -> None:
    """Behind the last; all that was there is there, in its order, and means the same."""
    new = extend(text, ["Resources"], NEW)
    was, is_ = yaml_tags.read(text)[0], yaml_tags.read(new)[0]
    assert is_ == {**was, "Resources": {**was["Resources"], **NEW}}
    assert list(is_["Resources"]) == ["A", "B"]
    rest = iter(new)
    assert all(letter in rest for letter in text)
    assert ("\r\n" in new) == ("\r\n" in text)
    assert "\n" not in new.replace("\r\n", "") or "\r\n" not in text


def test_yaml_is_written_as_people_write_templates() -> None:
    """Block style, short forms."""
    new = extend(FORMS["block"], ["Resources"], NEW)
    assert "  B:\n    Type: X\n    Properties:\n      Name: !Sub '${S}-b'\n      R:\n        - !Ref A\n" in new


def test_missing_mappings_are_made() -> None:
    """On the way to the last key."""
    assert yaml_tags.read(extend("a: 1\n", ["resources", "Resources"], {"B": 1}))[0] == {
        "a": 1,
        "resources": {"Resources": {"B": 1}},
    }


@pytest.mark.parametrize("text", ["Resources: [1]\n", "Resources: !Include x\n", "Resources: {}\n", "Resources: 3\n"])
def test_what_is_no_plain_mapping_is_left_alone(text: str) -> None:
    """A list, an intrinsic, nothing."""
    with pytest.raises(EditError):
        extend(text, ["Resources"], NEW)
