"""From what a call prints to what a structured log call says: a message that stays the same from request to request
where it can, and the data as fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
WRAPPERS = frozenset({"str", "repr", "json.dumps", "dict", "list", "pprint.pformat"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A text, or an expression; `plain` when it is printed without a format of its own."""

    text: str = ""
    expression: cst.BaseExpression | None = None
    plain: bool = True


def log_arguments(values: Sequence[cst.BaseExpression], errors: frozenset[str]) -> list[cst.Arg]:
    """The arguments of the log call that says what `print(*values)` did; `errors` are names of caught exceptions."""
    pieces = _joined(values)
    expressions = [piece for piece in pieces if piece.expression is not None]
    if not expressions:
        return [cst.Arg(values[0] if len(values) == 1 else _literal("".join(piece.text for piece in pieces)))]
    label = _label(pieces)
    if label is not None:
        fields = _fields([piece.expression for piece in expressions if piece.expression is not None], errors)
        return [cst.Arg(_literal(label or fields[0][0])), *_keywords(fields)]
    simple = [p.expression for p in expressions if p.expression is not None and is_simple(_unwrapped(p.expression))]
    fields = _fields(simple, errors)
    if len(values) == 1:
        return [cst.Arg(values[0]), *_keywords(fields)]
    return [*_template(values), *_keywords(fields)]


def field_arguments(values: Sequence[cst.BaseExpression], errors: frozenset[str]) -> list[cst.Arg]:
    """Keyword arguments that keep those of the values as fields that may be read twice."""
    return _keywords(_fields([value for value in values if is_simple(_unwrapped(value))], errors))


def keyword(name: str, value: cst.BaseExpression) -> cst.Arg:
    """The argument `name=value`."""
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return cst.Arg(value, keyword=cst.Name(name), equal=tight)


def is_simple(node: cst.BaseExpression) -> bool:
    """True for names, attributes and constant subscripts: reading them a second time does nothing."""
    if isinstance(node, cst.Name):
        return node.value not in ("True", "False", "None")
    if isinstance(node, cst.Attribute):
        return is_simple(node.value)
    if isinstance(node, cst.Call) and dotted(node.func) == "len" and len(node.args) == 1:
        return is_simple(node.args[0].value)
    return isinstance(node, cst.Subscript) and _key(node) != "" and is_simple(node.value)


def _joined(values: Sequence[cst.BaseExpression]) -> list[Piece]:
    pieces: list[Piece] = []
    for index, value in enumerate(values):
        if index:
            pieces.append(Piece(" "))
        pieces += _pieces(value)
    return pieces


def _pieces(node: cst.BaseExpression) -> list[Piece]:
    if isinstance(node, cst.SimpleString) and isinstance(node.evaluated_value, str):
        return [Piece(node.evaluated_value)]
    if isinstance(node, cst.FormattedString) and "r" not in node.prefix.lower():
        return [_part(part) for part in node.parts]
    if isinstance(node, cst.ConcatenatedString):
        return [*_pieces(node.left), *_pieces(node.right)]
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        parts = [*_pieces(node.left), *_pieces(node.right)]
        if any(part.text for part in parts):
            return parts
    return _formatted(node) or [Piece(expression=node)]


def _formatted(node: cst.BaseExpression) -> list[Piece]:
    """The values of `"..." % values` and `"...".format(values)`; empty for anything else."""
    values: list[cst.BaseExpression] = []
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Modulo) and _is_text(node.left):
        values = [e.value for e in node.right.elements] if isinstance(node.right, cst.Tuple) else [node.right]
    elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and _is_text(node.func.value):
        values = [arg.value for arg in node.args] or [node]
    return [Piece(expression=value, plain=False) for value in values]


def _part(part: cst.BaseFormattedStringContent) -> Piece:
    if isinstance(part, cst.FormattedStringText):
        text = part.value.replace("{{", "{").replace("}}", "}")
        return Piece(_unescaped(text))
    assert isinstance(part, cst.FormattedStringExpression)
    formatted = part.conversion is not None or part.format_spec is not None or part.equal is not None
    return Piece(expression=_outside(part.expression), plain=not formatted)


def _outside(node: cst.BaseExpression) -> cst.BaseExpression:
    """An expression of an f-string with the quotes that it would have outside of one."""
    code = cst.Module([]).code_for_node(node)
    return node if "'" not in code or '"' in code or "\\" in code else cst.parse_expression(code.replace("'", '"'))


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    quoted = cst.SimpleString('"""' + text.replace('"', '\\"').replace('\\\\"', '\\"') + '"""')
    try:
        value = quoted.evaluated_value
    except (SyntaxError, ValueError):
        return text
    return value if isinstance(value, str) else text


def _label(pieces: Sequence[Piece]) -> str | None:
    """The text before the values when nothing but space or a comma stands between and after them, else None."""
    texts = list(pieces)
    first = texts.pop(0).text if texts and texts[0].expression is None else ""
    while texts and texts[0].expression is None:
        first += texts.pop(0).text
    tail = [piece for piece in texts if piece.expression is None and piece.text.strip(" ,;.\n")]
    if first and first[-1] not in " :=\t\n":
        return None  # `s3://bucket/{key}`: the value is a part of a word
    label = first.strip().rstrip(":=-> ").strip()
    if (
        tail
        or not all(piece.plain for piece in texts)
        or (not label and sum(p.expression is not None for p in texts) > 1)
    ):
        return None
    return label


def _fields(values: Sequence[cst.BaseExpression], errors: frozenset[str]) -> list[tuple[str, cst.BaseExpression]]:
    fields: dict[str, cst.BaseExpression] = {}
    for value in values:
        inner = _unwrapped(value)
        name = "error" if isinstance(inner, cst.Name) and inner.value in errors else _name(inner)
        if name in fields and fields[name].deep_equals(inner):
            continue
        number = 2
        base = name
        while name in fields:
            name, number = f"{base}_{number}", number + 1
        fields[name] = inner
    return list(fields.items())


def _keywords(fields: Sequence[tuple[str, cst.BaseExpression]]) -> list[cst.Arg]:
    return [keyword(name, value) for name, value in fields]


def _unwrapped(node: cst.BaseExpression) -> cst.BaseExpression:
    """What `str(x)` or `json.dumps(x, ...)` makes a text of: the formatter does that itself and keeps the structure."""
    while isinstance(node, cst.Call) and dotted(node.func) in WRAPPERS and node.args:
        if node.args[0].star or node.args[0].keyword:
            break
        node = node.args[0].value
    return node


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


def _template(values: Sequence[cst.BaseExpression]) -> list[cst.Arg]:
    """`"a %s", x` for values that print would join with spaces."""
    texts, rest = [], []
    for value in values:
        if isinstance(value, cst.SimpleString) and isinstance(value.evaluated_value, str):
            texts.append(value.evaluated_value.replace("%", "%%"))
        else:
            texts.append("%s")
            rest.append(cst.Arg(value))
    return [cst.Arg(_literal(" ".join(texts))), *rest]


def _is_text(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.SimpleString | cst.ConcatenatedString) and isinstance(node.evaluated_value, str)


def _literal(text: str) -> cst.SimpleString:
    body = (
        text.encode("unicode_escape").decode("ascii")
        if any(ord(c) < 32 or ord(c) == 127 for c in text)
        else (text.replace("\\", "\\\\"))
    )
    return cst.SimpleString('"' + body.replace('"', '\\"') + '"')
