"""What a handler reads of its event, from its source: keys, lists, texts that are JSON, and what they are compared
with."""

from __future__ import annotations

import ast
import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

DEEPEST = 3  # functions of the module that an event is followed into
SAME = {
    "decode",
    "strip",
    "lower",
    "upper",
    "copy",
    "deepcopy",
    "unquote_plus",
    "unquote",
    "str",
    "dict",
    "list",
    "sorted",
}
NUMBERS = {"int", "float", "Decimal"}
TIME = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Step(Enum):
    """A step into a value that is no key: an element of a list, the value in JSON text, the bytes in base64."""

    ITEM = "item"
    TEXT = "text"
    BASE64 = "base64"


@dataclass
class Read:
    """A value that is read: what is read of it, and the constants that it is compared with."""

    parts: dict[str | Step, Read] = field(default_factory=dict)
    constants: list[Any] = field(default_factory=list)
    number: bool = False

    def part(self, step: str | Step) -> Read:
        """What is read at a key or a step."""
        return self.parts.setdefault(step, Read())


def of(tree: ast.Module, name: str) -> Read:
    """What the top-level function of that name reads of its first parameter; nothing without such a function."""
    functions = {node.name: node for node in tree.body if isinstance(node, Function)}
    event = Read()
    if (function := functions.get(name)) and (parameters := _parameters(function)):
        _Reader(functions, {parameters[0]: event}, (name,)).follow(function)
    return event


def _parameters(function: Function) -> list[str]:
    return [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]


class _Reader(ast.NodeVisitor):
    """Follows the event through the statements of a function, in their order."""

    def __init__(self, functions: Mapping[str, Function], known: dict[str, Read], inside: tuple[str, ...]) -> None:
        self._functions, self._known, self._inside = functions, known, inside

    def follow(self, function: Function) -> None:
        for statement in function.body:
            self.visit(statement)

    def _read(self, node: ast.expr | None) -> Read | None:
        """The value of an expression, where it is the event's."""
        found: Read | None = None
        match node:
            case ast.Name(id=name):
                found = self._known.get(name)
            case ast.Subscript(value=value, slice=index) if (read := self._read(value)) is not None:
                found = self._indexed(read, index)
            case ast.Call():
                found = self._called(node)
            case ast.BoolOp(values=values):
                found = next((read for each in values if (read := self._read(each)) is not None), None)
            case ast.IfExp(body=body, orelse=other):
                found = self._read(body) or self._read(other)
            case ast.NamedExpr(target=target, value=value):
                found = self._read(value)
                self._bind(target, found)
            case ast.Await(value=value):
                found = self._read(value)
        return found

    @staticmethod
    def _indexed(read: Read, index: ast.expr) -> Read | None:
        match index:
            case ast.Constant(value=str(key)):
                return read.part(key)
            case ast.Constant() | ast.UnaryOp():
                return read.part(Step.ITEM)
            case ast.Slice():
                return read
        return None

    def _called(self, call: ast.Call) -> Read | None:
        first = call.args[0] if call.args else None
        name, owner = _named(call.func)
        if name in ("get", "pop", "setdefault") and isinstance(first, ast.Constant) and isinstance(first.value, str):
            read = self._read(owner)
            return read.part(first.value) if read is not None else None
        if name in ("loads", "b64decode") and (read := self._read(first)) is not None:
            return read.part(Step.TEXT if name == "loads" else Step.BASE64)
        if name in SAME | NUMBERS:
            read = self._read(first) or self._read(owner)
            if read is not None and name in NUMBERS:
                read.number = True
            return read
        return None

    def _bind(self, target: ast.expr, read: Read | None) -> None:
        if isinstance(target, ast.Name):
            self._known.pop(target.id, None)
            if read is not None:
                self._known[target.id] = read

    def visit_Assign(self, node: ast.Assign) -> None:
        """A name for what is read."""
        self.visit(node.value)
        for target in node.targets:
            self._bind(target, self._read(node.value))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """The same, with a type."""
        if node.value is not None:
            self.visit(node.value)
            self._bind(node.target, self._read(node.value))

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        """The same within an expression."""
        self.visit(node.value)
        self._read(node)

    def _loop(self, target: ast.expr, over: ast.expr) -> None:
        self.visit(over)
        if isinstance(over, ast.Call) and _named(over.func)[0] == "enumerate" and isinstance(target, ast.Tuple):
            target, over = target.elts[-1], over.args[0]
        read = self._read(over)
        self._bind(target, read.part(Step.ITEM) if read is not None else None)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        """Each element of what is read."""
        self._loop(node.target, node.iter)
        for statement in (*node.body, *node.orelse):
            self.visit(statement)

    visit_AsyncFor = visit_For  # noqa: N815 - ast's name

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        for each in node.generators:
            self._loop(each.target, each.iter)
            for condition in each.ifs:
                self.visit(condition)
        for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            self.visit(part)

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _comprehension  # noqa: N815 - ast's names

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """What stands there, also where nothing has its name."""
        self._read(node)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """The same; a function of the module that gets some of the event is followed."""
        self._read(node)
        self.generic_visit(node)
        name, _ = _named(node.func)
        if name in ("strptime", "fromisoformat") and node.args and (read := self._read(node.args[0])) is not None:
            read.constants.append(_time(node))
        function = self._functions.get(name)
        if function is not None and name not in self._inside and len(self._inside) <= DEEPEST:
            pairs = [*zip(_parameters(function), node.args, strict=False), *((k.arg, k.value) for k in node.keywords)]
            known = {p: read for p, value in pairs if p and (read := self._read(value)) is not None}
            if known:
                _Reader(self._functions, known, (*self._inside, name)).follow(function)

    def visit_Compare(self, node: ast.Compare) -> None:
        """The constants that what is read is compared with, and keys that are asked for by `in`."""
        self.generic_visit(node)
        sides = [node.left, *node.comparators]
        for one, other, operator in zip(sides, sides[1:], node.ops, strict=False):
            if (
                isinstance(operator, ast.In | ast.NotIn)
                and isinstance(one, ast.Constant)
                and isinstance(one.value, str)
            ):
                read = self._read(other)
                _ = read.part(one.value) if read is not None else None
            for value, against in ((one, other), (other, one)):
                if (read := self._read(value)) is not None:
                    read.constants += _constants(against)

    def visit_Match(self, node: ast.Match) -> None:
        """The same, for the values of its cases."""
        read = self._read(node.subject)
        for case in node.cases if read is not None else ():
            if isinstance(case.pattern, ast.MatchValue) and read is not None:
                read.constants += _constants(case.pattern.value)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """What is calculated with is a number."""
        self.generic_visit(node)
        if isinstance(node.op, ast.Sub | ast.Mult | ast.Div | ast.FloorDiv):
            for side in (node.left, node.right):
                if (read := self._read(side)) is not None:
                    read.number = True


def _named(function: ast.expr) -> tuple[str, ast.expr | None]:
    """The name of what is called, and what it is an attribute of."""
    if isinstance(function, ast.Attribute):
        return function.attr, function.value
    return (function.id if isinstance(function, ast.Name) else ""), None


def _constants(node: ast.expr) -> Iterator[Any]:
    for each in node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else (node,):
        if isinstance(each, ast.Constant) and isinstance(each.value, str | int | float):
            yield each.value


def _time(call: ast.Call) -> str:
    form = call.args[1] if len(call.args) > 1 else None
    if isinstance(form, ast.Constant) and isinstance(form.value, str):
        return TIME.strftime(form.value)
    return TIME.isoformat()
