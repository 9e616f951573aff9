"""Rule workflow-task-timeout-short."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.workflow.task_timeout_short import RULE
from shopfast_obs.model.resources import FUNCTION, Resource
from tests.diagnose.builders import clear, declared, found
from tests.diagnose.machines import LAMBDA, machine, task

WEB = Resource(FUNCTION, "web", "Web", arn=LAMBDA, properties={"Timeout": 30})


def test_found_when_the_task_ends_first() -> None:
    """By ARN, by name, by a substitution of the definition."""
    by_name = {"Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "web"}}
    by_word = {"Resource": "${WebArn}"}
    for fields in ({}, by_name, by_word):
        flow = machine({"A": task(TimeoutSeconds=10, **fields)}, DefinitionSubstitutions={"WebArn": LAMBDA})
        finding = found(RULE.check(flow, declared(flow, WEB)))
        assert "flow gives A up after 10 s, and web may work on for 30 s" in finding.title


def test_clear_when_the_task_waits_longer() -> None:
    """Or for ever, which is another rule's."""
    for fields in ({"TimeoutSeconds": 60}, {}):
        flow = machine({"A": task(**fields)})
        assert clear(RULE.check(flow, declared(flow, WEB))) == "no task ends before its function"
