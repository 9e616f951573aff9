"""Powertools Logger on every handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shopfast_obs.instrument.interface import Codemod, Example, ModuleContext
from shopfast_obs.model.changes import Skipped

if TYPE_CHECKING:
    import libcst as cst


class AddLogger(Codemod):
    """Structured logs with the request's context; the correlation id comes from the `runtime` codemod's decorator."""

    id = "logger"
    title = "Structured logs with the request's context on every handler"
    rank = 30
    visible = ()
    wraps = True
    marker = "inject_lambda_context"
    valid = (
        """\
from aws_lambda_powertools import Logger

logger = Logger()


@logger.inject_lambda_context(log_event=True)
def lambda_handler(event, context):
    return {}
""",
        """\
from shared import log


@log.inject_lambda_context
def lambda_handler(event, context):
    return {}
""",
    )
    invalid = (
        Example(
            """\
def lambda_handler(event, context):
    return {}
""",
            """\
from aws_lambda_powertools import Logger

logger = Logger()


@logger.inject_lambda_context
def lambda_handler(event, context):
    return {}
""",
        ),
    )

    def transform(self, module: cst.Module, context: ModuleContext) -> cst.Module | Skipped:
        """The module with `@logger.inject_lambda_context` on its handlers."""
        from shopfast_obs.instrument.edit.wrap import wrap

        return wrap(module, context, "logger", "inject_lambda_context")
