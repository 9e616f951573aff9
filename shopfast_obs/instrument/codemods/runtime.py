"""Correlation and the deadline guard around every handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shopfast_obs.instrument.interface import Codemod, Example, ModuleContext
from shopfast_obs.model.changes import Skipped

if TYPE_CHECKING:
    import libcst as cst

SOURCE = "shopfast_obs.runtime"
NAME = "observed"


class AddRuntime(Codemod):
    """The decorator of the layer, outermost: one correlation id across services, and evidence kept before a timeout."""

    id = "runtime"
    title = "One correlation id across services, and evidence that survives a timeout"
    rank = 60
    visible = ("answers",)
    wraps = True
    marker = "observed"
    valid = (
        """\
from shopfast_obs.runtime import observed


@observed
def lambda_handler(event, context):
    return {}
""",
        """\
async def lambda_handler(event, context):
    return {}
""",
    )
    invalid = (
        Example(
            """\
@authorized
def lambda_handler(event, context):
    return {}
""",
            """\
from shopfast_obs.runtime import observed


@observed
@authorized
def lambda_handler(event, context):
    return {}
""",
        ),
    )

    def transform(self, module: cst.Module, context: ModuleContext) -> cst.Module | Skipped:
        """The module with `@observed` outermost on its handlers."""
        from shopfast_obs.instrument.edit.handlers import decorate, decorated
        from shopfast_obs.instrument.edit.imports import add_import, bound_names, imported_as

        local = imported_as(module, NAME, SOURCE) or NAME
        methods = frozenset({local})
        missing = [name for name in context.handlers if not decorated(module, name, methods)]
        if not missing:
            return module
        if not imported_as(module, NAME, SOURCE):
            if NAME in bound_names(module, context):
                return Skipped(self.id, f"the name {NAME} already means something else")
            module = add_import(module, SOURCE, NAME, NAME, context)
        for handler in missing:
            module = decorate(module, handler, local, methods)
        return module
