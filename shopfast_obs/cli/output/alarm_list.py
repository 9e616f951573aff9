"""Alarms on a terminal: a line each where it has room, else two."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shopfast_obs.cli.output.terminal import Terminal

FIRST = re.compile(r"(?s)(.*?\.)(?= [A-Z])")  # the sentence that says what is wrong; what to do then follows


def show(terminal: Terminal, rows: Sequence[tuple[str, ...]]) -> None:
    """Print alarms, each with its name, when it fires and why: the first sentence of that, or all where the terminal
    is verbose. No name is broken."""
    from shopfast_obs.report.view import BETWEEN, EDGES

    told = [(*row[:-1], row[-1] if terminal.verbose else sentence(row[-1])) for row in rows]
    columns = (
        ("alarm", "fires when", "why") if len(next(iter(told), "123")) == 3 else ("alarm", "", "fires when", "why")
    )
    needed = sum(max(map(len, cells)) for cells in zip(columns, *told, strict=True))
    width = terminal.page_width
    if needed + EDGES + BETWEEN * (len(columns) - 1) <= width:
        terminal.table(columns, told)
        return
    for name, *middle, why in told:
        terminal.out(f"{name}  {', '.join(part for part in middle if part)}")
        for line in textwrap.wrap(why, width - 4, break_on_hyphens=False, break_long_words=False):
            terminal.out(f"    {line}")


def sentence(description: str) -> str:
    """The first sentence of an alarm's description."""
    found = FIRST.match(description)
    return found[1] if found else description
