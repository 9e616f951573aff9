"""Small defects put into Python source: one operator, constant, condition, statement or result at a time."""

from __future__ import annotations

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

OPPOSITE: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
WORD = re.compile(r"[\w./:-]+")  # a text that code reads: the name of a property, a metric, a type
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases", "annotation", "decorator_list", "args", "returns")
HostLocation = tuple[str, str, str, Callable[[], None]]  # kind, text before and after, and how to apply it


@dataclass(frozen=True, slots=True)
class Mutant:
    """One defect. `id` is made of the module's name and of what is changed, not of where it stands: it outlives a move,
    and the lines around it."""

    id: str
    file: Path
    number: int  # among the mutants of its file
    kind: str
    was: str
    now: str

    def __str__(self) -> str:
        return f"{self.id} {self.file}: {self.kind}: {' '.join(self.was.split())[:60]} -> {self.now[:60]}"


def mutants(file: Path, source: str) -> list[Mutant]:
    """All mutants of a file."""
    seen: Counter[str] = Counter()
    found = []
    for number, (kind, was, now, _) in enumerate(_sites(ast.parse(source))):
        said = f"{'/'.join(file.with_suffix('').parts[-2:])}|{kind}|{was}|{now}"
        seen[said] += 1
        id_ = hashlib.sha256(f"{said}|{seen[said]}".encode()).hexdigest()[:10]
        found.append(Mutant(id_, file, number, kind, was, now))
    return found


def mutated(source: str, number: int) -> ast.Module:
    """The tree of the source with its mutant of this number."""
    tree = ast.parse(source)
    next(islice(_sites(tree), number, None))[3]()
    return ast.fix_missing_locations(tree)


def _sites(tree: ast.Module) -> Iterator[HostLocation]:
    for statement, body, at in _statements(tree.body):
        if isinstance(statement, ast.Expr | ast.AugAssign | ast.Raise):
            yield "removed", ast.unparse(statement), "pass", _put(body, at, ast.Pass())
        if isinstance(statement, ast.Return) and not _is_none(statement.value):
            yield "returned", _gist(statement), "None", _put(body, at, ast.Return(ast.Constant(None)))
        if isinstance(statement, ast.If | ast.While):
            yield "condition", ast.unparse(statement.test), "negated", _negate(statement)
        for name, value in ast.iter_fields(statement):
            if name not in BLOCKS:
                for node in value if isinstance(value, list) else [value]:
                    if isinstance(node, ast.AST):
                        yield from _expression(node, _setter(statement, name, node))


def _statements(body: list[ast.stmt]) -> Iterator[tuple[ast.stmt, list[ast.stmt], int]]:
    """Every statement, with the block that it stands in and its place there; no imports, no docstrings."""
    for at, statement in enumerate(body):
        if isinstance(statement, ast.Import | ast.ImportFrom) or _is_text(statement):
            continue
        yield statement, body, at
        for block in (statement, *getattr(statement, "handlers", []), *getattr(statement, "cases", [])):
            for name in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(block, name, []))


def _expression(node: ast.AST, put: Callable[[ast.AST], None]) -> Iterator[HostLocation]:
    for kind, instead in _instead(node):
        yield kind, ast.unparse(node), ast.unparse(instead), _bound(put, instead)
    if isinstance(node, ast.JoinedStr):
        return  # sentences for people
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and name not in ("annotation", "format_spec"):
                yield from _expression(child, _setter(node, name, child))


def _instead(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield "comparison", ast.Compare(node.left, [OPPOSITE[type(node.ops[0])]()], node.comparators)
    if isinstance(node, ast.BoolOp):
        yield "and or", ast.BoolOp(OPPOSITE[type(node.op)](), node.values)
    if isinstance(node, ast.BinOp) and type(node.op) in OPPOSITE:
        yield "arithmetic", ast.BinOp(node.left, OPPOSITE[type(node.op)](), node.right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "condition", node.operand
    if isinstance(node, ast.IfExp):
        yield "condition", ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield "constant", ast.Constant(not node.value)
        elif isinstance(node.value, int | float):
            yield "constant", ast.Constant(node.value + 1)
        elif isinstance(node.value, str) and WORD.fullmatch(node.value):
            yield "constant", ast.Constant(f"{node.value}_x")


def _setter(parent: ast.AST, name: str, child: ast.AST) -> Callable[[ast.AST], None]:
    def put(instead: ast.AST) -> None:
        value = getattr(parent, name)
        if isinstance(value, list):
            value[next(at for at, item in enumerate(value) if item is child)] = instead
        else:
            setattr(parent, name, instead)

    return put


def _bound(put: Callable[[ast.AST], None], instead: ast.AST) -> Callable[[], None]:
    return lambda: put(instead)


def _negate(statement: ast.If | ast.While) -> Callable[[], None]:
    return lambda: setattr(statement, "test", ast.UnaryOp(ast.Not(), statement.test))


def _put(body: list[ast.stmt], at: int, instead: ast.stmt) -> Callable[[], None]:
    return lambda: body.__setitem__(at, instead)


def _gist(statement: ast.Return) -> str:
    """The first text in what is returned, which outlives another way to say it; else all of it."""
    texts = (n.value for n in ast.walk(statement) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return next(texts, "") or ast.unparse(statement)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_none(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)
