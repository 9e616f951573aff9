"""Warm invocation of an empty handler, client to answer: ours beside MiniStack's own executor, in turns."""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from bench._clouds import client, create_function, keys_of, local_cloud, ministack, spread
from shopfast_obs.localcloud.gateway import credentials

EMPTY = "def lambda_handler(event, context): return None"
ROUNDS, EACH = 10, 30
PATH = "/2015-03-31/functions/empty/invocations"
Call = Callable[[], None]


def boto3_call(url: str) -> Call:
    """Invoke through the SDK."""
    service = client(url, "lambda")

    def invoke() -> None:
        answer = service.invoke(FunctionName="empty", Payload=b"{}")
        answer["Payload"].read()

    return invoke


def http_call(url: str) -> Call:
    """Invoke with nothing but a kept connection: what the SDK itself costs is the difference."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    signed = credentials.signed("POST", url + PATH, b"{}", keys_of(url), "lambda")  # good for five minutes

    def invoke() -> None:
        connection.request("POST", PATH, b"{}", signed)
        answer = connection.getresponse()
        assert (answer.status, len(answer.read()) < 9) == (200, True)

    return invoke


def measured(calls: dict[str, Call]) -> dict[str, list[float]]:
    """Milliseconds of each call; they take turns, so that other work on the machine meets all of them."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(ROUNDS + 1):
        for name, call in calls.items():
            for _ in range(EACH):
                begun = time.perf_counter()
                call()
                if turn:  # the first round warms up
                    taken[name].append((time.perf_counter() - begun) * 1000)
    return taken


def main() -> None:
    with local_cloud() as ours, ministack() as theirs:
        for url in (ours.endpoint_url, theirs):
            create_function(url, "empty", EMPTY)
        calls = {
            "local cloud, boto3": boto3_call(ours.endpoint_url),
            "MiniStack,   boto3": boto3_call(theirs),
            "local cloud, http": http_call(ours.endpoint_url),
            "MiniStack,   http": http_call(theirs),
        }
        taken = measured(calls)
    for name, values in taken.items():
        print(f"warm invocation, {name:20} ms  {spread(values)}")
    medians = {name: statistics.median(values) for name, values in taken.items()}
    for kind in ("boto3", "http"):
        ratio = medians[f"local cloud, {kind}"] / medians[f"MiniStack,   {kind}"]
        print(f"ratio of the medians, {kind}: {ratio:.2f}")


if __name__ == "__main__":
    main()
