"""The X-Ray SDK in Lambda with Powertools' tracer, and OpenTelemetry's, for programs that run in this process."""

import logging
import os
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from typing import Any

from aws_lambda_powertools import Tracer
from aws_xray_sdk import global_sdk_config
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.lambda_launcher import LambdaContext
from aws_xray_sdk.core.sampling.local.sampler import LocalSampler

from shopfast_obs.runtime import observed
from shopfast_obs.runtime.threads import carry_opentelemetry
from tests.runtime.async_programs import Part
from tests.runtime.async_runs import ROOT, TRACE, Run, events, sent_by

_parents = count(1)


@contextmanager
def in_lambda() -> Iterator[list[str]]:
    """The SDK as in a fresh environment of Lambda; what its emitter is given."""
    documents: list[str] = []

    class Emitter:
        def send_entity(self, entity: Any) -> None:
            documents.append(entity.serialize())

    before = xray_recorder.context, xray_recorder.emitter, xray_recorder.streaming_threshold, xray_recorder.sampler
    header, enabled = os.environ.get("_X_AMZN_TRACE_ID"), global_sdk_config.sdk_enabled()
    config, Tracer._config = Tracer._config, dict(Tracer._default_config)
    global_sdk_config.set_sdk_enabled(True)
    xray_recorder.configure(context=LambdaContext(), emitter=Emitter(), streaming_threshold=0, sampler=LocalSampler())
    log = logging.getLogger("aws_lambda_powertools.tracing")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield documents
    finally:
        xray_recorder.context, xray_recorder.emitter, xray_recorder.streaming_threshold, xray_recorder.sampler = before
        log.setLevel(level)
        Tracer._config = config
        global_sdk_config.set_sdk_enabled(enabled)
        os.environ.pop("_X_AMZN_TRACE_ID", None)
        if header is not None:
            os.environ["_X_AMZN_TRACE_ID"] = header


def invocation(*, sampled: bool = True, trace: str = TRACE) -> str:
    """A new trace header in the environment, as Lambda sets one for each invocation; its parent's id."""
    parent = f"{next(_parents):016x}"
    os.environ["_X_AMZN_TRACE_ID"] = f"Root={trace};Parent={parent};Sampled={int(sampled)}"
    return parent


class XRay:
    """Parts by the SDK's recorder and Powertools' tracer."""

    def __init__(self) -> None:
        self.tracer = Tracer(service="s", disabled=False, auto_patch=False)
        self.synchronous = xray_recorder.in_subsegment
        self.asynchronous = xray_recorder.in_subsegment_async

    def decorated(self, name: str, function: Any) -> Any:
        """The function, traced by Powertools under that name."""
        function.__module__, function.__qualname__ = "m", f"/{name}"
        return self.tracer.capture_method(function, capture_response=False)


def by_xray(program: Part, documents: list[str]) -> tuple[Run, list[dict[str, Any]]]:
    """The run of a program in one invocation, and the parts that were sent."""
    invocation()
    del documents[:]
    spans = XRay()
    run = Run(spans)

    @observed
    @spans.tracer.capture_lambda_handler(capture_response=False)
    def root(event: Any, context: Any) -> None:
        run.program(program)

    root(*events())
    for thread in run.left:
        thread.join()
    return run, sent_by(documents)


class OpenTelemetry:
    """Parts by OpenTelemetry's tracer."""

    def __init__(self, tracer: Any) -> None:
        self.synchronous = tracer.start_as_current_span
        self._tracer = tracer

    @asynccontextmanager
    async def asynchronous(self, name: str) -> Any:
        """The part of a task."""
        with self._tracer.start_as_current_span(name):
            yield

    def decorated(self, name: str, function: Any) -> Any:
        """The function as a span of that name."""
        return self._tracer.start_as_current_span(name)(function)


def by_opentelemetry(program: Part) -> tuple[Run, list[dict[str, Any]]]:
    """The run of a program below one span, and the spans that were finished."""
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("programs")
    run = Run(OpenTelemetry(tracer))
    carry_opentelemetry()
    with tracer.start_as_current_span(ROOT):
        run.program(program)
    for thread in run.left:
        thread.join()
    spans = exporter.get_finished_spans()
    return run, [
        {
            "id": span.context.span_id,
            "parent_id": span.parent.span_id if span.parent else None,
            "name": span.name,
            "failed": span.status.status_code.name == "ERROR",
        }
        for span in spans
    ]
