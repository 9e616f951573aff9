"""An exception that nobody hears of is logged with its trace."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from shopfast_obs.instrument.application import sources
from shopfast_obs.instrument.interface import Codemod, Example, ModuleContext
from shopfast_obs.model.changes import Skipped

if TYPE_CHECKING:
    import libcst as cst


class LogSwallowed(Codemod):
    """Where anything may be caught and nothing is said of it, one warning says what and where; the rest stays."""

    id = "swallowed"
    title = "A swallowed exception is logged with its trace"
    rank = 65
    visible = ("stdout", "log records")
    needle = "except"
    valid = (
        """\
def find(items, key):
    try:
        return items[key]
    except KeyError:
        return None
""",
        """\
def load(text):
    try:
        return parse(text)
    except Exception as problem:
        return {"error": str(problem)}
""",
        """\
def run(step):
    try:
        step()
    except Exception:
        undo(step)
        raise
""",
        """\
try:
    import orjson
except Exception:
    orjson = None
""",
    )
    invalid = (
        Example(
            """\
def notify(order):
    try:
        send(order)
    except Exception:
        pass
""",
            """\
from observability import logger


def notify(order):
    try:
        send(order)
    except Exception:
        logger.warning("notify goes on after an exception", exc_info=True)
""",
        ),
        Example(
            """\
def price(product):
    try:
        return lookup(product)
    except:  # the shop must go on
        return 0
""",
            """\
from observability import logger


def price(product):
    try:
        return lookup(product)
    except:  # the shop must go on
        logger.warning("price goes on after an exception", exc_info=True)
        return 0
""",
        ),
    )

    def sees(self, tree: ast.Module, context: ModuleContext) -> bool:
        """Only where such a block is."""
        from shopfast_obs.instrument.edit.swallowed import swallowed

        return any(swallowed(tree))

    def transform(self, module: cst.Module, context: ModuleContext) -> cst.Module | Skipped:
        """The module with a warning in each such `except` block of a function."""
        from shopfast_obs.instrument.edit.objects import ensure_object, name_for
        from shopfast_obs.instrument.edit.swallowed import SwallowedLogger, swallowed

        found = swallowed(context.tree or sources.parse(module.code))
        rewriter = SwallowedLogger(module, name_for(module, "logger", context), found, context.style)
        changed = rewriter.rewrite(module)
        return ensure_object(changed, "logger", context)[0] if rewriter.count else module
