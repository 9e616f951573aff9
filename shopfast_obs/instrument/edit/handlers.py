"""Handlers in a module: made functions where they are not, and decorated."""

# ruff: noqa: N802 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

import ast
from collections.abc import Sequence

import libcst as cst

from shopfast_obs.instrument.application import sources
from shopfast_obs.instrument.edit.imports import names_in
from shopfast_obs.instrument.edit.objects import DECORATOR_OF, decorator_name
from shopfast_obs.model.changes import Skipped

OUTERMOST = "observed"


def as_functions(module: cst.Module, handlers: Sequence[str]) -> tuple[cst.Module, list[Skipped]]:
    """The module with each handler that is a value (`handler = Mangum(app)`) behind a function of that name, which
    decorators need; and the handlers that cannot be worked on."""
    skipped = []
    for name in handlers:
        if found := definitions(module, name):
            if any(map(_is_bare_coroutine, found)):
                skipped.append(Skipped(name, "it is a coroutine function, which Lambda does not await"))
            continue
        result = _behind_function(module, name)
        if isinstance(result, Skipped):
            skipped.append(result)
        else:
            module = result
    return module, skipped


def decorate(module: cst.Module, name: str, decorator: str, methods: frozenset[str]) -> cst.Module:
    """The module with the handler decorated by `decorator`, outside of what it has, wherever it is defined; where one
    of the `methods` decorates it already, it stays."""
    new = cst.Decorator(cst.parse_expression(decorator, config=module.config_for_parsing))
    index = function_index(module, name)
    if index is None:
        changed = module.visit(_Decorating(name, new, methods))
        return module if changed.deep_equals(module) else changed
    function = module.body[index]
    assert isinstance(function, cst.FunctionDef)
    changed_function = _with(function, new, methods)
    if changed_function is function:
        return module
    return module.with_changes(body=[*module.body[:index], changed_function, *module.body[index + 1 :]])


def _with(function: cst.FunctionDef, decorator: cst.Decorator, methods: frozenset[str]) -> cst.FunctionDef:
    names = [decorator_name(d).rpartition(".")[2] for d in function.decorators]
    if methods & set(names) or _is_bare_coroutine(function):
        return function
    at = 1 if names[:1] == [OUTERMOST] else 0
    return function.with_changes(decorators=[*function.decorators[:at], decorator, *function.decorators[at:]])


class _Decorating(cst.CSTTransformer):
    """Decorates the definitions of a handler that stand under conditions."""

    def __init__(self, name: str, decorator: cst.Decorator, methods: frozenset[str]) -> None:
        super().__init__()
        self._name, self._decorator, self._methods = name, decorator, methods

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        """What is inside of a function is not the module's."""
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        """Nor what is inside of a class."""
        return False

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        """The function with the decorator, when it is the handler."""
        if updated_node.name.value != self._name:
            return updated_node
        return _with(updated_node, self._decorator, self._methods)


def decorated(module: cst.Module, name: str, methods: frozenset[str]) -> bool:
    """True when the handler needs no such decorator: it has one, or it is nothing that could be decorated."""
    return all(
        _is_bare_coroutine(function)
        or any(decorator_name(d).rpartition(".")[2] in methods for d in function.decorators)
        for function in definitions(module, name)
    )


def _is_bare_coroutine(function: cst.CSTNode) -> bool:
    """True for an `async def` that no decorator of its own makes something that Lambda can call."""
    if not isinstance(function, cst.FunctionDef) or function.asynchronous is None:
        return False
    names = {decorator_name(d).rpartition(".")[2] for d in function.decorators}
    return names <= {*DECORATOR_OF.values(), OUTERMOST}


def definitions(module: cst.Module, name: str) -> list[cst.FunctionDef]:
    """The function of that name: the last one at the top level, else each that is defined under a condition, unless
    something else is bound to the name as well."""
    index = function_index(module, name)
    if index is not None:
        function = module.body[index]
        assert isinstance(function, cst.FunctionDef)
        return [function]
    finding = _Definitions(name)
    for statement in module.body:
        if not isinstance(statement, cst.SimpleStatementLine | cst.ClassDef | cst.FunctionDef):
            statement.visit(finding)
        elif _assigns(statement, name):
            return []
    return [] if finding.bound else finding.found


class _Definitions(cst.CSTVisitor):
    """Finds the definitions of a name in blocks of the module, and whether something else is bound to it there."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.found: list[cst.FunctionDef] = []
        self.bound = False
        self._name = name

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        """One of them, perhaps; nothing inside of it is."""
        if node.name.value == self._name:
            self.found.append(node)
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        """A method is none."""
        return False

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> bool:
        """An assignment is something else."""
        self.bound |= _assigns(node, self._name)
        return False


def function_index(module: cst.Module, name: str) -> int | None:
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
    if _mentions(module, name) != 1:
        return Skipped(name, "its value is also used elsewhere in the file")
    hidden = f"_{name}"
    if hidden in names_in(sources.parse(module.code)):
        return Skipped(name, f"the name {hidden} is taken")
    line = module.body[indexes[0]]
    target = _target(line)
    assert target is not None
    renamed = line.deep_replace(target, cst.Name(hidden))
    text = f"def {name}(event, context):\n    return {hidden}(event, context)\n"
    function = cst.parse_statement(text, config=module.config_for_parsing)
    blank = cst.EmptyLine(indent=False)
    function = function.with_changes(leading_lines=[blank, blank])
    at = indexes[0]
    return module.with_changes(body=[*module.body[:at], renamed, function, *module.body[at + 1 :]])


def _mentions(module: cst.Module, name: str) -> int:
    """How often the module's own name is read, bound or made global; an attribute of that name is another's."""
    count = 0
    for node in ast.walk(sources.parse(module.code)):
        count += isinstance(node, ast.Name) and node.id == name
        count += isinstance(node, ast.Global) and name in node.names
    return count


def _assigns(statement: cst.CSTNode, name: str) -> bool:
    target = _target(statement)
    return isinstance(target, cst.Name) and target.value == name


def _target(statement: cst.CSTNode) -> cst.BaseExpression | None:
    """What `x = value` or `x: T = value` binds; None for anything else."""
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return None
    node = statement.body[0]
    if isinstance(node, cst.AnnAssign) and node.value is not None:
        return node.target
    if isinstance(node, cst.Assign) and len(node.targets) == 1:
        return node.targets[0].target
    return None
