"""Rule correlation-broken."""

from __future__ import annotations

import json

from shopfast_obs.diagnose.rules.traces.correlation_broken import RULE
from shopfast_obs.model.resources import SUBSCRIPTION, Resource
from shopfast_obs.model.telemetry import LogEvent
from tests.diagnose.builders import clear, declared, finished, found, function, observed, speaking, undecided, written

SENDER, WEB = function("sender"), function("web")
NEWS = Resource(SUBSCRIPTION, "s", properties={"Endpoint": {"Ref": "Web"}})


def line(correlation_id: str) -> str:
    """A structured line."""
    return json.dumps({"level": "INFO", "message": "x", "correlation_id": correlation_id}) + "\n"


def logs(theirs: str, own: str) -> dict[str, list[LogEvent]]:
    """One line of each function."""
    sent = written(SENDER, speaking(finished(1), theirs))
    return sent | written(WEB, speaking(finished(2), own))


def test_found_when_it_has_other_ids_or_none() -> None:
    """Others log theirs."""
    finding = found(RULE.check(WEB, observed(WEB, SENDER, NEWS, logs=logs(line("a"), line("b")))))
    assert "breaks before web: others log 1 id, it makes 1 id of its own" in finding.title
    assert "it logs none" in found(RULE.check(WEB, observed(WEB, SENDER, NEWS, logs=logs(line("a"), "x\n")))).title


def test_clear_when_the_id_goes_on() -> None:
    """The same in both."""
    context = observed(WEB, SENDER, NEWS, logs=logs(line("a"), line("a")))
    assert clear(RULE.check(WEB, context)) == "1 of 1 correlation id shared with other functions"


def test_no_data_when_nobody_logs_ids() -> None:
    """Or the logs are not there."""
    assert "no other function" in undecided(RULE.check(WEB, observed(WEB, SENDER, NEWS, logs=logs("x\n", line("b")))))
    assert undecided(RULE.check(WEB, declared(WEB, NEWS))) == "a template shows no logs"
