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
        from shopfast_obs.instrument.edit.wrap import wrap_by_name

        return wrap_by_name(module, context, self.id, NAME, SOURCE)
