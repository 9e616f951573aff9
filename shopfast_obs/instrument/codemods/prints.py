"""`print` becomes a log call."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from shopfast_obs.instrument.application import sources
from shopfast_obs.instrument.interface import Codemod, Example, ModuleContext, Rewritten
from shopfast_obs.model.changes import Skipped

if TYPE_CHECKING:
    import libcst as cst


class ConvertPrints(Codemod):
    """The text stays the message; values behind it become fields that can be searched, except those that look private.
    What may be a machine's line already (JSON, metrics) stays printed."""

    id = "prints"
    title = "print() becomes a structured log call that keeps its data as fields"
    rank = 70
    visible = ("stdout", "patched names")
    needle = "print("
    valid = (
        """\
def show(order):
    print(order, end="")
""",
        """\
def export(orders, file):
    print(*orders, file=file)
""",
        """\
def main():
    return 1


if __name__ == "__main__":
    print(main())
""",
        """\
from rich import print

print("hello")
""",
        """\
import json


def measure(count):
    print(json.dumps({"_aws": {"CloudWatchMetrics": []}, "Orders": count}))
    print(count)
""",
    )
    invalid = (
        Example(
            """\
def reserve(product_id, quantity):
    print("reserving", quantity, "of", product_id)
    try:
        update(product_id)
    except KeyError as e:
        print(f"update failed: {e}")
""",
            """\
from observability import logger


def reserve(product_id, quantity):
    logger.info("reserving %s of %s", quantity, product_id)
    try:
        update(product_id)
    except KeyError as e:
        logger.info(f"update failed: {e}")
""",
        ),
        Example(
            """\
def receive(event):
    print("Received event:", event)
    print(f"for password {event['password']}")
""",
            """\
from observability import logger


def receive(event):
    logger.info("Received event:", event=event)
    logger.info(f"for password {event['password']}")
""",
        ),
    )

    def sees(self, tree: ast.Module, context: ModuleContext) -> bool:
        """Only where a statement is a call of `print`."""
        calls = (node.value for node in sources.nodes(tree) if isinstance(node, ast.Expr))
        functions = (call.func for call in calls if isinstance(call, ast.Call))
        return any(isinstance(function, ast.Name) and function.id == "print" for function in functions)

    def transform(self, module: cst.Module, context: ModuleContext) -> cst.Module | Rewritten | Skipped:
        """The module with log calls in place of prints."""
        from shopfast_obs.instrument.edit.imports import bound_names
        from shopfast_obs.instrument.edit.levels import quiet_logger
        from shopfast_obs.instrument.edit.machine_readable_lines import json_names
        from shopfast_obs.instrument.edit.objects import ensure_object, name_for
        from shopfast_obs.instrument.edit.print_calls import PrintRewriter
        from shopfast_obs.instrument.edit.unused import without_unused_import

        if context.plain:
            return Rewritten(module, context.plain)
        if "print" in bound_names(module, context):
            return Skipped(self.id, "print means something else here")
        rewriter = PrintRewriter(
            module, name_for(module, "logger", context), json_names(module, context), context.style
        )
        changed = rewriter.rewrite(module)
        if rewriter.streams:
            changed = without_unused_import(changed, "sys", context)
        note = f"{rewriter.left} may print JSON, or a value alone: a machine may read that" if rewriter.left else ""
        if rewriter.count and (quiet := quiet_logger(module, context)):
            return Rewritten(module, f"{quiet} may hide lines below its level, and prints are never hidden")
        if rewriter.count:
            module, _ = ensure_object(changed, "logger", context)
        return Rewritten(module, note) if note else module
