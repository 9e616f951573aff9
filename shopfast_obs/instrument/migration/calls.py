"""Arguments of calls, and the code that stands in their place."""

# ruff: noqa: N802, D102 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

from collections.abc import Mapping, Sequence

import libcst as cst

TRACE, TRACER = "__otel_trace__", "__otel_tracer__"  # stand for names that are chosen when all is known
TRACED, ANNOTATE, METADATA = "__runtime_traced__", "__runtime_annotate__", "__runtime_add_metadata__"
SPAN = "start_as_current_span"


def arguments(call: cst.Call, names: Sequence[str]) -> Mapping[str, cst.BaseExpression] | None:
    """The arguments by the parameter's name; None where they are not written out (`*`, `**`), or are others."""
    found: dict[str, cst.BaseExpression] = {}
    for position, argument in enumerate(call.args):
        name = argument.keyword.value if argument.keyword else ""
        if argument.star or (not name and position >= len(names)):
            return None
        found[name or names[position]] = argument.value
    return found if found.keys() <= set(names) else None


def text(node: cst.BaseExpression | None) -> str | None:
    """The value of a text that is written out."""
    if isinstance(node, cst.SimpleString | cst.ConcatenatedString):
        value = node.evaluated_value
        return value if isinstance(value, str) else None
    return None


def texts(node: cst.BaseExpression) -> list[str] | None:
    """The values of a tuple, list or set of texts that are written out; of a text alone, its own."""
    if isinstance(node, cst.Tuple | cst.List | cst.Set):
        values = [text(element.value) for element in node.elements]
        return None if None in values else [value for value in values if value is not None]
    one = text(node)
    return None if one is None else [one]


def span(tracer: str, name: cst.BaseExpression, *more: str) -> cst.Call:
    """`tracer.start_as_current_span(name)`, with more arguments as written."""
    others = [cst.Arg(cst.parse_expression(each.partition("=")[2]), cst.Name(each.partition("=")[0])) for each in more]
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return cst.Call(
        cst.Attribute(expression(tracer), cst.Name(SPAN)),
        [cst.Arg(name), *(each.with_changes(equal=tight) for each in others)],
    )


def expression(code: str) -> cst.BaseExpression:
    """The expression that the code is."""
    return cst.parse_expression(code)


def is_statement(node: cst.BaseSmallStatement, call: cst.CSTNode) -> bool:
    """True where the call is all that the statement is."""
    return isinstance(node, cst.Expr) and node.value is call


class Placed(cst.CSTVisitor):
    """The names that a tree uses."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, int] = {}

    def visit_Name(self, node: cst.Name) -> None:
        self.names[node.value] = self.names.get(node.value, 0) + 1


class Renamed(cst.CSTTransformer):
    """The tree with names replaced by dotted ones."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self._names = names

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        new = self._names.get(updated_node.value)
        return updated_node if new is None else updated_node.with_changes(value=new)
