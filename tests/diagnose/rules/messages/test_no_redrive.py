"""Rule sqs-no-redrive."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.rules.messages.no_redrive import RULE
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, QUEUE, Gap, Inventory, Resource
from tests.diagnose.builders import clear, declared, found, undecided

WORK = Resource(QUEUE, "work", "Work", arn="arn:aws:sqs:eu-west-1:1:work")
FEED = Resource(EVENT_SOURCE_MAPPING, "m", properties={"EventSourceArn": WORK.arn, "FunctionName": "web"})


def test_found_when_a_function_consumes_it() -> None:
    """A poisonous message would come back until it expires."""
    assert "no dead-letter queue" in found(RULE.check(WORK, declared(WORK, FEED))).title


def test_clear_with_a_policy_or_without_a_consumer() -> None:
    """A queue that nobody consumes has other problems."""
    safe = Resource(QUEUE, "work", arn=WORK.arn, properties={"RedrivePolicy": {"maxReceiveCount": 3}})
    assert clear(RULE.check(safe, declared(safe, FEED))) == "it has a redrive policy"
    assert clear(RULE.check(WORK, declared(WORK))) == "no function consumes it"


def test_no_data_when_the_consumers_could_not_be_read() -> None:
    """Whether anyone consumes it is then not known."""
    context = Context(
        Inventory("aws", (WORK,), (Gap("event source mappings", "AccessDenied", (EVENT_SOURCE_MAPPING,)),))
    )
    assert "AccessDenied" in undecided(RULE.check(WORK, context))


def test_clear_for_a_queue_of_dead_letters_that_a_function_reads() -> None:
    """The end of the line needs no second one."""
    source = Resource(QUEUE, "s", properties={"RedrivePolicy": {"deadLetterTargetArn": WORK.arn, "maxReceiveCount": 5}})
    assert clear(RULE.check(WORK, declared(WORK, FEED, source))) == "it collects dead letters itself"
