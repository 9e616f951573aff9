"""The modules of a function, to the calls of AWS that they make. Read, never run; what cannot be known is left out."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

from shopfast_obs.model.sources import UNREAD, Call, Client, Durable, Source, Unbounded
from shopfast_obs.parse.python.coroutines import coroutines
from shopfast_obs.parse.python.durable_handlers import NEEDLE
from shopfast_obs.parse.python.lifetimes import Lifetimes, kept, of_request
from shopfast_obs.parse.python.nodes import nodes, walk
from shopfast_obs.parse.python.possible_values import Function, Values, entries, functions, last_name, parameters
from shopfast_obs.parse.python.reach import Reach, module_of

LOGGING = ("print", "info", "warning", "error")  # at DEBUG it is written where somebody asked for it
_READS = ("get_item", "batch_get_item", "query", "scan", "get_object", "list_objects_v2")
_WRITES = ("put_item", "update_item", "put_object")
_MESSAGES = ("put_events", "publish", "publish_batch", "send_message", "send_message_batch")
OPERATIONS = frozenset((*_READS, *_WRITES, *_MESSAGES, "invoke", "start_execution"))
_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
# Calls that wait for an answer without an end unless they are told: the name of their timeout, and its place.
_UNBOUNDED = {
    **{("requests", verb): ("timeout", 99) for verb in ("get", "post", "put", "patch", "delete", "head", "request")},
    ("", "urlopen"): ("timeout", 3),
    ("client", "HTTPSConnection"): ("timeout", 3),
    ("client", "HTTPConnection"): ("timeout", 3),
    ("socket", "create_connection"): ("timeout", 2),
    ("redis", "Redis"): ("socket_timeout", 99),
    ("redis", "StrictRedis"): ("socket_timeout", 99),
    ("psycopg2", "connect"): ("connect_timeout", 99),
}


def source(files: Mapping[str, str]) -> Source:
    """What the files (text by path) say; a file that does not parse is a problem, not an error."""
    return Modules(files).source()


class Modules:
    """Files of Python (text by path), each parsed when it is asked for. `unread` are those that could not be read, by
    path, with the reason: a module is a problem of who asks for it, a folder one of all."""

    def __init__(self, files: Mapping[str, str], unread: Mapping[str, str] = MappingProxyType({})) -> None:
        self._files = {**dict.fromkeys((path for path in unread if path.endswith(".py")), ""), **files}
        self._unread = unread
        self._parsed: dict[str, ast.Module | None] = {}
        self._problems = {path: f"{path}: {reason}" for path, reason in unread.items() if path not in self._files}

    def source(self) -> Source:
        """What all files say."""
        return self._read({path: tree for path in self._files if (tree := self._tree(path)) is not None})

    def reached(self, handler: str, root: str = "") -> Source | None:
        """What the modules say that the handler (`app.handler`, below the folder `root`) reaches; None when its module
        is not here."""
        start = f"{root}/" if root else ""
        found = module_of(handler, lambda path: start + path in self._files)
        if found is None:
            return None
        asked: set[str] = set()

        def tree(path: str) -> ast.Module | None:
            asked.add(start + path)
            return self._tree(start + path)

        modules = Reach(*found, tree).modules()
        others = self._files.keys() - asked
        return self._read({start + path: tree for path, tree in modules.items()}, others)

    def _tree(self, path: str) -> ast.Module | None:
        if path not in self._parsed:
            self._parsed[path] = self._parse(path) if path in self._files else None
        return self._parsed[path]

    def _parse(self, path: str) -> ast.Module | None:
        if path in self._unread:
            self._problems[path] = f"{path}: {self._unread[path]}"
            return None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self._files[path])
        except (SyntaxError, ValueError, RecursionError) as problem:
            self._problems[path] = f"{path} does not parse{_where(problem)}"
            return None

    def _read(self, modules: Mapping[str, ast.Module], others: Collection[str] = ()) -> Source:
        """What the modules say; problems of others are not theirs."""
        values, lifetimes = Values(list(modules.values())), Lifetimes(list(modules.values()))
        readers = [_Reader(path, tree, values, lifetimes) for path, tree in modules.items()]
        return Source(
            tuple(client for reader in readers for client in reader.clients),
            tuple(call for reader in readers for call in reader.calls),
            tuple(place for reader in readers for place in reader.dumps),
            tuple(problem for path, problem in self._problems.items() if path not in others),
            tuple(modules),
            tuple(coroutines(modules)),
            tuple(call for reader in readers for call in reader.unbounded),
            _imports(modules),
            durable=self._durable(modules),
        )

    def _durable(self, modules: Mapping[str, ast.Module]) -> tuple[Durable, ...]:
        """The durable handlers; the reader of those is loaded by who has any."""
        named = {path: tree for path, tree in modules.items() if NEEDLE in self._files[path]}
        if not named:
            return ()
        from shopfast_obs.parse.python.replay import durable

        return tuple(handler for path, tree in named.items() for handler in durable(path, tree))


def _imports(modules: Mapping[str, ast.Module]) -> tuple[str, ...]:
    """What the modules import by its full name, without the standard library: `package.module.name`."""
    found: set[str] = set()
    for tree in modules.values():
        for node in nodes(tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return tuple(sorted(name for name in found if name.partition(".")[0] not in sys.stdlib_module_names))


def _where(problem: Exception) -> str:
    """For a version of Python, because a newer one may read it."""
    version = ".".join(map(str, sys.version_info[:2]))
    line = f" (line {problem.lineno})" if isinstance(problem, SyntaxError) and problem.lineno else ""
    said = "it is nested too deeply" if isinstance(problem, RecursionError) else getattr(problem, "msg", problem)
    return f" as Python {version}: {said}{line}"


class _Reader:
    """Reads one module."""

    def __init__(self, path: str, tree: ast.Module, values: Values, lifetimes: Lifetimes) -> None:
        self._path, self._values, self._lifetimes = path, values, lifetimes
        self.clients: list[Client] = []
        self.calls: list[Call] = []
        self.dumps: list[str] = []
        self.unbounded: list[Unbounded] = []
        around = {id(node): function for function in functions(tree) for node in walk(function)}
        loops = {id(inner) for node in nodes(tree) if isinstance(node, _LOOPS) for inner in _rounds(node)}
        for node in nodes(tree):
            if isinstance(node, ast.Call):
                self._call(node, around.get(id(node)), in_loop=id(node) in loops)

    def _call(self, node: ast.Call, function: Function | None, *, in_loop: bool) -> None:
        name = last_name(node.func)
        if isinstance(node.func, ast.Attribute) and name in ("client", "resource") and _is_session(node.func.value):
            self.clients.append(self._client(node, function))
        elif isinstance(node.func, ast.Attribute) and name in OPERATIONS and not node.args:  # boto3 takes names only
            self.calls += self._operation(node, name, function, in_loop=in_loop)
        elif name in LOGGING and function is not None and any(_is_event(value, function) for value in node.args):
            self.dumps.append(f"{self._path}:{node.lineno}")

        if _waits_for_ever(node):
            self.unbounded.append(Unbounded(ast.unparse(node.func), self._path, node.lineno))

    def _client(self, node: ast.Call, function: Function | None) -> Client:
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        named = node.args[0] if node.args else keywords.get("service_name")
        service = next(iter(self._values.texts(named, function)), "") if named is not None else ""
        given = keywords.get("config")
        config, anew = self._values.resolved(given, function), self._anew(node, function)
        if not isinstance(config, ast.Call):
            variable = "config" if given is not None else ""
            return Client(service, self._path, node.lineno, in_function=anew, variable=variable)
        said = {keyword.arg: keyword.value for keyword in config.keywords}
        connect = self._values.number(said.get("connect_timeout"), function)
        read = self._values.number(said.get("read_timeout"), function)
        retries = entries(self._values.resolved(said.get("retries"), function))
        attempts = self._attempts(retries, function)
        mode = next(iter(self._values.texts(retries["mode"], function)), "") if "mode" in retries else ""
        if "retries" in said and attempts is None and not mode:
            mode = UNREAD
        left = "read_timeout" if read is None and "read_timeout" in said else ""
        return Client(service, self._path, node.lineno, connect, read, attempts, anew, left, mode)

    def _anew(self, node: ast.Call, function: Function | None) -> bool:
        """True where every request makes the client anew, and one that is made before would do."""
        if function is None or self._lifetimes.once(function):
            return False
        return not kept(node, function) and not of_request(node, function)

    def _attempts(self, said: Mapping[str, ast.expr], function: Function | None) -> int | None:
        total = self._values.number(said.get("total_max_attempts"), function)
        again = self._values.number(said.get("max_attempts"), function)
        # `max_attempts` counts the retries, `total_max_attempts` the first attempt, too.
        return int(total) if total is not None else int(again) + 1 if again is not None else None

    def _operation(self, node: ast.Call, name: str, function: Function | None, *, in_loop: bool) -> Iterator[Call]:
        given = {keyword.arg or "**": keyword.value for keyword in node.keywords}
        listed = self._values.resolved(given.get("Entries"), function)
        batch = [given] if listed is None else [{}]
        if isinstance(listed, ast.List | ast.Tuple):
            batch = [entries(self._values.resolved(item, function)) for item in listed.elts]
        for entry in batch:
            known = {key: self._values.texts(value, function) for key, value in entry.items()}
            single = tuple((key, values[0]) for key, values in known.items() if len(values) == 1)
            several = [(key, value) for key, values in known.items() if len(values) > 1 for value in values]
            names = frozenset([*entry, *given])
            read = {key: self._values.variable(value, function) for key, value in entry.items()}
            variables = tuple((key, variable) for key, variable in read.items() if variable)
            for literals in [(*single, pair) for pair in several] or [single]:
                yield Call(name, self._path, node.lineno, literals, names, in_loop, variables)


def _waits_for_ever(node: ast.Call) -> bool:
    """True for a call to outside that gives no timeout, of a library that has none of its own."""
    owner = last_name(node.func.value) if isinstance(node.func, ast.Attribute) else ""
    known = _UNBOUNDED.get((owner, last_name(node.func))) or _UNBOUNDED.get(("", last_name(node.func)))
    if known is None:
        return False
    keyword, position = known
    return not any(k.arg in (keyword, None) for k in node.keywords) and len(node.args) < position


def _rounds(loop: ast.AST) -> Iterator[ast.AST]:
    """What runs in each round of a loop."""
    body = getattr(loop, "body", None)
    for node in body if isinstance(body, list) else [loop]:
        yield from walk(node)


def _is_session(node: ast.expr) -> bool:
    name = last_name(node.func) if isinstance(node, ast.Call) else last_name(node)
    return name == "boto3" or "session" in name.lower()


def _is_event(value: ast.expr, function: Function) -> bool:
    """The whole event of a handler, as it is or as JSON."""
    names = parameters(function)
    if len(names) < 2 or "event" not in names[0]:
        return False
    if isinstance(value, ast.Call) and last_name(value.func) in ("dumps", "str", "repr") and value.args:
        return _is_event(value.args[0], function)
    if isinstance(value, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) and _is_event(part.value, function) for part in value.values)
    return isinstance(value, ast.Name) and value.id == names[0]
