"""The endpoints for OpenTelemetry that X-Ray, CloudWatch Logs and CloudWatch have beside their APIs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from shopfast_obs.localcloud.interface import ApiRequest, ApiResponse, Clock, Scope
from shopfast_obs.localcloud.otlp import logs, requests
from shopfast_obs.localcloud.otlp.metrics import Metrics
from shopfast_obs.localcloud.otlp.traces import Traces
from shopfast_obs.localcloud.protocol.operations import Operations
from shopfast_obs.localcloud.protocol.wire import AwsError

if TYPE_CHECKING:
    from google.protobuf.message import Message

SERVICES = {"/v1/traces": "xray", "/v1/logs": "logs", "/v1/metrics": "monitoring"}  # whom a path is signed for
logger = logging.getLogger(__name__)


class OtlpService:
    """Answers the three endpoints. `log_operations` and `metric_operations` are those of an account and region."""

    def __init__(
        self,
        traces: Traces,
        log_operations: Callable[[Scope], Operations],
        metric_operations: Callable[[Scope], Operations],
        clock: Clock,
    ) -> None:
        self._traces = traces
        self._log_operations = log_operations
        self._metric_operations = metric_operations
        self._metrics = Metrics()
        self._clock = clock
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="otlp")

    def claims(self, request: ApiRequest) -> bool:
        """True for a request to one of the endpoints: an object of S3 may have such a path, too."""
        service = SERVICES.get(request.path)
        return service is not None and request.service in ("", service)

    async def handle(self, request: ApiRequest) -> ApiResponse:
        """The answer, errors included, in the request's form."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.answer, request)

    def answer(self, request: ApiRequest) -> ApiResponse:
        """The same from any thread."""
        content = requests.JSON
        try:
            if request.method != "POST":
                raise AwsError("MethodNotAllowedException", "The endpoint takes POST.", 405)
            content = requests.content_type(request.headers)
            return requests.encoded(self._exported(request, content), content)
        except AwsError as error:
            return requests.refused(error, content)
        except Exception:
            logger.exception("%s failed", request.path)
            return requests.refused(
                AwsError("InternalFailure", "The local cloud failed here; see its log.", 500), content
            )

    def _exported(self, request: ApiRequest, content: str) -> Message:
        scope, body = request.scope, request.body
        if request.path == "/v1/traces":
            return self._traces.export(scope, body, content)
        if request.path == "/v1/logs":
            put = self._log_operations(scope)["PutLogEvents"]
            return logs.export(put, self._clock, request.headers, body, content)
        return self._metrics.export(lambda where: self._metric_operations(where)["PutMetricData"], scope, body, content)

    def close(self) -> None:
        """Wait for the requests under way."""
        self._threads.shutdown()
