"""Powertools Tracer on every handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shopfast_obs.instrument.interface import Codemod, Example, ModuleContext
from shopfast_obs.model.changes import Skipped

if TYPE_CHECKING:
    import libcst as cst


class AddTracer(Codemod):
    """A subsegment for the handler, and one for every AWS and HTTP call.

    The response is not recorded: a page of data would make the segment too large for the daemon, and may be private.
    """

    id = "tracer"
    title = "A traced handler, with a subsegment for every AWS call"
    rank = 40
    visible = ()
    wraps = True
    marker = "capture_lambda_handler"
    tracing = "xray"
    valid = (
        """\
from aws_lambda_powertools import Tracer

tracer = Tracer()


@tracer.capture_lambda_handler
def lambda_handler(event, context):
    return {}
""",
        """\
def helper(order):
    return order
""",
    )
    invalid = (
        Example(
            """\
import json


def lambda_handler(event, context):
    return json.dumps(event)
""",
            """\
import json

from aws_lambda_powertools import Tracer

tracer = Tracer()


@tracer.capture_lambda_handler(capture_response=False)
def lambda_handler(event, context):
    return json.dumps(event)
""",
        ),
    )

    def transform(self, module: cst.Module, context: ModuleContext) -> cst.Module | Skipped:
        """The module with `@tracer.capture_lambda_handler` on its handlers."""
        from shopfast_obs.instrument.edit.wrap import wrap

        if "otel" in context.traced:
            return Skipped(self.id, "OpenTelemetry traces it already (@traced); shopfast-obs uninstrument takes it out")
        return wrap(module, context, "tracer", "capture_lambda_handler", "(capture_response=False)")
