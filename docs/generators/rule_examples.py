"""Each rule on something that it finds wrong, and on the same thing in order; a test diagnoses both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from docs.generators.markdown import WRITTEN, code, plain
from shopfast_obs.diagnose.engine import catalogue
from shopfast_obs.diagnose.reference import found_when

FOLDER = Path(__file__).parents[1] / "examples/rules"
# What the rule `says`, and what it reads: a `template`, `source` (the text of each file), `logs` (the lines of each log
# group), `traces` (X-Ray documents), `metrics`.
Side = Mapping[str, Any]
Parts = str | Sequence[str | Mapping[str, Any]]  # a text, or several; one that is repeated is {times, text}


def _read() -> dict[str, dict[str, Side]]:
    found: dict[str, dict[str, Side]] = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        for rule, sides in yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader).items():
            if rule in found:
                raise ValueError(f"{rule} has two examples, one of them in {file}")
            found[rule] = sides
    return found


EXAMPLES: Mapping[str, Mapping[str, Side]] = _read()
HEAD = f"""\
# Examples of rules

{WRITTEN}

What each rule looks for, why, and what it cannot see is on [the page of rules](rules.md). A test diagnoses both sides of each example below: the rule
finds in the first what its sentence says, and nothing in the second, for the reason given. Below a template stands what else the rule reads: a handler's
source, the lines of a log, traces, metrics with a value a minute. What is deployed has the name here that the template gives it.

In a log, `<id>` stands for a request id, another one in each repetition, `<400 to 900>` for numbers that grow from 400 to 900 over the repetitions, and
`<trace>` for the id of the trace. Traces are X-Ray documents without their ids; a time is in seconds after the beginning of the trace."""


def pages() -> Iterator[tuple[str, str]]:
    """Path below docs/ and text of the page."""
    yield "reference/rule-examples.md", "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield HEAD
    known = {rule.id: rule for rule in catalogue()}
    for name in sorted(EXAMPLES):
        rule, bad, good = known[name], EXAMPLES[name]["bad"], EXAMPLES[name]["good"]
        yield from ("", f"## {name}", "", f"{plain(rule.title)}. Found when: {plain(found_when(rule))}")
        yield f"Remedy: {plain(rule.remedy)} ([Why, and its limits](rules.md#{name}))"
        yield from ("", f"**Found:** {plain(bad['says'])}", *_side(bad, {}))
        yield from ("", f"**Clear:** {plain(good['says'])}", *_side(good, bad))


def _side(side: Side, shown: Side) -> Iterator[str]:
    """What is on a side; what was `shown` for the other one is only named."""
    same = [part for part in side if side[part] == shown.get(part)]
    if same:
        yield from ("", f"The same {' and '.join(same)}.")
    new = {part: side[part] for part in side if part not in same}
    if "template" in new:
        yield from _block("yaml", new["template"])
    for file, text in new.get("source", {}).items():
        yield from ("", code(file), *_block("python" if file.endswith(".py") else "text", text))
    for group, parts in new.get("logs", {}).items():
        yield from _repeated(f"Log of {code(group)}", "text", parts)
    if "traces" in new:
        yield from _repeated("Trace", "yaml", new["traces"])
    if "metrics" in new:
        yield from ("", "Metrics, a value a minute", *_block("text", new["metrics"]))


def _repeated(title: str, language: str, parts: Parts) -> Iterator[str]:
    for number, (times, text) in enumerate(repetitions(parts)):
        said = f"{title}, then" if number else title
        yield from ("", f"{said}, {times} times" if times > 1 else said, *_block(language, text))


def repetitions(parts: Parts) -> Iterator[tuple[int, str]]:
    """How often each text is repeated, and the text."""
    for part in [parts] if isinstance(parts, str) else parts:
        yield (1, part) if isinstance(part, str) else (part["times"], part["text"])


def _block(language: str, text: str) -> Iterator[str]:
    yield from ("", f"```{language}", text.strip("\n"), "```")
