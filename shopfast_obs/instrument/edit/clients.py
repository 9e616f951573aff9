"""Clients that a handler makes anew for each request, and whether making them once would be the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from shopfast_obs.instrument.application import sources
from shopfast_obs.instrument.edit.handlers import function_index
from shopfast_obs.instrument.edit.imports import Statement, apart

MAKERS = ("client", "resource")
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
CHANGED = re.compile(
    r"boto3\.(setup_default_session|DEFAULT_SESSION|client =|resource =)"
    r"|environ(\[[^\]]*\] =|\.(update|setdefault|pop)\()"
)


@dataclass(frozen=True, slots=True)
class Made:
    """A client in a handler: its name, the place of the statement in the body, and why it stays, if it does."""

    name: str
    index: int
    reason: str


def moved(module: cst.Module, handlers: Sequence[str], patched: str) -> tuple[cst.Module, list[str]]:
    """The module with the clients of the handlers made before them, and why others stay; `patched` says why all do."""
    reasons = []
    for handler in handlers:
        at = function_index(module, handler)
        function = module.body[at] if at is not None else None
        if at is None or not isinstance(function, cst.FunctionDef) or not isinstance(function.body, cst.IndentedBlock):
            continue
        found = list(_made(module, function))
        movable = [client for client in found if not client.reason and not patched]
        reasons += [f"{c.name} stays in the handler: {c.reason or patched}" for c in found if c not in movable]
        if movable:
            module = _before(module, at, function, movable)
    return module, reasons


def _made(module: cst.Module, function: cst.FunctionDef) -> Iterator[Made]:
    """The clients that the function makes."""
    tree = sources.parse(module.code)
    own = sources.parse(module.code_for_node(function)).body[0]
    assert isinstance(own, FUNCTIONS)
    top = {id(statement) for statement in own.body}
    for node in ast.walk(own):
        if isinstance(node, ast.Assign) and _is_client(node.value) and isinstance(node.targets[0], ast.Name):
            reason = next(_unsafe(node, tree, own, in_body=id(node) in top), "")
            index = _line(function, ast.unparse(node))
            if not reason and index < 0:
                reason = "it shares its line with something else"
            yield Made(node.targets[0].id, index, reason)


def _before(module: cst.Module, at: int, function: cst.FunctionDef, clients: Sequence[Made]) -> cst.Module:
    """The module with these clients of the function at the index made before it."""
    body: list[Statement] = [line for line in function.body.body if isinstance(line, Statement)]
    lines: list[cst.SimpleStatementLine] = []
    for client in clients:
        line = body[client.index]
        assert isinstance(line, cst.SimpleStatementLine)
        comments = [item for item in line.leading_lines if item.comment is not None]
        blank = [cst.EmptyLine(indent=False)] if not lines and at > 0 else []
        lines.append(line.with_changes(leading_lines=[*blank, *comments]))
    taken = {client.index for client in clients}
    kept = [line for index, line in enumerate(body) if index not in taken]
    if kept[0] is not body[0]:
        kept[0] = _first(kept[0])
    changed = apart(function.with_changes(body=function.body.with_changes(body=kept)))
    if at > 0 and isinstance(module.body[at - 1], cst.FunctionDef | cst.ClassDef):
        lines[0] = lines[0].with_changes(leading_lines=[cst.EmptyLine(indent=False), *lines[0].leading_lines])
    present = {_text(statement) for statement in module.body[:at]}
    new = [line for line in lines if _text(line) not in present]  # another handler's, which is moved already
    return module.with_changes(body=[*module.body[:at], *new, changed, *module.body[at + 1 :]])


def _first(statement: Statement) -> Statement:
    """The statement that is now the first of its function: no blank lines before it."""
    lines = list(statement.leading_lines)
    while lines and lines[0].comment is None:
        lines.pop(0)
    return statement.with_changes(leading_lines=lines)


def _unsafe(node: ast.Assign, tree: ast.Module, function: FUNCTIONS, *, in_body: bool) -> Iterator[str]:
    """Why the client cannot be made once."""
    target = node.targets[0]
    assert isinstance(target, ast.Name)
    if not in_body:
        yield "it is made under a condition, in a loop, in a function inside, or where its error is caught"
    if len(node.targets) > 1 or _bound(function, target.id) != 1:
        yield "the handler binds its name more than once"
    if len(function.body) == 1:
        yield "the handler does nothing else"
    others = [statement for statement in tree.body if ast.unparse(statement) != ast.unparse(node)]
    if target.id in _names_at_top(others) or _declared_global(tree, target.id):
        yield "the module has something else of its name"
    if not _is_plain_import(tree):
        yield "boto3 may mean something else here"
    if CHANGED.search(ast.unparse(tree)):
        yield "the module changes boto3's session or the environment that it reads"
    constants = set(_constants(tree))
    values = [value for call in _calls(node.value) for value in (*call.args, *(k.value for k in call.keywords))]
    if not all(_is_constant(value, constants) for value in values) or any(
        keyword.arg is None for call in _calls(node.value) for keyword in call.keywords
    ):
        yield "what it is made of is only known in the request"


def _is_client(value: ast.expr) -> bool:
    """True for `boto3.client(...)` and `boto3.resource(...).Table(...)`."""
    calls = list(_calls(value))
    func = calls[-1].func if calls else None
    if not isinstance(func, ast.Attribute) or func.attr not in MAKERS:
        return False
    return isinstance(func.value, ast.Name) and func.value.id == "boto3"


def _calls(value: ast.expr) -> Iterator[ast.Call]:
    """The calls of a chain, the last first. Only `.Name(...)` is followed: such parts of a resource ask nobody."""
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        yield value
        if not value.func.attr[:1].isupper():
            return
        value = value.func.value


def _line(function: cst.FunctionDef, text: str) -> int:
    for index, line in enumerate(function.body.body):
        if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 and _text(line) == text:
            return index
    return -1


def _text(statement: cst.CSTNode) -> str:
    """The statement without its formatting and comments; empty for what is no simple one."""
    if not isinstance(statement, cst.SimpleStatementLine):
        return ""
    return ast.unparse(sources.parse(cst.Module([statement]).code.strip()))


def _bound(function: FUNCTIONS, name: str) -> int:
    count = 0
    for node in ast.walk(function):
        count += isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
        count += isinstance(node, ast.arg) and node.arg == name
        count += isinstance(node, ast.alias) and (node.asname or node.name) == name
        count += isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.FunctionDef) and node.name == name
        count += isinstance(node, ast.Global | ast.Nonlocal) and name in node.names
    return count


def _names_at_top(body: Sequence[ast.stmt]) -> set[str]:
    """Names that these statements bind outside of functions and classes."""
    names: set[str] = set()
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, FUNCTIONS | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        if not isinstance(node, FUNCTIONS | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return names


def _declared_global(tree: ast.Module, name: str) -> bool:
    return any(isinstance(node, ast.Global) and name in node.names for node in ast.walk(tree))


def _is_plain_import(tree: ast.Module) -> bool:
    """True when `boto3` is what `import boto3` at the top makes it, everywhere."""
    imports = sum(
        isinstance(node, ast.Import) and any(a.name == "boto3" and not a.asname for a in node.names)
        for node in tree.body
    )
    names = sum(isinstance(n, ast.Name) and n.id == "boto3" and not isinstance(n.ctx, ast.Load) for n in ast.walk(tree))
    names += sum(isinstance(n, ast.arg) and n.arg == "boto3" for n in ast.walk(tree))
    aliases = sum(isinstance(n, ast.alias) and (n.asname or n.name) == "boto3" for n in ast.walk(tree))
    return (imports, names, aliases) == (1, 0, 1)


def _constants(tree: ast.Module) -> Iterator[str]:
    """Names that the module binds once, at its top, to a plain value."""
    everything = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)]
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if isinstance(node.value, ast.Constant) and everything.count(name) == 1:
                yield name


def _is_constant(value: ast.expr, constants: set[str]) -> bool:
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Name) and value.id in constants)
