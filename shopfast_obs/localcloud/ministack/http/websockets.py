"""WebSocket APIs: their functions run on our host like all others, and their connections and messages are measured."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shopfast_obs.localcloud.ministack.lambda_functions.lambda_executor import Functions, Record
from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.observer import Observer

NAMESPACE = "AWS/ApiGateway"
COUNTED = {"CONNECT": "ConnectCount", "MESSAGE": "MessageCount"}
Invoke = Callable[..., Awaitable[Record | None]]


@dataclass(frozen=True, slots=True)
class Worker:
    """What MiniStack asks for one invocation of a function."""

    functions: Functions
    func: Record

    def invoke(self, event: Untyped, message_id: str) -> Record:
        """The function's answer as MiniStack's own workers give it; of a failure whoever is connected hears what
        AWS says."""
        result = self.functions.execute(self.func, event)
        if result.get("error"):
            said = {"message": "Internal server error", "connectionId": event["requestContext"]["connectionId"]}
            return {"status": "error", "error": json.dumps({**said, "requestId": message_id})}
        body = result.get("body")
        return {"status": "ok", "result": body if isinstance(body, dict) else {"statusCode": 200, "body": body}}


def workers(functions: Functions) -> Callable[..., Worker]:
    """In the place of MiniStack's own processes."""

    def worker(_: str, config: Record, code_zip: bytes, qualifier: str = "$LATEST") -> Worker:
        return Worker(functions, {"config": config, "code_zip": code_zip})

    return worker


def measured(invoke: Invoke, observer: Observer) -> Invoke:
    """A message on its way to a route's integration: no answer means that it could not be called."""

    async def wrapped(  # noqa: PLR0917 - MiniStack's signature
        api_id: str,
        account_id: str,
        region: str,
        route: Record,
        stage: str,
        connection_id: str,
        event_type: str,
        *rest: Untyped,
        **more: Untyped,
    ) -> Record | None:
        answer = await invoke(api_id, account_id, region, route, stage, connection_id, event_type, *rest, **more)
        status = _status(answer)
        for dimensions in ({"ApiId": api_id}, {"ApiId": api_id, "Stage": stage}):
            if event_type in COUNTED:
                observer.count(NAMESPACE, COUNTED[event_type], dimensions)
            observer.count(NAMESPACE, "ExecutionError", dimensions, float(answer is None))
            observer.count(NAMESPACE, "IntegrationError", dimensions, float(status >= 400))
        return answer

    return wrapped


def _status(answer: Record | None) -> int:
    said = (answer or {}).get("statusCode", 200)
    return said if isinstance(said, int) else 200
