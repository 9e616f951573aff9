"""What a handler reaches of the modules around it: the imports that run, and the functions that something names."""

from __future__ import annotations

import ast
import copy
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

from shopfast_obs.parse.python.coroutines import TRANSPARENT
from shopfast_obs.parse.python.nodes import walk
from shopfast_obs.parse.python.possible_values import Function, last_name

Parse = Callable[[str], ast.Module | None]
_BLOCKS = ("body", "orelse", "finalbody")
# Decorators that say how a method is called, not that something else calls it.
_METHOD = frozenset({"staticmethod", "classmethod", "property", "cached_property", "abstractmethod", "override"})
# Bases that call no method of their own accord.
_PLAIN = frozenset(
    {"object", "ABC", "Protocol", "Generic", "Exception", "Enum", "NamedTuple", "TypedDict", "BaseModel"}
)
# Libraries that a package may carry along: what they do for every caller is none of the application's doing.
_LIBRARIES = frozenset(
    {
        "aiobotocore",
        "aioboto3",
        "aws_lambda_powertools",
        "aws_xray_sdk",
        "awswrangler",
        "boto3",
        "botocore",
        "chalice",
        "crhelper",
        "datadog_lambda",
        "localstack_client",
        "moto",
        "opentelemetry",
        "pynamodb",
        "s3transfer",
        "watchtower",
    }
)
MOST_MODULES = 2_000


def module_of(handler: str, exists: Callable[[str], bool]) -> tuple[str, str] | None:
    """The path of the module and the name of the function of `pkg.app.handler` or `src/app.handler`; None when no such
    module exists."""
    module, _, name = handler.rpartition(".")
    inner = module.strip("/").replace(".", "/")
    found = next((path for path in (f"{inner}.py", f"{inner}/__init__.py") if inner and exists(path)), None)
    return (found, name) if found else None


class Reach:
    """The modules that a handler's module imports, through packages and inside of functions, each without the functions
    and methods that nothing in reach names. `parse` gives the module at a path below the root, None where there is
    none. A method of a class whose base is not here may be called by that base, so it counts as named."""

    def __init__(self, path: str, name: str, parse: Parse) -> None:
        self._parse = parse
        self._loaded: dict[str, ast.Module] = {}
        self._named: set[str] = set()
        self._aliases: defaultdict[str, set[str]] = defaultdict(set)
        self._open: list[tuple[str, Function]] = []  # functions that nothing has named yet
        self._classes: dict[str, set[str]] = {}  # the bases of each class, by its name
        self._methods: dict[int, str] = {}  # the classes of open methods, by the method's id
        self._by_text = False  # methods are called by a text that is made as it runs
        self._unread: list[str] = []
        self._load(path)
        self._read_modules()
        own = [function for where, function in self._open if where == path and function.name == name]
        self._reach([(path, function) for function in own])
        if not own:
            self._name(name)  # imported, or made by a call
        self._settle()

    def modules(self) -> dict[str, ast.Module]:
        """The modules by path, what the handler does not reach taken out."""
        left_out = {id(function) for _, function in self._open}
        return {path: _without(tree, left_out) for path, tree in self._loaded.items()}

    def _settle(self) -> None:
        while named := [item for item in self._open if item[1].name in self._named or self._called_by_others(item[1])]:
            self._reach(named)

    def _called_by_others(self, function: Function) -> bool:
        """True for a method that a base of elsewhere, or a name that is made as it runs, may call."""
        owner = self._methods.get(id(function))
        return owner is not None and (self._by_text or bool(self._bases(owner) - _PLAIN - set(self._classes)))

    def _bases(self, owner: str) -> set[str]:
        """The names of all bases of a class, those of its bases too."""
        found: set[str] = set()
        waiting = [owner]
        while waiting:
            new = self._classes.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found

    def _reach(self, functions: Sequence[tuple[str, Function]]) -> None:
        taken = {id(function) for _, function in functions}
        self._open = [item for item in self._open if id(item[1]) not in taken]
        for path, function in functions:
            self._visit(function, path)
        self._read_modules()

    def _load(self, path: str) -> bool:
        """True when there is such a module; it is read in its turn."""
        if path not in self._loaded:
            tree = self._parse(path) if len(self._loaded) < MOST_MODULES else None
            if tree is None:
                return False
            self._loaded[path] = tree
            self._unread.append(path)
            self._packages(str(PurePosixPath(path).parent))
        return True

    def _read_modules(self) -> None:
        while self._unread:
            path = self._unread.pop()
            self._read(path, self._loaded[path])

    def _read(self, path: str, tree: ast.Module) -> None:
        for statement in _statements(tree.body):
            if isinstance(statement, Function) and not _registered(statement):
                self._put_off(path, statement)
            elif isinstance(statement, ast.ClassDef):
                self._read_class(path, statement)
            elif not isinstance(statement, ast.If | ast.Try):
                self._visit(statement, path)
            elif isinstance(statement, ast.If):
                self._visit(statement.test, path)

    def _put_off(self, path: str, function: Function) -> None:
        """What stands around the function runs now, its body when something names it."""
        self._open.append((path, function))
        for part in (*function.decorator_list, function.args):
            self._visit(part, path)

    def _read_class(self, path: str, made: ast.ClassDef) -> None:
        self._classes.setdefault(made.name, set()).update(last_name(_origin(base)) for base in made.bases)
        for part in (*made.bases, *made.keywords, *made.decorator_list):
            self._visit(part, path)
        for statement in made.body:
            if isinstance(statement, Function) and not statement.name.startswith("__") and not _registered(statement):
                self._methods[id(statement)] = made.name
                self._put_off(path, statement)
            else:
                self._visit(statement, path)

    def _packages(self, folder: str) -> None:
        for parent in (PurePosixPath(folder), *PurePosixPath(folder).parents):
            if str(parent) != ".":
                self._load(f"{parent}/__init__.py")

    def _visit(self, node: ast.AST, path: str) -> None:
        for part in walk(node):
            if isinstance(part, ast.Import):
                for alias in part.names:
                    self._import(alias.name, path)
            elif isinstance(part, ast.ImportFrom):
                self._import_from(part, path)
            elif isinstance(part, ast.Name):
                self._name(part.id)
            elif isinstance(part, ast.Attribute):
                self._name(part.attr)
            elif isinstance(part, ast.Call):
                self._call(part, path)

    def _call(self, call: ast.Call, path: str) -> None:
        name = last_name(call.func)
        if name in ("import_module", "__import__") and call.args:
            if text := _text(call.args[0]):
                self._import(text, path)
        elif name == "getattr" and len(call.args) > 1:
            if text := _text(call.args[1]):
                self._name(text)
            else:
                self._by_text = True

    def _name(self, name: str) -> None:
        waiting = [name]
        while waiting:
            one = waiting.pop()
            if one not in self._named:
                self._named.add(one)
            waiting += [alias for alias in self._aliases.get(one, ()) if alias not in self._named]

    def _import(self, name: str, path: str) -> bool:
        """Load a module by its dotted name: from the root, or from beside the module that asks for it."""
        if name.partition(".")[0] in _LIBRARIES:
            return False
        inner = name.replace(".", "/")
        beside = str(PurePosixPath(path).parent / inner)
        return any(self._load(f"{base}{end}") for base in (inner, beside) for end in (".py", "/__init__.py"))

    def _import_from(self, statement: ast.ImportFrom, path: str) -> None:
        if statement.level:
            base = PurePosixPath(path).parent
            for _ in range(statement.level - 1):
                base = base.parent
            prefix = "" if str(base) == "." else str(base).replace("/", ".") + "."
            module = (prefix + (statement.module or "")).strip(".")
        else:
            module = statement.module or ""
        if module:
            self._import(module, path)
        for alias in statement.names:
            if alias.asname:
                self._aliases[alias.asname].add(alias.name)
                if alias.asname in self._named:
                    self._name(alias.name)
            self._import(f"{module}.{alias.name}".strip("."), path)


def _registered(function: Function) -> bool:
    """True for a function that a decorator may call: a route, a hook."""
    names = {last_name(mark.func if isinstance(mark, ast.Call) else mark) for mark in function.decorator_list}
    return bool(names - TRANSPARENT - _METHOD)


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _origin(base: ast.expr) -> ast.expr:
    """`Store` of `Store[Order]`."""
    return base.value if isinstance(base, ast.Subscript) else base


def _never_runs(statement: ast.stmt) -> bool:
    """`if TYPE_CHECKING:` and `if __name__ == "__main__":`, which Lambda does not enter."""
    if not isinstance(statement, ast.If):
        return False
    test = statement.test
    if isinstance(test, ast.Compare):
        return isinstance(test.left, ast.Name) and test.left.id == "__name__"
    return isinstance(test, ast.Name | ast.Attribute) and last_name(test) == "TYPE_CHECKING"


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when the module is imported, those inside of `if` and `try` one by one."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If | ast.Try):
            blocks = [] if _never_runs(statement) else [statement.body]
            blocks += [statement.orelse, *(() if isinstance(statement, ast.If) else (statement.finalbody,))]
            blocks += [handler.body for handler in getattr(statement, "handlers", ())]
            for block in blocks:
                yield from _statements(block)


def _without(tree: ast.Module, left_out: set[int]) -> ast.Module:
    """A copy of the module without these functions and without what never runs."""
    return ast.Module(body=_kept(tree.body, left_out), type_ignores=[])


def _kept(body: Sequence[ast.stmt], left_out: set[int]) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for statement in body:
        if id(statement) in left_out:
            continue
        if isinstance(statement, ast.ClassDef):
            statement = copy.copy(statement)  # noqa: PLW2901 - the class without methods that nothing calls
            statement.body = [inner for inner in statement.body if id(inner) not in left_out]
        if not isinstance(statement, ast.If | ast.Try):
            found.append(statement)
            continue
        made = copy.copy(statement)
        for name in _BLOCKS:
            if hasattr(statement, name):
                setattr(made, name, _kept(getattr(statement, name), left_out))
        if _never_runs(statement):
            made.body = []
        if isinstance(made, ast.Try):
            made.handlers = [_handler(handler, left_out) for handler in made.handlers]
        found.append(made)
    return found


def _handler(handler: ast.ExceptHandler, left_out: set[int]) -> ast.ExceptHandler:
    made = copy.copy(handler)
    made.body = _kept(handler.body, left_out)
    return made
