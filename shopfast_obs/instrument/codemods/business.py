"""Functions that a plan of business metrics names are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from shopfast_obs.instrument.interface import Codemod, Example, ModuleContext
from shopfast_obs.model.changes import Skipped

if TYPE_CHECKING:
    import libcst as cst

NAME = "counted"


class CountBusiness(Codemod):
    """One decorator a metric, innermost, so that it sees what the function itself returns or raises."""

    id = "business"
    title = "Business metrics of the functions that a plan file names"
    rank = 62
    visible = ("stdout",)
    plan: ClassVar[str] = """\
metrics:
  - metric: OrdersPlaced
    function: logic.place
    when: {status: [CREATED, PENDING]}
    dimensions:
      channel: [web, app]
  - metric: PaymentsDeclined
    function: logic.Till.charge
    outcome: error
    when: {type: PaymentDeclined}
"""
    valid = (
        """\
from shopfast_obs.runtime import counted


@counted("OrdersPlaced", when={"status": ("CREATED", "PENDING")}, dimensions={"channel": ("web", "app")})
def place(order):
    return order
""",
        """\
def refund(order):
    return order
""",
    )
    invalid = (
        Example(
            """\
def place(order):
    return order
""",
            """\
from shopfast_obs.runtime import counted


@counted("OrdersPlaced", when={"status": ("CREATED", "PENDING")}, dimensions={"channel": ("web", "app")})
def place(order):
    return order
""",
        ),
        Example(
            """\
from shopfast_obs.runtime import counted


class Till:
    @staticmethod
    @counted("PaymentsDeclined")
    def charge(order):
        raise PaymentDeclined(order)
""",
            """\
from shopfast_obs.runtime import counted


class Till:
    @staticmethod
    @counted("PaymentsDeclined", outcome="error", when={"type": ("PaymentDeclined",)})
    def charge(order):
        raise PaymentDeclined(order)
""",
        ),
    )

    def concerns(self, source: str, context: ModuleContext) -> bool:
        """Only where the plan names a function of the module."""
        return bool(context.metrics)

    def transform(self, module: cst.Module, context: ModuleContext) -> cst.Module | Skipped:
        """The module with its functions counted; one that the plan names and the module has not is said."""
        from shopfast_obs.instrument.codemods.runtime import SOURCE
        from shopfast_obs.instrument.edit.counting import Counting
        from shopfast_obs.instrument.edit.imports import add_import, bound_names, imported_as

        local = imported_as(module, NAME, SOURCE)
        if not local and NAME in bound_names(module, context):
            return Skipped(self.id, f"the name {NAME} already means something else")
        counting = Counting(local or NAME, context.metrics, module, context.style.limit)
        changed = module.visit(counting)
        if not counting.changed:
            return module
        return changed if local else add_import(changed, SOURCE, NAME, NAME, context)
