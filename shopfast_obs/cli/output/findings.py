"""Findings on a terminal: worst first, each with its evidence, what misleads, and what helps."""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shopfast_obs.diagnose.context import IN_TEMPLATE
from shopfast_obs.model.counts import plural

if TYPE_CHECKING:
    from shopfast_obs.cli.output.terminal import Terminal
    from shopfast_obs.model.findings import Diagnosis, Finding
    from shopfast_obs.model.review import Review

MOST_ALIKE = 2  # findings of one rule without harm are listed together from here on
MOST_NAMED = 6
MOST_FOLDED = 2  # what is named of resources whose checks had not enough data
UNSEEN = IN_TEMPLATE.partition("{")[0]
WIDEST = 100  # columns: longer lines are hard to read


def show(terminal: Terminal, review: Review, calls: Mapping[str, int]) -> None:
    """Print the findings, then what could not be decided (a line, or every reason on a verbose terminal), then the
    count."""
    paper = FindingPrinter(terminal)
    alike: dict[tuple[str, int], list[Finding]] = defaultdict(list)
    for found in review.shown:
        alike[found.rule, found.severity].append(found)
    said: dict[str, str] = {}
    for findings in alike.values():
        if len(findings) >= MOST_ALIKE and not any(found.harm for found in findings):
            _show_together(paper, findings)
            _show_advice(paper, findings[0], said)
        else:
            for found in findings:
                _show_one(paper, found)
                _show_advice(paper, found, said)
    if terminal.verbose:
        _show_undecided(paper, review.diagnosis)
    else:
        _fold_undecided(paper, review.diagnosis)
    for sentence in _summary(review, calls):
        paper.line(sentence)
    commands = list(dict.fromkeys(found.remedy.command for found in review.shown if found.remedy.command))
    if commands:
        terminal.say(f"Next: {_first_look(commands[0])}")


def _first_look(command: str) -> str:
    """The command without the change that it makes."""
    return command.replace(" --apply", "", 1).replace("alarms apply", "alarms plan", 1)


class FindingPrinter:
    """Lines that fit the terminal."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._width = min(terminal.width, WIDEST)

    def heading(self, text: str, indent: str = "") -> None:
        """Print a heading."""
        first, *rest = self._wrapped(text, indent)
        self._terminal.heading(first)
        for line in rest:
            self._terminal.heading(line)

    def line(self, text: str = "", start: str = "", indent: str | None = None) -> None:
        """Print a text behind its start; further lines are indented by as much unless something else is said."""
        for line in self._wrapped(f"{start}{text}", " " * len(start) if indent is None else indent):
            self._terminal.out(line)

    def _wrapped(self, text: str, indent: str) -> list[str]:
        if len(text) <= self._width and "\n" not in text:
            return [text]
        # names and places are copied from here, so they are never broken
        return textwrap.wrap(
            text, self._width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False,
            drop_whitespace=True, replace_whitespace=False,
        ) or [""]  # fmt: skip


def _show_one(paper: FindingPrinter, found: Finding) -> None:
    where = f" [{found.region}]" if found.region else ""
    paper.heading(f"{found.severity.name:<8} {found.title}{where}", " " * 9)
    place = f", {found.location.file}:{found.location.line}" if found.location else ""
    paper.line(f"{found.rule}, {found.confidence}{place}", " " * 9)
    for item in found.evidence:
        locator = f"  ({item.locator})" if item.locator else ""
        paper.line(f"{item.source}: {item.summary}{locator}", "    ", " " * 6)


def _show_together(paper: FindingPrinter, findings: Sequence[Finding]) -> None:
    first = findings[0]
    paper.heading(f"{first.severity.name:<8} {len(findings)} resources: {first.rule}")
    for found in findings:
        where = f" [{found.region}]" if found.region else ""
        place = f"  ({found.location.file}:{found.location.line})" if found.location else ""
        paper.line(f"{found.title}{where}{place}", "    ", " " * 6)


def _show_advice(paper: FindingPrinter, found: Finding, said: dict[str, str]) -> None:
    """What misleads and what helps; a remedy that was printed already is only named."""
    if found.misleads:
        paper.line(f"misleads: {found.misleads}", "    ", " " * 6)
    first = said.setdefault(repr(found.remedy), found.rule)  # what it changes has values of any kind
    if first != found.rule:
        paper.line(f"remedy: that of {first}", "    ")
    else:
        paper.line(f"remedy: {found.remedy.summary}", "    ", " " * 6)
        if found.remedy.command:
            paper.line(f"$ {found.remedy.command}", "      ")
    if found.runbook:
        paper.line(f"runbook: {found.runbook}", "    ")
    paper.line()


def _show_undecided(paper: FindingPrinter, diagnosis: Diagnosis) -> None:
    from shopfast_obs.report.findings.document import reasons

    undecided = reasons(diagnosis.outcomes)
    if undecided:
        paper.heading("Not enough data")
    if diagnosis.window is None:
        told = [undecided.pop(reason) for reason in list(undecided) if reason.startswith(UNSEEN)]
        count = sum(sum(resources.values()) for resources in told)
        if count:
            needed = f"{plural(count, 'check')} {'needs' if count == 1 else 'need'} logs, metrics or traces"
            paper.line(f"{needed}, which a template has not", "    ", " " * 6)
    for reason, resources in undecided.items():
        named = ", ".join(f"{name} ({count})" for name, count in list(resources.items())[:MOST_NAMED])
        more = f" and {len(resources) - MOST_NAMED} more" if len(resources) > MOST_NAMED else ""
        paper.line(f"{reason}: {named}{more}", "    ", " " * 6)
    for gap in diagnosis.gaps:
        paper.line(f"could not be read: {gap.what}: {gap.reason}", "    ", " " * 6)
    if undecided or diagnosis.gaps:
        paper.line()


def _fold_undecided(paper: FindingPrinter, diagnosis: Diagnosis) -> None:
    """How many checks had not enough data and for what most; what could not be read is told whole."""
    from shopfast_obs.model.findings import NotEnoughData

    counts = Counter(outcome.resource for outcome in diagnosis.outcomes if isinstance(outcome, NotEnoughData))
    if counts:
        most = ", ".join(f"{name} ({count})" for name, count in counts.most_common(MOST_FOLDED))
        more = f" and {len(counts) - MOST_FOLDED} more" if len(counts) > MOST_FOLDED else ""
        checks = plural(counts.total(), "check")
        paper.line(f"Not enough data for {checks}: {most}{more}. Why: --verbose", "", " " * 4)
    for gap in diagnosis.gaps:
        paper.line(f"could not be read: {gap.what}: {gap.reason}", "", " " * 4)
    if counts or diagnosis.gaps:
        paper.line()


def _nothing(diagnosis: Diagnosis) -> str:
    if diagnosis.nothing_read:
        return "nothing could be read"
    return "nothing found in what could be read" if diagnosis.gaps else "nothing found"


def _summary(review: Review, calls: Mapping[str, int]) -> Sequence[str]:
    from shopfast_obs.model.findings import Clear, NotEnoughData, Severity

    diagnosis = review.diagnosis
    counts = [(level, sum(found.severity is level for found in review.shown)) for level in reversed(Severity)]
    said = ", ".join(f"{count} {level.name.lower()}" for level, count in counts if count) or _nothing(diagnosis)
    hidden = {
        "below the level not shown": len(review.below),
        "known from the baseline": len(review.known),
        "suppressed": len(review.suppressed),
    }
    left_out = ", ".join(f"{count} {name}" for name, count in hidden.items() if count)
    said += f" ({left_out})" if left_out else ""
    clear = sum(isinstance(outcome, Clear) for outcome in diagnosis.outcomes)
    undecided = sum(isinstance(outcome, NotEnoughData) for outcome in diagnosis.outcomes)
    when = ""
    if diagnosis.window:
        start, end = (datetime.fromtimestamp(t, UTC) for t in (diagnosis.window.start, diagnosis.window.end))
        day = "" if start.date() == end.date() else "%Y-%m-%d "
        when = f", {start:%Y-%m-%d %H:%M:%S} to {end:{day}%H:%M:%S} UTC"
    took = f", {sum(calls.values())} API calls" if calls else ""
    unused = [f"{name} hides nothing: delete it." for name in review.unused]
    return [f"{said}; {clear} checks clear, {undecided} without enough data. {diagnosis.source}{when}{took}", *unused]
