"""`print(...)` statements, and the log calls that say the same."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from shopfast_obs.instrument.edit.calls import CallRewriter
from shopfast_obs.instrument.edit.imports import dotted
from shopfast_obs.instrument.edit.layout import has_comments
from shopfast_obs.instrument.edit.messages import printed


class PrintRewriter(CallRewriter):
    """Turns prints to standard output or standard error into calls of the logger: of its level `info`, because nobody
    but the author knows what is an error. `streams` says how many named `sys.stdout` or `sys.stderr`."""

    streams = 0

    def rewritten(self, call: cst.Call) -> tuple[str, Sequence[cst.Arg]] | None:
        """Level and arguments, or None for what no log call can say (parts of lines, unpacked values, other files) and
        for what may be a machine's line."""
        if dotted(call.func) != "print":
            return None
        values = [arg.value for arg in call.args if arg.keyword is None and not arg.star]
        options = {arg.keyword.value: arg.value for arg in call.args if arg.keyword is not None}
        target = dotted(options.get("file"))
        known = set(options) <= {"file", "flush"} and ("file" not in options or target in ("sys.stderr", "sys.stdout"))
        if not known or len(values) + len(options) != len(call.args) or _is_decoration(values):
            return None
        arguments = None if has_comments(call) else printed(values, self.said)
        if arguments is None:
            self.left += 1
            return None
        self.streams += "file" in options
        if [a.value for a in arguments] == values and len(call.args) == len(arguments):
            return "info", call.args
        return "info", arguments


def _is_decoration(values: list[cst.BaseExpression]) -> bool:
    """True for empty lines and rulers, which carry no data."""
    if not values:
        return True
    texts = [value.evaluated_value for value in values if isinstance(value, cst.SimpleString)]
    return len(texts) == len(values) and not any(isinstance(t, str) and any(c.isalnum() for c in t) for t in texts)
