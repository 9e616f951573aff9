"""How long what a function makes is kept: for a request, or for the life of the environment."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from shopfast_obs.parse.python.nodes import nodes, walk
from shopfast_obs.parse.python.possible_values import Function, functions, last_name

_CACHES = ("cache", "lru_cache", "cached_property")
_CREDENTIALS = "aws_access_key_id"
MOST_STEPS = 5  # from a name to its value


class Lifetimes:
    """The functions of some modules that run when these are imported, and never in a request."""

    def __init__(self, modules: Sequence[ast.Module]) -> None:
        self._keys: dict[int, str] = {}
        at_import: set[str] = set()
        used: defaultdict[str, set[int]] = defaultdict(set)  # by whom a name is used; 0 stands for anybody
        for tree in modules:
            self._keys |= {id(function): key for function, key in _called_as(tree)}
            inside = {id(node): id(function) for function in functions(tree) for node in walk(function)}
            called = {id(node.func) for node in nodes(tree) if isinstance(node, ast.Call)}
            for node in nodes(tree):
                name = last_name(node) if isinstance(node, ast.Name | ast.Attribute) else ""
                if not name or _is_target(node):
                    continue
                if id(node) not in called:
                    used[name].add(0)  # who is given a function may call it whenever
                elif id(node) in inside:
                    used[name].add(inside[id(node)])
                else:
                    at_import.add(name)
        self._once = {one for one, key in self._keys.items() if key in at_import or key in used}
        self._narrow(used)

    def _narrow(self, used: dict[str, set[int]]) -> None:
        """Leave only functions that nothing else than their like calls."""
        while gone := {one for one in self._once if used.get(self._keys[one], set()) - self._once - {one}}:
            self._once -= gone

    def once(self, function: Function) -> bool:
        """True for a function that runs at the import of its module only, or whose result is kept."""
        marks = [last_name(mark.func if isinstance(mark, ast.Call) else mark) for mark in function.decorator_list]
        return id(function) in self._once or any(mark in _CACHES for mark in marks)


def kept(node: ast.expr, function: Function) -> bool:
    """True where the function puts what the expression gives where the next request finds it: into a global name, or
    into an entry or attribute of one of the module; and for what `async with` ends by itself."""
    shared = {name for part in walk(function) if isinstance(part, ast.Global) for name in part.names}
    own = _locals(function)
    for part in walk(function):
        if isinstance(part, ast.Assign | ast.AnnAssign) and part.value is not None:
            targets = part.targets if isinstance(part, ast.Assign) else [part.target]
            if _holds(part.value, node) and any(_is_kept(target, shared, own) for target in targets):
                return True
        elif isinstance(part, ast.If) and _named(part.test) & shared:  # `if _table is None:`, with steps in between
            if any(_holds(inner, node) for inner in part.body):
                return True
        elif isinstance(part, ast.AsyncWith) and any(_holds(item.context_expr, node) for item in part.items):
            return True
    return False


def _holds(whole: ast.AST, node: ast.expr) -> bool:
    return any(inner is node for inner in walk(whole))


def _named(node: ast.expr) -> set[str]:
    return {part.id for part in walk(node) if isinstance(part, ast.Name)}


def of_request(node: ast.Call, function: Function) -> bool:
    """True where a client is made of what only the request knows: credentials, a region or an address that is a
    parameter or a local value of the function, or a session of such."""
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    given = [*node.args[1:], *(keyword.value for keyword in node.keywords if keyword.arg != "service_name")]
    local = _assigned(function)
    names = _locals(function)
    if any(keyword.arg == _CREDENTIALS for keyword in node.keywords):
        return True
    if isinstance(owner, ast.Call):
        given += [*owner.args, *(keyword.value for keyword in owner.keywords)]
    elif isinstance(owner, ast.Name) and owner.id in names:
        given.append(owner)
    return any(_depends(value, names, local) for value in given)


def _depends(value: ast.expr, names: set[str], local: dict[str, ast.expr], depth: int = 0) -> bool:
    """True where the value has a local name in it that stands for no constant."""
    for part in walk(value):
        if isinstance(part, ast.Name) and part.id in names:
            made = local.get(part.id)
            if made is None or depth == MOST_STEPS or _depends(made, names, local, depth + 1):
                return True
        elif isinstance(part, ast.keyword) and part.arg == _CREDENTIALS:
            return True
    return False


def _called_as(tree: ast.Module) -> Iterator[tuple[Function, str]]:
    """Each function with the name by which it is called: a constructor by its class."""
    owners = {
        id(inner): node.name
        for node in nodes(tree)
        if isinstance(node, ast.ClassDef)
        for inner in node.body
        if isinstance(inner, Function) and inner.name in ("__init__", "__new__", "__post_init__")
    }
    for function in functions(tree):
        yield function, owners.get(id(function), function.name)


def _is_target(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Store)


def _is_kept(target: ast.expr, shared: set[str], own: set[str]) -> bool:
    if isinstance(target, ast.Name):
        return target.id in shared
    base = target.value if isinstance(target, ast.Subscript | ast.Attribute) else None
    return isinstance(base, ast.Name) and base.id not in own


def _locals(function: Function) -> set[str]:
    """The parameters and the names that the function gives values to, but for global ones."""
    arguments = function.args
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    names = {one.arg for one in (*given, *(one for one in (arguments.vararg, arguments.kwarg) if one))}
    names |= {part.id for part in walk(function) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    return names - {name for part in walk(function) if isinstance(part, ast.Global) for name in part.names}


def _assigned(function: Function) -> dict[str, ast.expr]:
    """The values of local names that are given one in one place."""
    found: defaultdict[str, list[ast.expr]] = defaultdict(list)
    for part in walk(function):
        if isinstance(part, ast.Assign) and len(part.targets) == 1 and isinstance(part.targets[0], ast.Name):
            found[part.targets[0].id].append(part.value)
    stored = Counter(
        part.id for part in walk(function) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    )
    return {name: values[0] for name, values in found.items() if len(values) == 1 and stored[name] == 1}
