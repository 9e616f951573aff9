"""Calls written as their author wrote lines: in one where they fit, in several where they were in several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import libcst as cst

from shopfast_obs.instrument.application.style import Style

Bracketed = TypeVar("Bracketed", bound=cst.Call | cst.Dict)
SPACE = cst.SimpleWhitespace(" ")
NOTHING = cst.SimpleWhitespace("")


def laid_out(  # noqa: PLR0917 - what decides about the layout
    called: cst.Call, old: cst.Call, arguments: Sequence[cst.Arg], column: int, style: Style, indent: str
) -> cst.Call:
    """`called` with the arguments, at the column of a line; in lines of their own where the old call had several, or
    the line would be longer than the project's and was not before."""
    if len(arguments) == len(old.args) and all(a is b for a, b in zip(arguments, old.args, strict=True)):
        return called
    flat = _flat(called, arguments)
    if _is_long(old):
        return _exploded(called, arguments, indent)
    if style.kept or column + _width(old) <= style.length:
        return fitted(flat, column, style.length, indent, left=column)
    return flat


def fitted(node: Bracketed, column: int, limit: int, indent: str, *, left: int = 0, depth: int = 1) -> Bracketed:
    """The call or dict at that column with what is in its brackets in lines of their own, and so on inside of it,
    where its line would be longer than `limit`. `left` is the column of the statement."""
    parts: Sequence[cst.Arg | cst.BaseDictElement] = node.args if isinstance(node, cst.Call) else node.elements
    if not parts or column + _width(node) <= limit or has_lines(node):
        return node
    start = left + len((indent * depth).expandtabs())
    inner = [_inner(part, start, limit, indent, left, depth + 1) for part in parts]
    return _exploded(node, inner, indent, depth)


def _inner(part: cst.CSTNode, column: int, limit: int, indent: str, left: int, depth: int) -> Any:  # noqa: ANN401, PLR0917
    value: Any = getattr(part, "value", None)
    if not isinstance(value, cst.Call | cst.Dict):
        return part
    before = _width(part.with_changes(comma=cst.MaybeSentinel.DEFAULT)) - _width(value)
    return part.with_changes(value=fitted(value, column + before, limit - 1, indent, left=left, depth=depth))


def has_comments(call: cst.Call) -> bool:
    """True for comments between the brackets, which belong to arguments that may go."""
    code = _code(call)
    return "\n" in code and "#" in code


def _is_long(call: cst.Call) -> bool:
    """True for arguments in lines of their own."""
    return isinstance(call.whitespace_before_args, cst.ParenthesizedWhitespace)


def _flat(called: cst.Call, arguments: Sequence[cst.Arg]) -> cst.Call:
    comma = cst.Comma(whitespace_after=SPACE)
    plain = [a.with_changes(comma=comma, whitespace_after_arg=NOTHING) for a in arguments[:-1]]
    plain += [a.with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=NOTHING) for a in arguments[-1:]]
    return called.with_changes(args=plain, whitespace_before_args=NOTHING)


def _exploded(
    called: Bracketed, parts: Sequence[cst.Arg | cst.BaseDictElement], indent: str, depth: int = 1
) -> Bracketed:
    def newline(steps: int) -> cst.ParenthesizedWhitespace:
        return cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(indent * steps))

    ends = [depth] * (len(parts) - 1) + [depth - 1]
    lines: list[Any] = [
        part.with_changes(comma=cst.Comma(whitespace_after=newline(end))) for part, end in zip(parts, ends, strict=True)
    ]
    if isinstance(called, cst.Call):
        lines = [argument.with_changes(whitespace_after_arg=NOTHING) for argument in lines]
        return called.with_changes(args=lines, whitespace_before_args=newline(depth))
    return called.with_changes(elements=lines, lbrace=cst.LeftCurlyBrace(whitespace_after=newline(depth)))


def has_lines(node: cst.CSTNode) -> bool:
    """True for what is written in several lines already."""
    return "\n" in _code(node)


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


def _width(node: cst.CSTNode) -> int:
    """The longest of the node's lines."""
    return max(map(len, _code(node).splitlines()), default=0)
