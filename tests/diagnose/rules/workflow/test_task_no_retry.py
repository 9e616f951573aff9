"""Rule workflow-task-no-retry."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.workflow.task_no_retry import RULE
from tests.diagnose.builders import clear, declared, found, function
from tests.diagnose.machines import machine, task


def test_found_when_a_function_call_has_no_retry() -> None:
    """Other tasks are not meant."""
    flow = machine({"A": task(), "B": task(Retry=[{"ErrorEquals": ["States.ALL"]}])})
    assert "no Retry for 1 of 2 function calls (A)" in found(RULE.check(flow, declared(flow))).title


def test_clear_when_each_retries() -> None:
    """Or none calls a function."""
    flow = machine({"A": task(Retry=[{"ErrorEquals": ["States.ALL"]}])})
    assert clear(RULE.check(flow, declared(flow))) == "every function call has a Retry"
    other = machine({"A": task(Resource="arn:aws:states:::sns:publish")})
    assert clear(RULE.check(other, declared(other))) == "no task invokes a function"


def test_clear_when_the_map_or_parallel_around_it_retries() -> None:
    """At any depth; what only has the word in its name is no function call."""
    inner = {"Type": "Parallel", "Branches": [{"States": {"B": task()}}]}
    outer = {"Type": "Map", "Retry": [{"ErrorEquals": ["States.ALL"]}], "ItemProcessor": {"States": {"P": inner}}}
    flow = machine({"A": outer})
    assert clear(RULE.check(flow, declared(flow))) == "every function call has a Retry"
    named = machine({"A": task(Resource="arn:aws:states:eu-west-1:1:activity:FunctionReview")})
    assert clear(RULE.check(named, declared(named))) == "no task invokes a function"


def test_found_for_a_function_that_the_definition_only_substitutes() -> None:
    """`${Work}` is the function whatever the placeholder is called."""
    flow = machine({"A": task(Resource="${Work}")}, DefinitionSubstitutions={"Work": {"Fn::GetAtt": ["Web", "Arn"]}})
    assert "no Retry for 1 of 1 function call (A)" in found(RULE.check(flow, declared(flow, function()))).title
