"""Whether functions carry what their sources import for observability, before anything is deployed."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shopfast_obs import confine
from shopfast_obs.errors import ProjectError
from shopfast_obs.parse.templates.physical_names import construct_path

if TYPE_CHECKING:
    from shopfast_obs.cloud.deploy.assembly import Stack

# What instrumented sources import, and what brings it besides the function's own package.
POWERTOOLS = "AWSLambdaPowertoolsPython"
IN_POWERTOOLS = frozenset({"aws_lambda_powertools", "aws_xray_sdk"})
CARRIED = IN_POWERTOOLS | {"shopfast_obs"}
MOST_MODULES = 500


def require(stacks: Sequence[Stack]) -> None:
    """Raise ProjectError when a function's handler imports Powertools, the X-Ray SDK or our runtime at its start, and
    neither its package nor a layer has it: every invocation would fail. Other layers may have anything."""
    missing = [said for stack in stacks for one in stack.whole for said in _of_stack(one)]
    if missing:
        more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        raise ProjectError(
            f"{missing[0]}{more}: every invocation would fail, so nothing was deployed.",
            "Have the app apply the overlay that brings the layers (shopfast-obs instrument --apply tells how), put it "
            "into the package, or take the instrumentation out: shopfast-obs undo",
        )


def _of_stack(stack: Stack) -> Iterator[str]:
    template = stack.parsed
    said = template.get("Resources")
    resources: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    folders = {asset.key: asset.path for asset in stack.assets if asset.path.is_dir()}
    for logical_id, entry in resources.items():
        if not isinstance(entry, Mapping) or entry.get("Type") != "AWS::Lambda::Function":
            continue
        properties = entry.get("Properties") or {}
        folder = folders.get(_key(properties.get("Code")))
        layers = properties.get("Layers") or []
        if folder is None or not isinstance(layers, list):
            continue
        held = [_held(layer, resources, folders) for layer in layers]
        if any(modules is None for modules in held):
            continue  # a layer of somebody else
        there = {name for modules in held for name in modules or ()}
        for name in sorted(_imported(folder, str(properties.get("Handler", ""))) - there):
            function = construct_path(stack.paths.get(logical_id, logical_id))
            yield f"{function} imports {name}, which neither its package nor its layers have"


def _key(code: Any) -> str:  # noqa: ANN401
    key = code.get("S3Key") if isinstance(code, Mapping) else None
    return key if isinstance(key, str) else ""


def _held(layer: Any, resources: Mapping[str, Any], folders: Mapping[str, Path]) -> frozenset[str] | None:  # noqa: ANN401
    """The modules of ours that a layer holds; None for one whose content is not known."""
    if POWERTOOLS in str(layer):
        return IN_POWERTOOLS
    said = layer.get("Ref") if isinstance(layer, Mapping) else None
    properties = (resources.get(str(said)) or {}).get("Properties") or {}
    folder = folders.get(_key(properties.get("Content")))
    return None if folder is None else frozenset(name for name in CARRIED if any(folder.glob(f"python/**/{name}")))


def _imported(folder: Path, handler: str) -> set[str]:
    """Those of our modules that are imported when the handler's module is, and that the folder does not hold."""
    waiting, seen, found = [handler.rpartition(".")[0].replace("/", ".")], set[str](), set[str]()
    while waiting and len(seen) < MOST_MODULES:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        for name in _imports(_file(folder, module)):
            top = name.partition(".")[0]
            if (folder / top).is_dir() or (folder / f"{top}.py").is_file():
                waiting += [name, name.rpartition(".")[0]] if "." in name else [name]
            elif top in CARRIED:
                found.add(top)
    return found


def _file(folder: Path, module: str) -> Path:
    path = folder.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_name(f"{path.name}.py")


def _imports(file: Path) -> Iterator[str]:
    """What a module imports as it is loaded; what it tries to import, or imports in functions, may be absent."""
    try:
        tree = ast.parse(confine.content(file))
    except (OSError, SyntaxError, ValueError):
        return
    for node in tree.body:
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=0, names=names):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)
