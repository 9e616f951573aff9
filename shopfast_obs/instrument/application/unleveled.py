"""Loggers without a level: Lambda's root logger decides about their lines, and JSON logs set that to INFO."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from shopfast_obs.instrument.application import sources
from shopfast_obs.instrument.application.service_discovery import Service

FEW = 3  # names of files in one sentence
CONFIGURING = ("dictConfig", "fileConfig")
WRITTEN = ("info", "log")  # calls that a logger at INFO writes, and one at WARNING does not


def effects(services: Iterable[Service]) -> Iterator[str]:
    """The sentence about the services' lines that JSON logs switch on, where there are such lines."""
    found = list(dict.fromkeys(name for service in services for name in _files(service)))
    if not found:
        return
    more = f" and {len(found) - FEW} more" if len(found) > FEW else ""
    # WARN as the log level of the function would have Lambda drop the structured logger's own INFO lines as well.
    yield (
        "Where a function logs JSON, Lambda sets the root logger to INFO, from WARNING: info lines of loggers "
        f"without a level are written, which text logs had not, in {', '.join(found[:FEW])}{more}. "
        "`logging.getLogger().setLevel(logging.WARNING)` keeps them off."
    )


def _files(service: Service) -> Iterator[str]:
    if any(_decides(module.tree) for module in service.modules if "logging" in module.source.text):
        return
    for module in service.modules:
        if "logging" in module.source.text and _writes(module.tree):
            yield module.source.path.name


def _decides(tree: ast.Module) -> bool:
    """True where the application sets the root logger's level itself: what is written then does not change."""
    known = sources.nodes(tree)
    assigned = [node for node in known if isinstance(node, ast.Assign) and _is_root(node.value)]
    roots = {target.id for node in assigned for target in node.targets if isinstance(target, ast.Name)}
    for node in known:
        if isinstance(node, ast.Call):
            last = getattr(node.func, "attr", getattr(node.func, "id", ""))
            base = getattr(node.func, "value", None)
            of_root = _is_root(base) or (isinstance(base, ast.Name) and base.id in roots)
            if last in CONFIGURING or (last == "setLevel" and of_root) or any(k.arg == "force" for k in node.keywords):
                return True
    return False


def _is_root(value: ast.expr | None) -> bool:
    """True for `getLogger()` and `logging.root`."""
    if isinstance(value, ast.Call) and _is_logger(value):
        names = [*value.args, *(keyword.value for keyword in value.keywords)]
        return all(isinstance(name, ast.Constant) and name.value in ("", None, "root") for name in names)
    return isinstance(value, ast.Attribute) and value.attr == "root"


def _writes(tree: ast.Module) -> bool:
    """True where such a logger is told something at INFO."""
    known = sources.nodes(tree)
    assigned = [node for node in known if isinstance(node, ast.Assign) and _is_logger(node.value)]
    loggers = {target.id for node in assigned for target in node.targets if isinstance(target, ast.Name)}
    calls = [(node.func.value.id, node.func.attr) for node in known if _is_method(node)]  # type: ignore[attr-defined]
    bare = loggers - {name for name, method in calls if method == "setLevel"} | {"logging"}
    return any(name in bare and method in WRITTEN for name, method in calls)


def _is_logger(value: ast.expr) -> bool:
    called = value.func if isinstance(value, ast.Call) else None
    return getattr(called, "attr", getattr(called, "id", "")) == "getLogger"


def _is_method(node: ast.AST) -> bool:
    """True for `name.method(...)`."""
    function = node.func if isinstance(node, ast.Call) else None
    return isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)
