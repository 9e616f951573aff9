"""Handlers in a module: made functions where they are not, and decorated."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from shopfast_obs.instrument.edit.imports import bound_names
from shopfast_obs.instrument.edit.objects import decorator_name
from shopfast_obs.model.changes import Skipped

OUTERMOST = "observed"


def as_functions(module: cst.Module, handlers: Sequence[str]) -> tuple[cst.Module, list[Skipped]]:
    """The module with each handler that is a value (`handler = Mangum(app)`) behind a function of that name, which
    decorators need; and the handlers that cannot be worked on."""
    skipped = []
    for name in handlers:
        if _function(module, name) is not None:
            continue
        result = _behind_function(module, name)
        if isinstance(result, Skipped):
            skipped.append(result)
        else:
            module = result
    return module, skipped


def decorate(module: cst.Module, name: str, decorator: str, methods: frozenset[str]) -> cst.Module:
    """The module with the handler decorated by `decorator`, outside of what it has; the same one when one of the
    `methods` decorates it already."""
    index = _function(module, name)
    if index is None:
        return module
    function = module.body[index]
    assert isinstance(function, cst.FunctionDef)
    names = [decorator_name(d).rpartition(".")[2] for d in function.decorators]
    if methods & set(names) or function.asynchronous is not None:
        return module
    new = cst.Decorator(cst.parse_expression(decorator, config=module.config_for_parsing))
    at = 1 if names[:1] == [OUTERMOST] else 0
    changed = function.with_changes(decorators=[*function.decorators[:at], new, *function.decorators[at:]])
    return module.with_changes(body=[*module.body[:index], changed, *module.body[index + 1 :]])


def decorated(module: cst.Module, name: str, methods: frozenset[str]) -> bool:
    """True when the handler needs no such decorator: it has one, or it is nothing that could be decorated."""
    index = _function(module, name)
    if index is None:
        return True
    function = module.body[index]
    assert isinstance(function, cst.FunctionDef)
    return function.asynchronous is not None or any(
        decorator_name(d).rpartition(".")[2] in methods for d in function.decorators
    )


def _function(module: cst.Module, name: str) -> int | None:
    """The index of the last top-level function of that name."""
    found = None
    for index, statement in enumerate(module.body):
        if isinstance(statement, cst.FunctionDef) and statement.name.value == name:
            found = index
    return found


def _behind_function(module: cst.Module, name: str) -> cst.Module | Skipped:
    indexes = [i for i, statement in enumerate(module.body) if _assigns(statement, name)]
    if len(indexes) != 1:
        return Skipped(name, "it is not a function or a single assignment at the top level")
    if module.code.count(name) != 1:
        return Skipped(name, "its value is also used elsewhere in the file")
    hidden = f"_{name}"
    if hidden in bound_names(module):
        return Skipped(name, f"the name {hidden} is taken")
    line = module.body[indexes[0]]
    renamed = line.deep_replace(_target(line), cst.Name(hidden))
    text = f"def {name}(event, context):\n    return {hidden}(event, context)\n"
    function = cst.parse_statement(text, config=module.config_for_parsing)
    blank = cst.EmptyLine(indent=False)
    function = function.with_changes(leading_lines=[blank, blank])
    at = indexes[0]
    return module.with_changes(body=[*module.body[:at], renamed, function, *module.body[at + 1 :]])


def _assigns(statement: cst.CSTNode, name: str) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    node = statement.body[0]
    if not isinstance(node, cst.Assign) or len(node.targets) != 1:
        return False
    target = node.targets[0].target
    return isinstance(target, cst.Name) and target.value == name


def _target(statement: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(statement, cst.SimpleStatementLine)
    node = statement.body[0]
    assert isinstance(node, cst.Assign)
    return node.targets[0].target
