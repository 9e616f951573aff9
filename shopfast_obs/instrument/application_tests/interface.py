"""What is run to prove an instrumentation, what it reports, and what follows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from shopfast_obs.model.changes import FileChange

if TYPE_CHECKING:
    from shopfast_obs.instrument.plan import Instrumentation

NOT_COUNTED = frozenset({"failed", "error", "skipped"})


@dataclass(frozen=True, slots=True)
class Command:
    """How an application's tests are run: the arguments behind its Python (for `command`: the whole command line), the
    folder below its root, and the file that says so."""

    kind: Literal["pytest", "unittest", "command"]
    arguments: tuple[str, ...]
    folder: str = "."
    source: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        where = "" if self.folder == "." else f" in {self.folder}"
        program = "" if self.kind == "command" else "python "
        return f"{program}{' '.join(self.arguments)}{where} ({self.source})"


@dataclass(frozen=True, slots=True)
class Found:
    """The commands that run an application's tests, and those that were found beside them and are not run."""

    commands: tuple[Command, ...] = ()
    others: tuple[Command, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What a run gave: `passed` or another outcome by test, or what a handler did by event. `ended` says why the run
    did not come to its end; `output` is the end of what it printed."""

    results: Mapping[str, str]
    ended: str = ""
    output: str = ""

    def counted(self) -> dict[str, str]:
        """The results that a later run can be held to."""
        return {name: value for name, value in self.results.items() if value not in NOT_COUNTED}


class Suite(Protocol):
    """The tests of an application, or its handlers with events, run in a copy of it."""

    noun: str  # what each of its results is: test, event

    def run(self, changes: Sequence[FileChange], only: Collection[str] = ()) -> Report:
        """The results with the changes applied; only those named, where any are."""
        ...

    @property
    def cheap(self) -> bool:
        """True while there is time for the whole of it a few times more."""
        ...


@dataclass(frozen=True, slots=True)
class Left:
    """A codemod that stays out of some files, and the tests that it breaks there."""

    codemod: str
    files: tuple[str, ...]
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """`planned` is the largest instrumentation found with the same results as before, out of `count` results. Where
    nothing is proven, `reason` says why."""

    outcome: Literal["same", "partly", "unproven"]
    planned: Instrumentation
    count: int = 0
    noun: str = "test"
    left: tuple[Left, ...] = ()
    by_chance: tuple[str, ...] = ()
    differing: int = 0  # results that were seen to differ, where nothing is proven
    reason: str = ""
