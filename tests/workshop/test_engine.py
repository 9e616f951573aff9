"""The engine: broken at the start, patient where telemetry is under way, honest where it cannot tell."""

from dataclasses import replace

import pytest

from shopfast_obs.errors import UserError
from shopfast_obs.model.resources import FUNCTION
from shopfast_obs.testing import FakeCloud, log_events
from shopfast_obs.workshop.engine import AGAIN, Engine
from shopfast_obs.workshop.interface import CheckFailed, NotYet, Passed
from tests.workshop.worlds import GROUP, NOW, FakeWorld, exercise, logs, spec

STRUCTURED = spec("structured", "{structured} of {lines} in {worst}", groups=[GROUP], ratio=1)
ANSWER = spec("answer", "{question} You said {given}.", name="scarce", question="What?", equals="cpu")
CONFIG = spec("config", "{value}", type=FUNCTION, name="web", property="Timeout")  # nothing is deployed
JSON = '{"message": "m"}'


class Waiting:
    """Waits by counting; after `turns` waits something happens."""

    def __init__(self, cloud: FakeCloud, turns: int = 0) -> None:
        self.seconds: list[float] = []
        self._cloud, self._turns = cloud, turns

    def __call__(self, seconds: float) -> None:
        """Note it; the log line arrives at its turn."""
        self.seconds.append(seconds)
        if len(self.seconds) == self._turns:
            self._cloud.logs = {GROUP: log_events(GROUP, [(NOW - 1, JSON)])}


def test_what_is_there_passes_at_once() -> None:
    """With its numbers, and without waiting."""
    cloud = FakeCloud(logs=logs(JSON))
    wait = Waiting(cloud)
    verdict = Engine(FakeWorld(cloud), wait).check(exercise(STRUCTURED))
    (result,) = verdict.results
    assert isinstance(result, Passed)
    assert result.measured["lines"] == 1
    assert verdict.passed
    assert not verdict.broken_check
    assert wait.seconds == []


def test_telemetry_that_is_under_way_is_waited_for() -> None:
    """Looked at again until it is there, and no longer."""
    cloud = FakeCloud()
    wait = Waiting(cloud, turns=3)
    assert Engine(FakeWorld(cloud), wait).check(exercise(STRUCTURED), settle=5).passed
    assert wait.seconds == [AGAIN] * 3


def test_traffic_is_sent_once_where_there_is_too_little() -> None:
    """And only there: what is judged already is not asked for again."""
    cloud, sent = FakeCloud(), []

    def send() -> None:
        sent.append(1)
        cloud.logs = {GROUP: log_events(GROUP, [(NOW - 1, JSON)])}

    engine = Engine(FakeWorld(cloud), Waiting(cloud), send=send)
    assert engine.check(exercise(STRUCTURED)).passed
    assert engine.check(exercise(STRUCTURED)).passed
    assert sent == [1]


def test_too_little_is_said_where_more_does_not_come() -> None:
    """Not yet, with what there is and what it takes."""
    (result,) = Engine(FakeWorld(), Waiting(FakeCloud()), send=lambda: None).check(exercise(STRUCTURED)).results
    assert isinstance(result, NotYet)
    assert result.message.startswith("there is too little traffic to judge: ")


def test_guards_are_judged_with_the_checks() -> None:
    """What passes the checks and breaks a guard is not passed."""
    one = replace(exercise(ANSWER), guards=(CONFIG,))
    verdict = Engine(FakeWorld(answers={"scarce": "cpu"})).check(one)
    assert [result.check for result in verdict.results] == ["answer", "config"]
    assert verdict.open == ("config",)


def test_patience_ends() -> None:
    """Not yet, with the numbers in the message."""
    cloud = FakeCloud(logs=logs("text"))
    wait = Waiting(cloud)
    verdict = Engine(FakeWorld(cloud), wait).check(exercise(STRUCTURED), settle=4)
    assert isinstance(verdict.results[0], NotYet)
    assert verdict.results[0].message == f"0 of 1 in {GROUP}"
    assert not verdict.passed
    assert sum(wait.seconds) == 4


def test_what_waiting_cannot_turn_is_not_waited_for() -> None:
    """The learner's answer stays the same."""
    cloud = FakeCloud()
    wait = Waiting(cloud)
    verdict = Engine(FakeWorld(cloud, answers={"scarce": "memory"}), wait).check(exercise(ANSWER))
    assert isinstance(verdict.results[0], NotYet)
    assert verdict.results[0].message == "What? You said memory."
    assert wait.seconds == []


def test_a_check_that_cannot_be_made_says_nothing_about_the_learner() -> None:
    """Neither passed nor not yet; the other checks are judged all the same, in their order."""
    verdict = Engine(FakeWorld(answers={"scarce": "cpu"})).check(exercise(CONFIG, ANSWER))
    assert verdict.results[0] == CheckFailed("config", "web is not deployed")
    assert isinstance(verdict.results[1], Passed)
    assert verdict.broken_check
    assert not verdict.passed


def test_an_unreachable_cloud_is_a_check_that_cannot_be_made() -> None:
    """Its sentence becomes the reason."""
    verdict = Engine(FakeWorld(FakeCloud(unreachable=True))).check(exercise(STRUCTURED))
    assert verdict.results[0] == CheckFailed("structured", "no cloud answers at the fake endpoint")


def test_an_exercise_begins_broken() -> None:
    """Only the checks that prove it are looked at, once."""
    wait = Waiting(FakeCloud())
    verdict = Engine(FakeWorld(), wait).prove_broken(exercise(STRUCTURED, CONFIG, proves_broken=("structured",)))
    assert [type(result) for result in verdict.results] == [NotYet]
    assert wait.seconds == []


def test_an_exercise_that_is_not_broken_does_not_begin() -> None:
    """One check that passes is enough to refuse."""
    world = FakeWorld(FakeCloud(logs=logs(JSON)))
    with pytest.raises(UserError, match="its check 'structured' passes already") as refused:
        Engine(world).prove_broken(exercise(ANSWER, STRUCTURED))
    assert refused.value.hint == "Go to its beginning: shopfast-obs workshop goto 07-example"


def test_an_exercise_whose_checks_cannot_be_made_does_not_begin() -> None:
    """Nothing is proven."""
    with pytest.raises(UserError, match="'config' could not be made: web is not deployed") as refused:
        Engine(FakeWorld()).prove_broken(exercise(CONFIG))
    assert refused.value.hint == "See what is deployed: shopfast-obs status"
