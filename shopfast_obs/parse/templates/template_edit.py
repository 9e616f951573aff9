"""Values into a YAML or JSON document, and every other character of it stays: comments, order, quotes, intrinsics.

Nothing is printed anew. An entry goes in before the first of its mapping, an item behind the last of its list, and a
scalar is replaced where it stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import yaml

Path = Sequence[str]


class EditError(Exception):
    """The value cannot be put there; the message says why."""


def put(text: str, path: Path, value: Any) -> str:  # noqa: ANN401 - JSON
    """The text with the value at the path; missing mappings on the way are made."""
    node = root_of(text)
    for depth, key in enumerate(path):
        import yaml

        if not isinstance(node, yaml.MappingNode) or is_intrinsic(node):
            raise EditError(f"{'.'.join(path[:depth])} is no plain mapping")
        found = next((v for k, v in node.value if k.value == key), None)
        if found is None:
            for name in reversed(path[depth + 1 :]):
                value = {name: value}
            return _inserted(text, node, key, value)
        node = found
    return _replaced(text, node, path, value)


def put_last(text: str, key: str, value: Any) -> str:  # noqa: ANN401 - JSON
    """The text with one more entry of the whole document, behind the others."""
    if getattr(root_of(text), "flow_style", False):
        return put(text, [key], value)
    newline = newline_of(text)
    return f"{text.rstrip()}{newline}{newline}{_block({key: value}, 0, newline)}{newline}"


def append(text: str, path: Path, values: Sequence[Any]) -> str:
    """The text with the values behind the last item of the list at the path, which is made when there is none."""
    import yaml

    node: yaml.Node | None = root_of(text)
    for key in path:
        if not isinstance(node, yaml.MappingNode) or is_intrinsic(node):
            raise EditError(f"{'.'.join(path)} cannot be reached")
        node = next((v for k, v in node.value if k.value == key), None)
    if node is None:
        return put(text, path, list(values))
    if not isinstance(node, yaml.SequenceNode) or is_intrinsic(node):
        raise EditError(f"{'.'.join(path)} is no plain list")
    if not node.value:
        raise EditError(f"{'.'.join(path)} is an empty list")
    at = end_of(node.value[-1])
    if node.flow_style:
        first = node.value[0].start_mark
        gap = text[node.start_mark.index + 1 : first.index]
        glue = f",{gap}" if "\n" in gap else ", "
        return text[:at] + "".join(f"{glue}{json.dumps(value)}" for value in values) + text[at:]
    line_end = text.find("\n", at)
    indent = " " * node.start_mark.column
    newline = newline_of(text)
    items = "".join(f"{indent}- {_block(value, node.start_mark.column + 2, newline)}{newline}" for value in values)
    if line_end < 0:
        return f"{text}{newline}{items}"
    return text[: line_end + 1] + items + text[line_end + 1 :]


def aliases(text: str) -> bool:
    """True for a document in which one node stands in several places."""
    import yaml

    try:
        return any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text.replace("\t", " ")))
    except yaml.YAMLError:
        return False  # whoever edits it is told why it cannot be


def root_of(text: str) -> yaml.Node:
    """The document as nodes with their places; raises EditError for one that cannot be edited."""
    import yaml

    try:
        node = yaml.compose(text.replace("\t", " "), Loader=yaml.SafeLoader)
    except (
        yaml.YAMLError,
        RecursionError,
        ValueError,
    ) as problem:  # such as `!GetAtt` before a comma
        mark = getattr(problem, "problem_mark", None)
        raise EditError(f"the document cannot be edited{f' (line {mark.line + 1})' if mark else ''}") from None
    if node is None:
        raise EditError("it is empty")
    return node


def is_intrinsic(node: yaml.Node) -> bool:
    """`!If ...` or `{"Fn::If": ...}`: what it comes to is decided elsewhere."""
    import yaml

    keys = [str(key.value) for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
    return node.tag.startswith("!") or any(key.startswith("Fn::") or key == "Ref" for key in keys)


def _inserted(text: str, node: yaml.MappingNode, key: str, value: Any) -> str:  # noqa: ANN401
    if not node.value:
        at = node.start_mark.index + 1
        return f"{text[:at]}{json.dumps(key)}: {json.dumps(value)}{text[at:]}"
    first = node.value[0][0].start_mark
    if node.flow_style:
        gap = text[node.start_mark.index + 1 : first.index]
        glue = f",{gap}" if "\n" in gap else ", "
        return f"{text[: first.index]}{json.dumps(key)}: {json.dumps(value)}{glue}{text[first.index :]}"
    newline, indent = newline_of(text), " " * first.column
    entry = _block({key: value}, first.column, newline)
    line = text.rfind("\n", 0, first.index) + 1
    if text[line : first.index].strip():  # behind the dash of a list
        return f"{text[: first.index]}{entry}{newline}{indent}{text[first.index :]}"
    while (above := text.rfind("\n", 0, max(line - 1, 0)) + 1) < line and text[above:line].lstrip().startswith("#"):
        line = above  # a comment belongs to what it stands above
    return f"{text[:line]}{indent}{entry}{newline}{text[line:]}"


def _replaced(text: str, node: yaml.Node, path: Path, value: Any) -> str:  # noqa: ANN401
    import yaml

    if not isinstance(node, yaml.ScalarNode) or is_intrinsic(node) or isinstance(value, Mapping | list):
        raise EditError(f"{'.'.join(path)} is no plain value")
    quoted = text[node.start_mark.index] == '"'
    written = json.dumps(value) if quoted or not isinstance(value, str) else value
    return text[: node.start_mark.index] + written + text[node.end_mark.index :]


def end_of(node: yaml.Node) -> int:
    """Where a node's text ends: the mark of a block node lies before the next token, comments further down."""
    import yaml

    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return end_of(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return end_of(node.value[-1])
    return int(node.end_mark.index)


def _block(value: Any, indent: int, newline: str) -> str:  # noqa: ANN401
    """The value in YAML's block style; its first line stands where it is put, the others are indented."""
    import yaml

    text = yaml.safe_dump(value, default_flow_style=False, sort_keys=False, width=10_000, allow_unicode=True)
    lines = text.rstrip("\n").removesuffix("\n...").split("\n")
    return f"{newline}{' ' * indent}".join(lines)


def newline_of(text: str) -> str:
    """How the document ends its lines."""
    return "\r\n" if "\r\n" in text else "\n"
