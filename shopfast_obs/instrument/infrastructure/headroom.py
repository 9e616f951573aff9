"""Whether a function can carry instrumentation: what Lambda would refuse, who is there already, and time and memory.

Instrumenters break small functions: 128 MB that were enough are not with a library more, and a 3 s timeout that just
held no longer does. What is measured here is what ours adds; where that is too much, timeout and memory rise with it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shopfast_obs.analysis import tracers
from shopfast_obs.analysis.sizing.recommendation import cpu_share, percentile
from shopfast_obs.facts import fact, whole
from shopfast_obs.model.overlay import Layer
from shopfast_obs.model.resources import Resource
from shopfast_obs.model.telemetry import InvocationReport

ADDED_MB = (
    24  # resident memory of Powertools with the X-Ray SDK and the runtime layer, beside boto3 (bench/instrument.py)
)
ADDED_SECONDS = 0.32  # of CPU, once in an execution environment
FIRST_USE = 0.02  # of those, in the first invocation, at the function's CPU share
FULL = 0.95  # of the memory; above it Python starts to fail
ROOM = 1.25  # memory is sized so that this much of the need fits
STEP_MB = 64
MOST_SECONDS = whole("lambda-max-timeout")
MOST_MB = whole("lambda-max-memory")
MOST_LAYERS = whole("lambda-max-layers")
LARGEST_PACKAGE = whole("lambda-max-package")  # bytes, unpacked, with all layers
# Unpacked: `aws-lambda-powertools[all]` without what the Lambda runtime has already, and ours.
LAYER_BYTES: Mapping[Layer, int] = {"powertools": 45 << 20, "runtime": 1 << 20, "otel": 4 << 20}
LARGEST_ENVIRONMENT = whole("lambda-max-environment")  # bytes of all names and values
LAYERED = frozenset(fact("powertools-layer-pythons").value)  # versions of Python
WEB_ADAPTER = "/opt/bootstrap"  # the start-up script of the Lambda Web Adapter, which calls no handler
LAYER_NAMES: Mapping[Layer, str] = {
    "powertools": "AWSLambdaPowertoolsPython",
    "runtime": "ShopfastObsRuntime",
    "otel": "ShopfastObsOtel",
}


@dataclass(frozen=True, slots=True)
class Headroom:
    """What stands against instrumenting a function (empty: nothing), and the sizes that it needs, with reasons."""

    blocked: str = ""
    properties: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def of(
    function: Resource,
    layers: Sequence[Layer],
    variables: Mapping[str, str],
    reports: Sequence[InvocationReport] = (),
    *,
    code: int = 0,
) -> Headroom:
    """The room that a function has for these layers and variables; time and memory from its REPORT lines, if any.
    `code` is the size of its package and its layers in bytes, as far as it is known."""
    blocked = next(_obstacles(function, layers, variables, code), "")
    if blocked:
        return Headroom(blocked)
    memory, timeout = _number(function, "MemorySize"), _number(function, "Timeout")
    if memory is None or timeout is None:
        return Headroom()
    present = [report for report in reports if report.memory_size_mb == memory]
    properties: dict[str, int] = {}
    notes = []
    if wanted := _memory(present, memory):
        properties["MemorySize"] = wanted
        used = max(report.max_memory_mb for report in present)
        notes.append(f"MemorySize {memory} becomes {wanted}: {used} MB are in use, and {ADDED_MB} MB come in addition")
    if wanted := _timeout(present, memory, timeout):
        properties["Timeout"] = wanted
        notes.append(f"Timeout {timeout} becomes {wanted}: it answers late already, and its first request gets later")
    return Headroom("", properties, tuple(notes))


def _obstacles(function: Resource, layers: Sequence[Layer], variables: Mapping[str, str], code: int) -> Iterator[str]:
    if function.properties.get("PackageType") == "Image":
        yield "it is a container image, which takes no layers: install aws-lambda-powertools[tracer] in the image"
    if tracers.wrapper_script(function) == WEB_ADAPTER:
        yield f"the Lambda Web Adapter ({tracers.WRAPPER} {WEB_ADAPTER}) runs it, and calls no handler"
    runtime = str(function.properties.get("Runtime", ""))
    if runtime.startswith("python") and runtime.removeprefix("python") not in LAYERED:
        yield f"there is no Powertools layer for its runtime {runtime}"
    architectures = function.properties.get("Architectures") or ["x86_64"]
    if isinstance(architectures, list) and not set(map(str, architectures)) <= {"x86_64", "arm64"}:
        yield f"there is no Powertools layer for its architecture {architectures[0]}"
    own = function.properties.get("Layers") or []
    missing = [layer for layer in layers if LAYER_NAMES[layer] not in str(own)]
    if isinstance(own, list) and len(own) + len(missing) > MOST_LAYERS:
        yield f"it would have {len(own) + len(missing)} layers, Lambda allows {MOST_LAYERS}"
    unpacked = code + sum(LAYER_BYTES[layer] for layer in missing)
    if unpacked > LARGEST_PACKAGE:
        yield f"it would have {unpacked >> 20} MB unpacked with the layers, Lambda allows {LARGEST_PACKAGE >> 20}"
    size = _environment_size({**variables, **_variables(function)})
    if size > LARGEST_ENVIRONMENT:
        yield f"its environment would have {size} bytes, Lambda allows {LARGEST_ENVIRONMENT}"


def _variables(function: Resource) -> dict[str, Any]:
    environment = function.properties.get("Environment")
    variables = environment.get("Variables") if isinstance(environment, Mapping) else None
    return dict(variables) if isinstance(variables, Mapping) else {}


def _environment_size(variables: Mapping[str, Any]) -> int:
    """Bytes as Lambda counts them; what a template leaves open counts as an ARN."""
    return sum(len(name.encode()) + (len(v.encode()) if isinstance(v, str) else 60) for name, v in variables.items())


def _number(function: Resource, name: str) -> int | None:
    try:
        return int(function.effective(name))
    except (TypeError, ValueError, OverflowError):
        return None


def _memory(reports: Sequence[InvocationReport], memory: int) -> int | None:
    need = max((report.max_memory_mb for report in reports), default=0) + ADDED_MB
    if not reports or need <= FULL * memory:
        return None
    return min(MOST_MB, math.ceil(max(need * ROOM, memory + STEP_MB) / STEP_MB) * STEP_MB)


def _timeout(reports: Sequence[InvocationReport], memory: int, timeout: int) -> int | None:
    """More time where answers that came in time no longer would; one that never comes in time has other needs."""
    good = [report.duration for report in reports if report.status != "timeout"]
    if not good:
        return None
    need = percentile(good, 0.99) + ADDED_SECONDS + FIRST_USE / cpu_share(memory)
    return min(MOST_SECONDS, math.ceil(need * ROOM)) if need > timeout else None
