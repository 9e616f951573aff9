"""What instrumented source needs around it: tracing, layers, log format, and the names that Powertools reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from shopfast_obs.analysis.tracers import WRAPPED
from shopfast_obs.instrument.application.tracing import Declared
from shopfast_obs.instrument.infrastructure import headroom
from shopfast_obs.model.changes import Skipped
from shopfast_obs.model.counts import plural
from shopfast_obs.model.overlay import Overlay, ResourceOverlay
from shopfast_obs.model.resources import FUNCTION, REST_STAGE, STATE_MACHINE, Inventory, Resource
from shopfast_obs.model.telemetry import InvocationReport

LEVEL = "INFO"
VARIABLES = "Environment.Variables"


def handler_names(inventory: Inventory) -> frozenset[str]:
    """The `module.function` names of the handlers of all Python functions."""
    return frozenset(handler(function) for function in inventory.of_type(FUNCTION) if _is_python(function))


@dataclass(frozen=True, slots=True)
class Needs:
    """The changes; the functions that cannot carry them (`what` is the name), and what is raised to carry them."""

    changes: tuple[ResourceOverlay, ...]
    blocked: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()


def wanted(
    inventory: Inventory,
    handlers: Collection[str],
    reports: Mapping[str, Sequence[InvocationReport]] = MappingProxyType({}),
    tracing: Callable[[Resource], Declared] = lambda _: Declared(),
    *,
    switches: bool = True,
) -> Needs:
    """What each function, stage and workflow needs that it does not say itself. `handlers` are the `module.function`
    names whose sources are instrumented: other functions (CDK's helpers) would carry layers for nothing. `reports` are
    the REPORT lines of the functions by name, where there are any. `tracing` says how a function is traced, `switches`
    whether stages and workflows are to be traced, too."""
    images = [f for f in inventory.of_type(FUNCTION) if f.properties.get("PackageType") == "Image"]
    own = [f for f in inventory.of_type(FUNCTION) if _is_python(f) and last_two(handler(f)) in handlers]
    application = application_name([f.name for f in own], [f.stack for f in own])
    blocked, notes, changes = [], [], []
    for function in (*own, *images):
        found = tracing(function)
        change = _function(function, application, found)
        room = headroom.of(function, change.layers, _variables(change), reports.get(function.name, ()))
        if room.blocked:
            blocked.append(Skipped(function.name, room.blocked))
        else:
            changes.append(replace(change, properties={**change.properties, **room.properties}))
            notes += [f"{function.name}: {note}." for note in room.notes]
            notes += [found.sentence(function.name)] if found.tracer and not found.moves else []
    if switches:
        changes += [_switch(r, "TracingEnabled") for r in inventory.of_type(REST_STAGE)]
        changes += [_switch(r, "TracingConfiguration.Enabled") for r in inventory.of_type(STATE_MACHINE)]
    return Needs(tuple(c for c in changes if c.properties or c.layers), tuple(blocked), tuple(notes))


def _variables(change: ResourceOverlay) -> dict[str, str]:
    prefix = f"{VARIABLES}."
    return {
        path.removeprefix(prefix): str(value) for path, value in change.properties.items() if path.startswith(prefix)
    }


def merged(overlay: Overlay, changes: Sequence[ResourceOverlay]) -> Overlay:
    """The overlay with what it does not decide yet; what it says already is somebody's decision and stays."""
    for change in changes:
        old = next((r for r in overlay.resources if (r.type, r.name) == (change.type, change.name)), None)
        kept = {k: v for k, v in change.properties.items() if old is None or k not in old.properties}
        if old is None or kept or set(change.layers) - set(old.layers):
            overlay = overlay.with_resource(replace(change, properties=kept))
    return overlay


def application_name(names: Sequence[str], stacks: Sequence[str] = ()) -> str:
    """What the names have in common up to a dash, else the first stack's name, else the first name."""
    words = [name.split("-")[:-1] for name in names if "/" not in name]  # paths of constructs begin with the stack's
    common = [column[0] for column in zip(*words, strict=False) if len(set(column)) == 1] if len(words) > 1 else []
    prefix = "-".join(words[0][: len(common)]) if common and words[0][: len(common)] == common else ""
    return prefix or next((stack for stack in stacks if stack), "") or next(iter(names), "application")


def short_name(name: str, application: str) -> str:
    """A function's name within its application, that of a construct by its path."""
    return name.removeprefix(f"{application}-").removeprefix(f"{application}/").replace("/", "-") or name


def _is_python(function: Resource) -> bool:
    """A Python function from an archive: CDK writes small helpers into the template itself (`ZipFile`)."""
    code = function.properties.get("Code")
    inline = isinstance(code, Mapping) and "ZipFile" in code
    return str(function.properties.get("Runtime", "")).startswith("python3.") and not inline


def handler(function: Resource) -> str:
    """The application's handler: the function's own, or what a vendor's wrapper takes from a variable."""
    variables = _value(function, VARIABLES)
    named = variables if isinstance(variables, Mapping) else {}
    return str(next((named[name] for name in WRAPPED if name in named), function.properties.get("Handler", "")))


def last_two(handler: str) -> str:
    """`module.function` of a handler in any folder."""
    return ".".join(handler.replace("/", ".").split(".")[-2:])


def _function(function: Resource, application: str, tracing: Declared) -> ResourceOverlay:
    properties: dict[str, Any] = {
        **({} if tracing.tracer else {"TracingConfig.Mode": "Active"}),
        "LoggingConfig.LogFormat": "JSON",
        "LoggingConfig.ApplicationLogLevel": LEVEL,
        f"{VARIABLES}.POWERTOOLS_SERVICE_NAME": short_name(function.name, application),
        f"{VARIABLES}.POWERTOOLS_METRICS_NAMESPACE": application,
        f"{VARIABLES}.POWERTOOLS_LOG_LEVEL": LEVEL,
    }
    wanted_here = {} if tracing.moves else properties
    missing = {path: value for path, value in wanted_here.items() if _differs(function, path, value)}
    return ResourceOverlay(FUNCTION, function.name, missing, tracing.layers)


def _switch(resource: Resource, path: str) -> ResourceOverlay:
    missing = {path: True} if _value(resource, path) is not True else {}
    return ResourceOverlay(resource.type, resource.name, missing)


def _differs(function: Resource, path: str, wanted_value: object) -> bool:
    """True where the resource has not got the property; environment variables that somebody chose stay."""
    found = _value(function, path)
    return found is None if path.startswith(VARIABLES) or path.endswith("LogLevel") else found != wanted_value


def _value(resource: Resource, path: str) -> object:
    value: Any = resource.properties
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) or hasattr(value, "get") else None
    return value


def sentences(changes: Sequence[ResourceOverlay]) -> Iterator[str]:
    """What the changes mean, for the reader of a plan."""
    for layers, count in Counter(change.layers for change in changes if change.type == FUNCTION).items():
        functions = f"When deployed, {plural(count, 'function')} will have"
        if "powertools" not in layers:
            yield f"{functions} the runtime layer and OpenTelemetry's."
            continue
        otel = " They trace by OpenTelemetry, whose layer is the third." if "otel" in layers else ""
        yield f"{functions} tracing, JSON logs, and the Powertools and runtime layers.{otel}"
    for change in changes:
        if change.type == REST_STAGE:
            yield f"The API stage {change.name} starts traces."
        elif change.type == STATE_MACHINE:
            yield f"The workflow {change.name} is traced."


def switches_to_json(changes: Sequence[ResourceOverlay]) -> bool:
    """True where a function's log format becomes JSON."""
    return any("LoggingConfig.LogFormat" in change.properties for change in changes)
