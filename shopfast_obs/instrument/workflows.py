"""Workflow definitions: their Lambda tasks are told the execution, for a starter that has neither an id nor a trace.

A task with `Parameters` gets only what those name, and what the task before it answered replaces the execution's input;
the id is lost twice. `$$.Execution` is always there, whoever started the execution and with whatever input: a path to
the id itself would fail the state for an input without it. The runtime takes it off again before the handler sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shopfast_obs import confine
from shopfast_obs.instrument.application import sources
from shopfast_obs.instrument.application.files import IGNORED
from shopfast_obs.instrument.service import FileResult
from shopfast_obs.model.changes import Skipped
from shopfast_obs.parse.templates.template_edit import aliases

if TYPE_CHECKING:
    import yaml

CODEMOD = "runtime"  # what reads the key is the decorator of that codemod
ASKED_FOR = frozenset({CODEMOD, "clients"})  # of the profile that takes all: what a task is given is the application's
KEY = "_execution"
SUFFIXES = (".asl.json", ".asl.yaml", ".asl.yml")
PATH = f'"{KEY}.$": "$$.Execution"'
EXPRESSION = f'"{KEY}": "{{% $states.context.Execution %}}"'
OURS = ((f"{KEY}.$", "$$.Execution"), (KEY, "{% $states.context.Execution %}"))
INTEGRATION = re.compile(r":states:[^:]*:[^:]*:lambda:invoke")
FUNCTION = re.compile(r":lambda:[^:]*:[^:]*:function:|^\$\{\w*(Function|Lambda|Fn)(Arn|\.Arn)?\}$")


def find(paths: Sequence[Path]) -> Iterator[Path]:
    """The workflow definitions at or below the paths, each once, in a stable order."""
    seen: set[Path] = set()
    for path in paths:
        for file in _below(path):
            if file not in seen:
                seen.add(file)
                yield file


def instrument(path: Path) -> FileResult:
    """What becomes of one definition."""
    source = sources.read(path)
    if isinstance(source, Skipped):
        return FileResult(path, "skipped", reason=source.reason, unread=source.unread)
    text = carried(source.text)
    if isinstance(text, Skipped):
        return FileResult(path, "skipped", reason=text.reason, unread=text.unread)
    if text == source.text:
        return FileResult(path, "unchanged")
    return FileResult(path, "changed", (CODEMOD,), before=source.data, after=source.encoded(text))


def effects(files: Sequence[FileResult]) -> Iterator[str]:
    """What the changed definitions do that their readers would not expect, as a sentence."""
    names = [file.path.name for file in files if file.status == "changed" and file.path.name.endswith(SUFFIXES)]
    if names:
        yield (
            f"{', '.join(names)}: each Lambda task gets the execution as {KEY} in its input; the instrumented function "
            "takes it off again before its handler sees it. A function that is not instrumented sees it."
        )


def carried(text: str) -> str | Skipped:
    """The definition with the execution in what its Lambda tasks are given; every other character stays."""
    definition = _composed(text)
    if isinstance(definition, Skipped):
        return definition
    return _edited(text, [_insertion(text, place) for place in _places(definition, expressions=False)])


def uncarried(text: str) -> str | Skipped:
    """The definition without what `carried` put in."""
    definition = _composed(text)
    if isinstance(definition, Skipped):
        return definition
    for start, end in sorted(_carried_spans(definition), reverse=True):
        text = text[:start] + text[end:]
    return text


@dataclass(frozen=True, slots=True)
class _Place:
    """The object that becomes a function's event, and the entry to put in."""

    mapping: yaml.MappingNode
    entry: str


def _below(path: Path) -> Iterator[Path]:
    if path.is_file():
        if path.name.endswith(SUFFIXES):
            yield path
        return
    walk = confine.Walk(path, skip=lambda name: name in IGNORED or name.startswith("."))
    yield from (file for file in walk if file.name.endswith(SUFFIXES))


def _composed(text: str) -> yaml.Node | Skipped:
    """The document with its positions; JSON is YAML, but for tabs between tokens."""
    import yaml

    if aliases(text):  # one place in the text would be several in the workflow, or a circle
        return Skipped("workflow", "it uses YAML aliases")
    try:
        node = yaml.compose(text.replace("\t", " "), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as problem:
        line = getattr(getattr(problem, "problem_mark", None), "line", None)
        return Skipped("workflow", f"it does not parse{'' if line is None else f' (line {line + 1})'}", unread=True)
    if not isinstance(node, yaml.MappingNode) or not {"StartAt", "States"} <= set(_entries(node)):
        return Skipped("workflow", "it is no workflow definition: it has no StartAt and States")
    return node


def _places(node: yaml.Node, *, expressions: bool) -> Iterator[_Place]:
    """Where a Lambda task's event is written out, at any depth of branches and maps."""
    import yaml

    if isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _places(child, expressions=expressions)
    if not isinstance(node, yaml.MappingNode):
        return
    entries = _entries(node)
    language = _scalar(entries.get("QueryLanguage"))
    expressions = language == "JSONata" if language else expressions
    if _scalar(entries.get("Type")) == "Task":
        yield from _task(entries, expressions=expressions)
        return
    for name, child in entries.items():
        if name not in ("Parameters", "Result", "Arguments", "ItemSelector", "Assign", "Output"):
            yield from _places(child, expressions=expressions)


def _task(entries: dict[str, yaml.Node], *, expressions: bool) -> Iterator[_Place]:
    import yaml

    resource = _scalar(entries.get("Resource"))
    event = entries.get("Arguments" if expressions else "Parameters")
    if not isinstance(event, yaml.MappingNode):
        return
    if INTEGRATION.search(resource):
        event = _entries(event).get("Payload")
    elif not FUNCTION.search(resource):
        return
    if isinstance(event, yaml.MappingNode) and not {KEY, f"{KEY}.$"} & set(_entries(event)):
        yield _Place(event, EXPRESSION if expressions else PATH)


def _insertion(text: str, place: _Place) -> tuple[int, str]:
    """Before the first entry, so that it needs no look at how the last one ends."""
    mapping = place.mapping
    if not mapping.value:
        return mapping.start_mark.index + 1, place.entry
    first = mapping.value[0][0].start_mark
    if not mapping.flow_style:
        newline = "\r\n" if "\r\n" in text else "\n"
        return first.index, f"{place.entry}{newline}{' ' * first.column}"
    gap = text[mapping.start_mark.index + 1 : first.index]
    return first.index, f"{place.entry},{gap if chr(10) in gap else ' '}"


def _carried_spans(node: yaml.Node) -> Iterator[tuple[int, int]]:
    """From our entries to those behind them."""
    import yaml

    if isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _carried_spans(child)
    if not isinstance(node, yaml.MappingNode):
        return
    for (key, value), following in zip(node.value, [*node.value[1:], None], strict=False):
        if (key.value, value.value) in OURS:
            end = value.end_mark.index if following is None else following[0].start_mark.index
            yield key.start_mark.index, end
        else:
            yield from _carried_spans(value)


def _edited(text: str, insertions: Sequence[tuple[int, str]]) -> str:
    for at, piece in sorted(insertions, reverse=True):
        text = text[:at] + piece + text[at:]
    return text


def _entries(node: yaml.MappingNode) -> dict[str, yaml.Node]:
    return {str(key.value): value for key, value in node.value}


def _scalar(node: Any) -> str:  # noqa: ANN401 - any node, or none
    value = getattr(node, "value", "")
    return value if isinstance(value, str) else ""
