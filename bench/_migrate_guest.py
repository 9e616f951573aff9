"""Runs in a process of its own: the proof's replay of handlers, as in Lambda with tracing on. Each event is an
invocation whose trace id names the handler and the event."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import shopfast_obs_proof_replay as replay  # type: ignore[import-not-found]

FUNCTION = "00f067aa0ba902b7"  # the id of the function's own segment, which Lambda sends
BEGAN = int(time.time())
_outcomes = replay.outcomes


class Invoked(replay.Context):  # type: ignore[misc]
    """The context of one invocation; Lambda names its trace before it calls the handler."""

    handler = 0
    events = 0

    def __init__(self) -> None:
        Invoked.events += 1
        trace = f"1-{BEGAN:08x}-{Invoked.handler:012x}{Invoked.events:012x}"
        os.environ["_X_AMZN_TRACE_ID"] = f"Root={trace};Parent={FUNCTION};Sampled=1"


def outcomes(task: dict[str, Any], root: str) -> Iterator[tuple[str, str]]:
    """What the handler did with each event."""
    Invoked.handler = task["number"]
    yield from _outcomes(task, root)


if __name__ == "__main__":
    replay.Context, replay.outcomes = Invoked, outcomes
    replay.main()
