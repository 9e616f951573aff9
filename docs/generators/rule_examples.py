"""A template in which each rule finds something, and one in which it is clear; a test diagnoses both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from docs.generators.markdown import WRITTEN, plain
from shopfast_obs.diagnose.engine import catalogue
from shopfast_obs.diagnose.reference import found_when

EXAMPLES: Mapping[str, Mapping[str, str]] = yaml.safe_load(
    (Path(__file__).parents[1] / "examples/rules.yaml").read_text(encoding="utf-8")
)


def pages() -> Iterator[tuple[str, str]]:
    """Path below docs/ and text of the page."""
    yield "reference/rule-examples.md", "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield from ("# Examples of rules", "", WRITTEN, "")
    yield "What each rule looks for, why, and what it cannot see is on [the page of rules](rules.md). A test diagnoses each template below: the rule finds"
    yield "something in the first and nothing in the second."
    known = {rule.id: rule for rule in catalogue()}
    for name in sorted(EXAMPLES):
        yield from ("", f"## {name}", "", f"{plain(known[name].title)}. Found when: {plain(found_when(known[name]))}")
        for title, text in (("Found:", EXAMPLES[name]["bad"]), ("Clear:", EXAMPLES[name]["good"])):
            yield from ("", title, "", "```yaml", text.strip(), "```")
    rest = [rule for rule in catalogue() if rule.id not in EXAMPLES]
    yield from ("", "## Rules without an example here", "")
    yield "These read logs, metrics, traces or sources, or more of a template than fits on a page. [Injected faults](../measured/faults.md) has the evidence by which"
    yield from ("rules found recorded faults.", "")
    yield from (f"- [{rule.id}](rules.md#{rule.id}), reads {', '.join(rule.needs)}" for rule in rest)
