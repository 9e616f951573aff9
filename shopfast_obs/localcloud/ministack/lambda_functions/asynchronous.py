"""Asynchronous invocation as Lambda does it: one request id for all attempts, two retries of a failing function, more
patience with a throttled one, then the destination and the dead-letter queue, each with its own form of record."""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from shopfast_obs.localcloud.gateway import call, trace_header
from shopfast_obs.localcloud.ministack import in_process
from shopfast_obs.localcloud.ministack.lambda_functions import queued_segment
from shopfast_obs.localcloud.ministack.lambda_functions.lambda_executor import Functions, Record, Result
from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.observer import Observer

_LOG = logging.getLogger(__name__)
_NAMESPACE = "AWS/Lambda"
_THROTTLE_WAIT_MAX = 30.0


class AsyncInvocations:
    """The queue in front of functions that are invoked with `Event`, and by SNS, EventBridge and S3."""

    def __init__(self, lambda_svc: Untyped, functions: Functions, observer: Observer) -> None:
        self.lambda_svc = lambda_svc
        self.functions = functions
        self.observer = observer

    def invoke(self, func: Record, event: Untyped) -> None:
        """Accept one event for a function and return; retries and destinations follow on a thread of their own."""
        config = func.get("config") or func
        now = call.current.get()
        request_id = (now.take_request_id() if now else "") or str(uuid.uuid4())
        self.observer.count(_NAMESPACE, "AsyncEventsReceived", {"FunctionName": config["FunctionName"]})
        work = Delivery(self, func, event, request_id)
        scoped = self.lambda_svc._run_with_function_config_scope
        in_process.in_background(scoped, config, work.run, name=f"async-{config['FunctionName']}")


class Delivery:
    """One event on its way through a function's asynchronous queue."""

    def __init__(self, queue: AsyncInvocations, func: Record, event: Untyped, request_id: str) -> None:
        self._svc = queue.lambda_svc
        self._functions = queue.functions
        self._observer = queue.observer
        self._func = func
        self._config: Record = func.get("config") or func
        self._event = event
        self._request_id = request_id
        self._received = time.time()
        self._invoked = 0
        settings = func.get("event_invoke_config") or (func.get("event_invoke_configs") or {}).get("$LATEST") or {}
        self._retries = int(settings.get("MaximumRetryAttempts", 2))
        self._max_age = float(settings.get("MaximumEventAgeInSeconds", 21600))
        self._destinations: Record = settings.get("DestinationConfig") or {}
        self._execution = self._functions.begin_execution(func, event, request_id)
        if self._execution:  # the steps are tried again, not the whole
            self._retries = 0

    def run(self) -> None:
        """Attempt until success, exhaustion or old age, and hand the record on."""
        self._header = call.trace_header()
        self._accepted = time.time()
        self._segment = queued_segment.begin(self._config, self._header, self._request_id, self._received)
        outcome, condition = self._attempts()
        target = self._destinations.get("OnSuccess" if condition == "Success" else "OnFailure") or {}
        self._hand_on(target.get("Destination", ""), lambda arn: self._to_destination(arn, outcome, condition))
        if condition != "Success":
            self._count("AsyncEventsDropped")
            dead_letters = (self._config.get("DeadLetterConfig") or {}).get("TargetArn", "")
            self._hand_on(dead_letters, lambda arn: self._to_dead_letters(arn, outcome), "DeadLetterErrors")

    def _attempts(self) -> tuple[Result, str]:
        failures = throttles = 0
        while True:
            age = time.time() - self._accepted
            self._observer.metric(_NAMESPACE, "AsyncEventAge", self._dimensions, age * 1000, "Milliseconds")
            outcome = self._attempt()
            if not outcome.get("error"):
                self._invoked += 1
                return outcome, "Success"
            if outcome.get("throttle"):
                throttles += 1
                wait = min(2.0 ** (throttles - 1), _THROTTLE_WAIT_MAX)
            else:
                failures += 1
                self._invoked += 1
                if failures > self._retries:
                    return outcome, "RetriesExhausted"
                wait = self._retry_wait(failures)
            if time.time() + wait - self._accepted > self._max_age:
                return outcome, "EventAgeExceeded"
            time.sleep(wait)

    def _attempt(self) -> Result:
        """Run the function once, on the trace that the event came with."""
        segment = self._segment
        attempt, started = trace_header.new_id() if segment else "", time.time()
        header = segment.context.header(attempt) if segment else self._header
        call.current.set(call.Call(trace_header=header, attempt=attempt))
        if self._execution:
            outcome = self._functions.finish_execution(self._execution)
        else:
            outcome = self._functions.run(self._func, self._event, self._request_id)
        if segment and not outcome.get("throttle"):
            segment.ended(attempt, started, outcome)
            self._observer.segment(segment.document)
        return outcome

    def _retry_wait(self, failures: int) -> float:
        # AWS waits one minute, then two; MiniStack's scale makes that seconds
        scaled: float = self._svc._LAMBDA_ASYNC_RETRY_BASE_SECONDS * failures
        return scaled

    @property
    def _dimensions(self) -> dict[str, str]:
        return {"FunctionName": self._config["FunctionName"]}

    def _count(self, name: str) -> None:
        self._observer.count(_NAMESPACE, name, self._dimensions)

    def _hand_on(self, arn: str, send: Callable[[str], bool], errors: str = "DestinationDeliveryFailures") -> None:
        if not arn:
            return
        try:
            delivered = send(arn)
        except Exception:
            _LOG.exception("record of %s could not be sent to %s", self._request_id, arn)
            delivered = False
        if not delivered:
            self._count(errors)

    def _to_destination(self, arn: str, outcome: Result, condition: str) -> bool:
        record = self._record(outcome, condition)
        service = arn.split(":")[2] if arn.count(":") > 4 else ""
        if service == "sqs":
            return in_process.send_to_queue(arn, json.dumps(record))
        if service == "sns":
            return in_process.publish(arn, json.dumps(record))
        if service == "events":
            detail_type = f"Lambda Function Invocation Result - {'Success' if condition == 'Success' else 'Failure'}"
            return in_process.put_event(arn, "lambda", detail_type, record)
        if service == "lambda":
            func, config, _ = self._svc._get_func_record_for_ref(arn)
            if func and config:
                self._svc.invoke_async_with_retry(self._svc._execution_record_for_config(func, config), record)
                return True
        return False

    def _to_dead_letters(self, arn: str, outcome: Result) -> bool:
        body = json.dumps(self._event)
        if ":sns:" in arn:
            return in_process.publish(arn, body)
        attributes = {
            "RequestID": ("String", self._request_id),
            "ErrorCode": ("Number", "429" if outcome.get("throttle") else "200"),
            "ErrorMessage": ("String", (_message(outcome) or "failed")[:1024]),
        }
        return in_process.send_to_queue(arn, body, attributes)

    def _record(self, outcome: Result, condition: str) -> Record:
        """The invocation record that AWS sends to destinations."""
        version = self._config.get("Version", "$LATEST")
        context: Record = {"statusCode": 200, "executedVersion": version}
        if condition != "Success":
            context["functionError"] = outcome.get("function_error") or "Unhandled"
        return {
            "version": "1.0",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "requestContext": {
                "requestId": self._request_id,
                "functionArn": f"{self._config.get('FunctionArn', '')}:{version}",
                "condition": condition,
                "approximateInvokeCount": self._invoked,
            },
            "requestPayload": self._event,
            "responseContext": context,
            "responsePayload": outcome.get("body"),
        }


def _message(outcome: Result) -> str:
    body = outcome.get("body")
    return str(body.get("errorMessage") or body.get("message") or "") if isinstance(body, dict) else ""
