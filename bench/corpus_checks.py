"""What a changed source must still be: the same program but for what the codemods declare, and importable."""

from __future__ import annotations

import ast
import os
import signal
import sys
import traceback
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from unittest.mock import MagicMock

DECORATORS = ("observed", "inject_lambda_context", "capture_lambda_handler", "log_metrics", "capture_method")
MODULES = ("aws_lambda_powertools", "shopfast_obs.runtime", "observability", "service_observability", "logging", "os")
MAKERS = ("Logger", "Tracer", "Metrics", "getLogger", "PowertoolsLogger")
LEVELS = ("debug", "info", "warning", "warn", "error", "exception", "critical", "print", "setLevel", "basicConfig")
CLIENTS = ("boto3.client(", "boto3.resource(")
SECONDS = 20


def same_meaning(before: bytes, after: bytes) -> str:
    """Empty when the two differ only in decorators, objects, imports and calls that log; else the first difference."""
    old, new = _lines(before), _lines(after)
    for number, (one, two) in enumerate(zip(old, new, strict=False)):
        if one != two:
            return f"line {number}: {one!r} became {two!r}"
    return "" if len(old) == len(new) else f"{len(old)} lines became {len(new)}"


def _lines(source: bytes) -> list[str]:
    tree = _Plain().visit(ast.parse(source))
    return ast.unparse(ast.fix_missing_locations(tree)).splitlines()


class _Plain(ast.NodeTransformer):
    """Takes out what the codemods may add, change or remove."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST | None:
        node.decorator_list = [d for d in node.decorator_list if not any(n in ast.unparse(d) for n in DECORATORS)]
        self.generic_visit(node)
        if len(node.body) == 1 and ast.unparse(node.body[0]) == f"return _{node.name}(event, context)":
            return None
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST | None:
        node.decorator_list = [d for d in node.decorator_list if not any(n in ast.unparse(d) for n in DECORATORS)]
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        if isinstance(node.value, ast.Call) and ast.unparse(node.value.func).rpartition(".")[2] in LEVELS:
            return ast.Pass()
        return node

    def visit_Import(self, node: ast.Import) -> ast.AST | None:
        node.names = [alias for alias in node.names if alias.name not in MODULES]
        return node if node.names else None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        node.names = [alias for alias in node.names if alias.name not in ("logger", "tracer", "metrics")]
        if not node.names:
            return None
        name = str(node.module).rpartition("observability")[1] or str(node.module)
        return None if name.startswith(MODULES) and name != "os.path" else node

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        made = isinstance(node.value, ast.Call) and ast.unparse(node.value.func).rpartition(".")[2] in MAKERS
        if made or (isinstance(node.value, ast.Name) and node.value.id == "logger"):
            return None
        if ast.unparse(node.value).startswith(CLIENTS):  # wherever it is made, before or inside of the handler
            return None
        if isinstance(node.targets[0], ast.Name):
            node.targets[0].id = node.targets[0].id.lstrip("_")
        self.generic_visit(node)
        return node

    def visit_If(self, node: ast.If) -> ast.AST | None:
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [each for each in body if not isinstance(each, ast.Pass)]
            node.body = kept or ([] if isinstance(node, ast.Module) else [ast.Pass()])  # type: ignore[attr-defined]
        return node


class _Environment(dict[str, str]):
    """Every variable that a handler asks for is there."""

    def __missing__(self, key: str) -> str:
        return "1"


class _Stand:
    """Stands in for what is not installed here."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return ModuleSpec(name, self)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = MagicMock(name=spec.name)
        module.__path__, module.__spec__, module.__all__ = [], spec, []
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


def imports(source: bytes, path: Path) -> str:
    """Empty when the source runs as a module in a process of its own, else what it raised."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os._exit(_child(source, path, writer))
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        said = answer.read().decode(errors="replace")
    _, status = os.waitpid(child, 0)
    return said or (f"ended with {status}" if status else "")


def _child(source: bytes, path: Path, writer: int) -> int:
    signal.alarm(SECONDS)
    os.environ.update(
        AWS_DEFAULT_REGION="eu-west-1", AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1",
        POWERTOOLS_TRACE_DISABLED="1",
    )  # fmt: skip
    os.environ.update(dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "x"))
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    os.chdir(path.parent)
    sys.path[:0] = [str(path.parent), *map(str, list(path.parents)[1:4])]
    sys.meta_path.append(_Stand())  # type: ignore[arg-type]
    os.environ = _Environment(os.environ)  # type: ignore[assignment]  # noqa: B003 - what is read counts
    try:
        exec(compile(source, str(path), "exec", dont_inherit=True), {"__name__": path.stem, "__file__": str(path)})  # noqa: S102
    except BaseException as problem:  # whatever the module raises is the answer
        os.write(writer, "".join(traceback.format_exception_only(problem)).encode()[:500])
    return 0


# Loaded once here, so that every child has them.
WARM = SimpleNamespace(loaded=[__import__(name) for name in ("boto3", "aws_lambda_powertools", "shopfast_obs.runtime")])
