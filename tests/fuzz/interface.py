"""What is fuzzed: a name, its input, and what is done with it."""

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
    cost: int = 1  # how many times as long as a parser of a line: of a long run it gets so much less


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
    """Raise TimeoutError in a block that takes more CPU time than that, or very much more of any time."""

    def late(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"it takes more than {seconds} s")

    before = {number: signal.signal(number, late) for number in (signal.SIGPROF, signal.SIGALRM)}
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, 20 * seconds)  # other work on the machine is no hang
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
