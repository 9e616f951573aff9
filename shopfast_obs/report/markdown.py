"""A report as Markdown for a pull request. Text from telemetry cannot become markup."""

from __future__ import annotations

import re

from shopfast_obs.report.view import Report, Section

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&-])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]+")


def markdown(report: Report) -> str:
    """The report as GitHub-flavoured Markdown, ending with a new line."""
    parts = [f"# {escaped(report.title)}"]
    parts += [_section(section) for section in report.sections]
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """The text so that Markdown shows it and does nothing else."""
    return _SPECIAL.sub(r"\\\1", _CONTROL.sub(" ", text))


def _section(section: Section) -> str:
    parts = [f"## {escaped(section.title)}"]
    parts += [escaped(line) for line in section.lines]
    if section.rows:
        rows = [section.columns, tuple("---" for _ in section.columns)]
        table = [_row([escaped(cell) for cell in rows[0]]), _row(list(rows[1]))]
        table += [_row([escaped(cell) for cell in row]) for row in section.rows]
        parts.append("\n".join(table))
    return "\n\n".join(parts)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
