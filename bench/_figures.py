"""What a bench printed, as a section of docs/figures.md: with the command, the day and the machine."""

from __future__ import annotations

import io
import os
import platform
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs/figures.md"
HEADING = "## As the benches printed them\n"
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


class Both(io.TextIOBase):
    """A stream that shows what is written and keeps it."""

    def __init__(self, shown: io.TextIOBase) -> None:
        self.shown, self.kept = shown, io.StringIO()

    def write(self, text: str) -> int:
        self.kept.write(text)
        return self.shown.write(text)

    def flush(self) -> None:
        self.shown.flush()


@contextmanager
def written(name: str) -> Iterator[None]:
    """Puts what is printed meanwhile into the page; nothing where it ends with an error."""
    before = sys.stdout
    both = Both(before)  # type: ignore[arg-type]
    sys.stdout = both
    try:
        yield
    finally:
        sys.stdout = before
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_section(text, name, machine(), both.kept.getvalue()), encoding="utf-8")


def machine() -> str:
    """The day, the processor with its cores, and how busy it is, in a line."""
    info = Path("/proc/cpuinfo")
    model = re.search(r"^model name\s*: (.*)$", info.read_text(), re.MULTILINE) if info.is_file() else None
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    processor = model[1] if model else platform.machine()
    day, python = datetime.now(UTC).date().isoformat(), platform.python_version()
    return f"{day}, {processor}, {os.cpu_count()} cores, load {load}, Python {python}"


def with_section(text: str, name: str, where: str, printed: str) -> str:
    """The page with this bench's section in its place, in the order of names; the rest of it stays."""
    head, _, tail = text.partition(HEADING)
    sections = dict(re.findall(r"^### (\S+)\n(.*?)(?=^### |\Z)", tail, re.MULTILINE | re.DOTALL))
    lines = [ESCAPES.sub("", line).rstrip() for line in printed.strip("\n").splitlines()]
    sections[name] = "\n".join(("", f"`python -m bench {name}`: {where}", "", "```text", *lines, "```", "", ""))
    body = "".join(f"### {key}\n{sections[key].rstrip()}\n\n" for key in sorted(sections))
    return f"{head.rstrip()}\n\n{HEADING}\n{body.rstrip()}\n"
