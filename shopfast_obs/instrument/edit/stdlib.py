"""A module's `logging.getLogger(...)` and its calls."""

# ruff: noqa: N802 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

import ast
import re

import libcst as cst

from shopfast_obs.instrument.edit.calls import CallRewriter
from shopfast_obs.instrument.edit.imports import add_import, dotted, imported_as, module_of, small_statements
from shopfast_obs.instrument.edit.messages import field_arguments, log_arguments
from shopfast_obs.instrument.edit.objects import ensure_object, find_object, import_class
from shopfast_obs.instrument.interface import ModuleContext
from shopfast_obs.model.changes import Skipped

LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
OWN_SETUP = re.compile(r"\.(addHandler|removeHandler|handlers|propagate|addFilter|setFormatter)\b|\b[dD]ictConfig\b")


def replace_logger(module: cst.Module, context: ModuleContext) -> cst.Module | Skipped:
    """The module with the Powertools logger in place of `X = logging.getLogger(...)` and of `logging.info(...)`."""
    factories = _factories(module)
    if not factories:
        return module
    name = _logger_name(module, factories)
    uses_root = _RootCalls()
    module.visit(uses_root)
    if not name and not uses_root.found:
        return module
    if OWN_SETUP.search(module.code):
        return Skipped("logging", "it sets up handlers of its own")
    if name and _bindings(module, name) != 1:
        return Skipped("logging", f"{name} is bound more than once")
    if name:
        module = _swapped(module, name, factories, context)
    else:
        module, name = ensure_object(module, "logger", context)
    module = module.visit(LogRewriter(name))
    return _without_unused_import(module)


class LogRewriter(CallRewriter):
    """Gives `name.info(...)` and `logging.info(...)` calls their fields."""

    def __init__(self, logger: str) -> None:
        super().__init__()
        self.logger = logger

    def rewritten(self, call: cst.Call) -> cst.Call | None:
        """The call on the logger, with fields for values that may be read twice."""
        base, _, level = dotted(call.func).rpartition(".")
        if base not in (self.logger, "logging") or level not in LEVELS:
            return None
        values = [arg.value for arg in call.args if arg.keyword is None and not arg.star]
        named = [arg for arg in call.args if arg.keyword is not None]
        arguments = list(call.args)
        if len(values) + len(named) == len(call.args) and values and not _has_extra(named):
            fields = (
                log_arguments(values, self.errors)
                if len(values) == 1
                else [
                    *(cst.Arg(value) for value in values),
                    *field_arguments(values[1:], self.errors),
                ]
            )
            taken = {arg.keyword.value for arg in named if arg.keyword is not None}
            arguments = [a for a in fields if a.keyword is None or a.keyword.value not in taken] + named
        if base == self.logger and len(arguments) == len(call.args) and _same(arguments, call.args):
            return None
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        arguments = [a.with_changes(comma=comma) for a in arguments[:-1]] + [
            a.with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=cst.SimpleWhitespace(""))
            for a in arguments[-1:]
        ]
        return call.with_changes(func=cst.Attribute(cst.Name(self.logger), cst.Name(level)), args=arguments)


class _RootCalls(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def visit_Call(self, node: cst.Call) -> None:
        base, _, level = dotted(node.func).rpartition(".")
        self.found |= base == "logging" and level in LEVELS


def _same(new: list[cst.Arg], old: object) -> bool:
    assert isinstance(old, tuple | list)
    return all(a.value.deep_equals(b.value) for a, b in zip(new, old, strict=True))


def _has_extra(named: list[cst.Arg]) -> bool:
    return any(arg.keyword is not None and arg.keyword.value == "extra" for arg in named)


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


def _bindings(module: cst.Module, name: str) -> int:
    count = 0
    for node in ast.walk(ast.parse(module.code)):
        count += isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
        count += isinstance(node, ast.arg) and node.arg == name
        count += isinstance(node, ast.alias) and (node.asname or node.name) == name
    return count


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


def _without_unused_import(module: cst.Module) -> cst.Module:
    """`import logging` goes when nothing else needs it, and so do names from there."""
    for index, statement in enumerate(module.body):
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
            continue
        node = statement.body[0]
        if isinstance(node, cst.Import) and [alias.evaluated_name for alias in node.names] == ["logging"]:
            return module if _used(module, "logging") else _without(module, index)
        if (
            isinstance(node, cst.ImportFrom)
            and module_of(node) == "logging"
            and not isinstance(node.names, cst.ImportStar)
        ):
            kept = [alias for alias in node.names if _used(module, alias.evaluated_alias or alias.evaluated_name)]
            if not kept:
                return _without(module, index)
            if len(kept) < len(node.names):
                kept[-1] = kept[-1].with_changes(comma=node.names[-1].comma)
                changed = statement.with_changes(body=[node.with_changes(names=kept)])
                return module.with_changes(body=[*module.body[:index], changed, *module.body[index + 1 :]])
    return module


def _used(module: cst.Module, name: str) -> bool:
    return len(re.findall(rf"\b{re.escape(name)}\b", module.code)) != 1


def _without(module: cst.Module, index: int) -> cst.Module:
    """The module without the import at the index, its blank lines kept where they still separate something."""
    rest = list(module.body[index + 1 :])
    if rest:
        own = list(rest[0].leading_lines)
        if index == 0 or not isinstance(rest[0], cst.SimpleStatementLine):
            kept = own
        else:
            kept = own or list(module.body[index].leading_lines)
        if index == 0:
            while kept and kept[0].comment is None:
                kept = kept[1:]
        rest[0] = rest[0].with_changes(leading_lines=kept)
    return module.with_changes(body=[*module.body[:index], *rest])
