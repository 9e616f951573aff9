"""`print` becomes a log call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shopfast_obs.instrument.interface import Codemod, Example, ModuleContext
from shopfast_obs.model.changes import Skipped

if TYPE_CHECKING:
    import libcst as cst


class ConvertPrints(Codemod):
    """Printed values become fields that can be searched; in an `except` block the exception's trace comes along."""

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
    logger.info("reserving %s of %s", quantity, product_id, quantity=quantity, product_id=product_id)
    try:
        update(product_id)
    except KeyError as e:
        logger.warning("update failed", error=e, exc_info=True)
""",
        ),
        Example(
            """\
import json


def receive(event):
    print("Received event: " + json.dumps(event))
    print(f"took {event['ms']:.1f} ms")
""",
            """\
import json

from observability import logger


def receive(event):
    logger.info("Received event", event=event)
    logger.info(f"took {event['ms']:.1f} ms", ms=event["ms"])
""",
        ),
    )

    def transform(self, module: cst.Module, context: ModuleContext) -> cst.Module | Skipped:
        """The module with log calls in place of prints."""
        from shopfast_obs.instrument.edit.imports import bound_names
        from shopfast_obs.instrument.edit.objects import ensure_object
        from shopfast_obs.instrument.edit.prints import PrintRewriter

        if "print" in bound_names(module, context):
            return Skipped(self.id, "print means something else here")
        counting = PrintRewriter("logger")
        module.visit(counting)
        if not counting.count:
            return module
        module, name = ensure_object(module, "logger", context)
        return module.visit(PrintRewriter(name))
