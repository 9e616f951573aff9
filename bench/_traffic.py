"""Clients that write to a cloud until it is killed, and remember what was acknowledged and when."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from bench._clouds import client
from shopfast_obs.localcloud.gateway.credentials import ACCOUNT

GROUP, STREAM, NAMESPACE, ALARM, TABLE = "/bench/kill9", "lines", "Bench/Kill9", "kill9", "kill9"
STATES = ("OK", "ALARM")


@dataclass(slots=True)
class Acknowledged:
    """What one client sent, and when (monotonic seconds) each answer came; a thing without a time was not answered."""

    sent: list[str] = field(default_factory=list)
    answered: dict[str, float] = field(default_factory=dict)

    def until(self, moment: float) -> set[str]:
        """What was acknowledged until then."""
        return {thing for thing, at in self.answered.items() if at <= moment}


class RefusedError(Exception):
    """A part of a request was not taken."""


Write = Callable[[Any, str], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of client: which API, how one thing is written, and whether an acknowledgement means that it is on disk
    (`durable`) or that it is within a second."""

    service: str
    write: Write
    durable: bool


def kinds(round_name: str, trace_id: str) -> dict[str, Kind]:
    """The clients of one round, by what they write."""
    return {
        "segments": Kind("xray", lambda api, thing: _segment(api, trace_id, thing), durable=True),
        "metrics": Kind("cloudwatch", lambda api, thing: _metric(api, round_name, thing), durable=True),
        "log lines": Kind("logs", lambda api, thing: _line(api, round_name, thing), durable=True),
        "alarm states": Kind("cloudwatch", _state, durable=True),
        "table items": Kind("dynamodb", lambda api, thing: _item(api, round_name, thing), durable=False),
        "queue messages": Kind("sqs", lambda api, thing: _message(api, round_name, thing), durable=False),
    }


class Traffic:
    """All clients of one round at work, and invocations beside them."""

    def __init__(self, url: str, round_name: str) -> None:
        self.trace_id = f"1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]}"
        self.kinds = kinds(round_name, self.trace_id)
        self.seen = {name: Acknowledged() for name in self.kinds}
        self.invocations = self.refused = 0
        self._url = url
        self._stop = threading.Event()
        self._threads = [
            *(threading.Thread(target=self._write, args=(name, kind)) for name, kind in self.kinds.items()),
            threading.Thread(target=self._invoke),
        ]

    def start(self) -> None:
        """Let them begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let them end; those whose cloud is gone have ended already."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write(self, name: str, kind: Kind) -> None:
        api, seen, number = client(self._url, kind.service), self.seen[name], 0
        while not self._stop.is_set():
            thing = f"{number:06d}"
            number += 1
            seen.sent.append(thing)
            try:
                kind.write(api, thing)
            except (ClientError, RefusedError):  # the cloud is there, and does not promise
                self.refused += 1
                number -= 1  # again: an alarm that is given the state which it has keeps its reason
                time.sleep(0.005)
                continue
            except Exception:
                return
            seen.answered[thing] = time.monotonic()

    def _invoke(self) -> None:
        api = client(self._url, "lambda")
        while not self._stop.is_set():
            try:
                api.invoke(FunctionName="kill9", Payload=b"{}")
            except ClientError:
                continue
            except Exception:
                return
            self.invocations += 1


def _segment(api: Any, trace_id: str, thing: str) -> None:  # noqa: ANN401 - boto3 has no types
    now = time.time()
    document = {"trace_id": trace_id, "id": f"{int(thing):016x}", "name": "kill9", "start_time": now, "end_time": now}
    if api.put_trace_segments(TraceSegmentDocuments=[json.dumps(document)])["UnprocessedTraceSegments"]:
        raise RefusedError


def _metric(api: Any, round_name: str, thing: str) -> None:  # noqa: ANN401
    datum = {"MetricName": "Thing", "Dimensions": [{"Name": "Round", "Value": round_name}], "Value": float(thing)}
    api.put_metric_data(Namespace=NAMESPACE, MetricData=[datum])


def _line(api: Any, round_name: str, thing: str) -> None:  # noqa: ANN401
    event = {"timestamp": int(time.time() * 1000), "message": f"{round_name} {thing}"}
    api.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=[event])


def _state(api: Any, thing: str) -> None:  # noqa: ANN401
    api.set_alarm_state(AlarmName=ALARM, StateValue=STATES[int(thing) % 2], StateReason=thing)


def _item(api: Any, round_name: str, thing: str) -> None:  # noqa: ANN401
    api.put_item(TableName=TABLE, Item={"round": {"S": round_name}, "thing": {"S": thing}})


def _message(api: Any, round_name: str, thing: str) -> None:  # noqa: ANN401
    api.send_message(QueueUrl=f"{api.meta.endpoint_url}/{ACCOUNT}/kill9-{round_name}", MessageBody=thing)
