"""Imports and names of a module; new imports go where a sorted file has them."""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Iterator

import libcst as cst

from shopfast_obs.instrument.application import sources
from shopfast_obs.instrument.interface import CLASS_OF, ModuleContext

FUTURE, STANDARD, THIRD_PARTY, LOCAL = range(4)
NAMED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler | ast.MatchAs | ast.MatchStar
BUILTINS = frozenset(dir(builtins))
SECTION = re.compile(
    r"#[#=\s-]*([\w-]+\s+){0,3}([\w-]*party|librar(y|ies)|imports|packages|modules|dependencies|stdlib)[\s:.=#-]*",
    re.IGNORECASE,
)
OURS = frozenset(CLASS_OF) | frozenset(CLASS_OF.values())
Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement


def bound_names(module: cst.Module, context: ModuleContext) -> set[str]:
    """Every name that is in use anywhere in the module: a new name that is none of them cannot clash in any scope.

    What the context knows of the source is not looked up again; what codemods add, they add at the top level."""
    if context.names is None:
        return names_in(sources.parse(module.code))
    names = set(context.names)
    for statement in module.body:
        if isinstance(statement, cst.FunctionDef | cst.ClassDef):
            names.add(statement.name.value)
    for node in small_statements(module):
        if isinstance(node, cst.Import | cst.ImportFrom) and not isinstance(node.names, cst.ImportStar):
            names |= {(alias.evaluated_alias or alias.evaluated_name).split(".")[0] for alias in node.names}
        elif isinstance(node, cst.Assign):
            names |= {t.target.value for t in node.targets if isinstance(t.target, cst.Name)}
    return names


def names_in(tree: ast.Module) -> set[str]:
    """Every name that is in use anywhere in the tree: bound in some scope, or read and no built-in of Python's, because
    a star import or a plug-in binds it. A star import may bind what our objects are called as well."""
    names: set[str] = set()
    for node in sources.nodes(tree):
        if isinstance(node, ast.Name):
            if node.id not in BUILTINS or not isinstance(node.ctx, ast.Load):
                names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.alias):
            names |= OURS if node.name == "*" else {(node.asname or node.name).split(".")[0]}
        elif isinstance(node, NAMED) and node.name:
            names.add(node.name)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            names.update(node.names)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            names.add(node.rest)
    return names


def small_statements(module: cst.Module) -> Iterator[cst.BaseSmallStatement]:
    """The simple statements at the module's top level."""
    for statement in module.body:
        if isinstance(statement, cst.SimpleStatementLine):
            yield from statement.body


def dotted(node: cst.BaseExpression | cst.Attribute | cst.Name | None) -> str:
    """`a.b.c` for such an expression, else an empty text."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr.value}" if base else ""
    return ""


def module_of(node: cst.ImportFrom) -> str:
    """The module of `from x import y` with its leading dots."""
    return "." * len(node.relative) + dotted(node.module)


def imported_as(module: cst.Module, name: str, source: str) -> str:
    """The local name of `from source import name`, or empty when there is no such import at the top level."""
    for node in small_statements(module):
        if (
            isinstance(node, cst.ImportFrom)
            and not isinstance(node.names, cst.ImportStar)
            and module_of(node) == source
        ):
            for alias in node.names:
                if dotted(alias.name) == name:
                    return alias.evaluated_alias or name
    return ""


def add_import(module: cst.Module, source: str, name: str, alias: str, context: ModuleContext) -> cst.Module:
    """The module with `from source import name [as alias]`, joined to one from there among the first."""
    item = cst.ImportAlias(cst.Name(name), asname=cst.AsName(cst.Name(alias)) if alias != name else None)
    for index, statement in enumerate(module.body[: header_end(module)]):
        node = _only_import(statement)
        if (
            isinstance(node, cst.ImportFrom)
            and module_of(node) == source
            and not isinstance(node.names, cst.ImportStar)
            and not context.style.single
            and (context.style.combined or (alias == name and not any(each.asname for each in node.names)))
        ):
            assert isinstance(statement, cst.SimpleStatementLine)
            joined = statement.with_changes(body=[_joined(node, item, module, context.style.limit)])
            return module.with_changes(body=[*module.body[:index], joined, *module.body[index + 1 :]])
    text = f"from {source} import {name}" + (f" as {alias}" if alias != name else "")
    line = cst.parse_statement(text, config=module.config_for_parsing)
    assert isinstance(line, cst.SimpleStatementLine)
    return place(module, line, context)


def _joined(node: cst.ImportFrom, item: cst.ImportAlias, module: cst.Module, limit: int) -> cst.ImportFrom:
    """The import with one more name; in lines of their own where one is too long for them."""
    new = node.with_changes(names=_with_item(node.names, item))
    if node.lpar is not None or len(module.code_for_node(new)) <= limit:
        return new
    assert not isinstance(new.names, cst.ImportStar)
    inner = cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(module.default_indent))
    ends = [inner] * (len(new.names) - 1) + [cst.ParenthesizedWhitespace(indent=True)]
    names = [a.with_changes(comma=cst.Comma(whitespace_after=end)) for a, end in zip(new.names, ends, strict=True)]
    return new.with_changes(names=names, lpar=cst.LeftParen(whitespace_after=inner), rpar=cst.RightParen())


def header_end(module: cst.Module) -> int:
    """Where the first run of imports ends (after the docstring when there is none)."""
    end = 0
    for index, statement in enumerate(module.body):
        if index == 0 and _is_docstring(statement):
            end = 1
        elif _only_import(statement) is not None or _guarded_import(statement):
            end = index + 1
        else:
            break
    return end


def _with_item(names: object, item: cst.ImportAlias) -> list[cst.ImportAlias]:
    """The names with one more, sorted when they were; the last comma and its line stay last."""
    assert isinstance(names, tuple | list)
    old = list(names)
    keys = [dotted(alias.name) for alias in old]
    at = len(old)
    if keys == sorted(keys, key=_member):
        at = next((i for i, key in enumerate(keys) if _member(key) > _member(dotted(item.name))), len(old))
    if at == len(old):
        comma = old[-1].comma
        between = old[-2].comma if len(old) > 1 else cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        if isinstance(comma, cst.Comma) and len(old) == 1:
            between = comma.with_changes(whitespace_after=cst.SimpleWhitespace(" "))
        return [*old[:-1], old[-1].with_changes(comma=between), item.with_changes(comma=comma)]
    if isinstance(old[at].comma, cst.Comma) and at < len(old) - 1:
        comma = old[at].comma
    else:
        comma = old[at - 1].comma if at else cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return [*old[:at], item.with_changes(comma=comma), *old[at:]]


def _member(name: str) -> tuple[int, str]:
    """Sorted as import sorters do: CONSTANTS, Classes, functions."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2, name)


def _only_import(statement: cst.CSTNode) -> cst.Import | cst.ImportFrom | None:
    if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1:
        node = statement.body[0]
        if isinstance(node, cst.Import | cst.ImportFrom):
            return node
    return None


def _guarded_import(statement: cst.CSTNode) -> bool:
    """`try: import x / except ImportError: ...` and `if TYPE_CHECKING: import x` belong to the imports."""
    if not isinstance(statement, cst.Try | cst.If):
        return False
    block = statement.body
    return isinstance(block, cst.IndentedBlock) and all(_only_import(inner) is not None for inner in block.body)


def _is_docstring(statement: cst.CSTNode) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    node = statement.body[0]
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString | cst.ConcatenatedString)


def _key(node: cst.Import | cst.ImportFrom, context: ModuleContext) -> tuple[int, bool, str, tuple[int, str]]:
    name = module_of(node) if isinstance(node, cst.ImportFrom) else dotted(node.names[0].name)
    root = name.split(".")[0]
    if name == "__future__":
        section = FUTURE
    elif name.startswith(".") or root in context.siblings | context.style.own:
        section = LOCAL
    else:
        section = STANDARD if root in sys.stdlib_module_names else THIRD_PARTY
    first = (0, "") if isinstance(node.names, cst.ImportStar) else _member(dotted(node.names[0].name))
    return section, isinstance(node, cst.ImportFrom) and not context.style.mixed, name, first


def place(module: cst.Module, line: cst.SimpleStatementLine, context: ModuleContext) -> cst.Module:
    """The module with a line that imports something, put where its kind and name belong."""
    body = list(module.body)
    new = _only_import(line)
    assert new is not None
    key, at, before = _key(new, context), 1 if body and _is_docstring(body[0]) else 0, None
    first_import = at
    for index in range(first_import, header_end(module)):
        node = _only_import(body[index])
        if node is not None and _key(node, context) <= key:
            at, before = index + 1, node
        elif node is None and before is not None:
            at = max(at, index + 1) if _key(before, context)[0] < key[0] else at
    blank = cst.EmptyLine(indent=False)
    after = _only_import(body[at]) if at < len(body) else None
    same_before = before is not None and _key(before, context)[0] == key[0]
    if at > 0 and not same_before:
        line = line.with_changes(leading_lines=[blank])
    if at < len(body):
        same_after = after is not None and _key(after, context)[0] == key[0]
        if same_after and not same_before and _is_headed(body[at]):  # the new one comes first below the heading
            line = line.with_changes(leading_lines=body[at].leading_lines)
            body[at] = body[at].with_changes(leading_lines=[])
        else:
            body[at] = apart(body[at]) if not same_after else body[at] if same_before else _close(body[at])
    return module.with_changes(body=[*body[:at], line, *body[at:]])


def _is_headed(statement: Statement) -> bool:
    """True for an import below a comment that names a section of imports."""
    comments = [line.comment.value for line in statement.leading_lines if line.comment is not None]
    return len(comments) == 1 and SECTION.fullmatch(comments[0]) is not None


def apart(statement: Statement) -> Statement:
    """The statement after something new, a blank line apart (two for a function or class) unless it is already."""
    if statement.leading_lines:
        return statement
    count = 2 if isinstance(statement, cst.FunctionDef | cst.ClassDef) else 1
    return statement.with_changes(leading_lines=[cst.EmptyLine(indent=False)] * count)


def _close(statement: Statement) -> Statement:
    """The statement after a new import of its kind that took over the blank line."""
    lines = list(statement.leading_lines)
    while lines and lines[0].comment is None:
        lines.pop(0)
    return statement.with_changes(leading_lines=lines)
