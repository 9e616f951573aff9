"""`print(...)` statements, and the log calls that say the same."""

from __future__ import annotations

import libcst as cst

from shopfast_obs.instrument.edit.calls import CallRewriter
from shopfast_obs.instrument.edit.imports import dotted
from shopfast_obs.instrument.edit.messages import keyword, log_arguments


class PrintRewriter(CallRewriter):
    """Turns prints to standard output or standard error into calls of the logger with the given name."""

    def __init__(self, logger: str) -> None:
        super().__init__()
        self.logger = logger

    def rewritten(self, call: cst.Call) -> cst.Call | None:
        """The log call, or None for what no log call can say: parts of lines, unpacked values, other files."""
        if dotted(call.func) != "print":
            return None
        values = [arg.value for arg in call.args if arg.keyword is None and not arg.star]
        options = {arg.keyword.value: arg.value for arg in call.args if arg.keyword is not None}
        target = dotted(options.get("file"))
        known = set(options) <= {"file", "flush"} and ("file" not in options or target in ("sys.stderr", "sys.stdout"))
        if not known or len(values) + len(options) != len(call.args) or _decoration(values):
            return None
        arguments = log_arguments(values, self.errors)
        level = "error" if target == "sys.stderr" else "info"
        if self.in_broad_except:
            level = "exception"
        elif self.in_except:
            # The code expected this one: worth a trace, not an alarm.
            level = "warning"
            arguments.append(keyword("exc_info", cst.Name("True")))
        return cst.Call(cst.Attribute(cst.Name(self.logger), cst.Name(level)), arguments)


def _decoration(values: list[cst.BaseExpression]) -> bool:
    """True for empty lines and rulers, which carry no data."""
    if not values:
        return True
    texts = [value.evaluated_value for value in values if isinstance(value, cst.SimpleString)]
    return len(texts) == len(values) and not any(isinstance(t, str) and any(c.isalnum() for c in t) for t in texts)
