"""The rule reference, from the rules: `python -m shopfast_obs.diagnose.reference > docs/reference/rules.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from shopfast_obs.diagnose.engine import catalogue
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.facts import fact

HEAD = """\
# Rules

What `shopfast-obs diagnose` looks for. Each rule ends in one of three outcomes for a resource: found, with its
evidence; clear; or not enough data, with the reason. Severities are the usual ones; a run's evidence can lower or raise
them.

Written by `python -m shopfast_obs.diagnose.reference`; a test keeps it equal to the rules.
"""


def reference(rules: Sequence[Rule]) -> str:
    """The reference as Markdown: a table of all rules, then each with the same headings."""
    return "\n".join([HEAD, *_table(rules), "", *(line for rule in rules for line in _page(rule))]).rstrip() + "\n"


def _table(rules: Sequence[Rule]) -> Iterator[str]:
    yield "| rule | finds | severity | reads |"
    yield "|---|---|---|---|"
    for rule in rules:
        yield f"| [{rule.id}](#{rule.id}) | {rule.title} | {rule.severity.name.lower()} | {', '.join(rule.needs)} |"


def _page(rule: Rule) -> Iterator[str]:
    yield f"## {rule.id}\n"
    yield f"{rule.title}. Looks at {', '.join(f'`{type_}`' for type_ in rule.types)}.\n"
    yield f"**Found when.** {found_when(rule)}\n"
    yield f"**Why it matters.** {rule.why}\n"
    if rule.misleads:
        yield f"**What misleads.** {rule.misleads}\n"
    yield f"**Remedy.** {rule.remedy}\n"
    yield f"**Known limits.** {rule.limits}\n"
    if rule.facts:
        facts = "; ".join(f"`{one.id}` = {one.said} (read on {one.as_of})" for one in map(fact, rule.facts))
        yield f"**Facts with a date.** {facts}\n"
    yield f"**Example.** [What it finds, and the same in order](rule-examples.md#{rule.id})\n"
    if rule.runbook:
        yield f"**Runbook.** `runbooks/{rule.runbook}.md`\n"


def found_when(rule: Rule) -> str:
    """When the rule finds something, as a sentence."""
    text = " ".join((rule.when or rule.judge.__doc__ or "").split())
    said = text.removeprefix("Found ").removeprefix("when ")
    return said[:1].upper() + said[1:]


if __name__ == "__main__":
    sys.stdout.write(reference(catalogue()))
