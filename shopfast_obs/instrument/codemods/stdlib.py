"""The standard library's logging becomes the Powertools Logger."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from shopfast_obs.instrument.interface import Codemod, Example, ModuleContext, Rewritten
from shopfast_obs.model.changes import Skipped

if TYPE_CHECKING:
    import libcst as cst


class ConvertLogging(Codemod):
    """The module's logger is the Powertools one, and the values of messages become fields beside them."""

    id = "logging"
    title = "The standard library's logger becomes the structured one; values become fields"
    rank = 20
    visible = ("stdout", "log records", "patched names")
    needle = "logging"
    valid = (
        """\
import logging

log = logging.getLogger(__name__)
log.addHandler(logging.StreamHandler())
""",
        """\
import logging


def verbose(flag):
    logger = logging.getLogger("x" if flag else "y")
    logger.info("here")
""",
        """\
import logging

logger = logging.getLogger()  # at WARNING in Lambda


def rotate(secret):
    logger.info("rotating %s", secret)
""",
    )
    invalid = (
        Example(
            """\
import logging

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def store(order):
    logger.info("stored %s", order["id"])
    logging.warning("slow")
""",
            """\
from observability import logger


def store(order):
    logger.info("stored", order_id=order["id"])
    logger.warning("slow")
""",
        ),
        Example(
            """\
import logging

log = logging.getLogger()
log.setLevel(logging.INFO)


def lambda_handler(event, context):
    log.info(f"Event: {event}")
""",
            """\
from observability import logger as log


def lambda_handler(event, context):
    log.info("Event:", event=event)
""",
        ),
    )

    def sees(self, tree: ast.Module, context: ModuleContext) -> bool:
        """Only where the module imports `logging`."""
        return any(
            node.module == "logging"
            if isinstance(node, ast.ImportFrom)
            else any(alias.name == "logging" for alias in node.names)
            for node in tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
        )

    def transform(self, module: cst.Module, context: ModuleContext) -> cst.Module | Rewritten | Skipped:
        """The module with its logger replaced."""
        from shopfast_obs.instrument.edit.stdlib import replace_logger

        return Rewritten(module, context.plain) if context.plain else replace_logger(module, context)
