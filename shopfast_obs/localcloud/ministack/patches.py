"""Puts our parts into MiniStack's places."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from shopfast_obs.localcloud.gateway import call, trace_header
from shopfast_obs.localcloud.interface import FunctionHost, Scope
from shopfast_obs.localcloud.logs import definitions
from shopfast_obs.localcloud.ministack.cloudformation import nested_stacks, stack_events, xray_types
from shopfast_obs.localcloud.ministack.cloudformation.hotswap import updating_stacks
from shopfast_obs.localcloud.ministack.cloudformation.provisioners import (
    FUNCTION,
    STATE_MACHINE,
    Alarms,
    dead_lettered_function,
    handlers,
    traced_workflow,
)
from shopfast_obs.localcloud.ministack.dynamodb import installation
from shopfast_obs.localcloud.ministack.http import distributions, error_responses, signatures, websockets
from shopfast_obs.localcloud.ministack.lambda_functions import code_links, threads
from shopfast_obs.localcloud.ministack.lambda_functions.asynchronous import AsyncInvocations
from shopfast_obs.localcloud.ministack.lambda_functions.lambda_executor import Functions
from shopfast_obs.localcloud.ministack.log_directory import checked, forgetting
from shopfast_obs.localcloud.ministack.messaging import delivery_streams, pipes, queue_metrics, queues, streams
from shopfast_obs.localcloud.ministack.messaging.events import Events
from shopfast_obs.localcloud.ministack.messaging.notifications import Notifications
from shopfast_obs.localcloud.ministack.messaging.queue_metrics import QueueMetrics
from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.ministack.workflows import states
from shopfast_obs.localcloud.ministack.workflows.executions import Workflows
from shopfast_obs.localcloud.observer import Observer
from shopfast_obs.localcloud.state.storage import unwritten


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an API waits for an integration at most, and what its caller is told then."""

    seconds: float
    status: int
    message: str


REST = Patience(29.0, 504, "Endpoint request timed out")  # API Gateway's quotas for the integration timeout
HTTP = Patience(30.0, 503, "Service Unavailable")


@dataclass(frozen=True, slots=True)
class Collaborators:
    """What MiniStack is joined with. `touch` is called when work that no request waits for may change something."""

    observer: Observer
    alarms: Alarms
    xray: xray_types.Call
    forget_logs: Callable[[Scope, str, str | None], None]
    touch: Callable[[], None]


def install(host: FunctionHost, neighbours: Collaborators) -> None:
    """Replace MiniStack's executor, deliveries and provisioners; once a process, after its environment is set."""
    from ministack.services import cloudcontrol, cloudformation, lambda_svc, s3
    from ministack.services.cloudformation import provisioners, stacks

    observer, touch = neighbours.observer, neighbours.touch
    functions = Functions(lambda_svc, host, observer, touch)
    _replace_lambda(lambda_svc, functions, observer)
    _replace_front_doors(functions, observer)
    _replace_deliveries(lambda_svc, observer, touch)
    _replace_queues(QueueMetrics(observer))
    _replace_distributions()
    installation.install()
    s3._reject_response_overrides_if_unsigned = signatures.unless_old_link(s3._reject_response_overrides_if_unsigned)
    logging.getLogger("s3").addFilter(_written)
    known = provisioners._RESOURCE_HANDLERS
    known.update(handlers(neighbours.alarms, provisioners._physical_name))
    known.update(xray_types.handlers(neighbours.xray, provisioners._physical_name))
    known[FUNCTION] = dead_lettered_function(known[FUNCTION])
    known[STATE_MACHINE] = traced_workflow(known[STATE_MACHINE])
    _replace_updates(cloudformation, provisioners, stacks)
    _replace_logs(neighbours.forget_logs)
    cloudcontrol._update_resource = updating_stacks(cloudcontrol._update_resource)


def _replace_updates(cloudformation: Untyped, provisioners: Untyped, stacks: Untyped) -> None:
    changed = stack_events.ChangedOnly(cloudformation._stack_events)
    provisioners._update_resource = changed.updating(
        nested_stacks.keeping_attributes(provisioners._update_resource, cloudformation._stacks)
    )
    stacks._update_resource = changed.updating(stacks._update_resource)
    stacks._add_event = changed.adding(stacks._add_event)


def _replace_logs(forget: Callable[[Scope, str, str | None], None]) -> None:
    from ministack.services import cloudwatch_logs as logs

    logs._put_metric_filter = checked(logs._put_metric_filter, definitions.metric_filter_problem)
    logs._put_subscription_filter = checked(logs._put_subscription_filter, definitions.subscription_filter_problem)
    logs._subscription_pattern_matches = definitions.matches
    logs._delete_log_group = forgetting(logs._delete_log_group, forget)
    logs._delete_log_stream = forgetting(logs._delete_log_stream, forget)


def _replace_lambda(lambda_svc: Untyped, functions: Functions, observer: Observer) -> None:
    lambda_svc._execute_function = functions.execute
    lambda_svc.invoke_async_with_retry = AsyncInvocations(lambda_svc, functions, observer).invoke
    lambda_svc._run_sqs_batch = queues.linked_batch(lambda_svc._run_sqs_batch)
    lambda_svc._function_url_trace_root = _trace_root
    lambda_svc._get_function = code_links.signing(lambda_svc._get_function)
    lambda_svc._publish_layer_version = code_links.signing(lambda_svc._publish_layer_version)
    lambda_svc._get_layer_version = code_links.signing(lambda_svc._get_layer_version)
    lambda_svc._get_layer_version_by_arn = code_links.signing(lambda_svc._get_layer_version_by_arn)
    lambda_svc.lambda_execute_result_to_api_proxy_response = error_responses.proxy_response
    logging.getLogger("lambda").addFilter(_is_true_here)
    # the host writes the logs and the metrics of what it runs
    lambda_svc._emit_lambda_logs = _nothing
    lambda_svc._emit_lambda_metrics = _nothing
    streams.install(lambda_svc, observer)


def _replace_front_doors(functions: Functions, observer: Observer) -> None:
    from ministack.core import lambda_runtime
    from ministack.services import apigateway, apigateway_v1, lambda_svc

    for module in (apigateway, apigateway_v1, lambda_svc):
        module.run_reentrant = threads.run_reentrant
    apigateway_v1._lambda_proxy_response = error_responses.proxy_response
    apigateway_v1._invoke_lambda_proxy_v1 = limited(apigateway_v1._invoke_lambda_proxy_v1, REST)
    apigateway._invoke_lambda_proxy = limited(apigateway._invoke_lambda_proxy, HTTP)
    apigateway._invoke_ws_lambda = websockets.measured(apigateway._invoke_ws_lambda, observer)
    lambda_runtime.get_or_create_worker = websockets.workers(functions)


def _replace_distributions() -> None:
    from ministack.services import cloudfront

    cloudfront.run_reentrant = threads.run_reentrant
    cloudfront._fetch_from_origin = distributions.fetched_here(
        cloudfront._fetch_from_origin, int(os.environ["GATEWAY_PORT"])
    )
    cloudfront._serve_s3_origin = distributions.over_tls(cloudfront._serve_s3_origin)
    cloudfront._check_viewer_protocol_policy = distributions.any_protocol


def _replace_queues(metrics: QueueMetrics) -> None:
    from ministack.services import sqs

    queue_metrics.install(sqs, metrics)
    sqs._HANDLERS["SendMessage"] = queues.traced_send(sqs._HANDLERS["SendMessage"])
    sqs._HANDLERS["SendMessageBatch"] = queues.traced_batch(sqs._HANDLERS["SendMessageBatch"])
    sqs._ensure_msg_fields = queues.traced_message(sqs._ensure_msg_fields)


def _replace_deliveries(lambda_svc: Untyped, observer: Observer, touch: Callable[[], None]) -> None:
    from ministack.services import eventbridge, firehose, s3, sns, stepfunctions
    from ministack.services import pipes as pipes_svc

    notifications = Notifications(sns, lambda_svc, observer)
    sns._fanout = notifications.fan_out
    sns._deliver_to_lambda = notifications.to_lambda
    sns._deliver_to_sqs = notifications.to_queue
    events = Events(eventbridge, lambda_svc, observer)
    eventbridge._dispatch_event = events.dispatch
    eventbridge._invoke_target = events.invoke_target
    eventbridge._dispatch_to_lambda = events.to_lambda
    eventbridge._dispatch_to_sqs = events.to_sqs
    eventbridge._dispatch_to_sns = events.to_sns
    eventbridge._dispatch_to_stepfunctions = events.to_states
    workflows = Workflows(stepfunctions, observer, touch)
    stepfunctions._emit_execution_status_event = workflows.emit
    stepfunctions._create_state_machine = workflows.tracing(stepfunctions._create_state_machine)
    stepfunctions._update_state_machine = workflows.tracing(stepfunctions._update_state_machine)
    stepfunctions._start_execution = workflows.repeatable(stepfunctions._start_execution)
    stepfunctions._run_execution = workflows.run
    stepfunctions._fail_execution = workflows.fail
    stepfunctions._add_event = workflows.add_event
    stepfunctions._execute_task = workflows.timed(stepfunctions._execute_task)
    states.trace(stepfunctions)
    pipes_svc._deliver_batch = pipes.measured(pipes_svc._deliver_batch, sns, observer)
    firehose._deliver_to_s3 = delivery_streams.measured(firehose._deliver_to_s3, firehose, s3, observer)


def limited(integrate: Callable[..., Untyped], patience: Patience) -> Callable[..., Untyped]:
    """An integration that answers for a function that takes longer than API Gateway waits."""

    async def wrapped(integration: dict[str, Untyped], *args: Untyped, **kwargs: Untyped) -> Untyped:
        allowed = min(patience.seconds, float(integration.get("timeoutInMillis") or patience.seconds * 1000) / 1000)
        began = time.time()
        task = asyncio.ensure_future(integrate(integration, *args, **kwargs))
        done, _ = await asyncio.wait({task}, timeout=allowed)
        if done:
            return task.result()
        now = call.current.get()
        if now:
            now.integration = began, began + allowed
        body = json.dumps({"message": patience.message}).encode()
        return patience.status, {"Content-Type": "application/json"}, body

    return wrapped


def _trace_root() -> str:
    return f"Root={trace_header.root_of(call.trace_header()) or trace_header.new_root()}"


def _is_true_here(record: logging.LogRecord) -> bool:
    """MiniStack says that a public layer will not run; our host stands in for it."""
    return "is not held by MiniStack" not in str(record.msg)


def _written(record: logging.LogRecord) -> bool:
    """MiniStack answers for an object that it could not write, and says so in its log only."""
    failed = unwritten.get()
    if failed is not None and str(record.msg).startswith("Failed to persist S3"):
        failed.append(str(record.args[-1]) if isinstance(record.args, tuple) and record.args else "it was not written")
    return True


def _nothing(*args: Untyped, **kwargs: Untyped) -> None:
    """What MiniStack would emit here, the host emits."""
