"""Rule durable-no-alarm."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.rules.durable.no_alarm import RULE
from shopfast_obs.diagnose.rules.functions import no_alarm as on_errors
from shopfast_obs.model.resources import Gap, Inventory
from shopfast_obs.model.telemetry import Observations, WatchedMetric
from tests.diagnose.builders import WINDOW, alarm, clear, found, function, observed, undecided

WEB = function(DurableConfig={"ExecutionTimeout": 600})
ERRORS = alarm("a", WatchedMetric("AWS/Lambda", "Errors", (("FunctionName", "web"),)))
FAILS = alarm("b", WatchedMetric("AWS/Lambda", "DurableExecutionFailed", (("FunctionName", "web"),)))


def test_found_when_an_alarm_reads_errors_alone() -> None:
    """They count no execution that fails."""
    assert "no alarm on executions that fail" in found(RULE.check(WEB, observed(WEB, alarms=[ERRORS]))).title


def test_clear_with_an_alarm_on_executions_and_for_another_function() -> None:
    """The rule about Errors leaves durable functions to this one."""
    assert clear(RULE.check(WEB, observed(WEB, alarms=[FAILS]))) == "alarms watch DurableExecutionFailed"
    assert "durable-no-alarm" in clear(on_errors.RULE.check(WEB, observed(WEB, alarms=[FAILS])))
    plain = function()
    assert clear(RULE.check(plain, observed(plain))) == "it is no durable function"


def test_no_data_when_alarms_could_not_be_read() -> None:
    """Denied is not nothing."""
    context = Context(Inventory("x", (WEB,)), Observations(WINDOW, gaps=(Gap("alarms", "denied"),)))
    assert undecided(RULE.check(WEB, context)) == "alarms: denied"
