"""EventBridge: what rules match and targets refuse is measured; a refused event goes to the target's dead letters."""

from __future__ import annotations

import contextvars
import json
import logging

from shopfast_obs.localcloud.ministack import in_process
from shopfast_obs.localcloud.ministack.messaging.queue_metrics import QueueMetrics
from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.observer import Observer

_LOG = logging.getLogger(__name__)
Record = dict[str, Untyped]
_NAMESPACE = "AWS/Events"
# Why the target that is being invoked refused the event; set by the deliveries, read by `invoke_target`.
_refusal: contextvars.ContextVar[str] = contextvars.ContextVar("shopfast_obs_event_refusal", default="")


class Events:
    """Replaces the dispatch of `services.eventbridge`."""

    def __init__(self, eventbridge: Untyped, lambda_svc: Untyped, observer: Observer) -> None:
        self._bridge = eventbridge
        self._svc = lambda_svc
        self._observer = observer
        self._dispatch = eventbridge._dispatch_event
        self._invoke = eventbridge._invoke_target
        self._to_sqs = eventbridge._dispatch_to_sqs
        self._to_sns = eventbridge._dispatch_to_sns
        self._to_states = eventbridge._dispatch_to_stepfunctions

    def dispatch(self, event: Record, view: Untyped = None) -> None:
        """Match one event against the rules of its bus and invoke their targets."""
        view = view or self._bridge._pattern_event_view(event)
        bus = event.get("EventBusName", "default")
        for key, rule in list(self._bridge._rules.items()):
            pattern = rule.get("EventPattern")
            if rule.get("EventBusName", "default") != bus or rule.get("State") != "ENABLED" or not pattern:
                continue
            if self._bridge._matches_pattern_view(pattern, view, f"rule {key}"):
                for name in ("MatchedEvents", "TriggeredRules"):
                    self._count(name, rule)
        self._dispatch(event, view)

    def invoke_target(self, target: Record, event: Record, rule: Record, view: Untyped = None) -> None:
        """Invoke one target of a rule; a refusal is counted and the event goes to the target's dead-letter queue."""
        _refusal.set("" if self._is_known(target.get("Arn", "")) else "the target does not exist")
        self._count("Invocations", rule)
        if not _refusal.get():
            self._invoke(target, event, rule, view)
        reason = _refusal.get()
        if not reason:
            return
        _LOG.warning("rule %s could not invoke %s: %s", rule.get("Name"), target.get("Arn"), reason)
        self._count("FailedInvocations", rule)
        self._to_dead_letters(target, event, rule, view, reason)

    def to_lambda(self, arn: str, payload: str) -> None:
        """Invoke a function asynchronously, as EventBridge does."""
        func, config, _ = self._svc._get_func_record_for_ref(arn)
        if not func or not config:
            _refusal.set("the function does not exist")
            return
        self._svc.invoke_async_with_retry(self._svc._execution_record_for_config(func, config), json.loads(payload))

    def to_sqs(self, spec: Untyped, payload: str, sqs_parameters: Record | None = None) -> None:
        """Send to a queue that exists."""
        from ministack.services import sqs

        if sqs._queue_by_arn(str(spec)) is None:
            _refusal.set("the queue does not exist")
            return
        self._to_sqs(spec, payload, sqs_parameters)
        QueueMetrics(self._observer).sent(str(spec).rpartition(":")[2], [payload])

    def to_sns(self, arn: str, payload: str) -> None:
        """Publish on a topic that exists."""
        from ministack.services import sns

        if sns._topic_by_arn_any_scope(arn) is None:
            _refusal.set("the topic does not exist")
            return
        self._to_sns(arn, payload)

    def to_states(self, arn: str, payload: str) -> None:
        """Start an execution of a workflow that exists."""
        from ministack.services import stepfunctions

        if stepfunctions._resolve_state_machine_arn(arn) is None:
            _refusal.set("the state machine does not exist")
            return
        self._to_states(arn, payload)

    def _is_known(self, arn: str) -> bool:
        return arn.count(":") >= 5

    def _to_dead_letters(
        self,
        target: Record,
        event: Record,
        rule: Record,
        view: Untyped,
        reason: str,
    ) -> None:
        queue = (target.get("DeadLetterConfig") or {}).get("Arn", "")
        if not queue:
            return
        view = view or self._bridge._pattern_event_view(event)
        attributes = {
            "RULE_ARN": ("String", str(rule.get("Arn", ""))),
            "TARGET_ARN": ("String", str(target.get("Arn", ""))),
            "ERROR_CODE": ("String", "RESOURCE_NOT_FOUND"),
            "ERROR_MESSAGE": ("String", reason),
        }
        sent = in_process.send_to_queue(queue, json.dumps(view.event_with_detail()), attributes)
        outcome = "InvocationsSentToDlq" if sent else "InvocationsFailedToBeSentToDlq"
        self._count(outcome, rule)

    def _count(self, name: str, rule: Record) -> None:
        """Count for the rule, and for all rules of the region."""
        for dimensions in (_dimensions(rule), {}):
            self._observer.count(_NAMESPACE, name, dimensions)


def _dimensions(rule: Record) -> dict[str, str]:
    bus = rule.get("EventBusName", "default")
    names = {"RuleName": str(rule.get("Name", ""))}
    return names if bus == "default" else {"EventBusName": str(bus), **names}
