"""Rule event-pattern-mismatch."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.messages.pattern_mismatch import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import EVENT_RULE, Resource
from shopfast_obs.model.sources import Call, Source
from tests.diagnose.builders import clear, declared, found, metric, observed, undecided


def rule(*types: object, source: str = "shop") -> Resource:
    """A rule that waits for these types."""
    pattern = {"source": [source], "detail-type": list(types)}
    return Resource(EVENT_RULE, "start", properties={"EventBusName": "bus", "EventPattern": pattern})


def put(**literals: str) -> dict[str, Source]:
    """A source that puts one event."""
    return {"orders": Source((), (Call("put_events", "bus.py", 9, tuple(literals.items())),))}


CREATED = put(Source="shop", DetailType="order.created")


def test_found_when_no_source_puts_what_it_waits_for() -> None:
    """A letter is enough."""
    wrong = rule("OrderCreated", {"prefix": "Order"})
    finding = found(RULE.check(wrong, observed(wrong, sources=CREATED)))
    assert "the sources put order.created: it can never match" in finding.title
    assert finding.evidence[1].locator == "orders bus.py:9"
    assert finding.severity is Severity.HIGH


def test_clear_when_a_source_does() -> None:
    """By prefix, too; and events of AWS are not ours."""
    for fine in (rule("order.created"), rule({"prefix": "order."})):
        assert clear(RULE.check(fine, declared(fine, sources=CREATED))) == "a source puts what it waits for"
    aws = rule("x", source="aws.s3")
    assert clear(RULE.check(aws, declared(aws, sources=CREATED))) == "it waits for events of AWS"


def test_clear_when_it_matched_all_the_same() -> None:
    """Somebody else sends it."""
    other = rule("order.sent")
    matched = metric("AWS/Events", "MatchedEvents", 4, EventBusName="bus", RuleName="start")
    assert "matched 4 events" in clear(RULE.check(other, observed(other, metrics=[matched], sources=CREATED)))


def test_no_data_when_the_source_leaves_it_open() -> None:
    """A variable, or no source at all."""
    one = rule("order.created")
    assert "only known when they run" in undecided(RULE.check(one, declared(one, sources=put(Source="shop"))))
    assert undecided(RULE.check(one, declared(one))) == "no source is here that puts events"


def test_no_data_when_the_event_is_of_somebody_else() -> None:
    """Another application may send it on the same bus; a slip in both names is still a slip."""
    foreign = rule("postValidate", source="video.manager")
    assert "who sends it is not here" in undecided(RULE.check(foreign, declared(foreign, sources=CREATED)))
    slip = rule("orders.Created", source="Shops")
    assert "it can never match" in found(RULE.check(slip, declared(slip, sources=CREATED))).title
