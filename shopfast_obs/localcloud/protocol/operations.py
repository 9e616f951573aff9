"""An AWS service that answers from a table of operations."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from shopfast_obs.localcloud.interface import ApiRequest, ApiResponse, Scope
from shopfast_obs.localcloud.protocol.wire import AwsError, Codec

Operation = Callable[[Mapping[str, Any]], Mapping[str, Any]]
Operations = Mapping[str, Operation]
logger = logging.getLogger(__name__)


class ServiceApi:
    """One service: claims its requests, decodes them, runs the operation in a thread, encodes the answer. `operations`
    gives the table of an account and region."""

    def __init__(
        self,
        signing_name: str,
        service: str,
        operations: Callable[[Scope], Operations],
        unsigned: tuple[str, ...] = (),
        only: frozenset[str] = frozenset(),
    ) -> None:
        self._signing_name = signing_name
        self._codec = Codec(service)
        self._operations = operations
        self._unsigned = unsigned  # paths that clients call without a signature
        self._only = only  # the operations that are claimed, where MiniStack answers the others
        self._threads = ThreadPoolExecutor(4, thread_name_prefix=signing_name)

    def claims(self, request: ApiRequest) -> bool:
        """True for requests that are signed for the service."""
        if self._only and request.headers.get("x-amz-target", "").rpartition(".")[2] not in self._only:
            return False
        return request.service == self._signing_name or (not request.service and request.path in self._unsigned)

    async def handle(self, request: ApiRequest) -> ApiResponse:
        """The answer, errors included, in AWS's shape."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.answer, request)

    def answer(self, request: ApiRequest) -> ApiResponse:
        """The same from any thread."""
        protocol = self._codec.protocol(request)
        try:
            call = self._codec.decode(request)
            operation = self._operations(request.scope).get(call.operation)
            if operation is None:
                raise AwsError("UnknownOperationException", f"The local cloud does not have {call.operation} yet.", 404)
            return self._codec.encode(call, operation(call.parameters))
        except AwsError as error:
            return self._codec.encode_error(error, protocol)
        except Exception:
            logger.exception("%s %s failed", self._signing_name, request.path)
            failure = AwsError("InternalFailure", "The local cloud failed here; see its log.", 500)
            return self._codec.encode_error(failure, protocol)

    def close(self) -> None:
        """Wait for the requests under way."""
        self._threads.shutdown()
