"""The X-Ray segment of an API Gateway stage with tracing, as API Gateway writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shopfast_obs.localcloud.gateway import credentials, trace_header
from shopfast_obs.localcloud.gateway.call import Call
from shopfast_obs.localcloud.gateway.trace_header import TraceContext
from shopfast_obs.localcloud.ministack.asgi_app import ApiStage
from shopfast_obs.localcloud.protocol.routing import Head

_ACCOUNT = {"account_id": credentials.ACCOUNT}


@dataclass(frozen=True, slots=True)
class StageSegment:
    """A request on its way through a traced stage."""

    stage: ApiStage
    head: Head
    context: TraceContext
    id: str
    integration_id: str
    started: float

    @property
    def downstream(self) -> str:
        """The trace header that the integration gets."""
        return self.context.header(self.integration_id)

    def document(self, now: Call, status: int, ended: float) -> dict[str, Any]:
        """The segment of the request that was answered with `status`."""
        arn = f"arn:aws:apigateway:{self.stage.region}::/restapis/{self.stage.id}/stages/{self.stage.stage}"
        host = f"{self.stage.id}.execute-api.{self.stage.region}.amazonaws.com"
        request = {
            "method": self.head.method,
            "url": f"https://{host}/{self.stage.stage}{self.stage.path}",
            "user_agent": self.head.headers.get("user-agent", ""),
            "client_ip": "127.0.0.1",
            "x_forwarded_for": True,
        }
        segment = {
            "id": self.id,
            "trace_id": self.context.root,
            "name": f"{self.stage.name}/{self.stage.stage}",
            "origin": "AWS::ApiGateway::Stage",
            "resource_arn": arn,
            "start_time": self.started,
            "end_time": ended,
            "http": {"request": request, "response": {"status": status, "content_length": 0}},
            "annotations": {"aws:api_id": self.stage.id, "aws:api_stage": self.stage.stage},
            "aws": {"api_gateway": {**_ACCOUNT, "rest_api_id": self.stage.id, "stage": self.stage.stage}},
            **_flags(status),
        }
        if self.context.parent:
            segment["parent_id"] = self.context.parent
        if now.integration:
            segment["subsegments"] = [self._integration(now, status, *now.integration)]
        return segment

    def _integration(self, now: Call, status: int, began: float, ended: float) -> dict[str, Any]:
        region, account = self.stage.region, credentials.ACCOUNT
        arn = f"arn:aws:lambda:{region}:{account}:function:{now.function}"
        url = f"https://lambda.{region}.amazonaws.com/2015-03-31/functions/{arn}/invocations"
        return {
            "id": self.integration_id,
            "name": "Lambda",
            "namespace": "aws",
            "start_time": began,
            "end_time": ended,
            "http": {
                "request": {"url": url, "method": self.head.method},
                "response": {"status": 200 if status < 500 else status},
            },
            "aws": {
                "function_name": now.function,
                "region": region,
                "operation": "Invoke",
                "resource_names": [now.function],
            },
            **(_flags(status) if status >= 500 else {}),
        }


def begin(stage: ApiStage, head: Head, received: str, started: float) -> StageSegment | None:
    """The segment of a request to a traced stage; None when it is not traced or the caller decided against it."""
    context = trace_header.decide(received, stage.traced)
    if not stage.traced or not context.sampled:
        return None
    return StageSegment(stage, head, context, trace_header.new_id(), trace_header.new_id(), started)


def _flags(status: int) -> dict[str, bool]:
    if status == 429:
        return {"error": True, "throttle": True}
    return {"fault": True} if status >= 500 else {"error": True} if status >= 400 else {}
