"""Rule websocket-no-alarm."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.rules.api.websocket_no_alarm import RULE
from shopfast_obs.model.resources import HTTP_API, WEBSOCKET, Gap, Inventory, Resource
from shopfast_obs.model.telemetry import Observations, WatchedMetric
from tests.diagnose.builders import WINDOW, alarm, clear, declared, found, observed, undecided

IT = Resource(HTTP_API, "it", "It", arn="a1b2", properties={"ProtocolType": WEBSOCKET})


def test_found_when_nothing_watches() -> None:
    """Live or in a template."""
    for context in (observed(IT), declared(IT)):
        assert "it " in found(RULE.check(IT, context)).title


def test_clear_when_an_alarm_reads_it() -> None:
    """One of the telling metrics is enough."""
    watching = alarm("a", WatchedMetric("AWS/ApiGateway", "ExecutionError", (("ApiId", "a1b2"),)))
    assert clear(RULE.check(IT, observed(IT, alarms=[watching]))) == "alarms watch ExecutionError"


def test_clear_when_it_is_another_kind() -> None:
    """An HTTP API has none of its metrics."""
    http = Resource(HTTP_API, "it", properties={"ProtocolType": "HTTP"})
    assert clear(RULE.check(http, declared(http))) == "it is no WebSocket API"


def test_no_data_when_alarms_could_not_be_read() -> None:
    """Denied is not nothing."""
    context = Context(Inventory("x", (IT,)), Observations(WINDOW, gaps=(Gap("alarms", "denied"),)))
    assert undecided(RULE.check(IT, context)) == "alarms: denied"
