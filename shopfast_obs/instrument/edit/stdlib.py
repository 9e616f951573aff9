"""A module's `logging.getLogger(...)` and its calls."""

# ruff: noqa: N802 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator, Sequence

import libcst as cst

from shopfast_obs.instrument.application import sources
from shopfast_obs.instrument.application.root_level import root_is_verbose
from shopfast_obs.instrument.edit.calls import CallRewriter
from shopfast_obs.instrument.edit.fields import looks_private
from shopfast_obs.instrument.edit.imports import add_import, dotted, imported_as, small_statements
from shopfast_obs.instrument.edit.layout import has_comments
from shopfast_obs.instrument.edit.levels import INFO, QUIET, levels_of, sets_level
from shopfast_obs.instrument.edit.machine_readable_lines import json_names
from shopfast_obs.instrument.edit.messages import CodeContext, is_json_line, logged
from shopfast_obs.instrument.edit.objects import ensure_object, find_object, import_class
from shopfast_obs.instrument.edit.statements import StatementRewriter
from shopfast_obs.instrument.edit.unused import without_unused_import
from shopfast_obs.instrument.interface import ModuleContext
from shopfast_obs.model.changes import Skipped

LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
TOLD = LEVELS | QUIET | {"warn", "fatal"}
OWN_SETUP = re.compile(
    r"\.(addHandler|removeHandler|handlers|propagate|addFilter|setFormatter|disable)\b|\b(dict|file)Config\b|force\s*=\s*True"
    r"|setLoggerClass|setLogRecordFactory|LoggerAdapter|getChild"
)


def replace_logger(module: cst.Module, context: ModuleContext) -> cst.Module | Skipped:
    """The module with the Powertools logger in place of `X = logging.getLogger(...)` and of `logging.info(...)`;
    Skipped where a line would not say what it said, or would be said that was not."""
    factories = _factories(module)
    if not factories:
        return module
    name = _logger_name(module, factories)
    calls = _Calls(module, name, context)
    tree = context.tree or sources.parse(module.code)
    if not (calls.root or (name and _reads(tree, name))):
        return module
    code = context.text_of(module)
    if OWN_SETUP.search(code):
        return Skipped("logging", "it sets up handlers of its own")
    if name and _bindings(tree, name) != 1:
        return Skipped("logging", f"{name} is bound more than once")
    json = json_names(module, context)
    if reason := _level(module, code, name, calls, context) or calls.unfit(json):
        return Skipped("logging", reason)
    if name:
        module = _swapped(module, name, factories, context)
    else:
        module, name = ensure_object(module, "logger", context)
    rewriter = LogRewriter(module, name, json, context.style)
    return without_unused_import(rewriter.rewrite(module), "logging", context)


def _level(module: cst.Module, code: str, name: str, calls: _Calls, context: ModuleContext) -> str:
    """Why lines would come on that are off, or other modules' lines would change; empty when none would."""
    root = context.verbose or root_is_verbose(code)
    own = levels_of(module, name, context) if name else []
    if calls.quiet_root and not root:
        return "nothing sets the root logger's level: Lambda shows its warnings and errors only, and so it stays"
    if not own:
        return (
            ""
            if root or not calls.quiet
            else f"{name} has no level: Lambda shows its warnings and errors only, and so it stays"
        )
    if context.objects and not set(own) <= INFO:
        return f"{name} has a level of its own ({own[0]}), and the structured logger is shared"
    return ""


class LogRewriter(CallRewriter):
    """Gives `name.info(...)` and `logging.info(...)` calls their fields."""

    def rewritten(self, call: cst.Call) -> tuple[str, Sequence[cst.Arg]] | None:
        """The call on the logger: what stands behind the text as fields."""
        base, _, level = dotted(call.func).rpartition(".")
        if base not in (self.logger, "logging") or level not in LEVELS:
            return None
        plain = not any(arg.star for arg in call.args) and not has_comments(call)
        arguments = logged(call.args, self.said) if plain and not _named(call, "extra") else None
        if arguments is None and base == self.logger:
            return None
        return level, arguments if arguments is not None else call.args


class _EachCall(cst.CSTVisitor):
    def __init__(self, note: Callable[[cst.Call], None]) -> None:
        super().__init__()
        self._note = note

    def visit_Call(self, node: cst.Call) -> None:
        self._note(node)


class _Calls(StatementRewriter):
    """The calls that log, of the module's logger and of `logging` itself."""

    def __init__(self, module: cst.Module, name: str, context: ModuleContext) -> None:
        super().__init__(module)
        self._name = name
        self._all: list[cst.Call] = []
        levels = list(self._levels(context.tree or sources.parse(module.code)))
        self.root = any(root and level in LEVELS for root, level in levels)
        self.quiet_root = any(root and level in QUIET for root, level in levels)
        self.quiet = any(not root and level in QUIET for root, level in levels)
        self.rewrite(module)
        if len(self._all) != len(levels):  # some are in expressions
            self._all = []
            module.visit(_EachCall(self._note))

    def _levels(self, tree: ast.Module) -> Iterator[tuple[bool, str]]:
        """Of each call: whether it is one of `logging` itself, and its level."""
        for node in sources.nodes(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TOLD:
                base = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
                if base in (self._name, "logging") and base:
                    yield base == "logging", node.func.attr

    def small(self, node: cst.BaseSmallStatement) -> cst.BaseSmallStatement:
        """Those that are a statement."""
        if isinstance(node, cst.Expr) and isinstance(node.value, cst.Call):
            self._note(node.value)
        return node

    def _note(self, node: cst.Call) -> None:
        base, _, level = dotted(node.func).rpartition(".")
        if base and base in (self._name, "logging") and level in TOLD:
            self._all.append(node)

    def unfit(self, json: Collection[str]) -> str:
        """Why the structured logger would not say what these say; empty when it would."""
        for call in self._all:
            if is_json_line(call.args, CodeContext(json=json)):
                return "it logs lines of JSON, which filters and queries may read"
            extra = _named(call, "extra")
            if extra is not None and (not isinstance(extra.value, cst.Dict) or looks_private(extra.value)):
                return "what it gives as extra was in no line, and may be private"
        return ""


def _named(call: cst.Call, name: str) -> cst.Arg | None:
    return next((arg for arg in call.args if arg.keyword is not None and arg.keyword.value == name), None)


def _factories(module: cst.Module) -> frozenset[str]:
    """What `logging.getLogger` is called here; empty when the module has no logging of the standard library's."""
    whole = any(
        isinstance(node, cst.Import) and any(a.evaluated_name == "logging" and not a.asname for a in node.names)
        for node in small_statements(module)
    )
    found = {"logging.getLogger"} if whole else set()
    return frozenset(found | {imported_as(module, "getLogger", "logging")} - {""})


def _logger_name(module: cst.Module, factories: frozenset[str]) -> str:
    """The name of the one top-level `X = logging.getLogger(...)`."""
    names = [name for statement in module.body if (name := _assigned_logger(statement, factories))]
    return names[0] if len(names) == 1 else ""


def _assigned_logger(statement: cst.CSTNode, factories: frozenset[str]) -> str:
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return ""
    node = statement.body[0]
    if isinstance(node, cst.Assign) and len(node.targets) == 1 and isinstance(node.targets[0].target, cst.Name):
        call = node.value
        if isinstance(call, cst.Call) and dotted(call.func) in factories:
            return node.targets[0].target.value
    return ""


def _bindings(tree: ast.Module, name: str) -> int:
    count = 0
    for node in sources.nodes(tree):
        count += isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
        count += isinstance(node, ast.arg) and node.arg == name
        count += isinstance(node, ast.alias) and (node.asname or node.name) == name
    return count


def _reads(tree: ast.Module, name: str) -> bool:
    """True where the module does something with its logger besides setting its level."""
    loads = sum(isinstance(node, ast.Name) and node.id == name for node in sources.nodes(tree)) - 1
    return loads > sum(isinstance(node, ast.Call) and sets_level(node, name) for node in sources.nodes(tree))


def _swapped(module: cst.Module, name: str, factories: frozenset[str], context: ModuleContext) -> cst.Module:
    """Import the service's logger under the old name, or make one in the old one's place."""
    known = find_object(module, "logger", context)
    index = next(i for i, statement in enumerate(module.body) if _assigned_logger(statement, factories) == name)
    if known or not context.objects:
        value = known
        if not known:
            module, class_name = import_class(module, "logger", context)
            index = next(i for i, statement in enumerate(module.body) if _assigned_logger(statement, factories) == name)
            value = f"{class_name}()"
        statement = module.body[index]
        assert isinstance(statement, cst.SimpleStatementLine)
        node = statement.body[0]
        assert isinstance(node, cst.Assign)
        changed = statement.with_changes(body=[node.with_changes(value=cst.parse_expression(value))])
        return module.with_changes(body=[*module.body[:index], changed, *module.body[index + 1 :]])
    lines = list(module.body[index].leading_lines)
    rest = list(module.body[index + 1 :])
    if rest and _sets_default_level(rest[0], name):
        own = [line for line in rest.pop(0).leading_lines if line.comment]
        lines += own
    if rest:
        comments = lines if any(line.comment for line in lines) else []
        own = list(rest[0].leading_lines)
        rest[0] = rest[0].with_changes(leading_lines=[*comments, *(own or ([] if comments else lines))])
    module = module.with_changes(body=[*module.body[:index], *rest])
    return add_import(module, context.objects, "logger", name, context)


def _sets_default_level(statement: cst.CSTNode, name: str) -> bool:
    """`logger.setLevel(logging.INFO)` says what the Powertools Logger does anyway, and would hide its environment
    variable."""
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    node = statement.body[0]
    if not isinstance(node, cst.Expr) or not isinstance(node.value, cst.Call) or len(node.value.args) != 1:
        return False
    level = node.value.args[0].value
    text = level.evaluated_value if isinstance(level, cst.SimpleString) else dotted(level)
    return dotted(node.value.func) == f"{name}.setLevel" and text in ("INFO", "logging.INFO")
