"""Our reading of serverless.yml beside what osls 4.3.1 packaged of the same file."""

import json
from pathlib import Path

import pytest

from shopfast_obs.parse.dialects.serverless.merge import extended, joined
from tests.parse.dialects.packaged import FOLDERS, differences, template_at

HERE = Path(__file__).parent / "osls" / "services"
SERVICES = sorted(path.parent for folder in (FOLDERS, HERE) for path in folder.glob("*/packaged.json"))


@pytest.mark.parametrize("folder", SERVICES, ids=lambda folder: folder.name)
def test_what_rules_read_is_what_the_framework_packages(folder: Path) -> None:
    """The same resources under the same logical ids, every property equal once it is resolved."""
    theirs = json.loads((folder / "packaged.json").read_text(encoding="utf-8"))
    assert list(differences(template_at(folder / "serverless.yml"), theirs)) == []


def test_lists_of_resources_are_merged_at_every_depth() -> None:
    """A second part of a queue leaves its Type and its other properties alone."""
    first, second = {"Q": {"Type": "T", "P": {"a": 1, "l": [1, 2]}}}, {"Q": {"P": {"b": 2, "l": [3]}}}
    assert joined([first, second]) == {"Q": {"Type": "T", "P": {"a": 1, "b": 2, "l": [3, 2]}}}


def test_an_extension_changes_properties_and_policies_and_makes_nothing() -> None:
    """Each property that it names is replaced as a whole; what is not there stays so."""
    resources = {"F": {"Type": "T", "Properties": {"Timeout": 6, "Environment": {"Variables": {"A": "a"}}}}}
    properties = {"Environment": {"Variables": {"B": "b"}}}
    more = {"F": {"Properties": properties, "DeletionPolicy": "Retain"}, "G": {"Properties": {"a": 1}}}
    assert extended(resources, more) == {
        "F": {"Type": "T", "Properties": {"Timeout": 6, **properties}, "DeletionPolicy": "Retain"}
    }
