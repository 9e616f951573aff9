"""The layers that an overlay can add: the public Powertools one, and our runtime built from this package."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aws_cdk import Aws, CfnResource, Stack, Token
from aws_cdk import aws_lambda as lambda_

from shopfast_obs.constructs import resources
from shopfast_obs.facts import partitions, whole
from shopfast_obs.model.overlay import Layer
from shopfast_obs.runtime.bundle import contents, opentelemetry

RUNTIME_LAYER, OTEL_LAYER = "ShopfastObsRuntime", "ShopfastObsOtel"
OLDEST_OTEL = 10  # the minor version of Python that OpenTelemetry's packages need
MOST_LAYERS = whole("lambda-max-layers")
Contents = Callable[[], Iterator[tuple[str, bytes]]]


class UnfitError(Exception):
    """The function cannot take the layer; the message says why."""


def append(function: CfnResource, layers: tuple[Layer, ...]) -> None:
    """Put the layers after the function's own; one that is there already is not added again. Raises UnfitError."""
    present = resources.resolved(function, getattr(function, "layers", None)) or []
    wanted = [_MAKERS[layer](function) for layer in layers if not _carries(present, layer)]
    if len(present) + len(wanted) > MOST_LAYERS:
        raise UnfitError(f"would have {len(present) + len(wanted)} layers, Lambda allows {MOST_LAYERS}")
    if wanted:
        function.add_property_override("Layers", [*present, *wanted])


def _carries(present: list[Any], layer: Layer) -> bool:
    return layer == "powertools" and "AWSLambdaPowertoolsPython" in json.dumps(present)


def _powertools(function: CfnResource) -> str:
    runtime = str(resources.resolved(function, getattr(function, "runtime", "")) or "")
    if not runtime.startswith("python3."):
        raise UnfitError(f"has the runtime {runtime or 'of an image'!r}, the Powertools layer is for Python")
    architectures = resources.resolved(function, getattr(function, "architectures", None)) or ["x86_64"]
    known = Stack.of(function).region
    region = Aws.REGION if Token.is_unresolved(known) else known
    arn = partitions.powertools_layer(known, runtime, architectures[0])
    if arn is None:
        raise UnfitError(f"is in {known}, where nobody publishes a Powertools layer")
    return arn.replace(known, region)


def _runtime(function: CfnResource) -> str:
    return _own(function, RUNTIME_LAYER, contents, "What instrumented functions import: correlation and a last word")


def _otel(function: CfnResource) -> str:
    runtime = str(resources.resolved(function, getattr(function, "runtime", "")) or "")
    minor = runtime.removeprefix("python3.")
    if not minor.isdigit() or int(minor) < OLDEST_OTEL:
        raise UnfitError(f"has the runtime {runtime or 'of an image'!r}, OpenTelemetry needs python3.{OLDEST_OTEL}")
    return _own(function, OTEL_LAYER, opentelemetry, "OpenTelemetry's API and SDK for Python")


def _own(function: CfnResource, name: str, content: Contents, description: str) -> str:
    """The ARN of a layer of ours, made once in a stack."""
    stack = Stack.of(function)
    made = stack.node.try_find_child(name)
    if made is None:
        with TemporaryDirectory() as folder:
            stage(Path(folder), content)
            code = lambda_.Code.from_asset(folder)  # copied at once
            made = lambda_.LayerVersion(stack, name, code=code, description=description)
    assert isinstance(made, lambda_.LayerVersion)
    return str(made.layer_version_arn)


_MAKERS: Mapping[Layer, Callable[[CfnResource], str]] = {
    "powertools": _powertools,
    "runtime": _runtime,
    "otel": _otel,
}


def stage(folder: Path, content: Contents = contents) -> None:
    """Write a layer's content under `python/`: this package's runtime, unless it is another's."""
    for name, data in content():
        path = folder / "python" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
