"""Powertools Metrics on every handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shopfast_obs.instrument.interface import Codemod, Example, ModuleContext
from shopfast_obs.model.changes import Skipped

if TYPE_CHECKING:
    import libcst as cst


class AddMetrics(Codemod):
    """Metrics as EMF log lines, flushed at the end of each request, with cold starts counted."""

    id = "metrics"
    title = "Metrics, flushed by every handler, with cold starts counted"
    rank = 50
    visible = ("stdout",)
    wraps = True
    marker = "log_metrics"
    valid = (
        """\
from aws_lambda_powertools import Metrics

metrics = Metrics()


@metrics.log_metrics
def lambda_handler(event, context):
    return {}
""",
        """\
class Handler:
    def __call__(self, event, context):
        return {}
""",
    )
    invalid = (
        Example(
            """\
import os

TABLE = os.environ["TABLE"]


def lambda_handler(event, context):
    return TABLE
""",
            """\
import os

from aws_lambda_powertools import Metrics

metrics = Metrics(namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "service_undefined"))

TABLE = os.environ["TABLE"]


@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event, context):
    return TABLE
""",
        ),
    )

    def transform(self, module: cst.Module, context: ModuleContext) -> cst.Module | Skipped:
        """The module with `@metrics.log_metrics` on its handlers."""
        from shopfast_obs.instrument.edit.wrap import wrap

        return wrap(module, context, "metrics", "log_metrics", "(capture_cold_start_metric=True)")
