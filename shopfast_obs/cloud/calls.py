"""boto3 calls with their failures told apart: nothing answers, or one question is refused."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from shopfast_obs.cloud.session import unreachable
from shopfast_obs.errors import DeniedError

ClientFactory = Callable[[str], Any]


AT_ONCE = 8  # calls of one kind
# What IAM calls a service, where boto3 calls it otherwise.
_PREFIXES = {"stepfunctions": "states"}
T = TypeVar("T")
R = TypeVar("R")


class RefusedError(DeniedError):
    """One call was refused; `code` is AWS's error code."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message, "Allow the action for these credentials, or go on without it.")
        self.code = code

    @property
    def missing(self) -> bool:
        """True when what was asked for does not exist."""
        return any(word in self.code for word in ("NotFound", "NonExistent", "DoesNotExist", "NoSuch"))


class Calls:
    """Calls to the services of one target. They raise CloudUnreachableError and RefusedError only."""

    def __init__(self, clients: ClientFactory) -> None:
        self._clients = clients
        self.made: Counter[str] = Counter()  # by IAM action
        self._lock = threading.Lock()

    def each(self, function: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """The function of each item, several at a time: for what AWS has no list of. The first failure is raised."""
        listed = list(items)
        if len(listed) < 2:
            return [function(item) for item in listed]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(function, listed))

    def _count(self, service: str, operation: str) -> None:
        with self._lock:
            self.made[action(service, operation)] += 1

    def one(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401
        """The answer of one call."""
        from botocore.exceptions import BotoCoreError, ClientError

        self._count(service, operation)
        try:
            answer: dict[str, Any] = getattr(self._clients(service), operation)(**parameters)
        except (BotoCoreError, ClientError) as problem:
            raise _told(problem, service, operation) from None
        return answer

    def pages(self, service: str, operation: str, **parameters: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
        """The answers of a call, page after page."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            for page in self._clients(service).get_paginator(operation).paginate(**parameters):
                self._count(service, operation)
                yield page
        except (BotoCoreError, ClientError) as problem:
            raise _told(problem, service, operation) from None

    def items(self, service: str, operation: str, key: str, **parameters: Any) -> list[Any]:  # noqa: ANN401
        """The items under `key` of all pages of a call."""
        return [item for page in self.pages(service, operation, **parameters) for item in page.get(key) or ()]


def action(service: str, operation: str) -> str:
    """The IAM action of a call: `lambda:ListFunctions`. API Gateway has one for each HTTP method instead."""
    if service.startswith("apigateway"):
        return "apigateway:GET"
    name = "".join(part.capitalize() for part in operation.split("_"))
    return f"{_PREFIXES.get(service, service)}:{name}"


def _told(problem: Exception, service: str, operation: str) -> Exception:
    nobody = unreachable(problem)
    if nobody is not None:
        return nobody
    error = getattr(problem, "response", {}).get("Error", {})
    code = str(error.get("Code", type(problem).__name__))
    return RefusedError(f"{action(service, operation)} was refused: {code}: {error.get('Message') or problem}.", code)
