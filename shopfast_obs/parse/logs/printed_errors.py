"""Errors as the runtimes of other languages print them: Node.js, Java, Go, .NET, Ruby, Rust."""

from __future__ import annotations

import re
from functools import lru_cache

import orjson

from shopfast_obs.parse.logs.logged_exceptions import LoggedException
from shopfast_obs.parse.traces import stack_traces
from shopfast_obs.patterns import late

_AT = late(r"^\s+at \S", re.M)
_NAME = r"(?:[A-Za-z_$][\w$]*(?:\.|::|/))*[A-Za-z_$][\w$]*"
_ENDING = r"(?:Error|Exception|Failure|Fault|Throwable|Rejection)"
_HEAD = late(rf"(?P<before>(?:Uncaught |Unhandled exception\. |Exception in thread \"[^\"\n]*\" )?)(?P<type>{_NAME})"
             r"(?: \[\w+\])?(?:: ?(?P<said>.*))?")  # fmt: skip
_WITHIN = late(rf"(?P<before>.*?[\s(])(?P<type>{_NAME}{_ENDING})(?: \[\w+\])?(?:: (?P<said>.*))?")
_REJECTED = "Runtime.UnhandledPromiseRejection"  # as what a promise was rejected with
# What only the environment that a process dies in writes.
_FATAL = late(r"Uncaught |Unhandled exception\. |Exception in thread ")
# As lines of their own: what the function printed before may stand in the same event.
_GO = late(r"^(?:panic|fatal error): (.*?)(?: \[recovered[^\]]*\])?\r?$", re.M)
_RUST = late(
    r"^thread '[^'\n]*' (?:\(\d+\) )?panicked at "
    r"(?:'(.*)', (\S+?):(\d+)(?::\d+)?\s*$|(\S+?):(\d+)(?::\d+)?:\r?\n(.*))",
    re.M,
)
_BEFORE_JSON = late(
    r"(?:(?:\S+\t)*(?:ERROR|FATAL)\t)?(?P<said>Invoke Error|Uncaught Exception|Unhandled Promise Rejection"
    r"|Error raised from handler method|Critical exception from handler|Init error when loading handler[^\n{]*"
    r"|\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d+)?)\s*(?=\{)"
)
_ENDS_PROCESS = ("Uncaught Exception", "Unhandled Promise Rejection")


def embedded(text: str) -> tuple[dict[str, object], bool] | None:
    """The JSON object behind the words with which a runtime tells of an error, and whether the process ends with it;
    None for every other text."""
    found = _BEFORE_JSON.match(text)
    if found is None:
        return None
    try:
        value = orjson.loads(text[found.end() :].strip())
    except orjson.JSONDecodeError:
        return None
    told = isinstance(value, dict) and "errorType" in value
    return (value, found["said"] in _ENDS_PROCESS) if told else None


@lru_cache(maxsize=1024)
def printed(text: str) -> LoggedException | None:
    """The error with its stack that a text has, or None."""
    first = _AT.search(text)
    if first:
        return _with_stack(text, first.start())
    if "panicked at " in text and (found := _RUST.search(text)):
        said, path, line = (found[1], found[2], found[3]) if found[2] else (found[6], found[4], found[5])
        return LoggedException("panic", said.strip(), ((path, int(line), ""),), fatal=True)
    if "goroutine " in text or "panic: runtime error: " in text:
        found = _GO.search(text)
        return LoggedException("panic", found[1].strip(), stack(text[found.end() :]), fatal=True) if found else None
    return None


def stack(text: str) -> tuple[tuple[str, int, str], ...]:
    """The frames of the error itself, outermost first; those of its cause where .NET prints them before."""
    return tuple(reversed(stack_traces.frames(text.partition("\nCaused by: ")[0])))


def _with_stack(text: str, begin: int) -> LoggedException | None:
    lines = [line.strip("\r") for line in text[:begin].splitlines() if line.strip()]
    for form in (_HEAD, _WITHIN):
        for number, line in enumerate(lines):
            found = form.fullmatch(line)
            if found and _is_error(found["type"], last=number == len(lines) - 1):
                said = [found["said"] or "", *lines[number + 1 :]] if found["said"] is not None else [found["before"]]
                message = "\n".join(part for part in said if not part.lstrip().startswith("---> ")).strip(" :\n")
                if found["type"] == _REJECTED and (inner := _HEAD.fullmatch(message)) and inner["said"]:
                    return LoggedException(inner["type"], inner["said"], stack(text), fatal=True)
                fatal = _FATAL.match(line) is not None
                return LoggedException(found["type"], message, stack(text), fatal)
    return None


def _is_error(name: str, *, last: bool) -> bool:
    """True for a name that can be an error's: Node prints the stack of warnings and of `console.trace` too."""
    if name.endswith(("Error", "Exception", "Failure", "Fault", "Throwable", "Rejection")):
        return True
    return last and name[:1].isupper() and name != "Trace" and not name.endswith("Warning")
