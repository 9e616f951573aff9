"""What Step Functions does state by state, seen by X-Ray: wraps the functions that MiniStack runs states with."""

from __future__ import annotations

import re
from collections.abc import Callable

from shopfast_obs.localcloud.gateway import call
from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.ministack.workflows import segment

Record = dict[str, Untyped]
Run = Callable[..., Untyped]
STATES = ("_execute_pass", "_execute_task", "_execute_choice", "_execute_wait", "_execute_parallel", "_execute_map")
_FUNCTION = re.compile(r":function:([^:]+)")
_INTEGRATION = re.compile(r"arn:aws[\w-]*:states:::(?:aws-sdk:)?([\w-]+):(\w+)")
# The names that X-Ray shows, where they are not the service's own in capitals.
_NAMES = {"dynamodb": "DynamoDB", "events": "Events", "states": "STEPFUNCTIONS", "sfn": "STEPFUNCTIONS"}
_RESOURCES = ("TableName", "QueueUrl", "TopicArn", "StateMachineArn", "Bucket", "StreamName", "EventBusName")


def trace(stepfunctions: Untyped) -> None:
    """Wrap every kind of state, branch and call of `services.stepfunctions`."""
    for name in STATES:
        setattr(stepfunctions, name, state(getattr(stepfunctions, name)))
    stepfunctions._fail_state_error = fail_state(stepfunctions._fail_state_error)
    stepfunctions._run_sub_machine = branch(stepfunctions._run_sub_machine)
    stepfunctions._call_lambda = invocation(stepfunctions._call_lambda)
    stepfunctions._invoke_resource = integration(stepfunctions._invoke_resource)
    stepfunctions._invoke_with_callback = integration(stepfunctions._invoke_with_callback)


def state(run: Run) -> Run:
    """A state as a part of the segment. One whose error was caught is an error, one that ends the execution a fault."""

    def wrapped(definition: Record, raw_input: Untyped, *rest: Untyped) -> Untyped:
        with segment.inside(_state_name(definition, rest[-1] if rest else None)) as part:
            if part:
                part.branches = list(definition.get("Branches", []))
            answer = run(definition, raw_input, *rest)
            failures = [inner for inner in part.inner if inner.fields.get("fault")] if part else []
            if part and failures and answer[1] != definition.get("Next"):
                part.failed("error", "Caught error", str(failures[-1].fields["cause"]["exceptions"][0]["type"]))
            return answer

    return wrapped


def fail_state(error: Run) -> Run:
    """A Fail state, which MiniStack runs by asking for its error."""

    def wrapped(definition: Record, raw_input: Untyped, context: Untyped = None) -> Untyped:
        with segment.inside(_state_name(definition, context)) as part:
            kind, cause = error(definition, raw_input, context)
            if part:
                part.failed("fault", str(kind), str(cause))
        return kind, cause

    return wrapped


def branch(run: Run) -> Run:
    """A branch of a Parallel state, or one item of a Map state."""

    def wrapped(states: Record, start_at: str, input_data: Untyped, execution: Untyped, context: Record) -> Untyped:
        with segment.inside(_branch_name(states, context)) as part:
            if part:
                part.states = states
            return run(states, start_at, input_data, execution, context)

    return wrapped


def invocation(run: Run) -> Run:
    """A Lambda task."""

    def wrapped(reference: str, event: Untyped) -> Untyped:
        match = _FUNCTION.search(reference)
        aws: Record = {"operation": "Invoke", "function_name": reference, "invocation_type": "RequestResponse"}
        aws |= {"log_type": "Tail", "status_code": 200, "retries": 0}
        aws |= {"resource_names": [match[1] if match else reference]}
        answered = {"response": {"status": 200}}
        with segment.inside("Lambda", namespace="aws", aws=aws, http=answered) as part:
            now = call.current.get()
            if part and now:
                aws["request_id"] = now.request_id
            try:
                return run(reference, event)
            except Exception:
                aws["function_error"] = "Unhandled"
                raise

    return wrapped


def integration(run: Run) -> Run:
    """A task of any other service; Lambda's are seen where the function is called."""

    def wrapped(resource: str, input_data: Untyped, *rest: Untyped) -> Untyped:
        match = _INTEGRATION.match(resource)
        if not match or match[1] == "lambda":
            return run(resource, input_data, *rest)
        service, action = match[1], match[2][:1].upper() + match[2][1:]
        given = input_data if isinstance(input_data, dict) else {}
        resources = [str(given[key]) for key in _RESOURCES if given.get(key)][:1]
        aws = {"operation": action, **({"resource_names": resources} if resources else {})}
        with segment.inside(_NAMES.get(service, service.upper()), namespace="aws", aws=aws):
            return run(resource, input_data, *rest)

    return wrapped


def _state_name(definition: Record, context: Untyped) -> str:
    parent = segment.current()
    # MiniStack's branches share one context, so that it may name the state of another one
    own = [name for name, one in parent.states.items() if one is definition] if parent else []
    return str(own[0] if own else context["State"]["Name"]) if parent else ""


def _branch_name(states: Record, context: Record) -> str:
    parent = segment.current()
    numbers = [n for n, one in enumerate(parent.branches if parent else []) if one.get("States") is states]
    item = (context.get("Map") or {}).get("Item") or {}
    return f"Branch {numbers[0]}" if numbers else f"Iteration {item.get('Index', 0)}"
