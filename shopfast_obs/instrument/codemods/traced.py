"""OpenTelemetry on every handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shopfast_obs.instrument.codemods.runtime import SOURCE
from shopfast_obs.instrument.interface import Codemod, Example, ModuleContext
from shopfast_obs.model.changes import Skipped

if TYPE_CHECKING:
    import libcst as cst

NAME = "traced"
MIGRATE = "shopfast-obs instrument --migrate xray-to-otel"


class AddTraced(Codemod):
    """With `--tracing otel`: a span for the handler, and one for every AWS and HTTP call, by OpenTelemetry.

    A source that the X-Ray SDK traces already, also through Powertools' Tracer, is moved by `--migrate xray-to-otel`.
    """

    id = "tracer"
    title = "A handler traced by OpenTelemetry, with a span for every AWS call"
    rank = 41
    visible = ()
    wraps = True
    marker = NAME
    tracing = "otel"
    valid = (
        """\
from shopfast_obs.runtime import traced


@traced
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

from shopfast_obs.runtime import traced


@traced
def lambda_handler(event, context):
    return json.dumps(event)
""",
        ),
    )

    def transform(self, module: cst.Module, context: ModuleContext) -> cst.Module | Skipped:
        """The module with `@traced` on its handlers."""
        from shopfast_obs.instrument.edit.wrap import wrap_by_name

        if "xray" in context.traced:
            return Skipped(self.id, f"the X-Ray SDK traces it already; move it with: {MIGRATE}")
        return wrap_by_name(module, context, self.id, NAME, SOURCE)
