"""The X-Ray segment of an API Gateway stage with tracing, as API Gateway writes it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from shopfast_obs.localcloud import call
from shopfast_obs.localcloud.call import Call
from shopfast_obs.localcloud.ministack.app import ApiStage
from shopfast_obs.localcloud.routing import Head


@dataclass(frozen=True, slots=True)
class StageSegment:
    """A request on its way through a traced stage."""

    stage: ApiStage
    head: Head
    root: str
    parent: str
    id: str
    integration_id: str
    started: float

    @property
    def downstream(self) -> str:
        """The trace header that the integration gets."""
        return f"Root={self.root};Parent={self.integration_id};Sampled=1"

    def document(self, now: Call, status: int, ended: float) -> dict[str, Any]:
        """The segment of the request that was answered with `status`."""
        arn = f"arn:aws:apigateway:{self.stage.region}::/restapis/{self.stage.id}/stages/{self.stage.stage}"
        host = f"{self.stage.id}.execute-api.{self.stage.region}.amazonaws.com"
        request = {
            "method": self.head.method,
            "url": f"https://{host}/{self.stage.stage}{self.stage.path}",
            "user_agent": self.head.headers.get("user-agent", ""),
            "client_ip": "127.0.0.1",
        }
        segment = {
            "id": self.id,
            "trace_id": self.root,
            "name": f"{self.stage.name}/{self.stage.stage}",
            "origin": "AWS::ApiGateway::Stage",
            "resource_arn": arn,
            "start_time": self.started,
            "end_time": ended,
            "http": {"request": request, "response": {"status": status}},
            "annotations": {"aws:api_id": self.stage.id, "aws:api_stage": self.stage.stage},
            "aws": {"api_gateway": {"rest_api_id": self.stage.id, "stage": self.stage.stage}},
            **_flags(status),
        }
        if self.parent:
            segment["parent_id"] = self.parent
        if now.integration_seconds is not None:
            segment["subsegments"] = [self._integration(now, status, ended, now.integration_seconds)]
        return segment

    def _integration(self, now: Call, status: int, ended: float, seconds: float) -> dict[str, Any]:
        return {
            "id": self.integration_id,
            "name": "Lambda",
            "namespace": "aws",
            "start_time": max(self.started, ended - seconds),
            "end_time": ended,
            "http": {"response": {"status": 200 if status < 500 else status}},
            "aws": {"operation": "Invoke", "function_name": now.function, "resource_names": [now.function]},
            **(_flags(status) if status >= 500 else {}),
        }


def begin(stage: ApiStage, head: Head, trace_header: str, started: float) -> StageSegment | None:
    """The segment of a request to a traced stage; None when it is not traced or the caller decided against it."""
    fields = call.fields(trace_header)
    if not stage.traced or fields.get("Sampled") == "0":
        return None
    ids = (os.urandom(8).hex(), os.urandom(8).hex())
    return StageSegment(stage, head, call.root_of(trace_header), fields.get("Parent", ""), *ids, started)


def _flags(status: int) -> dict[str, bool]:
    if status == 429:
        return {"error": True, "throttle": True}
    return {"fault": True} if status >= 500 else {"error": True} if status >= 400 else {}
