"""boto3 calls, fewer at once where a service throttles; failures told apart: nothing answers, or one is refused."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from shopfast_obs.cloud import parallel_calls
from shopfast_obs.cloud.session import unreachable
from shopfast_obs.errors import DeniedError

ClientFactory = Callable[[str], Any]

# What services say when calls come too fast, or too many at once.
THROTTLES = frozenset({
    "BandwidthLimitExceeded", "LimitExceededException", "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException",
    "SlowDown", "ThrottledException", "Throttling", "ThrottlingException", "TooManyRequestsException",
})  # fmt: skip
# What IAM calls a service, where boto3 calls it otherwise.
_PREFIXES = {"stepfunctions": "states"}
AHEAD = 4  # answers that are read while the one before them is worked on
T = TypeVar("T")
R = TypeVar("R")


class RefusedError(DeniedError):
    """One call was refused; `code` is AWS's error code."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message, _hint(code))
        self.code = code

    @property
    def missing(self) -> bool:
        """True when what was asked for does not exist."""
        return any(word in self.code for word in ("NotFound", "NonExistent", "DoesNotExist", "NoSuch"))


def _hint(code: str) -> str:
    """What helps against it: not every refusal is a lack of rights."""
    if any(word in code for word in ("Invalid", "Validation", "Malformed")):
        return "Mend what it names, or leave it out."
    if code in THROTTLES:
        return "Try again in a minute, or ask for less: a shorter --since."
    return "Allow the action for these credentials, or go on without it."


class Calls:
    """Calls to the services of one target. They raise CloudUnreachableError and RefusedError only."""

    def __init__(self, clients: ClientFactory) -> None:
        self._clients = clients
        self.made: Counter[str] = Counter()  # by IAM action, repeated ones included
        self._lanes: dict[str, parallel_calls.ConcurrencyLimit] = {}
        self._lock = threading.Lock()

    def each(self, function: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """The function of each item, several at a time: for what AWS has no list of. The first failure is raised."""
        listed = list(items)
        if len(listed) < 2:
            return [function(item) for item in listed]
        with ThreadPoolExecutor(parallel_calls.MOST) as pool:
            return list(pool.map(function, listed))

    def ahead(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """The same in order and without an end in sight: a few are asked for before it is their turn, never all."""
        with ThreadPoolExecutor(AHEAD) as pool:
            waiting: deque[Future[R]] = deque()
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) > AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def one(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401
        """The answer of one call."""
        answer = self._asked(service, operation, lambda: getattr(self._clients(service), operation)(**parameters))
        return answer or {}

    def knows(self, service: str, operation: str) -> bool:
        """True where the SDK has the operation."""
        return hasattr(self._clients(service), operation)

    def require(self, service: str, operation: str) -> None:
        """Raises RefusedError where the SDK is older than the operation."""
        if not self.knows(service, operation):
            import botocore

            said = f"botocore {botocore.__version__} does not know {action(service, operation)}"
            raise RefusedError(f"{said}; a newer boto3 does: pip install --upgrade boto3.", "UnknownOperation")

    def pages(self, service: str, operation: str, **parameters: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
        """The answers of a call, page after page."""

        def listed() -> Iterator[dict[str, Any]]:
            yield from self._clients(service).get_paginator(operation).paginate(**parameters)

        pages = listed()
        while (page := self._asked(service, operation, lambda: next(pages, None))) is not None:
            yield page

    def _asked(self, service: str, operation: str, ask: Callable[[], dict[str, Any] | None]) -> dict[str, Any] | None:
        """The answer, in the lane of the API; None where nothing had to be asked."""
        from botocore.exceptions import BotoCoreError, ClientError

        name = action(service, operation)
        with self._lock:
            lane = self._lanes.setdefault(name, parallel_calls.ConcurrencyLimit())
        with lane.turn() as turn:
            if lane.closed:
                raise RefusedError(f"{name} is not asked any more: {lane.closed}, again and again.", lane.closed)
            try:
                answer = ask()
            except (BotoCoreError, ClientError, NotImplementedError) as problem:  # the last is moto's, in one process
                told = _told(problem, service, operation)
                self._learn(name, turn, getattr(problem, "response", {}), getattr(told, "code", ""))
                raise told from None
            if answer is not None:
                self._learn(name, turn, answer)
            return answer

    def _learn(self, name: str, turn: int, answer: dict[str, Any], refused: str = "") -> None:
        """Count the call with its repeats, and go on more slowly where there were any."""
        repeated = int(answer.get("ResponseMetadata", {}).get("RetryAttempts", 0))
        with self._lock:
            self.made[name] += 1 + repeated
        if repeated or refused in THROTTLES:
            self._lanes[name].throttled(turn, refused if refused in THROTTLES else "")
        else:
            self._lanes[name].served()

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
