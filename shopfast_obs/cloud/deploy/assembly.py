"""A CDK cloud assembly as a deployment needs it: stacks in the order of their dependencies, and their files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from shopfast_obs import confine
from shopfast_obs.errors import ProjectError
from shopfast_obs.model.records import record
from shopfast_obs.model.references import nested as nested_name
from shopfast_obs.model.resources import NESTED
from shopfast_obs.parse.templates.physical_names import ConstructPaths, construct_paths
from shopfast_obs.parse.templates.template import uploaded

DEEPEST = 8  # levels of nested stacks


@record
class Asset:
    """One file or folder to upload. `bucket` has `${AWS::AccountId}` and `${AWS::Region}` as CDK writes them."""

    path: Path
    packaging: str  # "file" or "zip"
    bucket: str
    key: str


@record
class Stack:
    """One stack of the assembly, its template text, and the assets that must be there before it."""

    name: str
    template: str
    assets: tuple[Asset, ...]
    template_asset: str = ""  # `s3://bucket/key` of the uploaded template, placeholders as in Asset.bucket
    paths: Mapping[str, str] = field(default_factory=dict)  # of constructs, by the logical ids of their resources
    nested: Mapping[str, Stack] = field(default_factory=dict)  # by the logical ids of the resources that make them

    @property
    def whole(self) -> Iterator[Stack]:
        """The stack and those nested in it."""
        yield self
        for inner in self.nested.values():
            yield from inner.whole

    @property
    def parsed(self) -> Mapping[str, Any]:
        """The template."""
        template: Mapping[str, Any] = json.loads(self.template)
        return template


def read(folder: Path) -> tuple[Stack, ...]:
    """The stacks of an assembly in deployment order; raises ProjectError when it is not one."""
    try:
        artifacts = json.loads(confine.content(folder / "manifest.json"))["artifacts"]
        return tuple(_stack(folder, artifacts, key) for key in _ordered(artifacts))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise ProjectError(f"{folder} is not a CDK cloud assembly: {problem!r}.", "Synthesise it again.") from None


def _ordered(artifacts: Mapping[str, Any]) -> Iterator[str]:
    stacks = {key: item for key, item in artifacts.items() if item["type"] == "aws:cloudformation:stack"}
    done: set[str] = set()
    while len(done) < len(stacks):
        ready = [
            key
            for key, item in stacks.items()
            if key not in done and all(d in done for d in item.get("dependencies", ()) if d in stacks)
        ]
        if not ready:
            raise KeyError("the stacks depend on each other in a circle")
        for key in ready:
            done.add(key)
            yield key


def _stack(folder: Path, artifacts: Mapping[str, Any], key: str) -> Stack:
    item = artifacts[key]
    properties = item["properties"]
    assets: list[Asset] = []
    for dependency in item.get("dependencies", ()):
        if artifacts[dependency]["type"] == "cdk:asset-manifest":
            assets += _assets(folder, artifacts[dependency]["properties"]["file"])
    stack = Stack(
        properties.get("stackName", key),
        _text(folder, properties["templateFile"]),
        tuple(assets),
        properties.get("stackTemplateAssetObjectUrl", ""),
    )
    return _with_nested(stack, paths(folder, item))


def paths(folder: Path, artifact: Mapping[str, Any]) -> ConstructPaths:
    """Which constructs make the resources of a stack."""
    file = artifact.get("additionalMetadataFile")
    return construct_paths({**(artifact.get("metadata") or {}), **(json.loads(_text(folder, file)) if file else {})})


def _with_nested(stack: Stack, constructs: ConstructPaths, depth: int = 0) -> Stack:
    """The stack with the nested ones whose templates are among its files."""
    files = {asset.key.rpartition("/")[2]: asset.path for asset in stack.assets if asset.packaging == "file"}
    nested = {}
    for logical_id, entry in stack.parsed.get("Resources", {}).items():
        file = files.get(uploaded(entry.get("Properties", {}).get("TemplateURL"))) if entry["Type"] == NESTED else None
        if file is not None and depth < DEEPEST:
            text = confine.content(file).decode("utf-8")
            inner = Stack(nested_name(stack.name, logical_id), text, stack.assets)
            nested[logical_id] = _with_nested(inner, constructs.nested(logical_id), depth + 1)
    return replace(stack, paths=constructs.own, nested=nested)


def _assets(folder: Path, manifest: str) -> Iterator[Asset]:
    for item in json.loads(_text(folder, manifest)).get("files", {}).values():
        for destination in item["destinations"].values():
            source = item["source"]
            path = confine.inside(folder, source["path"], str(folder / manifest))
            yield Asset(path, source["packaging"], destination["bucketName"], destination["objectKey"])


def _text(folder: Path, said: str) -> str:
    """A file of the assembly; raises UserError for one that it names elsewhere."""
    return confine.content(confine.inside(folder, said, str(folder / "manifest.json"))).decode("utf-8")
