"""Text of the code as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

WRITTEN = "Written by `python -m docs.generators`; a test keeps it equal to the code."
SPECIAL = re.compile(r"([\\*_\[\]<>])")


def plain(text: str) -> str:
    """The text in one line, with nothing in it that Markdown would read; what stands in backticks stays."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(part if part.startswith("`") else SPECIAL.sub(r"\\\1", part) for part in parts)


def code(text: str) -> str:
    """The text in backticks."""
    return f"`{text}`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table."""
    for row in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def tree(names: Iterable[str]) -> Iterator[str]:
    """The lines that put pages below this one."""
    yield from ("```{toctree}", ":hidden:", "", *names, "```")
