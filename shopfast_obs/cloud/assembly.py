"""A CDK cloud assembly as a deployment needs it: stacks in the order of their dependencies, and their files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shopfast_obs import confine
from shopfast_obs.errors import ProjectError


@dataclass(frozen=True, slots=True)
class Asset:
    """One file or folder to upload. `bucket` has `${AWS::AccountId}` and `${AWS::Region}` as CDK writes them."""

    path: Path
    packaging: str  # "file" or "zip"
    bucket: str
    key: str


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack of the assembly, its template text, and the assets that must be there before it."""

    name: str
    template: str
    assets: tuple[Asset, ...]
    template_asset: str = ""  # `s3://bucket/key` of the uploaded template, placeholders as in Asset.bucket
    paths: Mapping[str, str] = field(default_factory=dict)  # of constructs, by the logical ids of their resources

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
    template = _text(folder, properties["templateFile"])
    return Stack(
        properties.get("stackName", key),
        template,
        tuple(assets),
        properties.get("stackTemplateAssetObjectUrl", ""),
        paths(folder, item),
    )


def paths(folder: Path, artifact: Mapping[str, Any]) -> dict[str, str]:
    """The paths of a stack's constructs by the logical ids of the resources that they make."""
    file = artifact.get("additionalMetadataFile")
    said = {**(artifact.get("metadata") or {}), **(json.loads(_text(folder, file)) if file else {})}
    return {
        entry["data"]: path.strip("/")
        for path, entries in said.items()
        for entry in entries
        if entry.get("type") == "aws:cdk:logicalId"
    }


def _assets(folder: Path, manifest: str) -> Iterator[Asset]:
    for item in json.loads(_text(folder, manifest)).get("files", {}).values():
        for destination in item["destinations"].values():
            source = item["source"]
            path = confine.inside(folder, source["path"], str(folder / manifest))
            yield Asset(path, source["packaging"], destination["bucketName"], destination["objectKey"])


def _text(folder: Path, said: str) -> str:
    """A file of the assembly; raises UserError for one that it names elsewhere."""
    return confine.content(confine.inside(folder, said, str(folder / "manifest.json"))).decode("utf-8")
