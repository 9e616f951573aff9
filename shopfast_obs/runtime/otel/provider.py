"""The OpenTelemetry of an execution environment: set up once, unless the application or a wrapper has its own."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider, sampling
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import Link, SpanKind
from opentelemetry.util.types import Attributes

from shopfast_obs.runtime import switches
from shopfast_obs.runtime.otel import propagation
from shopfast_obs.runtime.otel.collector import Collector

SCOPE = "shopfast_obs"
OFF = ("OTEL_SDK_DISABLED", "POWERTOOLS_TRACE_DISABLED")
SIGNALS = "OTEL_AWS_APPLICATION_SIGNALS_ENABLED"  # makes metrics of spans, of those of unsampled traces as well


class Ids(IdGenerator):
    """Ids as X-Ray takes them. They come from the system: a generator's state would be the same in every environment
    that starts from one snapshot, or one process."""

    def generate_span_id(self) -> int:
        """Eight bytes."""
        return int.from_bytes(os.urandom(8), "big") or 1

    def generate_trace_id(self) -> int:
        """The invocation's, else one whose first four bytes are the time."""
        at_hand = propagation.incoming()
        if at_hand is not None:
            return at_hand.trace_id
        return int(time.time()) << 96 | int.from_bytes(os.urandom(12), "big")

    def is_trace_id_random(self) -> bool:
        """Not all of it."""
        return False


class AsAsked(sampling.Sampler):
    """What the trace header says, which is how X-Ray's sampling reaches a function."""

    def __init__(self) -> None:
        asked = os.environ.get(SIGNALS, "").lower() == "true"
        self._unsampled = sampling.Decision.RECORD_ONLY if asked else sampling.Decision.DROP

    def should_sample(  # noqa: PLR0917 - the API's
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: trace.TraceState | None = None,
    ) -> sampling.SamplingResult:
        """As the parent, or the invocation where a span has none."""
        parent = trace.get_current_span(parent_context).get_span_context()
        found = parent if parent.is_valid else propagation.incoming()
        sampled = found is not None and found.trace_flags.sampled
        return sampling.SamplingResult(sampling.Decision.RECORD_AND_SAMPLE if sampled else self._unsampled, attributes)

    def get_description(self) -> str:
        """Its name."""
        return "as the X-Ray trace header says"


class Tracing:
    """Our provider with its parts."""

    def __init__(self) -> None:
        about = _resource()
        self.collector = Collector(about)
        self.provider = TracerProvider(
            sampler=AsAsked(), resource=Resource(about), shutdown_on_exit=False, id_generator=Ids()
        )
        self.provider.add_span_processor(self.collector)
        self.tracer = self.provider.get_tracer(SCOPE)
        self.handler: trace.Span | None = None  # of the invocation at hand


_own: Tracing | None = None


def prepare() -> None:
    """Make our provider, in an environment's init. It becomes the global one at the first invocation: the application
    may bring its own until then."""
    global _own  # noqa: PLW0603 - one an execution environment
    if _own is None and is_on() and _is_free():
        _own = Tracing()


def own() -> Tracing | None:
    """Our provider, where spans are made by it; None where another one is the global one, or there is none."""
    if _own is None:
        return None
    if _is_free():
        trace.set_tracer_provider(_own.provider)
    return _own if trace.get_tracer_provider() is _own.provider else None


def is_on() -> bool:
    """Whether this is a function in Lambda, and tracing is not switched off."""
    off = any(os.environ.get(name, "").strip().lower() in ("true", "1") for name in OFF)
    return switches.in_lambda() and not off


def _is_free() -> bool:
    return isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def _resource() -> dict[str, Any]:
    """What every span is of, by the semantic conventions; OTEL_RESOURCE_ATTRIBUTES adds to it."""
    name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
    found: dict[str, Any] = {
        "service.name": name,
        "cloud.provider": "aws",
        "cloud.platform": "aws_lambda",
        "cloud.region": os.environ.get("AWS_REGION", ""),
        "faas.name": name,
        "faas.version": os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", ""),
        "faas.instance": os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME", ""),
        "telemetry.sdk.language": "python",
        "telemetry.sdk.name": "opentelemetry",
    }
    memory = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
    if memory.isdigit():
        found["faas.max_memory"] = int(memory) * 1024 * 1024
    for pair in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "").split(","):
        key, equals, value = pair.partition("=")
        if equals:
            found[key.strip()] = value.strip()
    found["service.name"] = os.environ.get("OTEL_SERVICE_NAME") or found["service.name"] or "unknown_service"
    return {key: value for key, value in found.items() if value != ""}
