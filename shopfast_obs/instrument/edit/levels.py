"""The levels that a module's loggers have in Lambda, as far as its source says so.

Lambda's root logger is at WARNING until somebody sets it; a logger of a name has the level of the root, unless it has
its own. `logging.basicConfig` does nothing in Lambda: the root has a handler there already.
"""

from __future__ import annotations

import ast
import re

import libcst as cst

from shopfast_obs.instrument.application import sources
from shopfast_obs.instrument.interface import ModuleContext

INFO = frozenset({"INFO", "logging.INFO", "20"})
LOW = INFO | {"DEBUG", "logging.DEBUG", "10", "NOTSET", "logging.NOTSET", "0"}
QUIET = frozenset({"debug", "info", "log"})  # calls that a logger at WARNING does not write
POWERTOOLS = re.compile(r"\bLogger\(([^()]*(?:\([^()]*\)[^()]*)*)\)")


def levels_of(module: cst.Module, name: str, context: ModuleContext) -> list[str]:
    """What the module sets the logger of that name to, as it is written: `logging.INFO`, `INFO`, `os.environ[...]`."""
    found = []
    for node in sources.nodes(context.tree or sources.parse(module.code)):
        if isinstance(node, ast.Call) and sets_level(node, name) and len(node.args) + len(node.keywords) == 1:
            level = (node.args or [node.keywords[0].value])[0]
            plain = isinstance(level, ast.Constant | ast.Name | ast.Attribute)
            found.append(
                str(level.value)
                if isinstance(level, ast.Constant)
                else ast.unparse(level)
                if plain
                else "what is only known later"
            )
    return found


def sets_level(node: ast.Call, name: str) -> bool:
    """True for `name.setLevel(...)`."""
    called = node.func
    return (
        isinstance(called, ast.Attribute)
        and called.attr == "setLevel"
        and isinstance(called.value, ast.Name)
        and called.value.id == name
    )


def _makes_logger(node: ast.AST) -> bool:
    """True for `Logger(...)` and `powertools.Logger(...)`."""
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name == "Logger"


def quiet_logger(module: cst.Module, context: ModuleContext) -> str:
    """The Powertools Logger of the module that may be above INFO, as `logger.setLevel(...)` or `Logger(level=...)`;
    empty when there is none."""
    top = [line for line in module.body if not isinstance(line, cst.FunctionDef | cst.ClassDef)]
    code = context.text_of(module.with_changes(body=top))
    if "aws_lambda_powertools" not in code:
        return ""
    inside = context.tree or sources.parse(module.code)  # functions are as they were, and need not be printed for it
    calls = [ast.unparse(node) for node in sources.nodes(inside) if _makes_logger(node)]
    for match in POWERTOOLS.finditer("\n".join([code, *calls])):
        level = re.search(r"\blevel\s*=\s*([^,)]+)", match[1])
        if level and level[1].strip().strip("\"'") not in LOW:
            return f"Logger(level={level[1].strip()})"
    for name in re.findall(r"^(\w+)\s*(?::[^=\n]+)?=\s*(?:\w+\.)?(?:\w*Logger|Log)\(", code, re.MULTILINE):
        if any(level not in LOW for level in levels_of(module, name, context)):
            return f"{name}.setLevel(...)"
    return ""
