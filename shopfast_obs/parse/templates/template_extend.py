"""New entries behind the last of a mapping in a YAML or JSON document; every other character stays.

In YAML they are written as people write templates: block style, `!Ref` and `!GetAtt`. In JSON with the document's own
indentation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shopfast_obs.parse.templates.template_edit import EditError, end_of, is_intrinsic, newline_of, root_of

if TYPE_CHECKING:
    import yaml

QUOTED = re.compile(r"!(Ref|GetAtt) '([\w.]+)'")
SHORT = {"Ref": "!Ref", "Fn::Sub": "!Sub", "Fn::GetAtt": "!GetAtt", "Fn::ImportValue": "!ImportValue"}


def extend(text: str, path: Sequence[str], entries: Mapping[str, Any]) -> str:
    """The text with the entries behind the last one of the mapping at the path, which is made where it is missing (its
    last key alone); raises EditError where there is no plain mapping."""
    import yaml

    node: yaml.Node = root_of(text)
    for depth, key in enumerate(path):
        if not isinstance(node, yaml.MappingNode) or is_intrinsic(node):
            raise EditError(f"{'.'.join(path[:depth])} is no plain mapping")
        found = next((v for k, v in node.value if k.value == key), None)
        if found is None:
            for name in reversed(path[depth:]):
                entries = {name: entries}
            return _behind(text, node, entries)
        node = found
    if isinstance(node, yaml.SequenceNode):
        raise EditError(f"{'.'.join(path)} is a list")
    if not isinstance(node, yaml.MappingNode) or is_intrinsic(node):
        raise EditError(f"{'.'.join(path)} is no plain mapping")
    return _behind(text, node, entries)


def _behind(text: str, node: yaml.MappingNode, entries: Mapping[str, Any]) -> str:
    if not node.value:
        raise EditError("a mapping is empty")
    at = len(text[: end_of(node.value[-1][1])].rstrip())
    first = node.value[0][0].start_mark
    if node.flow_style:
        gap = text[node.start_mark.index + 1 : first.index]
        glue = f",{gap}" if "\n" in gap else ", "
        step = max(1, first.column - _column_of(text, node.start_mark.index)) if "\n" in gap else None
        return text[:at] + "".join(f"{glue}{_json(k, v, gap, step)}" for k, v in entries.items()) + text[at:]
    newline, indent = newline_of(text), " " * first.column
    line_end = text.find("\n", at)
    head, tail = (text[: line_end + 1], text[line_end + 1 :]) if line_end >= 0 else (text + newline, "")
    lines = _yaml(entries).rstrip("\n").split("\n")
    return head + "".join(f"{indent}{line}{newline}" for line in lines) + tail


def _column_of(text: str, index: int) -> int:
    """The indentation of the line in which the place is."""
    line = text[text.rfind("\n", 0, index) + 1 : index]
    return len(line) - len(line.lstrip())


def _json(key: str, value: Any, gap: str, step: int | None) -> str:  # noqa: ANN401
    if step is None:
        return f"{json.dumps(key)}: {json.dumps(value)}"
    margin = gap[gap.rfind("\n") :]
    return f"{json.dumps(key)}: {json.dumps(value, indent=step)}".replace("\n", margin)


def _yaml(value: Any) -> str:  # noqa: ANN401
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    def mapping(dumper: yaml.SafeDumper, data: dict[str, Any]) -> yaml.Node:
        if len(data) == 1:
            ((name, said),) = data.items()
            if name == "Fn::GetAtt" and isinstance(said, list) and all(isinstance(part, str) for part in said):
                said = ".".join(said)
            if name in SHORT and isinstance(said, str):
                return dumper.represent_scalar(SHORT[name], said)
        return dumper.represent_dict(data)

    Dumper.add_representer(dict, mapping)
    text = str(yaml.dump(value, Dumper=Dumper, sort_keys=False, width=110, allow_unicode=True))
    return QUOTED.sub(r"!\1 \2", text)  # the library quotes what has a tag
