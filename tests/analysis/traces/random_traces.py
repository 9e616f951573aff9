"""Random traces of programs: parts within parts, in a row, at once, not waited for, on clocks that differ."""

from __future__ import annotations

from random import Random
from typing import Any

from shopfast_obs.model.telemetry import Segment, Trace

LAMBDA, FUNCTION = "AWS::Lambda", "AWS::Lambda::Function"
STEPS = (
    "row", "row", "row", "at once", "goes on", "after", "grain", "instant", "retries", "function", "message", "stray",
    "event", "skew", "in vain", "in order",
)  # fmt: skip
DEEPEST = 3


class Program:
    """Makes parts in whole microseconds; each step of a part takes up where the one before left off."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.made: list[Segment] = []

    def span(self, low: int, high: int) -> int:
        """Some microseconds."""
        return self.random.randint(low, high)

    def part(self, start: int, end: int, above: str, **more: Any) -> str:
        """A part with these times; its id."""
        id_ = f"p{len(self.made)}"
        name = more.pop("name", id_)
        self.made.append(Segment(id_, name, start / 1e6, end / 1e6, parent_id=above, **more))
        return id_

    def within(self, start: int, above: str, depth: int) -> int:
        """The steps of a part that began then; when the last is over."""
        now = start
        late: list[tuple[int, str]] = []
        for _ in range(self.random.randint(0, 4 if depth else 5)):
            now += self.random.choice([0, 0, 1, 700, 5_000, 40_000])
            step = self.random.choice(STEPS)
            if step in ("goes on", "after", "message", "event"):
                late.append((now, step))
            else:
                now = self.step(step, now, above, depth)
        now += self.random.choice([0, 1, 900, 20_000])
        for began, step in late:
            self.late(step, began, now, above, depth)
        return now

    def call(self, start: int, above: str, depth: int, **more: Any) -> int:
        """A part with what it does; when it is over."""
        at = len(self.made)
        id_ = self.part(start, start, above, **more)
        end = start + self.span(0, 90_000)
        if depth < DEEPEST:
            end = max(end, self.within(start, id_, depth + 1))
        self.made[at] = self.made[at]._replace(end=end / 1e6)
        return end

    def step(self, step: str, now: int, above: str, depth: int) -> int:
        """A step that is waited for."""
        if step == "at once":
            starts = [now + self.span(0, 30_000) for _ in range(self.random.randint(2, 3))]
            return max(self.call(start, above, depth) for start in starts)
        if step == "grain":  # the first on a clock of microseconds, the next on one of milliseconds
            over = self.call(now, above, DEEPEST)
            return self.call(max(now, over - over % 1000), above, DEEPEST)
        if step == "instant":
            self.part(now, now, above)
            return now
        if step == "retries":
            for _ in range(2):
                now = self.call(now, above, DEEPEST, name="retry", namespace="aws", fault=True) + 1000
            return now
        if step == "function":
            return self.function(now, above, depth)
        if step == "skew":  # the clock of the part is behind
            self.part(now - self.span(0, 4_000), now + 50_000, above)
            return now + 50_000
        if step == "in vain":  # the caller gives up, what it called goes on
            caller = self.part(now, now + 40_000, above, fault=True)
            self.part(now + self.span(0, 9_000), now + self.span(50_000, 500_000), caller, origin=LAMBDA)
            return now + 40_000
        if step == "in order":  # which the SDK says, whatever the clocks say
            first = f"p{len(self.made)}"
            over = self.call(now, above, DEEPEST)
            return self.call(max(now, over - 1_500), above, DEEPEST, precursors=(first,))
        if step == "stray":
            self.call(now, "lost", DEEPEST)
            return now
        return self.call(now, above, depth, fault=self.random.random() < 0.3)

    def function(self, now: int, above: str, depth: int) -> int:
        """A Lambda function in its service, cold or warm, with or without what the runtime does after the answer."""
        at = len(self.made)
        service = self.part(now, now, above, origin=LAMBDA)
        begins = now + self.span(0, 3_000)
        cold = self.random.choice(["", "before", "ready"])
        init = (begins + 9_000, begins + 40_000) if cold == "before" else (now - 90_000, now - 50_000)
        begins = init[1] + self.span(0, 2_000) if cold == "before" else begins
        function = self.part(begins, begins, service, origin=FUNCTION)
        if cold:
            self.part(*init, function, name="Initialization")
        invocation = self.part(begins, begins, function, name="Invocation")
        over = max(begins + 4_000, self.within(begins, invocation, depth + 1) if depth < DEEPEST else begins)
        self.made[at + (3 if cold else 2)] = self.made[at + (3 if cold else 2)]._replace(end=over / 1e6)
        overhead = over + self.random.choice([0, 300, 60_000])
        if overhead > over:
            self.part(over, overhead, function, name="Overhead")
        answered = over + self.span(0, 2_500)
        self.made[at] = self.made[at]._replace(end=answered / 1e6)
        self.made[at + 1] = self.made[at + 1]._replace(end=overhead / 1e6)
        return answered

    def late(self, step: str, began: int, over: int, above: str, depth: int) -> None:
        """A part that goes on after its parent, or begins then."""
        if step == "event":
            self.event(began, over, above)
            return
        start = began if step == "goes on" else over + self.span(0, 80_000)
        at = len(self.made)
        more: dict[str, Any] = {"entry": True, "links": ("1-b",)} if step == "message" else {}
        id_ = self.part(start, start, above, **more)
        inner = self.within(start, id_, depth + 1) if depth < DEEPEST else start
        self.made[at] = self.made[at]._replace(end=(max(inner, over, start) + self.span(3_000, 300_000)) / 1e6)

    def event(self, began: int, over: int, above: str) -> None:
        """A function that Lambda starts from a queue of its own, and tries again."""
        accepted = began + self.span(10_000, 20_000)
        service = self.part(began, accepted, above, origin=LAMBDA)
        first = over + self.span(5_000, 90_000)
        self.part(accepted, first, service, name="Dwell Time")
        for number in range(1, self.random.randint(2, 4)):
            end = first + self.span(0, 90_000)
            self.part(first, end, service, name=f"Attempt #{number}")
            first = end + self.span(5_000, 90_000)


def program(seed: int) -> Trace:
    """The trace of one request of a random program, always the same for a seed."""
    random = Random(seed)
    made = Program(random)
    made.call(1_000_000 * random.randint(1, 1000), "", 0)
    return Trace("1-a", tuple(made.made))
