"""Our reading of serverless.yml beside what osls 4.3.1 packaged of the same file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shopfast_obs.parse.dialects.serverless_merge import extended, joined
from shopfast_obs.parse.template import inventory, template_of
from shopfast_obs.parse.templatefile import read_document
from tests.parse.dialects.packaged import FOLDERS, read

SERVICES = sorted(path for path in FOLDERS.iterdir() if path.is_dir())


@pytest.mark.parametrize("folder", SERVICES, ids=lambda folder: folder.name)
def test_what_rules_read_is_what_the_framework_packages(folder: Path) -> None:
    """The same resources under the same logical ids, every property equal once it is resolved."""
    theirs = json.loads((folder / "packaged.json").read_text(encoding="utf-8"))
    text = (folder / "serverless.yml").read_text(encoding="utf-8")
    ours = {"Resources": read(dict(template_of(read_document(text, "serverless.yml")).value["Resources"]))}
    assert ours["Resources"].keys() == theirs["Resources"].keys()
    real = {r.logical_id: r.properties for r in inventory(theirs, "osls").resources if r.logical_id}
    for resource in inventory(ours, "ours").resources:
        assert resource.properties == real[resource.logical_id], resource.logical_id


def test_lists_of_resources_are_merged_at_every_depth() -> None:
    """A second part of a queue leaves its Type and its other properties alone."""
    first, second = {"Q": {"Type": "T", "P": {"a": 1, "l": [1, 2]}}}, {"Q": {"P": {"b": 2, "l": [3]}}}
    assert joined([first, second]) == {"Q": {"Type": "T", "P": {"a": 1, "b": 2, "l": [3, 2]}}}


def test_an_extension_changes_properties_and_policies_and_makes_nothing() -> None:
    """Properties are merged; what is not there stays so."""
    resources = {"F": {"Type": "T", "Properties": {"Timeout": 6, "MemorySize": 1024}}}
    more = {"F": {"Properties": {"Timeout": 99}, "DeletionPolicy": "Retain"}, "G": {"Properties": {"a": 1}}}
    assert extended(resources, more) == {
        "F": {"Type": "T", "Properties": {"Timeout": 99, "MemorySize": 1024}, "DeletionPolicy": "Retain"}
    }
