"""A report as Markdown for a pull request. Text from telemetry cannot become markup."""

from __future__ import annotations

import re

from shopfast_obs.report.text import visible
from shopfast_obs.report.view import Report, Section, limited

_FENCE = re.compile("`+")  # what ends a block of code
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&-])")


def markdown(report: Report) -> str:
    """The report as GitHub-flavoured Markdown, ending with a new line."""
    parts = [f"# {escaped(report.title)}"]
    parts += [_section(limited(section)) for section in report.sections]
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """The text so that Markdown shows it and does nothing else."""
    return _SPECIAL.sub(r"\\\1", " ".join(visible(text).split()) if not text.isprintable() else text)


def _section(section: Section) -> str:
    parts = [f"## {escaped(section.title)}"]
    parts += [_line(line) for line in section.lines]
    if section.rows:
        rows = [section.columns, tuple("---" for _ in section.columns)]
        table = [_row([escaped(cell) for cell in rows[0]]), _row(list(rows[1]))]
        table += [_row([escaped(cell) for cell in row]) for row in section.rows]
        parts.append("\n".join(table))
    return "\n\n".join(parts)


def _line(text: str) -> str:
    """A paragraph; a block of code where the text has lines of its own."""
    if "\n" not in text:
        return escaped(text)
    fence = "`" * max([3, *(len(run) + 1 for run in _FENCE.findall(text))])
    return f"{fence}text\n{visible(text)}\n{fence}"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
