"""What runs again at each resume of a durable function though it should not: effects, and values that decide something.

Only code of a handler itself is looked at, not what it hands to a step; and only where an operation follows at which
the execution can be resumed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shopfast_obs.model.sources import Durable, Replayed
from shopfast_obs.parse.python import durable_handlers
from shopfast_obs.parse.python.nodes import walk
from shopfast_obs.parse.python.possible_values import last_name

# What differs each time, by the last two names of the call; an empty owner is any.
_VALUES = {
    "datetime": ("now", "utcnow", "today"),
    "date": ("today",),
    "time": ("time", "time_ns"),
    "uuid": ("uuid1", "uuid4"),
    "random": ("random", "randint", "randrange", "choice", "choices", "sample", "shuffle", "uniform", "getrandbits"),
    "secrets": ("token_hex", "token_urlsafe", "token_bytes", "choice", "randbelow"),
    "os": ("urandom",),
    "": ("uuid1", "uuid4"),
}
_HTTP = ("post", "put", "patch", "delete")
_HTTP_OWNERS = ("requests", "httpx")
# Operations of AWS's clients that read; every other one on a client of the module may change something.
_READS = ("get_", "list_", "describe_", "head_", "query", "scan", "batch_get", "exceptions", "meta", "can_paginate")
OPERATIONS = frozenset(
    ("step", "wait", "invoke", "map", "parallel", "run_in_child_context", "wait_for_callback", "wait_for_condition")
)
_SECONDS = {"from_seconds": 1, "from_minutes": 60, "from_hours": 3600, "from_days": 86400, "Duration": 1}
_CLOSED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_LOGS = ("debug", "info", "warning", "error", "exception", "print", "critical", "log")


def durable(path: str, tree: ast.Module) -> Iterator[Durable]:
    """The durable handlers of a module, each with what runs again in it and how long it waits for sure."""
    clients = _clients(tree)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for name in durable_handlers.handlers(tree):
        function = functions.get(name)
        if function is None or len(function.args.args) < 2:
            yield Durable(name, path)
            continue
        context = function.args.args[1].arg
        replayed = tuple(_replayed(path, function, context, clients))
        yield Durable(name, path, function.lineno, replayed, _waits(function, context))


def _replayed(path: str, function: ast.FunctionDef, context: str, clients: frozenset[str]) -> Iterator[Replayed]:
    calls = [node for node in _own(function) if isinstance(node, ast.Call)]
    operations = [call.lineno for call in calls if _is_operation(call, context)]
    last = max(operations, default=0)
    decides = _deciding(function, context)
    for call in calls:
        if call.lineno >= last:  # nothing after it is waited for
            continue
        said = ast.unparse(call.func)
        if _has_effect(call, clients):
            yield Replayed(said, path, call.lineno, effect=True)
        elif _differs(call) and (id(call) in decides or _bound(function, call) & _used(function, context)):
            yield Replayed(said, path, call.lineno, effect=False)


def _own(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes that the function itself runs, not those of what it defines."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _CLOSED):
            waiting += ast.iter_child_nodes(node)


def _is_operation(call: ast.Call, context: str) -> bool:
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    named = isinstance(owner, ast.Name) and owner.id == context
    # `callback.result()` is one, too: the callback comes from the context.
    return (named and last_name(call.func) in OPERATIONS) or (last_name(call.func) == "result" and not call.args)


def _clients(tree: ast.Module) -> frozenset[str]:
    """Names of the module that are clients of AWS."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            text = ast.unparse(node.value.func)
            if text in ("boto3.client", "boto3.resource") or text.endswith(".Table"):
                found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(found)


def _has_effect(call: ast.Call, clients: frozenset[str]) -> bool:
    if not isinstance(call.func, ast.Attribute) or not isinstance(call.func.value, ast.Name):
        return False
    owner, name = call.func.value.id, call.func.attr
    if owner in clients:
        return not name.startswith(_READS)
    return owner in _HTTP_OWNERS and name in _HTTP


def _differs(call: ast.Call) -> bool:
    name = last_name(call.func)
    owner = last_name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    return name in _VALUES.get(owner, ())


def _deciding(function: ast.FunctionDef, context: str) -> frozenset[int]:
    """The nodes that decide where the handler goes, or what it hands to an operation."""
    roots: list[ast.AST] = []
    for node in _own(function):
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            roots.append(node.test)
        elif isinstance(node, ast.Call) and _is_operation(node, context):
            roots += [*node.args, *(keyword.value for keyword in node.keywords)]
    return frozenset(id(node) for root in roots for node in walk(root) if not isinstance(root, ast.Lambda))


def _bound(function: ast.FunctionDef, call: ast.Call) -> frozenset[str]:
    """The names that get what the call gives."""
    found: set[str] = set()
    for node in _own(function):
        if isinstance(node, ast.Assign) and any(part is call for part in walk(node.value)):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(found)


def _used(function: ast.FunctionDef, context: str) -> frozenset[str]:
    """The names that something depends on: decisions, operations, and functions that are handed to operations."""
    deciding = _deciding(function, context)
    names = {node.id for node in walk(function) if isinstance(node, ast.Name) and id(node) in deciding}
    for node in _own(function):
        if isinstance(node, ast.Lambda | ast.FunctionDef):
            logged = {id(p) for c in walk(node) if _is_log(c) for p in walk(c)}
            names |= {n.id for n in walk(node) if isinstance(n, ast.Name) and id(n) not in logged}
    return frozenset(names)


def _is_log(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) in _LOGS


def _waits(function: ast.FunctionDef, context: str) -> float:
    """Seconds that every execution waits which comes to its end."""
    total = 0.0
    for statement in function.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            call = statement.value
            if _is_operation(call, context) and last_name(call.func) == "wait":
                given = (
                    call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "duration"), None)
                )
                total += _seconds(given)
    return total


def _seconds(node: ast.expr | None) -> float:
    if not isinstance(node, ast.Call):
        return 0.0
    unit = _SECONDS.get(last_name(node.func), 0)
    value = next(iter([*node.args, *(keyword.value for keyword in node.keywords)]), None)
    if isinstance(value, ast.Constant) and isinstance(value.value, int | float):
        return float(unit * value.value)
    return 0.0
