"""What is fuzzed: a name, its input, and what is done with it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

HANG_SECONDS = 5


@dataclass(frozen=True)
class Target:
    """A parser or an endpoint. `use` may raise `refusals`; everything else is a crash, and too long is a hang."""

    name: str
    inputs: st.SearchStrategy[Any]
    use: Callable[[Any], object]
    refusals: tuple[type[Exception], ...] = ()


def run(target: Target, count: int) -> None:
    """Give the target `count` inputs; raises what it should not have raised."""

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(target.inputs)
    def once(value: Any) -> None:
        with within(HANG_SECONDS), suppress(*target.refusals):
            target.use(value)

    once()


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Raise TimeoutError in a block that takes longer."""

    def late(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"it takes more than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
