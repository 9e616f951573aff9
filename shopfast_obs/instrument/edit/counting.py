"""Functions of a module by the name that a plan gives them, decorated with what counts them."""

# ruff: noqa: N802 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

import ast
from collections.abc import Mapping

import libcst as cst

from shopfast_obs.instrument.business import BusinessMetric
from shopfast_obs.instrument.edit.layout import fitted
from shopfast_obs.instrument.edit.objects import decorator_name


class Counting(cst.CSTTransformer):
    """Puts a decorator on each function of the plan; one that counts the same metric otherwise is replaced."""

    def __init__(
        self, counted: str, metrics: Mapping[str, tuple[BusinessMetric, ...]], module: cst.Module, limit: int
    ) -> None:
        super().__init__()
        self.changed = False
        self._counted, self._metrics, self._module, self._limit = counted, metrics, module, limit
        self._names: list[str] = []

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        """Its methods go by its name."""
        self._names.append(node.name.value)
        return True

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:
        """Out of the class again."""
        self._names.pop()
        return updated_node

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        """A function inside of another cannot be named."""
        return False

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        """The function with its decorators."""
        decorators = list(updated_node.decorators)
        for metric in self._metrics.get(".".join((*self._names, updated_node.name.value)), ()):
            expression = cst.parse_expression(metric.call(self._counted), config=self._module.config_for_parsing)
            if isinstance(expression, cst.Call):
                indent = self._module.default_indent
                left = len((indent * len(self._names)).expandtabs())
                expression = fitted(expression, left + 1, self._limit, indent, left=left)
            if any(_meaning(d.decorator) == _meaning(expression) for d in decorators):
                continue
            self.changed = True
            same = [i for i, d in enumerate(decorators) if self._counts(d, metric.metric)]
            if same:
                decorators[same[0]] = decorators[same[0]].with_changes(decorator=expression)
            else:
                decorators.append(cst.Decorator(expression))
        unchanged = decorators == list(updated_node.decorators)
        return updated_node if unchanged else updated_node.with_changes(decorators=decorators)

    def _counts(self, decorator: cst.Decorator, metric: str) -> bool:
        call = decorator.decorator
        if decorator_name(decorator) != self._counted or not isinstance(call, cst.Call) or not call.args:
            return False
        first = call.args[0].value
        return isinstance(first, cst.SimpleString) and first.evaluated_value == metric


def _meaning(expression: cst.BaseExpression) -> str:
    """The expression without its formatting."""
    return ast.dump(ast.parse(cst.Module([]).code_for_node(expression), mode="eval"))
