"""Calls written as their author wrote lines: in one where they fit, in several where they were in several."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

SPACE = cst.SimpleWhitespace(" ")
NOTHING = cst.SimpleWhitespace("")


def laid_out(  # noqa: PLR0917 - what decides about the layout
    called: cst.Call, old: cst.Call, arguments: Sequence[cst.Arg], column: int, limit: int, indent: str
) -> cst.Call:
    """`called` with the arguments, at the column of a line; in lines of their own where the old call had several or
    the line would be longer than `limit` (0: any length)."""
    if len(arguments) == len(old.args) and all(a is b for a, b in zip(arguments, old.args, strict=True)):
        return called
    flat = _flat(called, arguments)
    if _is_long(old) or (limit and column + _width(flat) > limit >= column + _width(old)):
        return _exploded(called, arguments, indent)
    return flat


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


def _exploded(called: cst.Call, arguments: Sequence[cst.Arg], indent: str) -> cst.Call:
    def newline(last: str) -> cst.ParenthesizedWhitespace:
        return cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(last))

    ends = [indent] * (len(arguments) - 1) + [""]
    lines = [
        argument.with_changes(comma=cst.Comma(whitespace_after=newline(end)), whitespace_after_arg=NOTHING)
        for argument, end in zip(arguments, ends, strict=True)
    ]
    return called.with_changes(args=lines, whitespace_before_args=newline(indent))


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


def _width(node: cst.CSTNode) -> int:
    """The longest of the node's lines."""
    return max(map(len, _code(node).splitlines()), default=0)
