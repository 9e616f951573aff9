"""Invocations whose failure only the platform's records tell: where logs are JSON, and since 2026 in some accounts also
where they are text, no line says `Task timed out`; REPORT's status alone does."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from shopfast_obs.model.failures import Failure, FailureKind

# Kinds that end an invocation, and those that tell of what a record calls a timeout or too little memory.
ENDING: frozenset[FailureKind] = frozenset(("exception", "timeout", "out_of_memory", "runtime_exit", "init"))
_TELL: Mapping[FailureKind, frozenset[FailureKind]] = {
    "timeout": frozenset(("timeout",)),
    "out_of_memory": frozenset(("out_of_memory", "runtime_exit")),
}
Record = Literal["report", "done", "fault", "said"]  # an invocation has at most one of each
_TELLING = ("said", "done", "report", "fault")  # the last says most
_PLATFORM = ("Runtime.", "Extension.", "Sandbox.", "Init<")
_Attempt = tuple[str, int]  # request id and number


class Fates:
    """What the records say of failed invocations, held against what the lines told."""

    def __init__(self) -> None:
        self._said: defaultdict[_Attempt, defaultdict[Record, list[Failure]]] = defaultdict(lambda: defaultdict(list))

    def add(self, record: Record, failure: Failure) -> None:
        """A record says that an invocation failed."""
        self._said[failure.request_id, failure.attempt][record].append(failure)

    def untold(self, told: Iterable[Failure]) -> Iterator[Failure]:
        """The failures that no line told of, each once whatever number of records has it."""
        kinds: defaultdict[_Attempt, Counter[FailureKind]] = defaultdict(Counter)
        for failure in told:
            kinds[failure.request_id, failure.attempt][failure.kind] += 1
        for attempt, said in self._said.items():
            most = max(said, key=lambda record: (len(said[record]), _TELLING.index(record)))
            telling = _TELL.get(said[most][0].kind, ENDING)  # who caught an exception can time out all the same
            yield from said[most][sum(kinds[attempt][kind] for kind in telling) :]


def described(status: str, error_type: str, seconds: float) -> tuple[FailureKind, str, str]:
    """Kind, type and message of what a record's status and error type stand for."""
    if status == "timeout":
        return "timeout", "Timeout", f"Task timed out after {seconds:.2f} seconds" if seconds else "Task timed out"
    if error_type.endswith("OutOfMemory"):
        return "out_of_memory", error_type, "the invocation ran out of memory"
    kind: FailureKind = "runtime_exit" if error_type.startswith(_PLATFORM) else "exception"
    return kind, error_type or "Error", "the invocation failed; no line of its log says why"
