"""From what a call prints to what a structured log call says. The text stays in the message; values behind it become
fields, each written once; where the text goes on behind a value, or the value is private or an error's, the message is
what was printed, to the letter. A line that may be a machine's is left alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import libcst as cst

from shopfast_obs.instrument.edit.fields import keywords, looks_private, unwrapped
from shopfast_obs.instrument.edit.imports import dotted
from shopfast_obs.instrument.edit.machine_readable_lines import is_object, makes_json

BETWEEN = " ,;\t\n"  # what may stand between values that become fields
PLACE = re.compile(r"%[sd]")
REPLACED = re.compile(r"(?<!\{)\{[^{}]*\}")  # `{}`, `{name!r:>4}`
VALUE = "\0"  # stands for a value in a text
# A value by itself whose text cannot be an object of JSON.
PLAIN = frozenset(
    {"len", "type", "id", "sum", "round", "traceback.format_exc", "time.time", "datetime.now", "format_exc"}
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A text, or an expression; `plain` when it is printed without a format of its own."""

    text: str = ""
    expression: cst.BaseExpression | None = None
    plain: bool = True


@dataclass(frozen=True, slots=True)
class CodeContext:
    """Names in the code around: caught exceptions, and JSON text; and how it quotes a text."""

    errors: frozenset[str] = frozenset()
    json: Collection[str] = ()
    quote: str = '"'


def printed(values: Sequence[cst.BaseExpression], said: CodeContext) -> list[cst.Arg] | None:
    """The arguments of the log call that says what `print(*values)` did; None for what stays as it is: JSON, and a
    value by itself that may be JSON."""
    pieces = [piece for piece in _joined(values) if piece.text or piece.expression is not None]
    if _is_machine(pieces, said):
        return None
    text = "".join(piece.text for piece in pieces)
    if not text or (text.isspace() and len(pieces) <= 2):
        plain = len(values) == 1 and _is_plain(values[0], said)
        return [cst.Arg(_literal("%s", said.quote)), cst.Arg(values[0])] if plain else None
    if labelled := _labelled(pieces, said):
        return labelled
    return [cst.Arg(values[0])] if len(values) == 1 else _template(values, said.quote)


def logged(arguments: Sequence[cst.Arg], said: CodeContext) -> list[cst.Arg] | None:
    """The arguments of the structured log call for those of the standard library's; None where they stay."""
    values = [argument.value for argument in arguments if argument.keyword is None]
    pieces = _of_template(values)
    if pieces is None or not any(letter.isalnum() for piece in pieces for letter in piece.text):
        return None
    labelled = _labelled(pieces, said)
    rest = [argument for argument in arguments if argument.keyword is not None]
    taken = {argument.keyword.value for argument in rest if argument.keyword is not None}
    if labelled is None or any(a.keyword is not None and a.keyword.value in taken for a in labelled):
        return None
    return [*labelled, *rest]


def is_json_line(arguments: Sequence[cst.Arg], said: CodeContext) -> bool:
    """True when a log call's message may be JSON, or has JSON in it."""
    values = [argument.value for argument in arguments if argument.keyword is None and not argument.star]
    pieces = _of_template(values) or _joined(values)
    return _is_machine(pieces, said) if values else False


def _is_machine(pieces: Sequence[Piece], said: CodeContext) -> bool:
    text = "".join(piece.text if piece.expression is None else VALUE for piece in pieces)
    return is_object(text) or any(p.expression is not None and makes_json(p.expression, said.json) for p in pieces)


def _is_plain(node: cst.BaseExpression, said: CodeContext) -> bool:
    """A value that is an exception, a number or the like: no JSON."""
    inner = unwrapped(node)
    if isinstance(inner, cst.Call):
        return dotted(inner.func) in PLAIN
    if isinstance(inner, cst.Attribute):
        return inner.attr.value.startswith("__") or _is_error(inner, said)
    return isinstance(inner, cst.Integer | cst.Float | cst.Comparison) or _is_error(inner, said)


def _is_error(node: cst.BaseExpression, said: CodeContext) -> bool:
    """What a caught exception says is text, not data."""
    inner = unwrapped(node)
    if isinstance(inner, cst.Call) and dotted(inner.func).rpartition(".")[2] in ("format_exc", "format_exception"):
        return True
    return isinstance(inner, cst.Name) and inner.value in said.errors


def _labelled(pieces: Sequence[Piece], said: CodeContext) -> list[cst.Arg] | None:
    """The text as message and the values behind it as fields; None unless there is text and then only values."""
    values = [piece.expression for piece in pieces if piece.expression is not None]
    first = next((index for index, piece in enumerate(pieces) if piece.expression is not None), len(pieces))
    text = "".join(piece.text for piece in pieces[:first])
    behind = pieces[first:]
    if not values or not text.strip() or text[-1] not in " :\t\n":
        return None  # `s3://bucket/{key}`, `code={code}`: the value is a part of a word, or of what a query parses
    if any(piece.text.strip(BETWEEN) for piece in behind) or not all(piece.plain for piece in behind):
        return None
    if any(_is_error(value, said) or looks_private(value) or isinstance(value, cst.NamedExpr) for value in values):
        return None
    return [cst.Arg(_literal(text.rstrip(), said.quote)), *keywords(values)]


def _joined(values: Sequence[cst.BaseExpression]) -> list[Piece]:
    pieces: list[Piece] = []
    for index, value in enumerate(values):
        if index:
            pieces.append(Piece(" "))
        pieces += _pieces(value)
    return pieces


def _of_template(values: Sequence[cst.BaseExpression]) -> list[Piece] | None:
    """The pieces of `"...%s...", value, ...`, or of one text; None where the call says something else."""
    if len(values) == 1:
        return _pieces(values[0])
    if not values or not _is_text(values[0]):
        return None
    template = _value(values[0])
    texts = [text.replace("%%", "%") for text in PLACE.split(template.replace("%%", VALUE))]
    if len(texts) != len(values) or any("%" in text for text in texts):
        return None
    pieces = [Piece(texts[0].replace(VALUE, "%"))]
    for value, text in zip(values[1:], texts[1:], strict=True):
        pieces += [Piece(expression=value), Piece(text.replace(VALUE, "%"))]
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
    return _formatted(node) or [Piece(expression=node, plain=not isinstance(node, cst.Integer | cst.Float))]


def _formatted(node: cst.BaseExpression) -> list[Piece]:
    """The text and the values of `"..." % values` and `"...".format(values)`; empty for anything else."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Modulo) and _is_text(node.left):
        text, values = _value(node.left), [node.right]
        if isinstance(node.right, cst.Tuple):
            values = [element.value for element in node.right.elements]
    elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and _is_text(node.func.value):
        text, values = _value(node.func.value), [argument.value for argument in node.args]
        text = (
            REPLACED.sub(VALUE, text).replace("{{", "{").replace("}}", "}")
            if node.func.attr.value == "format"
            else text
        )
    else:
        return []
    return [Piece(text), *(Piece(expression=value, plain=False) for value in values)]


def _part(part: cst.BaseFormattedStringContent) -> Piece:
    if isinstance(part, cst.FormattedStringText):
        return Piece(_unescaped(part.value.replace("{{", "{").replace("}}", "}")))
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


def _template(values: Sequence[cst.BaseExpression], quote: str) -> list[cst.Arg]:
    """`"a %s", x` for values that print would join with spaces."""
    texts, rest = [], []
    for value in values:
        if isinstance(value, cst.SimpleString) and isinstance(value.evaluated_value, str):
            texts.append(value.evaluated_value.replace("%", "%%"))
        else:
            texts.append("%s")
            rest.append(cst.Arg(value))
    if not rest:
        texts = [text.replace("%%", "%") for text in texts]
    return [cst.Arg(_literal(" ".join(texts), quote)), *rest]


def _is_text(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.SimpleString | cst.ConcatenatedString) and isinstance(node.evaluated_value, str)


def _value(node: cst.BaseExpression) -> str:
    assert isinstance(node, cst.SimpleString | cst.ConcatenatedString)
    return str(node.evaluated_value)


def _literal(text: str, quote: str) -> cst.SimpleString:
    body = (
        text.encode("unicode_escape").decode("ascii")
        if any(ord(c) < 32 or ord(c) == 127 for c in text)
        else (text.replace("\\", "\\\\"))
    )
    if quote in body and {"'": '"', '"': "'"}[quote] not in body:
        quote = {"'": '"', '"': "'"}[quote]
    return cst.SimpleString(quote + body.replace(quote, f"\\{quote}") + quote)
