"""Instrumentation out of a source whose history nobody recorded here: a fresh clone, or another's checkout.

Only what bears our mark goes: `@traced`, `@observed`, and below it the decorators exactly as the codemods write them,
with the objects and imports that nothing else needs. Calls that log stay: what they were is not written anywhere.
"""

# ruff: noqa: N802 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from shopfast_obs.instrument.codemods.business import NAME as COUNTED
from shopfast_obs.instrument.codemods.runtime import NAME, SOURCE
from shopfast_obs.instrument.codemods.traced import NAME as TRACED
from shopfast_obs.instrument.edit.imports import Statement, imported_as
from shopfast_obs.instrument.edit.objects import decorator_name

DECORATORS = re.compile(
    r"^@(\w+)\.(inject_lambda_context|capture_lambda_handler\(capture_response=False\)"
    r"|log_metrics\(capture_cold_start_metric=True\))$"
)
OBJECTS = re.compile(r"^(\w+) = (?:Powertools)?(?:Logger\(\)|Tracer\(\)|Metrics\(namespace=\w+\.environ\.get\(.*\)\))$")
LOGGER = "inject_lambda_context"
WRAPPING = re.compile(r"^@[\w.]+\.(inject_lambda_context|capture_lambda_handler|log_metrics)\b")
SHARED = re.compile(r"^from \.*(\w+\.)*(service_)?observability import ")
OURS = re.compile(r"^from (aws_lambda_powertools|\.*(\w+\.)*(service_)?observability) import ")


def marked(source: str) -> bool:
    """True for a source that our decorator is in."""
    return SOURCE in source


def removed(source: str) -> str:
    """The source without our instrumentation; the same text where there is none."""
    module = cst.parse_module(source)
    alone = [name for each in (COUNTED, TRACED) if (name := imported_as(module, each, SOURCE))]
    if alone:
        module = module.visit(_WithoutDecorators(frozenset(alone)))
    local = imported_as(module, NAME, SOURCE)
    if not local:
        return _without_imports(module).code if alone else source
    module = _unwrapped(module.visit(_Undecorating(module, local)))
    module = _without_lines(module, OBJECTS)
    return _without_imports(module).code


class _Undecorating(cst.CSTTransformer):
    """Takes our decorators off the functions that have the first of them. The logger's, which everybody writes alike,
    stays where the logger is not made as the codemods do it, and beside a decorator that the application wrote."""

    def __init__(self, module: cst.Module, local: str) -> None:
        super().__init__()
        self._module, self._local, self._objects = module, local, frozenset(_objects(module))

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        """Handlers are the module's own."""
        return False

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        """The function without what is ours."""
        decorators = updated_node.decorators
        if not any(decorator_name(decorator) == self._local for decorator in decorators):
            return updated_node
        wrapping = [each for each in decorators if WRAPPING.match(self._text(each))]
        alone = all(DECORATORS.match(self._text(each)) for each in wrapping)
        kept = [each for each in decorators if not self._is_ours(each, alone=alone)]
        return updated_node.with_changes(decorators=kept)

    def _is_ours(self, decorator: cst.Decorator, *, alone: bool) -> bool:
        match = DECORATORS.match(self._text(decorator))
        wraps = match is not None and (match[2] != LOGGER or (alone and match[1] in self._objects))
        return wraps or decorator_name(decorator) == self._local

    def _text(self, decorator: cst.Decorator) -> str:
        return self._module.code_for_node(decorator).strip()


def _objects(module: cst.Module) -> Iterator[str]:
    """The names of the objects that are made or imported as the codemods do it."""
    for statement in module.body:
        text = module.code_for_node(statement).strip()
        if match := OBJECTS.match(text):
            yield match[1]
        elif SHARED.match(text) and isinstance(statement, cst.SimpleStatementLine):
            node = statement.body[0]
            if isinstance(node, cst.ImportFrom) and not isinstance(node.names, cst.ImportStar):
                yield from (alias.evaluated_alias or alias.evaluated_name for alias in node.names)


def _unwrapped(module: cst.Module) -> cst.Module:
    """`_handler = make()` and the function around it become `handler = make()` again."""
    for index, statement in enumerate(module.body):
        if not isinstance(statement, cst.FunctionDef) or statement.decorators or index == 0:
            continue
        name = statement.name.value
        text = f"def {name}(event, context):\n    return _{name}(event, context)"
        before = module.body[index - 1]
        written = module.code_for_node(before).strip()
        if module.code_for_node(statement).strip() == text and re.match(rf"_{name}\b", written):
            changed = before.visit(_Rename(f"_{name}", name))
            assert isinstance(changed, cst.SimpleStatementLine)
            return module.with_changes(body=[*module.body[: index - 1], changed, *module.body[index + 1 :]])
    return module


class _WithoutDecorators(cst.CSTTransformer):
    """Takes the decorators of these names off: what they do needs nothing else."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__()
        self._names = names

    def leave_Decorator(
        self, original_node: cst.Decorator, updated_node: cst.Decorator
    ) -> cst.Decorator | cst.RemovalSentinel:
        return cst.RemoveFromParent() if decorator_name(updated_node) in self._names else updated_node


class _Rename(cst.CSTTransformer):
    def __init__(self, old: str, new: str) -> None:
        super().__init__()
        self._old, self._new = old, new

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        return updated_node.with_changes(value=self._new) if updated_node.value == self._old else updated_node


def _without_lines(module: cst.Module, pattern: re.Pattern[str]) -> cst.Module:
    """The module without the objects that nothing uses any more."""
    for index in reversed(range(len(module.body))):
        match = pattern.match(_in_one_line(module.code_for_node(module.body[index])))
        if match and _mentions(module, match[1]) == 1:
            module = _without(module, index)
    return module


def _in_one_line(code: str) -> str:
    """A call without the lines that the project's length of lines has made of it."""
    return re.sub(r"\s+", " ", re.sub(r",?\s+\)", ")", re.sub(r"\(\s+", "(", code.strip())))


def _without_imports(module: cst.Module) -> cst.Module:
    """The module without those of our imports that nothing uses any more; `os` came for the namespace alone."""
    for index in reversed(range(len(module.body))):
        text = module.code_for_node(module.body[index]).strip()
        if text.startswith(f"from {SOURCE} import") or OURS.match(text) or text == "import os":
            module = _trimmed(module, index)
    return module


def _trimmed(module: cst.Module, index: int) -> cst.Module:
    statement = module.body[index]
    assert isinstance(statement, cst.SimpleStatementLine)
    node = statement.body[0]
    if not isinstance(node, cst.Import | cst.ImportFrom) or isinstance(node.names, cst.ImportStar):
        return module
    kept = [alias for alias in node.names if _mentions(module, alias.evaluated_alias or alias.evaluated_name) > 1]
    if not kept:
        return _without(module, index)
    if len(kept) == len(node.names):
        return module
    kept[-1] = kept[-1].with_changes(comma=node.names[-1].comma)
    return _with(module, index, statement.with_changes(body=[node.with_changes(names=kept)]))


def _mentions(module: cst.Module, name: str) -> int:
    return len(re.findall(rf"\b{re.escape(name)}\b", module.code))


def _with(module: cst.Module, index: int, statement: Statement) -> cst.Module:
    return module.with_changes(body=[*module.body[:index], statement, *module.body[index + 1 :]])


def _without(module: cst.Module, index: int) -> cst.Module:
    """The module without the statement; the blank lines before it go to its successor when that has none."""
    body = list(module.body)
    blank = [line for line in body[index].leading_lines if line.comment is None]
    if index == 0 and index + 1 < len(body):
        body[1] = body[1].with_changes(leading_lines=_from_comment(body[1]))
    elif index + 1 < len(body) and not body[index + 1].leading_lines:
        body[index + 1] = body[index + 1].with_changes(leading_lines=blank)
    del body[index]
    return module.with_changes(body=body)


def _from_comment(statement: Statement) -> list[cst.EmptyLine]:
    """The lines before a statement that starts the file: no blank ones."""
    lines = list(statement.leading_lines)
    while lines and lines[0].comment is None:
        lines.pop(0)
    return lines
