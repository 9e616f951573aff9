"""The only place that knows rich. Data goes to stdout, talk to stderr; nothing that comes from data is interpreted."""

from __future__ import annotations

import dataclasses
import enum
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO

from shopfast_obs.report.text import is_number, visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

PLAIN_WIDTH = 100  # columns where output is piped, and COLUMNS does not say
PAGE_WIDTH = 80
ASK_FOR_COLOURS = frozenset({"FORCE_COLOR", "TTY_COMPATIBLE"})  # variables that rich asks before it looks at the stream


class Progress:
    """A line that says what is being done now: a spinner on a terminal, plain lines elsewhere."""

    def __init__(self, terminal: Terminal, status: Status | None) -> None:
        self._terminal, self._status = terminal, status
        self._said = ""

    def update(self, text: str) -> None:
        """Say what is being done now."""
        if self._status is not None:
            self._status.update(_rich_text(text))
        elif text != self._said:
            self._said = text
            self._terminal.say(text)


class Terminal:
    """Where a command writes. Pass other streams in tests."""

    def __init__(self, stdout: TextIO | None = None, stderr: TextIO | None = None, *, quiet: bool = False) -> None:
        self._stdout, self._stderr, self.quiet = stdout, stderr, quiet
        self.verbose = False  # list what is only counted otherwise

    @cached_property
    def _out(self) -> Console:
        return _console(self._stdout or sys.stdout)

    @cached_property
    def _err(self) -> Console:
        return _console(self._stderr or sys.stderr)

    @cached_property
    def _draws(self) -> bool:
        """True where standard output takes colours."""
        return _may_draw(self._stdout or sys.stdout) and self._out.is_terminal

    @cached_property
    def _err_draws(self) -> bool:
        return _may_draw(self._stderr or sys.stderr) and self._err.is_terminal

    @property
    def interactive(self) -> bool:
        """True when a person can answer."""
        return sys.stdin.isatty() and self._err_draws

    @property
    def width(self) -> int:
        """The columns of standard output."""
        return self._out.width if self._draws else _plain_width() or PLAIN_WIDTH

    @property
    def page_width(self) -> int:
        """The columns of a text that is laid out: those of standard output, 80 where nobody says how many."""
        return self._out.width if self._draws else _plain_width() or PAGE_WIDTH

    def out(self, text: str = "") -> None:
        """Print a line of data."""
        self._line(text)

    def heading(self, text: str) -> None:
        """Print a heading."""
        self._line(text, "bold")

    def _line(self, text: str, style: str = "") -> None:
        if self._draws:
            self._out.print(_rich_text(text, style), soft_wrap=True)
        else:  # the same line; rich and thousands of lines through it cost a third of a second
            self.raw(f"{visible(text)}\n")

    def raw(self, text: str) -> None:
        """Write text to stdout as it is: documents in a format of their own."""
        stream = self._stdout or sys.stdout
        stream.write(text)
        stream.flush()

    def json(self, value: Any) -> None:  # noqa: ANN401 - any JSON value
        """Print one JSON document; dataclasses, enums and mappings are converted."""
        self.raw(json.dumps(_plain(value), indent=2) + "\n")

    def table(
        self, columns: Sequence[str], rows: Sequence[Sequence[str]], title: str = "", *, whole: bool = False
    ) -> None:
        """Print a table; a column of numbers is right-aligned. A `whole` one is as wide as its text, not as the place
        where it is printed."""
        from rich import box
        from rich.table import Table

        numeric = [bool(rows) and all(is_number(row[i]) for row in rows) for i in range(len(columns))]
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=_rich_text(title, "bold") if title else None)
        table.title_justify = "left"
        for column, right in zip(columns, numeric, strict=True):
            table.add_column(_rich_text(column), justify="right" if right else "left", overflow="fold")
        for row in rows:
            table.add_row(*(_rich_text(cell) for cell in row))
        if whole:
            self._out.print(table, width=max(self._out.width, self._out.measure(table).maximum), crop=False)
        else:
            self._out.print(table)

    def diff(self, text: str) -> None:
        """Print a unified diff, coloured on a terminal."""
        styles = {"+": "green", "-": "red", "@": "cyan"}
        for line in text.splitlines():
            style = "bold" if line.startswith(("+++", "---")) else styles.get(line[:1], "")
            self._line(line, style)

    def changed(self, text: str) -> None:
        """Print the unified diff of what was changed, counted unless all is wanted."""
        counted = _counted(text)
        if self.verbose or not counted:
            self.diff(text)
            return
        for name, added, removed in counted:
            self.out(f"{name}: +{added} -{removed} lines")

    def say(self, text: str) -> None:
        """Tell the person something, on stderr."""
        if not self.quiet:
            self._tell(text)

    def warn(self, text: str) -> None:
        """Warn the person, on stderr."""
        self._tell(f"Warning: {text}", "yellow")

    def _tell(self, text: str, style: str = "") -> None:
        if self._err_draws:
            self._err.print(_rich_text(text, style), soft_wrap=True)
        else:
            stream = self._stderr or sys.stderr
            stream.write(f"{visible(text)}\n")
            stream.flush()

    @contextmanager
    def progress(self, text: str) -> Iterator[Progress]:
        """Show that work goes on while the block runs."""
        if self._err_draws and not self.quiet:
            with self._err.status(_rich_text(text)) as status:
                yield Progress(self, status)
        else:
            progress = Progress(self, None)
            progress.update(text)
            yield progress

    def confirm(self, question: str) -> bool:
        """A person's yes; False where there is nobody to ask."""
        if not self.interactive:
            return False
        self._err.print(_rich_text(f"{question} [y/N] "), end="")
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    @contextmanager
    def live(self) -> Iterator[Progress]:
        """A line that is rewritten in place; where there is no terminal, at most one line in five seconds."""
        if self._err_draws and not self.quiet:
            with self._err.status("") as status:
                yield Progress(self, status)
        else:
            yield _SlowProgress(self)


class _SlowProgress(Progress):
    """Progress for logs: a line every five seconds."""

    EVERY = 5.0

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(terminal, None)
        self._last = time.monotonic()

    def update(self, text: str) -> None:
        """Say it when the last line is old enough."""
        if time.monotonic() - self._last >= self.EVERY:
            self._last = time.monotonic()
            super().update(text)


def _counted(diff: str) -> list[tuple[str, int, int]]:
    """The files of a unified diff, with their added and removed lines."""
    found: list[tuple[str, int, int]] = []
    for line in diff.splitlines():
        if line.startswith("diff --git "):
            found.append((line.rpartition(" b/")[2], 0, 0))
        elif found and line[:1] in ("+", "-") and not line.startswith(("+++ ", "--- ")):
            name, added, removed = found[-1]
            found[-1] = (name, added + (line[0] == "+"), removed + (line[0] == "-"))
    return found


def _may_draw(stream: TextIO) -> bool:
    """False where rich would say that this is no terminal; it takes longer to load than many a command to run."""
    try:
        return stream.isatty() or not os.environ.keys().isdisjoint(ASK_FOR_COLOURS)
    except ValueError:  # closed
        return False


def _plain_width() -> int:
    """The columns that somebody asks for where output is piped; 0 where nobody does."""
    said = os.environ.get("COLUMNS", "")
    return int(said) if said.isdecimal() and int(said) >= PAGE_WIDTH else 0


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    console = Console(file=stream, highlight=False, emoji=False, markup=False)
    if not console.is_terminal:
        console.width = _plain_width() or PLAIN_WIDTH
    return console


def _rich_text(text: str, style: str = "") -> Any:  # noqa: ANN401 - rich is imported late
    from rich.text import Text

    return Text(visible(text), style=style)


def _plain(value: Any) -> Any:  # noqa: ANN401
    """The value in JSON's own types."""
    if isinstance(value, enum.Enum):
        return value.name.lower()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
