"""SAM and CloudFormation templates: what instrumented functions need, put in as a person would have written it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from shopfast_obs import confine
from shopfast_obs.errors import ProjectError
from shopfast_obs.facts import partitions
from shopfast_obs.instrument.application import files_without_layers, serverless, unleveled
from shopfast_obs.instrument.application.service_discovery import Discovery, declared
from shopfast_obs.instrument.application.tracing import Declared
from shopfast_obs.instrument.business import MetricsPlan
from shopfast_obs.instrument.infrastructure import headroom, template_roles
from shopfast_obs.instrument.infrastructure import layer as layer_archives
from shopfast_obs.instrument.infrastructure.declared_tracing import DeclaredTracing
from shopfast_obs.instrument.infrastructure.overlay import LEVEL, short_name
from shopfast_obs.instrument.infrastructure.overlay import handler as application_handler
from shopfast_obs.instrument.interface import Codemod
from shopfast_obs.instrument.plan import Instrumentation, assembled, of_sources
from shopfast_obs.instrument.service import FileResult
from shopfast_obs.model.changes import Skipped
from shopfast_obs.model.overlay import Layer
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.parse.dialects.interface import mapping
from shopfast_obs.parse.templates.template import read_template
from shopfast_obs.parse.templates.template_edit import EditError, aliases, append, put

SAM_FUNCTION = "AWS::Serverless::Function"
SAM = "AWS::Serverless-2016-10-31"
SET = frozenset({"Environment", "Layers", "LoggingConfig", "Tracing", "TracingConfig"})
# The layers that the template makes, by their archives beside it.
ARCHIVES: Mapping[Layer, str] = {"runtime": "shopfast-obs-runtime.zip", "otel": "shopfast-obs-otel.zip"}
OURS = frozenset(headroom.LAYER_NAMES[layer] for layer in ARCHIVES)


@dataclass(frozen=True, slots=True)
class _Function:
    logical_id: str
    sam: bool
    properties: Mapping[str, Any]  # with those of Globals below them
    top: Path  # the folder inside of which its sources are opened


def for_template(
    path: Path, root: Path, codemods: Sequence[Codemod], metrics: MetricsPlan | None = None, region: str = ""
) -> Instrumentation:
    """The plan for a template: its text, the sources of its functions, and the archives of the layers. `region`
    is where it will be deployed, as far as the settings tell: outside of the commercial regions the layer is another
    account's."""
    path = _origin(path)
    before = confine.content(path)
    if path.name in serverless.NAMES:
        return _for_serverless(path, root, codemods, metrics)
    text = decoded(before, path)
    template = read_template(text, path)
    skipped = [*_without_properties(template, path)]
    functions = list(_functions(template, confine.project(path.parent, root)))
    application = path.resolve().parent.name
    aliased = "the template uses YAML aliases, and what they share cannot be changed for one" if aliases(text) else ""
    changed, untraced, told = [], [], DeclaredTracing(text, codemods, ARCHIVES)
    for function in functions:
        unread = False
        try:
            reason = aliased or _unread(path, template, function)
            unread = bool(reason)
            tracing = Declared() if reason else _declared_tracing(path, function, told)
            reason = reason or _obstacle(path, function, tracing)
            new = text if reason else _edited(text, function, application, region, tracing)
        except EditError as problem:
            reason = f"{problem}; change it by hand"
        except (
            TypeError,
            AttributeError,
            LookupError,
            ValueError,
        ) as problem:  # the others go on
            reason = f"its properties cannot be read ({type(problem).__name__}: {problem}); change it by hand"
            unread = True
        if reason:
            skipped.append(Skipped(f"{path.name}: {function.logical_id}", reason, unread))
            continue
        text = new
        changed.append(function)
        untraced += [] if tracing.tracer or tracing.moves else [function]
        told.keep(_resource(function), tracing)
    for layer in told.layers:
        try:
            if headroom.LAYER_NAMES[layer] not in template.get("Resources", {}):
                text = put(text, ["Resources", headroom.LAYER_NAMES[layer]], _layer(template, layer))
        except EditError as problem:
            raise ProjectError(f"{path} takes no layer: {problem}.", "Change it by hand; see `--diff`.") from None
    permitted = template_roles.permit(text, template, dict(_newly_traced(untraced)))
    text = permitted.text
    if not _same_but_for(functions, permitted.roles, template, read_template(text, path)):
        raise ProjectError(f"{path} could not be edited without touching more.", "Change it by hand; see `--diff`.")
    found, codemods = _discovered(path, changed), told.codemods
    kept = files_without_layers.loaded(_unchanged(path, template, {function.logical_id for function in changed}, root))
    sources = files_without_layers.told(of_sources(found, files_without_layers.without(codemods, kept), metrics), kept)
    files = [*_template_files(path, before, text, skipped, told.layers), *sources]
    effects = (*_effects(before, files, skipped, found), *told.sentences, *permitted.left)
    return assembled(files, root if path.is_relative_to(root) else path.parent, effects)


def _declared_tracing(path: Path, function: _Function, told: DeclaredTracing) -> Declared:
    return told.of(_resource(function), _handler(function), _folder(path, function))


def _resource(function: _Function) -> Resource:
    return Resource(FUNCTION, function.logical_id, properties=function.properties)


def _handler(function: _Function) -> str:
    """The application's handler, also where a vendor's wrapper takes it from a variable."""
    return application_handler(_resource(function))


def _effects(
    before: bytes, files: Sequence[FileResult], skipped: Sequence[Skipped], found: Discovery
) -> tuple[str, ...]:
    """What stays, and what the log format brings where it is new."""
    log_format = b"LogFormat"
    new = any((file.after or b"").count(log_format) > before.count(log_format) for file in files)
    left = tuple(f"{item.what} is left as it is: {item.reason}." for item in skipped)
    return (*left, *(unleveled.effects(found.services) if new else ()))


def _for_serverless(
    path: Path, root: Path, codemods: Sequence[Codemod], metrics: MetricsPlan | None
) -> Instrumentation:
    before = confine.content(path)
    edited = serverless.edited(decoded(before, path), path, ARCHIVES, codemods)
    codemods = edited.tracing.codemods
    skipped = [Skipped(f"{path.name}: {item.what}", item.reason, item.unread) for item in edited.skipped]
    found = declared(path.parent, edited.handlers) if edited.handlers else Discovery(())
    others = (files_without_layers.Unchanged(name, path.parent, handler) for name, handler in edited.others)
    kept = files_without_layers.loaded(others) if edited.handlers else {}
    sources = files_without_layers.told(of_sources(found, files_without_layers.without(codemods, kept), metrics), kept)
    files = [*_template_files(path, before, edited.text, skipped, edited.tracing.layers), *sources]
    effects = (*_effects(before, files, skipped, found), *edited.tracing.sentences)
    return assembled(files, root if path.is_relative_to(root) else path.parent, effects)


def _origin(path: Path) -> Path:
    """What people write: a template that a tool made from it would be made anew. Raises ProjectError where it is not
    known."""
    if path.parent.name == ".serverless":
        for name in serverless.NAMES:
            if (origin := path.parent.parent / name).is_file():
                return origin
        raise ProjectError(f"{path} is made by `serverless package`.", "Name the folder of the sources.")
    if ".aws-sam" in path.parts:
        raise ProjectError(f"{path} is made by `sam build`.", "Name the template that it was built from.")
    if (path.parent / "manifest.json").is_file():
        hint = "Two lines in the app apply an overlay (shopfast_obs/constructs); or name the folder of the sources."
        raise ProjectError(f"{path} is made by the CDK.", hint)
    return path


def _template_files(
    path: Path, before: bytes, text: str, skipped: Sequence[Skipped], layers: Sequence[Layer]
) -> Iterator[FileResult]:
    after, unread = text.encode(), any(item.unread for item in skipped)
    reason = "; ".join(f"{item.what.partition(': ')[2]}: {item.reason}" for item in skipped)
    if after == before:
        yield FileResult(path, "skipped" if skipped else "unchanged", reason=reason, unread=unread)
        return
    yield FileResult(path, "changed", ("template",), reason, before, after, unread)
    for layer in layers:
        if archive := layer_archives.result(path.parent / ARCHIVES[layer], layer):
            yield archive


def _functions(template: Mapping[str, Any], top: Path) -> Iterator[_Function]:
    shared = mapping(mapping(template.get("Globals")).get("Function"))
    for name, kind, own in _declared(template):
        if not isinstance(own, Mapping):
            continue
        sam = kind == SAM_FUNCTION
        properties = _under(shared, own) if sam else dict(own)
        runtime = properties.get("Runtime", "")
        image = properties.get("PackageType") == "Image"
        if image or (isinstance(runtime, str) and runtime.startswith("python3.")):
            yield _Function(name, sam, properties, top)


def _declared(template: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Name, type and properties of every function, whatever its properties are."""
    for name, resource in mapping(template.get("Resources")).items():
        kind = mapping(resource).get("Type")
        if kind in (FUNCTION, SAM_FUNCTION):
            yield str(name), str(kind), resource.get("Properties") or {}


def _unchanged(
    path: Path, template: Mapping[str, Any], changed: Collection[str], root: Path
) -> Iterator[files_without_layers.Unchanged]:
    """The functions of the template that stay as they are, of any runtime that may be Python, as far as their sources
    lie beside it."""
    shared, top = mapping(mapping(template.get("Globals")).get("Function")), confine.project(path.parent, root)
    for name, kind, own in _declared(template) if changed else ():
        if name in changed or not isinstance(own, Mapping):
            continue
        properties = _under(shared, own) if kind == SAM_FUNCTION else dict(own)
        if properties.get("PackageType") == "Image":
            said = mapping(mapping(template["Resources"][name]).get("Metadata")).get("DockerContext")
            properties = {"CodeUri": said, "Handler": ""}
        folder = _folder(path, _Function(name, sam=True, properties=properties, top=top))
        for handler in files_without_layers.handlers(properties.get("Handler"), mapping(properties.get("Environment"))):
            if folder is not None:
                yield files_without_layers.Unchanged(name, folder, handler)


def _without_properties(template: Mapping[str, Any], path: Path) -> Iterator[Skipped]:
    for name, resource in mapping(template.get("Resources")).items():
        if not isinstance(mapping(resource).get("Type"), str):
            yield Skipped(f"{path.name}: {name}", "it has no Type", unread=True)
    for name, _, own in _declared(template):
        if not isinstance(own, Mapping):
            yield Skipped(f"{path.name}: {name}", "its Properties are not an object", unread=True)
        elif own.get("Runtime") == "custom":
            yield Skipped(f"{path.name}: {name}", "its owner manages its runtime (custom), for which no layer exists")


def decoded(content: bytes, path: Path) -> str:
    """The text of a file; raises ProjectError for what is no UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise ProjectError(f"{path} is not UTF-8 text (byte {problem.start}).", "Save it as UTF-8.") from None


def _under(shared: Any, own: Any) -> Any:  # noqa: ANN401 - YAML
    """Globals below what a function says, as SAM does it: mappings together, lists in a row, else its own."""
    if isinstance(shared, Mapping) and isinstance(own, Mapping):
        return {**shared, **{key: _under(shared.get(key), value) for key, value in own.items()}}
    return [*shared, *own] if isinstance(shared, list) and isinstance(own, list) else own


def _same_but_for(
    functions: Sequence[_Function], roles: Collection[str], old: Mapping[str, Any], new: Mapping[str, Any]
) -> bool:
    """True when only what we set of these functions and roles differs; the text was edited, its meaning is what
    counts."""
    ours = {name: frozenset({template_roles.ATTACHED}) for name in roles} | {f.logical_id: SET for f in functions}
    kept = {name: _without(r, ours.get(name)) for name, r in new["Resources"].items() if name not in OURS}
    before = {name: _without(r, ours.get(name)) for name, r in old["Resources"].items() if name not in OURS}
    rest = [{name: part for name, part in document.items() if name != "Resources"} for document in (old, new)]
    return kept == before and rest[0] == rest[1]


def _without(resource: Any, ours: Collection[str] | None) -> Any:  # noqa: ANN401 - YAML
    """A resource without the properties that we set."""
    if ours is None:
        return resource
    properties = resource.get("Properties") or {}
    kept = {n: value for n, value in properties.items() if n not in ours} if mapping(properties) else properties
    return {**resource, "Properties": kept}


def _unread(path: Path, template: Mapping[str, Any], function: _Function) -> str:
    """Why it cannot even be known what the function has; empty where it can."""
    transforms = template.get("Transform") or []
    macros = [t for t in ([transforms] if not isinstance(transforms, list) else transforms) if t != SAM]
    if macros:
        return f"the template has the macro {macros[0]}, which may make anything of it"
    code = function.properties.get("Code")
    if "InlineCode" in function.properties or (isinstance(code, Mapping) and "ZipFile" in code):
        return "its code stands in the template"
    if function.properties.get("PackageType") != "Image" and not isinstance(function.properties.get("Handler"), str):
        return "its Handler is left to a parameter"
    if not isinstance(function.properties.get("Architectures", []), list):
        return "its Architectures are left to a parameter"
    source = function.properties.get("CodeUri") or code
    place = confine.within(function.top, path.parent, source) if _is_path(source) else None
    if isinstance(place, confine.Refused):
        return f"its sources are not opened: {place.reason}"
    return ""


def _obstacle(path: Path, function: _Function, tracing: Declared) -> str:
    """Why the function cannot carry the layers; empty where it can."""
    variables = {} if tracing.moves else _variables(function, path.resolve().parent.name)
    return headroom.of(_resource(function), tracing.layers, variables, code=_size(path, function)).blocked


def _is_path(source: object) -> TypeGuard[str]:
    return isinstance(source, str) and "://" not in source


def _edited(text: str, function: _Function, application: str, region: str, tracing: Declared) -> str:
    at = ["Resources", function.logical_id, "Properties"]
    for path, value in () if tracing.moves else _wanted(function, application, tracing):
        text = put(text, [*at, *path], value)
    present = str(function.properties.get("Layers") or [])  # ARNs, and references by a name like ours
    architecture = (function.properties.get("Architectures") or ["x86_64"])[0]
    arn = partitions.powertools_layer(partitions.named(region), function.properties["Runtime"], architecture)
    if arn is None:
        raise EditError(f"nobody publishes a Powertools layer in {region}")
    references = {layer: {"Ref": headroom.LAYER_NAMES[layer]} for layer in ARCHIVES} | {"powertools": {"Fn::Sub": arn}}
    missing = [references[layer] for layer in tracing.layers if headroom.LAYER_NAMES[layer] not in present]
    return append(text, [*at, "Layers"], missing) if missing else text


def _size(path: Path, function: _Function) -> int:
    """Bytes of the function's sources beside the template, as they are packed; 0 where they are elsewhere."""
    folder = _folder(path, function)
    if folder is None:
        return 0
    return sum(file.stat().st_size for file in confine.Walk(folder))


def _folder(path: Path, function: _Function) -> Path | None:
    """Where the function's sources are, beside the template and inside of its project."""
    code = function.properties.get("CodeUri") or function.properties.get("Code")
    folder = confine.within(function.top, path.parent, code) if isinstance(code, str) else None
    if isinstance(folder, confine.Refused):
        return None
    return folder if folder is not None and folder.is_dir() else None


def _variables(function: _Function, application: str) -> dict[str, str]:
    """The names that Powertools reads, unless somebody gave them."""
    name = function.properties.get("FunctionName")
    variables = {
        "POWERTOOLS_SERVICE_NAME": short_name(name, application) if isinstance(name, str) else function.logical_id,
        "POWERTOOLS_METRICS_NAMESPACE": application,
        "POWERTOOLS_LOG_LEVEL": LEVEL,
    }
    environment = function.properties.get("Environment")
    present = mapping(mapping(environment).get("Variables"))
    return {key: value for key, value in variables.items() if key not in present}


def _newly_traced(functions: Sequence[_Function]) -> Iterator[tuple[str, Any]]:
    """What functions that we switch tracing on for say as their role; SAM permits the roles that it makes."""
    for function in functions:
        if _tracing(function) != "Active" and not (function.sam and "Role" not in function.properties):
            yield function.logical_id, function.properties.get("Role")


def _tracing(function: _Function) -> Any:  # noqa: ANN401 - YAML
    said = function.properties
    return said.get("Tracing") if function.sam else mapping(said.get("TracingConfig")).get("Mode")


def _wanted(function: _Function, application: str, tracing: Declared) -> Iterator[tuple[list[str], str]]:
    """What the function does not say itself, and nobody says for all."""
    properties = function.properties
    for key, value in reversed(_variables(function, application).items()):
        yield ["Environment", "Variables", key], value
    if mapping(properties.get("LoggingConfig")).get("LogFormat") != "JSON":
        yield ["LoggingConfig", "LogFormat"], "JSON"
    if _tracing(function) != "Active" and not tracing.tracer:
        yield (["Tracing"] if function.sam else ["TracingConfig", "Mode"]), "Active"


def _layer(template: Mapping[str, Any], layer: Layer) -> dict[str, Any]:
    """The layer as a resource; `sam deploy` and `aws cloudformation package` upload the archive."""
    name, archive = headroom.LAYER_NAMES[layer], ARCHIVES[layer]
    if SAM in str(template.get("Transform", "")):
        return {"Type": "AWS::Serverless::LayerVersion", "Properties": {"LayerName": name, "ContentUri": archive}}
    return {"Type": "AWS::Lambda::LayerVersion", "Properties": {"LayerName": name, "Content": archive}}


def _discovered(path: Path, functions: Sequence[_Function]) -> Discovery:
    """The handlers of the functions whose code lies beside the template."""
    folders: dict[Path, set[str]] = {}
    for function in functions:
        if folder := _folder(path, function):
            folders.setdefault(folder, set()).add(_handler(function))
    parts = [declared(folder, names) for folder, names in folders.items()]
    services = tuple(service for part in parts for service in part.services)
    return Discovery(services, tuple(item for part in parts for item in part.skipped))
