"""Rule trace-chain-broken."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.traces.chain_broken import RULE
from shopfast_obs.model.resources import SUBSCRIPTION, TOPIC, Resource
from shopfast_obs.model.telemetry import Trace
from tests.diagnose.builders import calling, clear, found, function, observed, undecided

TRACED = {"TracingConfig": {"Mode": "Active"}}
SENDER, WEB = function("sender", **TRACED), function("web", **TRACED)
NEWS = Resource(SUBSCRIPTION, "s", properties={"Endpoint": {"Ref": "Web"}})


def test_found_when_its_traces_begin_with_it() -> None:
    """Though a topic hands the work on."""
    traces = [calling("web", number=1), calling("sender", number=2)]
    finding = found(RULE.check(WEB, observed(WEB, SENDER, NEWS, traces=traces)))
    assert "the trace breaks between SNS and web: in 1 of 1 trace nothing comes before it" in finding.title
    assert finding.evidence[0].traces == (traces[0].id,)


def test_a_subscription_may_stand_in_its_topic() -> None:
    """As it does in most templates."""
    topic = Resource(TOPIC, "news", properties={"Subscription": [{"Protocol": "lambda", "Endpoint": {"Ref": "Web"}}]})
    traces = [calling("web", number=1), calling("sender", number=2)]
    assert "between SNS and web" in found(RULE.check(WEB, observed(WEB, SENDER, topic, traces=traces))).title


def test_clear_when_the_publisher_is_in_the_trace() -> None:
    """Or linked, or nothing hands work to it."""
    sender, web = calling("sender", number=1), calling("web", number=1)
    later = tuple(segment._replace(start=segment.start + 1, id=f"{segment.id}w") for segment in web.segments)
    whole = Trace(sender.id, (*sender.segments, *later))
    assert (
        clear(RULE.check(WEB, observed(WEB, SENDER, NEWS, traces=[whole])))
        == "1 of 1 trace continued from another service"
    )
    linked = Trace(web.id, tuple(segment._replace(links=("1-2",)) for segment in web.segments))
    both = [linked, calling("sender", number=2)]
    assert "continued from another service" in clear(RULE.check(WEB, observed(WEB, SENDER, NEWS, traces=both)))
    assert clear(RULE.check(SENDER, observed(WEB, SENDER, NEWS))) == "no topic, bus, queue or workflow hands work to it"


def test_no_data_without_traces_of_others() -> None:
    """A trace of its own says nothing then."""
    assert "no other function" in undecided(RULE.check(WEB, observed(WEB, NEWS, traces=[calling("web")])))
    assert "no trace" in undecided(RULE.check(WEB, observed(WEB, NEWS)))
