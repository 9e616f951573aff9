"""Instrumentation of deployed functions without their source: the plan, from what the Lambda API says of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shopfast_obs.analysis.tracers import of_settings
from shopfast_obs.errors import UserError
from shopfast_obs.facts import partitions
from shopfast_obs.instrument.application.tracing import Declared
from shopfast_obs.instrument.infrastructure import headroom, permissions
from shopfast_obs.instrument.infrastructure.overlay import LEVEL, application_name, short_name
from shopfast_obs.model.changes import LiveChange, Plan, RoleChange, Skipped
from shopfast_obs.model.counts import plural
from shopfast_obs.model.overlay import LAYERS, Layer, Tracing
from shopfast_obs.model.resources import FUNCTION, Resource

COMMAND = "instrument --live"
HANDLER = "shopfast_obs.runtime.wrap.handler"
ORIGINAL = "SHOPFAST_OBS_HANDLER"
ROOT_LEVEL = "SHOPFAST_OBS_ROOT_LEVEL"
RETENTION_DAYS = 30
OLD_POWERTOOLS = "AWSLambdaPowertoolsPythonV2"
TRACING = "SHOPFAST_OBS_TRACING"
NO_TRACER = "none"  # of ours: another traces it
XRAY_OFF = "AWS_XRAY_SDK_ENABLED"  # so that a Tracer of the source's own does not trace beside OpenTelemetry
WRAPPING = frozenset({ORIGINAL, TRACING})  # what the wrapper reads, whatever the function says itself
OURS: tuple[Layer, ...] = ("runtime", "otel")  # the layers that we publish
Configuration = Mapping[str, Any]


def image(configuration: Configuration, retention: int | None) -> dict[str, Any]:
    """What of a function we may change, in the form that the API takes it back."""
    group = f"/aws/lambda/{configuration['FunctionName']}"
    logging = {"LogFormat": "Text", "LogGroup": group} | dict(configuration.get("LoggingConfig") or {})
    return {
        "Handler": configuration.get("Handler", ""),
        "Timeout": configuration.get("Timeout", 3),
        "MemorySize": configuration.get("MemorySize", 128),
        "Environment": {"Variables": dict((configuration.get("Environment") or {}).get("Variables") or {})},
        "Layers": [
            layer["Arn"] if isinstance(layer, Mapping) else layer for layer in configuration.get("Layers") or ()
        ],
        "TracingConfig": {"Mode": (configuration.get("TracingConfig") or {}).get("Mode", "PassThrough")},
        "LoggingConfig": logging,
        "RetentionInDays": retention,
    }


def layers(region: str, ours: Mapping[Layer, str]) -> dict[Layer, str]:
    """The ARNs of the layers in a region, `ours` among them. Raises UserError where nobody publishes the Powertools
    layer."""
    powertools = partitions.powertools_layer(region, "{runtime}", "{architecture}")
    if powertools is None:
        raise UserError(f"Nobody publishes a Powertools layer in {region}.", "Put it into the package instead.")
    return {"powertools": powertools, **ours}


@dataclass(frozen=True, slots=True)
class AccountState:
    """What is known around the functions: whether each role may send traces (absent: could not be read), the stack of
    each function that belongs to one, and what could not be read."""

    permitted: Mapping[str, bool] = field(default_factory=dict)
    stacks: Mapping[str, str] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()


def role_of(configuration: Configuration) -> str:
    """The name of the function's role."""
    return str(configuration.get("Role", "")).rpartition("/")[2]


def plan(
    functions: Sequence[tuple[Configuration, int | None]],
    layers: Mapping[Layer, str],
    target: str,
    around: AccountState | None = None,
    tracing: Tracing = "xray",
) -> Plan:
    """The plan for these functions (configuration, and retention of the log group); `layers` are the ARNs to add, in
    which `{architecture}` and `{runtime}` stand for the function's. `tracing` is the way of those that no tracer of
    others traces."""
    names = [str(configuration["FunctionName"]) for configuration, _ in functions]
    application = application_name(names)
    changes, skipped, told = [], list[Skipped](), list[str]()
    for configuration, retention in functions:
        name = str(configuration["FunctionName"])
        before = image(configuration, retention)
        resource = Resource(FUNCTION, name, properties={**configuration, "Layers": before["Layers"]})
        other = of_settings(resource)
        found = Declared(LAYERS["xray"], other.name) if other else Declared(LAYERS[tracing])
        variables = _variables(name, application, before) | _tracing_variables(found)
        room = headroom.of(resource, found.layers, variables, code=_code(configuration))
        reason = _reason(configuration, before, tracing) or room.blocked
        if reason:
            skipped.append(Skipped(name, reason))
            continue
        after = _after(configuration, before, variables, [layers[layer] for layer in found.layers])
        if found.tracer:
            after["TracingConfig"] = before["TracingConfig"]
            told.append(found.sentence(name))
        revision, role = str(configuration.get("RevisionId", "")), role_of(configuration)
        changes.append(LiveChange(name, before, after, revision, role))
    around = around or AccountState()
    active = [change for change in changes if change.after["TracingConfig"]["Mode"] == "Active"]
    needing = dict.fromkeys(change.role for change in active if around.permitted.get(change.role) is False)
    roles = tuple(RoleChange(role, permissions.POLICY, None, permissions.DOCUMENT) for role in needing)
    notes = (*_sentences(changes, roles, around), *told) if changes else ()
    return Plan(COMMAND, (), notes, tuple(skipped), tuple(changes), roles, target)


def _sentences(changes: Sequence[LiveChange], roles: Sequence[RoleChange], around: AccountState) -> Iterator[str]:
    """What the changes mean, for the reader of a plan."""
    functions = plural(len(changes), "function")
    yield f"A wrapper, layers, tracing and JSON logs come to {functions} at once, source untouched."
    if roles:
        names = ", ".join(role.role for role in roles)
        blind = f"{plural(len(roles), 'role')} that may not send traces yet"
        yield f"The inline policy {permissions.POLICY} comes to {blind}: {names}."
    stacks = Counter(around.stacks[change.function] for change in changes if change.function in around.stacks)
    for stack, count in stacks.items():
        yield (
            f"The CloudFormation stack {stack} has {count} of them: its next deployment takes this back. What "
            "shall stay belongs into its template (instrument --template), or into the overlay of its CDK app."
        )
    yield from around.gaps


def _code(configuration: Configuration) -> int:
    """Bytes of the function's archive and its layers' as the API tells them; unpacked they are more."""
    layers = configuration.get("Layers") or ()
    sizes = [layer.get("CodeSize", 0) for layer in layers if isinstance(layer, Mapping)]
    return int(configuration.get("CodeSize", 0)) + sum(map(int, sizes))


def _reason(configuration: Configuration, before: Mapping[str, Any], tracing: Tracing) -> str:
    runtime = str(configuration.get("Runtime", ""))
    if configuration.get("PackageType") != "Image" and not runtime.startswith("python3."):
        return f"its runtime is {runtime or 'unknown'}, not Python"
    variables = before["Environment"]["Variables"]
    if before["Handler"] == HANDLER and ORIGINAL in variables:
        way = variables.get(TRACING, "xray")
        differs = way not in (tracing, NO_TRACER)
        other = f", with tracing by {way}: shopfast-obs undo comes before another way" if differs else ""
        return f"it is instrumented already{other}"
    if before["Handler"] == HANDLER:
        return ""
    if any(headroom.LAYER_NAMES["runtime"] in arn for arn in before["Layers"]):
        return "its source is instrumented already: it has the runtime layer"
    if any(OLD_POWERTOOLS in arn for arn in before["Layers"]):
        return "it has version 2 of the Powertools layer, and ours needs version 3 in its place"
    return ""


def _variables(name: str, application: str, before: Mapping[str, Any]) -> dict[str, str]:
    # Lambda sets the root logger to INFO with JSON logs; what text logs did not write is not written now.
    text = before["LoggingConfig"]["LogFormat"] != "JSON"
    return {
        ORIGINAL: str(before["Handler"]),
        **({ROOT_LEVEL: "WARNING"} if text else {}),
        "POWERTOOLS_SERVICE_NAME": short_name(name, application),
        "POWERTOOLS_METRICS_NAMESPACE": application,
        "POWERTOOLS_LOG_LEVEL": LEVEL,
    }


def _tracing_variables(tracing: Declared) -> dict[str, str]:
    """What tells the wrapper how to trace, where that is not by Powertools' Tracer."""
    if tracing.tracer:
        return {TRACING: NO_TRACER}
    return {TRACING: "otel", XRAY_OFF: "false"} if "otel" in tracing.layers else {}


def _after(
    configuration: Configuration, before: Mapping[str, Any], variables: Mapping[str, str], layers: Sequence[str]
) -> dict[str, Any]:
    """The settings with ours: variables and levels that somebody chose stay, their layers come first and in order."""
    own = before["Environment"]["Variables"]
    architecture = (configuration.get("Architectures") or ["x86_64"])[0]
    runtime = str(configuration.get("Runtime", "")).replace(".", "")
    wanted = [arn.format(architecture=architecture, runtime=runtime) for arn in layers]
    wrapping = {name: value for name, value in variables.items() if name in WRAPPING}
    logging = {"ApplicationLogLevel": LEVEL, "SystemLogLevel": "INFO", **before["LoggingConfig"], "LogFormat": "JSON"}
    return {
        **before,
        "Handler": HANDLER,
        "Environment": {"Variables": {**variables, **own, **wrapping}},
        "Layers": [*before["Layers"], *(arn for arn in wanted if _base(arn) not in map(_base, before["Layers"]))],
        "TracingConfig": {"Mode": "Active"},
        "LoggingConfig": logging,
        "RetentionInDays": before["RetentionInDays"] or RETENTION_DAYS,
    }


def _base(arn: str) -> str:
    """A layer without its version."""
    return arn.rpartition(":")[0]
