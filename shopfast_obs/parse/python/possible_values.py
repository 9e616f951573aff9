"""What the expressions of some Python modules may stand for: constants, locals, and what functions are called with."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from shopfast_obs.parse.python.nodes import nodes

MOST_STEPS = 5  # from a name to its value
MOST_VALUES = 20  # of one name; more than that is no list of constants
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Values:
    """The constants of the modules, and the arguments of their functions."""

    def __init__(self, modules: Sequence[ast.Module]) -> None:
        self._constants: dict[str, ast.expr] = {}
        self._given: defaultdict[tuple[str, str], list[ast.expr]] = defaultdict(list)
        signatures = {f.name: parameters(f) for tree in modules for f in functions(tree)}
        for tree in modules:
            self._constants.update(_assigned(tree.body))
        for tree in modules:
            for node in nodes(tree):
                if isinstance(node, ast.Call):
                    self._note(node, signatures)

    def _note(self, node: ast.Call, signatures: Mapping[str, list[str]]) -> None:
        name = last_name(node.func)
        for parameter, value in zip(signatures.get(name, ()), node.args, strict=False):
            self._given[name, parameter].append(value)
        for keyword in node.keywords:
            if name in signatures and keyword.arg:
                self._given[name, keyword.arg].append(keyword.value)

    def resolved(self, value: ast.expr | None, function: Function | None) -> ast.expr | None:
        """What a name stands for in its function or as a constant of a module; another expression as it is."""
        for _ in range(MOST_STEPS):
            if not isinstance(value, ast.Name | ast.Attribute):
                break
            name = last_name(value)
            local = _assigned(function.body).get(name) if function is not None and isinstance(value, ast.Name) else None
            found = local or self._constants.get(name)
            if found is None or found is value:
                break
            value = found
        return value

    def texts(self, value: ast.expr, function: Function | None, depth: int = 0) -> list[str]:
        """The texts that an expression may have; empty when that is not known."""
        if isinstance(value, ast.Constant):
            return [value.value] if isinstance(value.value, str) else []
        if depth == MOST_STEPS:
            return []
        where: Function | None = function
        if function is not None and isinstance(value, ast.Name) and value.id in parameters(function):
            parts, where = self._given.get((function.name, value.id), []), None
        else:
            parts = self._parts(value, function)
        return _together([self.texts(part, where, depth + 1) for part in parts])

    def _parts(self, value: ast.expr, function: Function | None) -> list[ast.expr]:
        """The expressions of which this one is one."""
        if isinstance(value, ast.IfExp):
            return [value.body, value.orelse]
        if isinstance(value, ast.Subscript):
            table = self.resolved(value.value, function)
            return list(table.values) if isinstance(table, ast.Dict) else []
        known = self.resolved(value, function)
        return [known] if known is not None and known is not value else []

    def variable(self, value: ast.expr, function: Function | None) -> str:
        """The name of the environment variable that the expression reads (`os.environ["X"]`, `os.getenv("X")`); empty
        for anything else."""
        known = self.resolved(value, function)
        named: ast.expr | None = None
        if isinstance(known, ast.Subscript) and last_name(known.value) == "environ":
            named = known.slice
        elif isinstance(known, ast.Call) and isinstance(known.func, ast.Attribute) and known.args:
            of_environ = known.func.attr == "get" and last_name(known.func.value) == "environ"
            named = known.args[0] if of_environ or known.func.attr == "getenv" else None
        elif isinstance(known, ast.Call) and last_name(known.func) == "getenv" and known.args:
            named = known.args[0]
        texts = self.texts(named, function) if named is not None else []
        return texts[0] if len(texts) == 1 else ""

    def number(self, value: ast.expr | None, function: Function | None) -> float | None:
        """The number that an expression stands for, or None."""
        known = self.resolved(value, function)
        if isinstance(known, ast.Constant) and isinstance(known.value, int | float):
            return float(known.value)
        return None


def functions(tree: ast.Module) -> Iterator[Function]:
    """Every function of a module, methods and inner ones included."""
    return (node for node in nodes(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def parameters(function: Function) -> list[str]:
    """The names of a function's positional parameters."""
    return [argument.arg for argument in function.args.args]


def last_name(node: ast.expr) -> str:
    """`put_event` of `outbound.put_event`; empty for what has no name."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def entries(node: ast.expr | None) -> dict[str, ast.expr]:
    """The entries of a dict display whose keys are texts; none for anything else."""
    if not isinstance(node, ast.Dict):
        return {}
    return {
        key.value: value
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def _assigned(body: Sequence[ast.stmt]) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for node in body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found[node.target.id] = node.value
    return found


def _together(parts: list[list[str]]) -> list[str]:
    """All texts, when each part is known."""
    if not parts or not all(parts):
        return []
    found = list(dict.fromkeys(text for part in parts for text in part))
    return found if len(found) <= MOST_VALUES else []
