"""Each rule on something that it finds wrong, and on the same thing in order; a test diagnoses both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from docs.generators.markdown import WRITTEN, code, plain
from shopfast_obs.diagnose.engine import catalogue
from shopfast_obs.diagnose.reference import found_when

FOLDER = Path(__file__).parents[1] / "examples/rules"
# What the rule `says`, and what it reads: a `template`, `source` (the text of each file), `metrics`.
Side = Mapping[str, Any]


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
source, metrics with a value a minute. What is deployed has the name here that the template gives it."""


def pages() -> Iterator[tuple[str, str]]:
    """Path below docs/ and text of the page."""
    yield "reference/rule-examples.md", "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield HEAD
    known = {rule.id: rule for rule in catalogue()}
    for name in sorted(EXAMPLES):
        rule = known[name]
        yield from ("", f"## {name}", "", f"{plain(rule.title)}. Found when: {plain(found_when(rule))}")
        yield f"Remedy: {plain(rule.remedy)}"
        for title, kind in (("Found", "bad"), ("Clear", "good")):
            side = EXAMPLES[name][kind]
            yield from ("", f"**{title}:** {plain(side['says'])}", *_side(side))
    rest = [rule for rule in catalogue() if rule.id not in EXAMPLES]
    yield from ("", "## Rules without an example here", "")
    yield "These read logs, metrics, traces or sources, or more of a template than fits on a page. [Injected faults](../measured/faults.md) has the evidence by which"
    yield from ("rules found recorded faults.", "")
    yield from (f"- [{rule.id}](rules.md#{rule.id}), reads {', '.join(rule.needs)}" for rule in rest)


def _side(side: Side) -> Iterator[str]:
    yield from _block("yaml", side["template"])
    for file, text in side.get("source", {}).items():
        yield from ("", code(file), *_block("python" if file.endswith(".py") else "text", text))
    if "metrics" in side:
        yield from ("", "Metrics, a value a minute", *_block("text", side["metrics"]))


def _block(language: str, text: str) -> Iterator[str]:
    yield from ("", f"```{language}", text.strip("\n"), "```")
