"""What follows a change of an alarm: its actions (SNS topics, functions) and an event on the default bus."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import orjson

from shopfast_obs.localcloud.interface import DeployedApplication, Scope
from shopfast_obs.localcloud.metrics.alarms import notifications
from shopfast_obs.localcloud.metrics.alarms.alarm_store import Alarm, AlarmStore, Change

SOURCE = "aws.cloudwatch"
logger = logging.getLogger(__name__)


class Actions:
    """Runs the actions one after the other in a thread of its own, so that no evaluation waits for a subscriber."""

    def __init__(self, application: DeployedApplication) -> None:
        self._application = application
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="alarm actions")

    def changed(self, book: AlarmStore, change: Change) -> None:
        """Start what follows a change of state."""
        self._tell(book.scope, "CloudWatch Alarm State Change", change.new, lambda: notifications.detail(change))
        if not change.new.suppressed_by:
            self.act(book, change)

    def act(self, book: AlarmStore, change: Change) -> None:
        """Start the actions of the state that an alarm has come to."""
        alarm = change.new
        for action in alarm.properties.get(notifications.LISTS[alarm.state]) or [] if alarm.actions_enabled else []:
            self._thread.submit(self._run, book, change, action)

    def configured(self, book: AlarmStore, alarm: Alarm, operation: str) -> None:
        """Start what follows a change of an alarm's configuration: `create`, `update` or `delete`."""
        detail = notifications.configuration_detail(alarm, operation)
        self._tell(book.scope, "CloudWatch Alarm Configuration Change", alarm, lambda: detail)

    def close(self) -> None:
        """Wait until what was started is done."""
        self._thread.shutdown()

    def _tell(self, scope: Scope, kind: str, alarm: Alarm, detail: Callable[[], notifications.Json]) -> None:
        def put() -> None:
            try:
                event = {"detail": detail(), "resources": [alarm.arn]}
                self._application.put_event(scope, SOURCE, kind, event)
            except Exception:
                logger.exception("the event of alarm %s was not put on the bus", alarm.name)

        self._thread.submit(put)

    def _run(self, book: AlarmStore, change: Change, action: str) -> None:
        problem = ""
        try:
            problem = self._executed(change, action)
        except Exception as failure:
            logger.warning("the action %s of alarm %s failed: %s", action, change.new.name, failure)
            problem = str(failure) or type(failure).__name__
        book.note_action(change.new, change.new.updated, action, problem)

    def _executed(self, change: Change, action: str) -> str:
        """Execute an action; what is wrong with it, or nothing."""
        service = [*action.split(":"), "", ""][2]
        if service == "sns":
            body = orjson.dumps(notifications.notification(change)).decode()
            self._application.publish(action, notifications.subject(change), body)
        elif service == "lambda":
            self._application.invoke(action, notifications.function_event(change))
        else:
            return "the local cloud runs actions on SNS topics and on functions only"
        return ""
