"""One serverless.yml, its variables resolved, as a template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shopfast_obs.model.resources import Gap
from shopfast_obs.parse.dialects.interface import Lines, Template, mapping, renamed
from shopfast_obs.parse.dialects.serverless.apis import Apis
from shopfast_obs.parse.dialects.serverless.events import Events
from shopfast_obs.parse.dialects.serverless.files import ProjectFiles
from shopfast_obs.parse.dialects.serverless.functions import Functions
from shopfast_obs.parse.dialects.serverless.merge import extended, joined, merged, stripped
from shopfast_obs.parse.dialects.serverless.names import normalised
from shopfast_obs.parse.dialects.serverless.owner import SUFFIX, Function, Resources, target
from shopfast_obs.parse.dialects.serverless.roles import made_role
from shopfast_obs.parse.dialects.serverless.variables import Variables, unresolved
from shopfast_obs.parse.templates.template_file import Document

NAMES = {
    "timeout": "Timeout",
    "memorySize": "MemorySize",
    "runtime": "Runtime",
    "handler": "Handler",
    "name": "FunctionName",
    "tracing": "TracingConfig.Mode",
    "onError": "DeadLetterConfig",
    "environment": "Environment",
    "logRetentionInDays": "RetentionInDays",
    "architecture": "Architectures",
}
# Plugins that leave the template as it is.
HARMLESS = ("serverless-offline", "serverless-python", "serverless-dotenv", "serverless-prune")
UNSEEN = "what it makes of the template is not seen: run `serverless package`, then give the folder .serverless"
OPEN = "only the framework can say it: run `serverless package`, then give the folder .serverless"


class Service:
    """One serverless.yml with its variables resolved."""

    def __init__(self, document: Document, beside: ProjectFiles | None) -> None:
        self._document = document
        self._variables = Variables(document.value, beside)
        self._value: Mapping[str, Any] = self._variables.resolve(document.value)
        self._provider = mapping(self._value.get("provider"))
        service = self._value.get("service")
        self._name = str(mapping(service).get("name") or service)
        self._stage = str(self._provider.get("stage") or "dev")
        said = joined(self._value.get("functions"))
        self._functions = {key: mapping(function) for key, function in said.items() if function is not None}
        self._owners: dict[str, str] = {}  # the function that a resource was made for, by logical id

    def template(self) -> Template:
        """All that the framework would make; nothing where it deploys to another cloud."""
        cloud = self._provider.get("name") or self._value.get("provider")
        if isinstance(cloud, str) and cloud != "aws":
            gap = Gap(f"provider {cloud[:60]} of {self._document.file}", "only AWS is read")
            return Template({"Resources": {}}, self._document.file, gaps=(gap,))
        own = joined(self._value.get("resources"))
        sections = {key: value for key, value in own.items() if key not in ("Resources", "extensions")}
        declared = extended(merged(self._made(), mapping(own.get("Resources"))), mapping(own.get("extensions")))
        value = {**sections, "Resources": {id_: _without_nulls(entry) for id_, entry in declared.items()}}
        code = {normalised(key) + SUFFIX: "." for key in self._functions} | self._layer_folders()
        return Template(value, self._document.file, self._lines, code, tuple(self._gaps()))

    def _made(self) -> Resources:
        made = self._layers()
        functions = Functions(self._provider, self._arn_of)
        for key, function in self._functions.items():
            made |= self._owned(key, functions.of(key, function, self._physical(key)))
        stack = str(self._provider.get("stackName") or f"{self._name}-{self._stage}")
        events = Events(Apis(self._name, self._stage, stack, self._provider, self._functions))
        for key, function in self._functions.items():
            made |= self._owned(key, events.of(Function(key, self._physical(key), function)))
        return made | made_role(f"{self._name}-{self._stage}", self._provider, self._functions) | events.shared()

    def _owned(self, key: str, made: Resources) -> Resources:
        self._owners.update(dict.fromkeys(made, key))
        return made

    def _physical(self, key: str) -> str:
        return str(self._functions[key].get("name") or f"{self._name}-{self._stage}-{key}")

    def _arn_of(self, said: Any) -> Any:  # noqa: ANN401
        """The ARN of a destination, which names a function of the service by its key."""
        if isinstance(said, str) and said in self._functions:
            return target(said, self._functions[said])
        return mapping(said).get("arn") or said

    def _layers(self) -> Resources:
        return {
            f"{normalised(key)}LambdaLayer": {
                "Type": "AWS::Lambda::LayerVersion",
                "Properties": {"LayerName": mapping(layer).get("name") or key},
            }
            for key, layer in mapping(self._value.get("layers")).items()
        }

    def _layer_folders(self) -> dict[str, str]:
        layers = mapping(self._value.get("layers"))
        said = {f"{normalised(key)}LambdaLayer": mapping(layer).get("path") for key, layer in layers.items()}
        return {id_: path for id_, path in said.items() if isinstance(path, str)}

    def _gaps(self) -> Iterator[Gap]:
        plugins = self._value.get("plugins")
        names = mapping(plugins).get("modules", plugins)
        for name in names if isinstance(names, list) else []:
            if not str(name).startswith(HARMLESS):
                yield Gap(f"plugin {name}", UNSEEN)
        left, file = self._variables.left_open, self._document.file
        if left:
            yield Gap(f"variables of {file}", left)
        for where, value in self._parts():
            for variable in unresolved(value):
                read = next((why for path, why in self._variables.files.reasons.items() if path in variable), OPEN)
                yield Gap(f"{where} of {file}, {variable[:100]}", read)

    def _parts(self) -> Iterator[tuple[str, Any]]:
        """What stands where a mapping or a list belongs: a variable there hides a part of the application."""
        yield "provider", self._value.get("provider")
        for section in ("functions", "resources"):
            said = self._value.get(section)
            yield section, said
            yield from ((section, part) for part in (said if isinstance(said, list) else ()))
        for key, function in joined(self._value.get("functions")).items():
            yield f"function {key}", function
            events = mapping(function).get("events")
            yield f"events of {key}", events
            for event in events if isinstance(events, list) else ():
                yield f"an event of {key}", event
        resources = joined(self._value.get("resources")).get("Resources")
        yield "resources", resources
        yield from ((f"resource {id_}", resource) for id_, resource in mapping(resources).items())
        yield from ((f"resource {id_}", mapping(r).get("Properties")) for id_, r in mapping(resources).items())

    def _lines(self, logical_id: str) -> Lines:
        below = self._document.lines_below
        key = self._owners.get(logical_id)
        if key is not None:
            shared = renamed(below("provider"), NAMES | {"tracing.lambda": "TracingConfig.Mode"})
            line = self._line(("functions", key), ("functions",))
            return shared | renamed(below("functions", key), NAMES) | {"": line}
        own = below("resources", "Resources", logical_id, "Properties")
        return own | {"": self._line(("resources", "Resources", logical_id), ("resources",), ("provider",))}

    def _line(self, *paths: tuple[str, ...]) -> int:
        return next((self._document.lines[path] for path in paths if path in self._document.lines), 1)


def _without_nulls(entry: Any) -> Any:  # noqa: ANN401
    properties = mapping(entry).get("Properties")
    return {**entry, "Properties": stripped(properties)} if isinstance(properties, Mapping) else entry
