"""Template files, and folders that hold them, as one inventory: CDK output, SAM, Serverless, CloudFormation."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from shopfast_obs import confine
from shopfast_obs.cli.application import serverless_framework
from shopfast_obs.cli.inputs import bounded_files
from shopfast_obs.errors import UserError

if TYPE_CHECKING:
    from shopfast_obs.model.resources import Gap, Inventory, Resource
    from shopfast_obs.parse.dialects.interface import Template
    from shopfast_obs.parse.templates.physical_names import ConstructPaths

HINT = "Give a CloudFormation, SAM or Serverless template, or the folder of one (cdk.out, .serverless)."
NAMES = ("template.yaml", "template.yml", "template.json", "serverless.yml", "serverless.yaml")
GLOBS = ("*.template.json", "*.template.yaml", "*.template.yml")
MOST_BYTES = 20_000_000  # of the characters that a template may have, however they are encoded
STACK_NAME = "AWS::StackName"
DEEPEST = 8  # levels of nested stacks


def inventory(paths: Sequence[Path], made: Mapping[Path, Path] = MappingProxyType({})) -> Inventory:
    """The resources of the templates taken together, those of nested stacks that lie beside them included. One of
    several that cannot be read is a gap; raises UserError when none can, and for a path that is not there. `made` has
    what a framework packaged just now, by the files that it is of."""
    return _read([file for path in paths for file in files(path)], made)


def told(paths: Sequence[Path], made: Mapping[Path, Path]) -> list[str]:
    """How each serverless.yml among the templates is read."""
    return list(serverless_framework.told([file for path in paths for file in files(path)], _text, made))


def _read(
    files: Sequence[Path], made: Mapping[Path, Path] = MappingProxyType({}), *, open_parameters: bool = False
) -> Inventory:
    from shopfast_obs.analysis.wiring.stacks import joined
    from shopfast_obs.model.resources import Gap

    parts: list[Inventory] = []
    seen: set[Path] = set()
    gaps: list[Gap] = []
    for file, stack in stacks(files):
        try:
            parts += _with_nested(file, stack, {}, seen, made=made, open_parameters=open_parameters)
        except UserError as problem:
            if len(files) == len(gaps) + 1:  # none was read
                raise
            gaps.append(Gap(str(file), problem.message))
    whole = joined(parts)
    return replace(whole, gaps=(*gaps, *whole.gaps))


def open_names(*files: Path) -> Inventory:
    """The inventory of templates taken together, every name as far as it holds whatever their parameters are given: a
    default is no name to watch."""
    from shopfast_obs.model.resources import Inventory

    whole = _read(files)
    unset = {(r.type, r.logical_id, r.stack): r for r in _read(files, open_parameters=True).resources}
    resources = []
    for resource in whole.resources:
        other = unset.pop((resource.type, resource.logical_id, resource.stack), resource)
        same = other.identifier == resource.name
        resources.append(replace(resource, by_reference="" if same else other.identifier))
    # What is left is there on a condition that the defaults do not meet.
    return Inventory(whole.source, (*resources, *unset.values()), whole.gaps, whole.outputs)


def stacks(files: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """What the stack of each template is called here: after the file, where that is not enough after its folder, too.
    The deployment calls it what it likes."""
    stems, taken = Counter(_stem(file) for file in files), Counter[str]()
    folders = Counter(_plain(file.resolve().parent.name) for file in files)
    for file in files:
        folder = _plain(file.resolve().parent.name)
        several = folder if folders[folder] == 1 else f"{folder}-{_stem(file)}"
        stack = _stem(file) if stems[_stem(file)] == 1 else several
        taken[stack] += 1
        yield file, stack if taken[stack] == 1 else f"{stack}-{taken[stack]}"


def _stem(file: Path) -> str:
    return _plain(file.name.split(".")[0])


def _plain(name: str) -> str:
    return re.sub(r"[^\w-]+", "-", name)


def here(folder: Path) -> Path | None:
    """What `diagnose` reads in a folder where nothing else is named: the template, or the cloud assembly that cdk.json
    says. None where there is neither; raises UserError for a CDK app that was not synthesised."""
    if (folder / "cdk.json").is_file():
        said = _json(folder / "cdk.json").get("output")
        assembly = folder / (said if isinstance(said, str) else "cdk.out")
        if _of_assembly(assembly):
            return assembly
    found = next((some for some in _candidates(folder) if some), [])
    if not found and (folder / "cdk.json").is_file():
        raise UserError("cdk.json names a CDK app that was not synthesised yet.", "Run: cdk synth")
    return (found[0] if len(found) == 1 else folder) if found else None


def files(path: Path) -> Iterator[Path]:
    """The templates that a path stands for."""
    if not path.is_dir():
        if not path.exists():
            raise UserError(f"There is no file or folder {path}.", HINT)
        yield path
        return
    found = _of_assembly(path) or next((files for files in _candidates(path) if files), [])
    if not found:
        raise UserError(f"{path} has no template: no {', '.join((*GLOBS, *NAMES))}.", "Name the template file itself.")
    yield from found


def _candidates(folder: Path) -> Iterator[list[Path]]:
    packaged = [folder / serverless_framework.PACKAGED, folder / ".serverless" / serverless_framework.PACKAGED]
    # A serverless.yml says itself whether what was packaged of it holds; there are serverless.ts and others, too.
    written = any((folder / name).is_file() for name in serverless_framework.NAMES)
    yield [file for file in packaged[: 1 if written else 2] if file.is_file()]
    yield [folder / name for name in NAMES if (folder / name).is_file()][:1]
    # parents first: a nested stack is read with the parameters that its parent gives
    yield sorted(
        (file for glob in GLOBS for file in folder.glob(glob)), key=lambda file: (".nested." in file.name, file)
    )


def _of_assembly(folder: Path) -> list[Path]:
    """The templates of a CDK cloud assembly and of the assemblies in it (stages); none when it is not one."""
    manifest = _json(folder / "manifest.json")
    artifacts = manifest.get("artifacts")
    found: list[Path] = []
    for item in artifacts.values() if isinstance(artifacts, Mapping) else ():
        properties = item.get("properties") or {}
        if item.get("type") == "aws:cloudformation:stack" and "templateFile" in properties:
            found.append(confine.inside(folder, properties["templateFile"], str(folder / "manifest.json")))
        elif item.get("type") == "cdk:cloud-assembly" and "directoryName" in properties:
            found += _of_assembly(confine.inside(folder, properties["directoryName"], str(folder / "manifest.json")))
    return found


def _with_nested(
    file: Path,
    stack: str,
    parameters: Mapping[str, Any],
    seen: set[Path],
    around: tuple[Path, ...] = (),
    *,
    made: Mapping[Path, Path] = MappingProxyType({}),
    open_parameters: bool = False,
    paths: ConstructPaths | None = None,
    carried: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Inventory]:
    from shopfast_obs.model.references import nested as nested_stack
    from shopfast_obs.model.references import reference
    from shopfast_obs.model.resources import NESTED, Gap
    from shopfast_obs.parse.templates.template import inventory, nested_gap
    from shopfast_obs.parse.templates.template_file import read_document

    if file.resolve() in seen:
        return
    seen.add(file.resolve())
    template = serverless_framework.template(file, read_document(_text(file), str(file)), _text, made)
    left_open = template.value.get("Parameters") if open_parameters else None
    unset = {str(name): reference(str(name), stack) for name in (left_open if isinstance(left_open, Mapping) else ())}
    known = {STACK_NAME: reference(STACK_NAME, stack), **(unset or parameters)}
    constructs = paths or _paths(file)
    part = inventory(template, f"template {file}", stack, known, constructs.own)
    assets = _assets(file) or carried
    top, refused = confine.project(file.parent, Path.cwd()), list[Gap]()
    located = [_with_code(resource, top, file.parent, assets, refused) for resource in part.resources]
    part = replace(part, resources=(*located, *_suppressions(template, part, str(file))))
    inner: list[Inventory] = []
    read: set[Gap] = set()
    unread: list[Gap] = []
    around = (*around, file.resolve())
    for nested in part.of_type(NESTED):
        child = _nested_file(nested, top, file.parent, assets)
        if child is not None and child.resolve() in around:
            unread.append(Gap(f"nested stack {nested.logical_id}", f"it contains itself: {child.name}"))
            read.add(nested_gap(nested.logical_id))
        elif child is not None and len(around) <= DEEPEST:
            given = nested.properties.get("Parameters")
            name = nested_stack(stack, nested.logical_id)
            read.add(nested_gap(nested.logical_id))
            try:
                inner += _with_nested(
                    child,
                    name,
                    given if isinstance(given, Mapping) else {},
                    seen,
                    around,
                    open_parameters=open_parameters,
                    paths=constructs.nested(nested.logical_id) if constructs.pairs else None,
                    carried=assets,
                )
            except UserError as problem:
                unread.append(Gap(f"nested stack {nested.logical_id}", problem.message))
    yield replace(part, gaps=(*(gap for gap in part.gaps if gap not in read), *unread, *refused))
    yield from inner


def _suppressions(template: Template, part: Inventory, file: str) -> Iterator[Resource]:
    """What the template says beside its resources about findings to live with."""
    from shopfast_obs.cli.inputs.suppressions import today
    from shopfast_obs.parse.suppressions import of_metadata

    names = {resource.logical_id: resource for resource in part.resources if resource.logical_id}
    for logical_id, entry in template.value["Resources"].items():
        if isinstance(entry, Mapping) and entry.get("Metadata") and logical_id in names:
            resource = names[logical_id]
            yield from of_metadata(entry["Metadata"], resource.name, file, resource.lines.get("", 1), today())


def _nested_file(nested: Resource, top: Path, folder: Path, assets: Mapping[str, str]) -> Path | None:
    """The template of a nested stack where it lies in the project, among the files of a CDK assembly, too."""
    from shopfast_obs.parse.templates.template import uploaded

    url = nested.properties.get("TemplateURL")
    for said in (nested.code, url, assets.get(uploaded(url))):
        if isinstance(said, str) and said and "://" not in said:
            found = confine.within(top, folder, said)
            if isinstance(found, Path) and found.is_file():
                return folder / said
    return None


def _with_code(resource: Resource, top: Path, folder: Path, assets: Mapping[str, str], refused: list[Gap]) -> Resource:
    """The resource with the folder of its source where that is in the project; one that is not opened is a gap."""
    from shopfast_obs.model.resources import Gap

    code = resource.properties.get("Code")
    key = code.get("S3Key") if isinstance(code, Mapping) else None
    said = resource.code or (assets.get(key, "") if isinstance(key, str) else "")
    place = confine.within(top, folder, said) if said and "://" not in said else None
    if isinstance(place, confine.Refused) and "Stack" not in resource.type:
        refused.append(Gap(f"sources of {resource.logical_id or resource.name}", place.reason))
    found = str(folder / said) if isinstance(place, Path) and place.exists() else ""
    return resource if found == resource.code or "Stack" in resource.type else replace(resource, code=found)


def _assets(template: Path) -> dict[str, str]:
    """The files and folders of a CDK stack by the key under which they are uploaded."""
    files = _json(template.with_name(template.name.replace(".template.json", ".assets.json"))).get("files")
    found = {}
    for item in files.values() if isinstance(files, Mapping) and template.name.endswith(".template.json") else ():
        for destination in (item.get("destinations") or {}).values():
            found[str(destination.get("objectKey"))] = str((item.get("source") or {}).get("path", ""))
    return found


def _paths(template: Path) -> ConstructPaths:
    """Which constructs make the resources of a CDK stack, where a file beside it tells."""
    from shopfast_obs.parse.templates.physical_names import construct_paths

    there = template.name.endswith(".template.json")
    beside = template.with_name(template.name.replace(".template.json", ".metadata.json"))
    return construct_paths(_json(beside) if there else {})


def _json(file: Path) -> dict[str, Any]:
    """The JSON object in a file beside a template; empty when there is none."""
    try:
        value = json.loads(confine.content(file))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _text(file: Path) -> str:
    try:
        content = bounded_files.piped(file) if bounded_files.is_pipe(file) else confine.content(file, MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise UserError(f"{file} has more than {MOST_BYTES // 1_000_000} MB, which is no template.", HINT)
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{file} cannot be read: it is not UTF-8 text.", HINT) from None
    except OSError as problem:
        raise UserError(f"{file} cannot be read: {problem.strerror}.", HINT) from None
