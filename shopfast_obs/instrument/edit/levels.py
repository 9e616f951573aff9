"""The levels that a module's loggers have in Lambda, as far as its source says so.

Lambda's root logger is at WARNING until somebody sets it; a logger of a name has the level of the root, unless it has
its own. `logging.basicConfig` does nothing in Lambda: the root has a handler there already.
"""

# ruff: noqa: N802 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

import re

import libcst as cst

from shopfast_obs.instrument.edit.imports import dotted
from shopfast_obs.instrument.edit.visits import visited
from shopfast_obs.instrument.interface import ModuleContext

INFO = frozenset({"INFO", "logging.INFO", "20"})
LOW = INFO | {"DEBUG", "logging.DEBUG", "10", "NOTSET", "logging.NOTSET", "0"}
QUIET = frozenset({"debug", "info", "log"})  # calls that a logger at WARNING does not write
POWERTOOLS = re.compile(r"\bLogger\(([^()]*(?:\([^()]*\)[^()]*)*)\)")


def levels_of(module: cst.Module, name: str, context: ModuleContext) -> list[str]:
    """What the module sets the logger of that name to, as it is written: `logging.INFO`, `INFO`, `os.environ[...]`."""
    finding = _Levels(name)
    visited(module, finding, context, ("setLevel",))
    return finding.found


def quiet_logger(module: cst.Module, context: ModuleContext) -> str:
    """The Powertools Logger of the module that may be above INFO, as `logger.setLevel(...)` or `Logger(level=...)`;
    empty when there is none."""
    code = module.code
    if "aws_lambda_powertools" not in code:
        return ""
    for match in POWERTOOLS.finditer(code):
        level = re.search(r"\blevel\s*=\s*([^,)]+)", match[1])
        if level and level[1].strip().strip("\"'") not in LOW:
            return f"Logger(level={level[1].strip()})"
    for name in re.findall(r"^(\w+)\s*(?::[^=\n]+)?=\s*(?:\w+\.)?(?:\w*Logger|Log)\(", code, re.MULTILINE):
        if any(level not in LOW for level in levels_of(module, name, context)):
            return f"{name}.setLevel(...)"
    return ""


class _Levels(cst.CSTVisitor):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._name = name

    def visit_Call(self, node: cst.Call) -> None:
        if len(node.args) == 1 and dotted(node.func) == f"{self._name}.setLevel":
            level = node.args[0].value
            text = level.evaluated_value if isinstance(level, cst.SimpleString) else dotted(level)
            text = level.value if isinstance(level, cst.Integer) else text
            self.found.append(str(text) or "what is only known later")
