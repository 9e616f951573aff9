"""`begin_subsegment` and the `end_subsegment` that belongs to it, where both stand in one block."""

# ruff: noqa: N802 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import libcst as cst

BEGUN = "__begun_subsegment__"
Statements = Sequence[Any]  # of a module or a block
Method = Callable[[cst.Call], str]  # the recorder's method that is called, or empty
LOOPS = cst.For | cst.While


@dataclass(frozen=True, slots=True)
class Pair:
    """The statements from `begin` to `end` of a block. `within` is the `try` whose `finally` ends the part, where one
    does; `first` says that it begins the part too."""

    begin: int
    end: int
    call: cst.Call
    name: str
    within: cst.Try | None = None
    first: bool = False


def begun(statement: cst.CSTNode, method: Method) -> tuple[cst.Call, str] | None:
    """The call of `begin_subsegment` that a line is, and the name that is given to what it returns."""
    node = _only(statement)
    value = node.value if isinstance(node, cst.Expr | cst.Assign) else None
    if not isinstance(value, cst.Call) or method(value) != "begin_subsegment":
        return None
    if isinstance(node, cst.Assign):
        target = node.targets[0].target
        if len(node.targets) != 1 or not isinstance(target, cst.Name):
            return None
        return value, target.value
    return value, ""


def ends(statement: cst.CSTNode, method: Method) -> bool:
    """True for a line that is `end_subsegment()`."""
    node = _only(statement)
    value = node.value if isinstance(node, cst.Expr) else None
    return isinstance(value, cst.Call) and method(value) == "end_subsegment" and not value.args


def _only(statement: cst.CSTNode) -> cst.BaseSmallStatement | None:
    if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1:
        return statement.body[0]
    return None


def pairs(body: Statements, method: Method) -> Iterator[Pair]:
    """The pairs of a block, the outer before the inner."""
    for index, statement in enumerate(body):
        if (
            isinstance(statement, cst.Try)
            and (inner := begun(_first(statement), method))
            and _finally(statement, method)
        ):
            yield Pair(index, index, *inner, statement, first=True)
        found = begun(statement, method)
        if found is not None:
            yield from _closed(body, index, found, method)


def _closed(body: Statements, begin: int, found: tuple[cst.Call, str], method: Method) -> Iterator[Pair]:
    depth = 0
    for index in range(begin + 1, len(body)):
        statement = body[index]
        if isinstance(statement, cst.Try) and _finally(statement, method) and not begun(_first(statement), method):
            if not depth:
                yield Pair(begin, index, *found, statement)
                return
            depth -= 1
            continue
        if begun(statement, method):
            depth += 1
        elif ends(statement, method):
            if not depth:
                if not any(_leaves(each) for each in body[begin + 1 : index]):
                    yield Pair(begin, index, *found)
                return
            depth -= 1


def _first(statement: cst.Try) -> cst.CSTNode:
    return statement.body.body[0] if statement.body.body else statement


def _finally(statement: cst.Try, method: Method) -> bool:
    """True where the last thing that a `try` does is to end the part."""
    final = statement.finalbody
    return final is not None and bool(final.body.body) and ends(final.body.body[-1], method)


def _leaves(statement: cst.CSTNode) -> bool:
    finder = _Leaving()
    statement.visit(finder)
    return finder.found


class _Leaving(cst.CSTVisitor):
    """Whether control leaves the block, past what would end the part."""

    def __init__(self) -> None:
        super().__init__()
        self.found = False
        self._loops = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        self._loops += isinstance(node, LOOPS)
        self.found |= isinstance(node, cst.Return) or (isinstance(node, cst.Break | cst.Continue) and not self._loops)
        return not isinstance(node, cst.FunctionDef | cst.Lambda | cst.ClassDef)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        self._loops -= isinstance(original_node, LOOPS)


def without_end(statement: cst.Try) -> cst.BaseStatement | list[Any]:
    """The `try` without the end of the part; its own statements, where nothing else is left of it."""
    final = statement.finalbody
    assert final is not None
    rest = final.body.body[:-1]
    if rest:
        return statement.with_changes(finalbody=final.with_changes(body=final.body.with_changes(body=rest)))
    if statement.handlers:
        return statement.with_changes(finalbody=None)
    inner: list[Any] = list(statement.body.body)
    if inner:
        inner[0] = inner[0].with_changes(leading_lines=[*statement.leading_lines, *_leading(inner[0])])
    return inner


class Paired(cst.CSTTransformer):
    """The module with a `with` for each pair: `BEGUN` stands for the method, because no exception is told in it.
    `lines` are those of the nodes as the file was; afterwards also those of the new ones."""

    def __init__(self, method: Method, lines: dict[cst.CSTNode, int]) -> None:
        super().__init__()
        self.lines = lines
        self._method = method

    def on_leave(self, original_node: cst.CSTNode, updated_node: Any) -> Any:  # noqa: ANN401 - as LibCST has it
        """What becomes of the node, which keeps its line."""
        new = super().on_leave(original_node, updated_node)
        if original_node in self.lines and isinstance(new, cst.CSTNode):
            self.lines[new] = self.lines[original_node]
        return new

    def leave_IndentedBlock(self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock) -> cst.BaseSuite:
        """The block with its pairs."""
        body = self._paired(updated_node.body)
        return updated_node if body is None else updated_node.with_changes(body=body)

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        """The module's own pairs."""
        body = self._paired(updated_node.body)
        return updated_node if body is None else updated_node.with_changes(body=body)

    def _paired(self, body: Statements) -> list[Any] | None:
        """The statements with the first pair, and those inside and behind it, in `with`; None where there is none."""
        pair = next(pairs(body, self._method), None)
        if pair is None:
            return None
        head, tail = list(body[: pair.begin]), list(body[pair.end + 1 :])
        made = _with(body, pair)
        inner = self._paired(made.body.body)
        if inner is not None:
            made = made.with_changes(body=made.body.with_changes(body=inner))
        return [*head, made, *(self._paired(tail) or tail)]


def _with(body: Statements, pair: Pair) -> cst.With:
    begin = body[pair.begin]
    inner = [] if pair.first else list(body[pair.begin + 1 : pair.end])
    footer: list[cst.EmptyLine] = []
    if pair.within is None:
        footer = [line for line in _leading(body[pair.end]) if line.comment is not None]
    else:
        within = pair.within
        if pair.first:
            begin = within.body.body[0]
            within = within.with_changes(body=within.body.with_changes(body=within.body.body[1:]))
        rest = without_end(within)
        inner += rest if isinstance(rest, list) else [rest]
    func = cst.ensure_type(pair.call.func, cst.Attribute)
    call = pair.call.with_changes(func=func.with_changes(attr=cst.Name(BEGUN)))
    item = cst.WithItem(call, cst.AsName(cst.Name(pair.name)) if pair.name else None)
    header = begin.trailing_whitespace if isinstance(begin, cst.SimpleStatementLine) else cst.TrailingWhitespace()
    leading = _leading(body[pair.begin])
    block = cst.IndentedBlock(inner, header=header, footer=footer)
    return cst.With([item], block, leading_lines=leading)


def _leading(statement: cst.CSTNode) -> Sequence[cst.EmptyLine]:
    found: Sequence[cst.EmptyLine] = getattr(statement, "leading_lines", ())
    return found
