"""The Serverless Framework's `serverless.yml`: the handlers of its functions, and what they need put into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shopfast_obs.analysis.tracers import Tracer
from shopfast_obs.errors import ProjectError
from shopfast_obs.facts import partitions
from shopfast_obs.instrument.application import files_without_layers
from shopfast_obs.instrument.application.tracing import Declared
from shopfast_obs.instrument.infrastructure import headroom
from shopfast_obs.instrument.infrastructure.declared_tracing import DeclaredTracing
from shopfast_obs.instrument.infrastructure.overlay import LEVEL
from shopfast_obs.instrument.infrastructure.overlay import handler as application_handler
from shopfast_obs.instrument.interface import Codemod
from shopfast_obs.model.changes import Skipped
from shopfast_obs.model.overlay import Layer
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.parse.dialects.interface import mapping
from shopfast_obs.parse.templates.template_edit import EditError, aliases, append, put, put_last

NAMES = ("serverless.yml", "serverless.yaml")
SET = frozenset({"environment", "layers", "tracing"})
PLUGINS = {
    "serverless-plugin-datadog": "Datadog",
    "serverless-newrelic-lambda-layers": "New Relic",
    "serverless-lumigo": "Lumigo",
    "serverless-sentry": "Sentry",
    "serverless-epsagon": "Epsagon",
    "serverless-plugin-thundra": "Thundra",
}


@dataclass(frozen=True, slots=True)
class Edited:
    """The document's new text, the handlers of the functions that carry instrumentation, what was left alone,
    and how they are traced."""

    text: str
    handlers: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    others: tuple[tuple[str, str], ...]  # the functions that stay as they are, and their handlers
    tracing: DeclaredTracing


@dataclass(frozen=True, slots=True)
class _Function:
    name: str
    own: Mapping[str, Any]
    provider: Mapping[str, Any]

    def get(self, key: str) -> Any:  # noqa: ANN401 - YAML
        """What the function says, else what the provider says for all."""
        return self.own.get(key, self.provider.get(key))

    @property
    def variables(self) -> dict[str, Any]:
        """Its environment, with the provider's below."""
        found: dict[str, Any] = {}
        for part in (self.provider, self.own):
            given = part.get("environment")
            found |= given if isinstance(given, Mapping) else {}
        return found


def edited(text: str, path: Path, archives: Mapping[Layer, str], codemods: Sequence[Codemod]) -> Edited:
    """The document with tracing, layers, environment and log format for its Python functions, whose sources these
    codemods will change; raises ProjectError for what is no such document. `archives` are the names of the layers'
    files beside it."""
    document = _document(text, path)
    functions = document.get("functions")
    if not isinstance(functions, Mapping) or not functions:
        raise ProjectError(f"The functions of {path} stand in other files.", "Name the folder of their sources.")
    provider = document["provider"]
    skipped, changed, new = [], [], text
    told = DeclaredTracing(text, codemods, archives)
    for name, own in functions.items():
        function = _Function(str(name), own if isinstance(own, Mapping) else {}, provider)
        if str(function.get("runtime") or "python3").startswith(("nodejs", "java", "go", "ruby", "dotnet", "provided")):
            continue
        unread = False
        try:
            reason = _unread(function, text)
            unread = bool(reason)
            tracing = Declared() if reason else _tracing(document, function, path, told)
            reason = reason or _obstacle(function, document, tracing)
            new = new if reason else _edited(new, function, document, tracing)
        except EditError as problem:
            reason = f"{problem}; change it by hand"
        except (
            TypeError,
            AttributeError,
            LookupError,
            ValueError,
        ) as problem:  # the others go on
            reason = f"its settings cannot be read ({type(problem).__name__}: {problem}); change it by hand"
            unread = True
        if reason:
            skipped.append(Skipped(function.name, reason, unread))
        else:
            changed.append(function)
            told.keep(_resource(function), tracing)
    try:
        new = _with_layers(new, document, {headroom.LAYER_NAMES[layer]: archives[layer] for layer in told.layers})
    except EditError as problem:
        raise ProjectError(f"{path} takes no layer: {problem}.", "Change it by hand; see `--diff`.") from None
    if _without_ours(_document(new, path)) != _without_ours(document):
        raise ProjectError(f"{path} could not be edited without touching more.", "Change it by hand; see `--diff`.")
    handlers = tuple(application_handler(_resource(function)) for function in changed)
    names = {function.name for function in changed}
    others = tuple(
        (str(name), handler)
        for name, own in functions.items()
        if str(name) not in names
        for handler in files_without_layers.handlers(
            mapping(own).get("handler"), {"Variables": mapping(own).get("environment")}
        )
    )
    return Edited(new, handlers, tuple(skipped), others, told)


def _with_layers(text: str, document: Mapping[str, Any], archives: Mapping[str, str]) -> str:
    """The text with the layers that it does not make yet."""
    made = mapping(document.get("layers"))
    missing = {n: {"name": n, "package": {"artifact": archive}} for n, archive in archives.items() if n not in made}
    if not missing or "layers" not in document:
        return put_last(text, "layers", missing) if missing else text
    for name, layer in missing.items():
        text = put(text, ["layers", name], layer)
    return text


def _tracing(document: Mapping[str, Any], function: _Function, path: Path, told: DeclaredTracing) -> Declared:
    """How the function is traced, also by a plugin that wraps its handler when it is packaged."""
    plugins = [PLUGINS[plugin] for plugin in _listed(document.get("plugins")) if plugin in PLUGINS]
    handler = "" if "image" in function.own else application_handler(_resource(function))
    outside = Tracer(plugins[0], "a plugin") if plugins else None
    return told.of(_resource(function), handler, path.parent, outside)


def _obstacle(function: _Function, document: Mapping[str, Any], tracing: Declared) -> str:
    """Why the function cannot carry the layers; empty where it can."""
    variables = {} if tracing.moves else _wanted_variables(function, document)
    return headroom.of(_resource(function), tracing.layers, variables).blocked


def _document(text: str, path: Path) -> dict[str, Any]:
    from shopfast_obs.parse.templates import yaml_tags

    try:
        document, _ = yaml_tags.read(text)
    except yaml_tags.YamlError as problem:
        raise ProjectError(f"{path} is not valid YAML: {problem}.", "Mend the file, then try again.") from None
    if not isinstance(document, dict) or not isinstance(document.get("provider"), Mapping):
        raise ProjectError(f"{path} is no serverless.yml: it has no provider.", "Name a template, or a PATH.")
    if document["provider"].get("name") != "aws":
        raise ProjectError(f"{path} deploys to {document['provider'].get('name')}, not to AWS.", "Name another file.")
    return document


def _unread(function: _Function, text: str) -> str:
    """Why it cannot even be known what the function has; empty where it can."""
    if aliases(text):
        return "the file uses YAML aliases, and what they share cannot be changed for one"
    if not function.own:
        return "it is declared in another file"
    if "image" in function.own:
        return ""
    runtime, handler = function.get("runtime"), function.own.get("handler")
    if not isinstance(runtime, str) or "${" in runtime:
        return "its runtime is left to a variable" if runtime else "neither it nor the provider names a runtime"
    if not isinstance(handler, str) or "${" in handler:
        return "its handler is left to a variable" if handler else "it has no handler"
    return ""


def _listed(plugins: Any) -> list[str]:  # noqa: ANN401 - YAML
    """The names of plugins, which stand in a list or in a list below `modules`."""
    found = mapping(plugins).get("modules", plugins)
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


def _resource(function: _Function) -> Resource:
    """The function in CloudFormation's words."""
    properties = {
        "PackageType": "Image" if "image" in function.own else "Zip",
        "Handler": function.own.get("handler", ""),
        "Runtime": function.get("runtime") or "",
        "Architectures": [function.get("architecture") or "x86_64"],
        "Layers": function.get("layers") or [],
        "Environment": {"Variables": function.variables},
    }
    return Resource(FUNCTION, function.name, properties=properties)


def _wanted_variables(function: _Function, document: Mapping[str, Any]) -> dict[str, str]:
    """The names that Powertools reads, unless somebody gave them."""
    wanted = {
        "POWERTOOLS_SERVICE_NAME": function.name,
        "POWERTOOLS_METRICS_NAMESPACE": str(document.get("service") or "service"),
        "POWERTOOLS_LOG_LEVEL": LEVEL,
    }
    return {name: value for name, value in wanted.items() if name not in function.variables}


def _edited(text: str, function: _Function, document: Mapping[str, Any], tracing: Declared) -> str:
    at = ["functions", function.name]
    if not tracing.moves:
        text = _with_settings(text, at, function, document, tracing)
    present = str(function.get("layers") or [])
    architecture = function.get("architecture") or "x86_64"
    region = str(function.provider.get("region") or "")
    arn = partitions.powertools_layer(partitions.named(region), str(function.get("runtime")), architecture)
    if arn is None:
        raise EditError(f"nobody publishes a Powertools layer in {region}")
    names = {layer: headroom.LAYER_NAMES[layer] for layer in tracing.layers}
    # What the framework calls the resource of a layer.
    references = {layer: {"Ref": f"{name}LambdaLayer"} for layer, name in names.items()} | {
        "powertools": {"Fn::Sub": arn}
    }
    missing: list[Any] = [references[layer] for layer, name in names.items() if name not in present]
    if missing:
        if "layers" not in function.own:  # the function's own list would hide the provider's
            missing = [*(function.provider.get("layers") or ()), *missing]
        text = append(text, [*at, "layers"], missing)
    return text


def _with_settings(
    text: str, at: Sequence[str], function: _Function, document: Mapping[str, Any], tracing: Declared
) -> str:
    for name, value in reversed(_wanted_variables(function, document).items()):
        text = put(text, [*at, "environment", name], value)
    if not _is_traced(function) and not tracing.tracer:
        text = put(text, [*at, "tracing"], "Active")
    return text if _logs_json(function, document) else put(text, _log_format(function), "JSON")


def _is_traced(function: _Function) -> bool:
    shared = function.provider.get("tracing")
    everyone = shared.get("lambda") if isinstance(shared, Mapping) else None
    return function.own.get("tracing", everyone) in ("Active", True)


def _logs_json(function: _Function, document: Mapping[str, Any]) -> bool:
    """True where the log format is JSON already, or cannot be said: the resources stand in another file."""
    resources = document.get("resources", {})
    if not isinstance(resources, Mapping):
        return True
    node: Any = document
    for part in _log_format(function):
        node = node.get(part) if isinstance(node, Mapping) else None
    logs = function.own.get("logs") or (function.provider.get("logs") or {}).get("lambda") or {}
    return node == "JSON" or (isinstance(logs, Mapping) and logs.get("logFormat") == "JSON")


def _log_format(function: _Function) -> list[str]:
    """Where the log format of a function goes in every version of the framework: into the resource that it makes."""
    plain = function.name.replace("-", "Dash").replace("_", "Underscore")
    resource = f"{plain[:1].upper()}{plain[1:]}LambdaFunction"
    return ["resources", "extensions", resource, "Properties", "LoggingConfig", "LogFormat"]


def _without_ours(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document without what we may set."""
    functions = mapping(document.get("functions"))
    kept = {
        name: {key: value for key, value in own.items() if key not in SET} if isinstance(own, Mapping) else own
        for name, own in functions.items()
    }
    ours = headroom.LAYER_NAMES.values()
    layers = {name: value for name, value in mapping(document.get("layers")).items() if name not in ours}
    resources = document.get("resources")
    if isinstance(resources, Mapping):
        resources = {name: value for name, value in resources.items() if name != "extensions"}
    return {**document, "functions": kept, "layers": layers, "resources": resources or {}}
