"""How far a function is behind the stream that it reads: `IteratorAge`, for each batch that an event source mapping of
Kinesis or DynamoDB brings it."""

from __future__ import annotations

import contextvars
import time
from collections.abc import Callable

from shopfast_obs.localcloud.ages import OldestAges
from shopfast_obs.localcloud.ministack.lambda_functions.lambda_executor import Record, Result
from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.observer import Observer

_polling: contextvars.ContextVar[bool] = contextvars.ContextVar("shopfast_obs_polling", default=False)
Execute = Callable[[Record, Untyped], Result]


class Streams:
    """Wraps the pollers of `services.lambda_svc` and what they invoke with."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._ages = OldestAges()

    def polling(self, poll: Callable[[], bool]) -> Callable[[], bool]:
        """One look of the poller at all streams."""

        def wrapped() -> bool:
            token = _polling.set(True)
            try:
                return poll()
            finally:
                _polling.reset(token)

        return wrapped

    def executed(self, execute: Execute) -> Execute:
        """An invocation, measured when a poller makes it."""

        def wrapped(func: Record, event: Untyped) -> Result:
            if _polling.get():
                self._measure(str((func.get("config") or func)["FunctionName"]), event["Records"])
            return execute(func, event)

        return wrapped

    def _measure(self, function: str, records: list[Record]) -> None:
        """The age of the batch's last record. A batch that comes again is older each time; MiniStack adds to it what
        has come meanwhile, so its first record tells whether it is the same."""
        first, last = records[0], records[-1]
        said = last.get("kinesis", {}).get("approximateArrivalTimestamp")
        arrived = float(said or last.get("dynamodb", {}).get("ApproximateCreationDateTime") or time.time())
        shard = (function, last.get("eventSourceARN"), str(last.get("eventID", "")).partition(":")[0])
        where = shard if said else shard[:2]  # the id of a Kinesis record begins with its shard
        age = self._ages.of(where, first.get("eventID"), max(0.0, time.time() - arrived), self._observer.now())
        self._observer.metric("AWS/Lambda", "IteratorAge", {"FunctionName": function}, age * 1000, "Milliseconds")


def install(lambda_svc: Untyped, observer: Observer) -> None:
    """Measure what the pollers of streams bring to functions."""
    streams = Streams(observer)
    lambda_svc._poll_kinesis = streams.polling(lambda_svc._poll_kinesis)
    lambda_svc._poll_dynamodb_streams = streams.polling(lambda_svc._poll_dynamodb_streams)
    lambda_svc._execute_function = streams.executed(lambda_svc._execute_function)
