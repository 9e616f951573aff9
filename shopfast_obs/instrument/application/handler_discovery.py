"""Which functions of a source are Lambda handlers, when only the source is known."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from shopfast_obs import confine
from shopfast_obs.instrument.application import sources
from shopfast_obs.model.changes import Skipped
from shopfast_obs.parse.python import durable_handlers

HINT = re.compile(rb"def\s+\w*handler\w*\s*\(|handler\s*(?::[^=\n]*)?=|\(\s*_*event\w*\s*[:,]|\(\s*\w*event\s*[:,]")
MOST_HOPS = 4  # from a module that only imports the handler to the one that has it
# Methods of an object that decorate what it calls: custom resources, routers, events, commands.
REGISTERING = re.compile(
    r"(poll_)?(create|update|delete)|get|post|put|patch|options|head|route|any|resolver|(batch_)?resolve|field|query"
    r"|mutation|schedule|authorizer|middleware|on|on_\w+|event|events|subscribe|listen|listener|register"
    r"|(request_|exception_|error_)?handler|errorhandler|not_found|task|job|command|action|intent|hook|before\w*|after\w*"
)
REGISTRARS = frozenset({"register", "route", "subscribe", "listener", "task", "command", "on_event"})
NAMES = ("lambda_handler", "handler")
EVENT = re.compile(r"^_*(\w*event|evt|request|e|_)$|^_*event\w*$")
CONTEXT = re.compile(r"^_*(\w*context\w*|ctx|c|_+)$")


def may_have_handlers(source: bytes) -> bool:
    """False for a source that cannot define a handler; cheap, and says nothing for sure when True."""
    if durable_handlers.NEEDLE.encode() in source:
        return True
    return (b"handler" in source or b"event" in source) and HINT.search(source) is not None


def find(tree: ast.Module) -> tuple[str, ...]:
    """The names of the handlers by convention: `lambda_handler` and `handler`, every durable one, and every top-level
    function of an event and a context that the module does not use itself."""
    functions = {
        n.name: n
        for n in _top(tree.body)
        if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef) and not _is_registered(n)
    }
    inner = _called(functions)
    named = tuple(
        name for name in NAMES if name in functions and _parameters(functions[name]) is not None and name not in inner
    )
    values = tuple(_resolved(name, node, functions) for name, node in _assigned(tree) if name in NAMES)
    durable = tuple(name for name in durable_handlers.handlers(tree) if name not in inner)
    used = _used(tree)
    shaped = tuple(name for name, node in functions.items() if _is_shaped(node) and name not in used)
    return tuple(dict.fromkeys([*named, *(value for value in values if value), *durable, *shaped]))


def marks(tree: ast.Module, names: Sequence[str]) -> frozenset[str]:
    """The last parts of the decorators (`log_metrics`) that all definitions of all these handlers have."""
    found = [
        (node.name, {_last(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list})
        for node in _top(tree.body)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in names
    ]
    complete = bool(found) and {name for name, _ in found} == set(names)
    return frozenset(set.intersection(*(marks for _, marks in found))) if complete else frozenset()


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def has(tree: ast.Module, name: str) -> bool:
    """True when the module binds the name at its top level."""
    functions = (n.name for n in _top(tree.body) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    return name in functions or any(bound == name for bound, _ in _assigned(tree))


def defined(folder: Path, name: str) -> tuple[Path, str] | Skipped:
    """The file and the function behind a declared handler (`folder/module.function`), also where the module only
    imports it from another one of the folder; Skipped when it is not there."""
    module, _, function = name.replace("/", ".").rpartition(".")
    path = _module_file(folder, module)
    for _ in range(MOST_HOPS):
        if path is None:
            break
        source = sources.read(path)
        if isinstance(source, Skipped):
            return source
        try:
            tree = sources.parse(source.data)
        except (SyntaxError, ValueError, RecursionError) as problem:
            return Skipped(str(path), sources.unparseable(problem), unread=True)
        if has(tree, function):
            return path, _alias(tree, function)
        origin = _imported_from(tree, function)
        if origin is None:
            return Skipped(str(path), f"it has no function {function}, which {name} names")
        level, module, function = origin
        bases = [[path.parent, *path.parent.parents][level - 1]] if level else [path.parent, folder]
        top = confine.project(folder)
        files = (_module_file(base, module) for base in bases)
        path = next((file for file in files if file and file.resolve().is_relative_to(top)), None)
    return Skipped(str(folder), f"no source of the handler {name} was found in it", unread=True)


def _alias(tree: ast.Module, name: str) -> str:
    """The function that `handler = function` stands for, else the name itself."""
    functions = {n.name: n for n in _top(tree.body) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    values = dict(_assigned(tree))
    return (_resolved(name, values[name], functions) or name) if name in values else name


def _imported_from(tree: ast.Module, name: str) -> tuple[int, str, str] | None:
    """Level, module and name of `from module import name as handler` at the top."""
    for node in _top(tree.body):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return node.level, node.module or "", alias.name
    return None


def _module_file(folder: Path, module: str) -> Path | None:
    path = folder.joinpath(*module.split(".")) if module else folder
    for candidate in (path.with_suffix(".py") if module else path / "__init__.py", path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str] | None:
    """The names of the two that Lambda passes, or None when the function does not take exactly two."""
    arguments = node.args
    positional = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    required = len(positional) - len(arguments.defaults)
    if arguments.vararg is not None and required <= 2:
        return positional
    needs_more = any(default is None for default in arguments.kw_defaults)
    return positional if len(positional) >= 2 and required <= 2 and not needs_more else None


def _is_shaped(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """`def anything(event, context)`: the names say it, because many functions take two of something."""
    names = _parameters(node)
    return (
        names is not None
        and len(names) == 2
        and EVENT.match(names[0]) is not None
        and CONTEXT.match(names[1]) is not None
        and (len(names[0].strip("_")) > 1 or len(names[1].strip("_")) > 1)
        and ("event" in names[0] or "context" in names[1] or "ctx" in names[1])
    )


def _is_registered(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """`@helper.create`, `@app.get("/")`, `@register`: a framework calls it, and Lambda calls that."""
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Attribute) and REGISTERING.fullmatch(called.attr):
            return True
        if isinstance(called, ast.Name) and called.id in REGISTRARS:
            return True
    return False


def _top(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that bind names of the module, also those under a condition."""
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With):
            blocks = [node.body, getattr(node, "orelse", []), getattr(node, "finalbody", [])]
            blocks += [handler.body for handler in getattr(node, "handlers", [])]
            for block in blocks:
                yield from _top(block)


def _called(functions: Mapping[str, ast.FunctionDef | ast.AsyncFunctionDef]) -> set[str]:
    """Functions that a handler by name calls: `lambda_handler` around `handler` is the one that Lambda knows."""
    return {
        node.id
        for name, function in functions.items()
        if name in NAMES and isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id != name
    }


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in _top(tree.body):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value


def _resolved(name: str, value: ast.expr, functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef]) -> str:
    """The function behind `handler = other`; the name itself for calls and attributes; empty for plain data."""
    if isinstance(value, ast.Name):
        return value.id if value.id in functions else name
    if name in functions:
        return ""
    chosen = isinstance(value, ast.IfExp) and isinstance(value.body, ast.Name) and value.body.id in functions
    return name if chosen or isinstance(value, ast.Call | ast.Attribute | ast.Lambda) else ""


def _used(tree: ast.Module) -> set[str]:
    """Names that the module reads: a function that it calls, decorates with or passes on is a helper."""
    names = (node for node in sources.nodes(tree) if isinstance(node, ast.Name))
    return {node.id for node in names if isinstance(node.ctx, ast.Load)} - {
        node.value.id
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and isinstance(node.targets[0], ast.Name)
    }
