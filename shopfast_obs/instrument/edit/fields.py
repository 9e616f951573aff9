"""Values of a log call as fields: their names, and which of them must not become one."""

# ruff: noqa: N802 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from keyword import iskeyword

import libcst as cst

from shopfast_obs.instrument.edit.imports import dotted

# What a LogRecord or the Powertools formatter calls its own; a field of that name would be refused or hide theirs.
RECORD = """args asctime created exc_info exc_text extra filename funcName levelname levelno lineno message module msecs
msg name pathname process processName relativeCreated stack_info stacklevel taskName thread threadName self"""
FORMATTER = """level location timestamp service sampling_rate cold_start function_name function_memory_size function_arn
function_request_id correlation_id xray_trace_id exception exception_name stack_trace"""
RESERVED = frozenset(f"{RECORD} {FORMATTER}".split())
GENERIC = frozenset({"id", "key", "value", "type", "status", "code", "text", "data"})
WRAPPERS = frozenset({"str", "repr", "dict", "list"})
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
SENSITIVE = re.compile(
    r"(^|_)(pass(word|wd|phrase|code|port)?s?|pwd|secrets?|tokens?|jwt|bearer|auth|authori[sz]ation|credentials?|creds"
    r"|cookies?|session|signature|(api|access|private|secret|encryption|signing|auth|master|shared)_?keys?|otp|pin|cvv|cvc|iban|bic"
    r"|ssn|sin|nino|tax_id|e_?mails?|mail|phones?|mobile|fax|address(es)?|street|zip|postcode|postal|birth(day|date)?"
    r"|dob|gender|salary|income|(credit_?|debit_?)?cards?|pan|account_number|surname|user_?name|login"
    r"|(first|last|full|family|given|middle|maiden|customer|user|person|patient|guest|member|employee|contact|owner"
    r"|holder|recipient|sender|buyer|shopper|client|applicant|subscriber)_?names?|latitude|longitude|ip(_?address)?)(_|$)"
)  # fmt: skip


def keywords(values: Sequence[cst.BaseExpression]) -> list[cst.Arg]:
    """Keyword arguments that make fields of the values, each under a name of its own."""
    fields: dict[str, cst.BaseExpression] = {}
    for value in values:
        inner = unwrapped(value)
        base = name = _name(inner)
        number = 2
        while name in fields:
            name, number = f"{base}_{number}", number + 1
        fields[name] = inner
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return [cst.Arg(value, keyword=cst.Name(name), equal=tight) for name, value in fields.items()]


def unwrapped(node: cst.BaseExpression) -> cst.BaseExpression:
    """What `str(x)` or `dict(x)` makes a text of: the formatter does that itself and keeps the structure."""
    while isinstance(node, cst.Call) and dotted(node.func) in WRAPPERS and len(node.args) == 1:
        if node.args[0].star or node.args[0].keyword:
            break
        node = node.args[0].value
    return node


def looks_private(node: cst.BaseExpression) -> bool:
    """True for an expression with a name, key or text in it that secrets and personal data go by."""
    finding = _Words()
    node.visit(finding)
    return any(is_private(word) for word in finding.words)


def is_private(name: str) -> bool:
    """True for a name that secrets and personal data go by: `apiKey`, `customer_name`."""
    return SENSITIVE.search("_".join(WORD.findall(name)).lower()) is not None


class _Words(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def visit_Subscript(self, node: cst.Subscript) -> None:
        base, key = _last(node.value), _key(node)
        self.words.append(f"{base}_{key}")

    def visit_Attribute(self, node: cst.Attribute) -> None:
        self.words.append(f"{_last(node.value)}_{node.attr.value}")

    def visit_Call(self, node: cst.Call) -> None:
        if isinstance(node.func, cst.Attribute) and node.args and isinstance(node.args[0].value, cst.SimpleString):
            self.words.append(f"{_last(node.func.value)}_{node.args[0].value.evaluated_value!s}")

    def visit_Name(self, node: cst.Name) -> None:
        self.words.append(node.value)

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        self.words.append(str(node.evaluated_value))


def _last(node: cst.BaseExpression) -> str:
    words = list(_words(node))
    return words[-1] if words else ""


def _name(node: cst.BaseExpression) -> str:
    """A field's name for an expression."""
    parts = [part for part in _words(node) if part not in ("self", "cls")]
    name = parts[-1] if parts else "value"
    if (name in GENERIC or name in RESERVED) and len(parts) > 1:
        name = f"{parts[-2]}_{name}"
    name = re.sub(r"\W+", "_", name).strip("_").lower() if not name.isidentifier() else name.strip("_") or "value"
    if not name or name[0].isdigit():
        name = "value"
    return f"{name}_value" if name in RESERVED or iskeyword(name) else name


def _words(node: cst.BaseExpression) -> Iterator[str]:
    if isinstance(node, cst.Name):
        yield node.value
    elif isinstance(node, cst.Attribute):
        yield from _words(node.value)
        yield node.attr.value
    elif isinstance(node, cst.Subscript):
        yield from _words(node.value)
        if key := _key(node):
            yield key if not key.lstrip("-").isdigit() else f"{'_'.join(list(_words(node.value))[-1:])}_{key}"
    elif isinstance(node, cst.Call):
        yield from _call_words(node)


def _call_words(node: cst.Call) -> Iterator[str]:
    function, first = dotted(node.func), node.args[0].value if node.args else None
    if function == "len" and first is not None:
        words = list(_words(first))
        yield f"{words[-1]}_count" if words else "count"
    elif function.endswith(".get") and isinstance(first, cst.SimpleString) and isinstance(node.func, cst.Attribute):
        yield from _words(node.func.value)
        yield str(first.evaluated_value)
    elif function:
        yield function.rpartition(".")[2]


def _key(node: cst.Subscript) -> str:
    if len(node.slice) != 1 or not isinstance(node.slice[0].slice, cst.Index):
        return ""
    index = node.slice[0].slice.value
    if isinstance(index, cst.SimpleString):
        return str(index.evaluated_value)
    return index.value if isinstance(index, cst.Integer) else ""
