"""A world from memory for checks and the engine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shopfast_obs.model.telemetry import TimeRange
from shopfast_obs.testing import FakeCloud, log_events
from shopfast_obs.workshop.checks import primitives
from shopfast_obs.workshop.exercise import CheckSpec, Exercise, TrafficSpec
from shopfast_obs.workshop.interface import Reply

NOW = 1_800_000_000.0
GROUP = "/aws/lambda/web"


@dataclass
class FakeWorld:
    """A `workshop.interface.World`: the exercise began a thousand seconds ago, its traffic a hundred."""

    cloud: FakeCloud = field(default_factory=FakeCloud)
    outputs: Mapping[str, str] = field(default_factory=lambda: {"WebUrl": "http://web/"})
    window: TimeRange = field(default_factory=lambda: TimeRange(NOW - 100, NOW))
    since_start: TimeRange = field(default_factory=lambda: TimeRange(NOW - 1000, NOW))
    alarm_window: TimeRange = field(default_factory=lambda: TimeRange(NOW - 1000, NOW))
    answers: Mapping[str, str] = field(default_factory=dict)
    replies: Sequence[Reply] = ()
    items: int = 3
    waiting: int = 0  # messages in any queue
    done: Mapping[str, float] = field(default_factory=dict)
    rest: TimeRange = field(default_factory=lambda: TimeRange(NOW - 20, NOW))
    requested: list[str] = field(default_factory=list)

    def request(self, method: str, url: str, count: int) -> Iterator[Reply]:
        """The replies it was given."""
        self.requested.append(f"{count} {method} {url}")
        return iter(self.replies)

    def quiet(self, seconds: float) -> TimeRange:
        """The time it was given."""
        return self.rest

    def depth(self, queue: str) -> int:
        """The number it was given."""
        return self.waiting

    def expected(self, name: str) -> int:
        """How many items it was given."""
        return self.items


def judge(check: CheckSpec, world: FakeWorld) -> tuple[bool, Mapping[str, Any]]:
    """The judgement, after a look at whether the primitive measures what it promises."""
    right, measured = primitives()[check.kind].judge(check, world)
    assert set(measured) == primitives()[check.kind].schema.measures
    return right, measured


def spec(kind: str, on_fail: str = "", **parameters: Any) -> CheckSpec:
    """A check of that kind."""
    return CheckSpec(kind, kind, parameters, on_fail)


def logs(*messages: str, group: str = GROUP, ago: float = 50.0) -> dict[str, Any]:
    """The log of one group, so many seconds ago."""
    return {group: log_events(group, [(NOW - ago, message) for message in messages])}


def exercise(*checks: CheckSpec, proves_broken: tuple[str, ...] = ()) -> Exercise:
    """An exercise with these checks, all of which prove that it is broken unless some are named."""
    names = proves_broken or tuple(check.id for check in checks)
    traffic = TrafficSpec("browse", 1, 1)
    hints = {check.id: ("a", "b", "c") for check in checks}
    return Exercise("07-example", "An example", 5, 1, (), (), traffic, checks, names, hints, (), "So.", "07-example.md")
