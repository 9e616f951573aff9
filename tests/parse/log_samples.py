"""One log of two failed requests, as each tool writes it into a file."""

import json
from datetime import UTC, datetime

STREAM = "2026/11/22/[$LATEST]f9685e61a6369f1005a3e8512dc75d5b"
REQUESTS = ("8f507cfc-1234-4697-b07a-ac58fc914c95", "0f507cfc-1234-4697-b07a-ac58fc914c95")
START = 1_795_360_059.891
TRACEBACK = 'Traceback (most recent call last):\n  File "/var/task/store.py", line 12, in load\n    return table[key]\n'
LOGGED = [
    {
        "level": "ERROR", "location": "load:12", "message": "could not do it", "function_request_id": request,
        "timestamp": datetime.fromtimestamp(START + n, UTC).strftime("%Y-%m-%d %H:%M:%S,%f")[:-3] + "+0000",
        "exception": f"{TRACEBACK}KeyError: 'sku'", "exception_name": "KeyError",
    }
    for n, request in enumerate(REQUESTS)
]  # fmt: skip
EVENTS = [
    (START + n + 0.1 * place, message)
    for n, request in enumerate(REQUESTS)
    for place, message in enumerate(
        (
            f"START RequestId: {request} Version: 1\n",
            f"[ERROR] KeyError: 'sku'\n{TRACEBACK}",
            f"END RequestId: {request}\n",
        )
    )
]
AS_API = [
    {"timestamp": round(at * 1000), "message": said, "logStreamName": STREAM, "eventId": "1"} for at, said in EVENTS
]
GROUP = "/aws/lambda/web"


def iso(at: float, form: str = "%Y-%m-%dT%H:%M:%S.%f") -> str:
    """The time as AWS's tools write it."""
    return datetime.fromtimestamp(at, UTC).strftime(form)


FILES = {
    "filter-log-events": json.dumps({"events": AS_API, "searchedLogStreams": []}, indent=4),
    "filter-log-events, one line": json.dumps({"events": AS_API}),
    "--query events": json.dumps(AS_API, indent=4),
    "an event a line": "".join(json.dumps(event) + "\n" for event in AS_API),
    "subscription": json.dumps(
        {"messageType": "DATA_MESSAGE", "logGroup": GROUP, "logStream": STREAM, "logEvents": AS_API}
    ),
    "subscriptions through Firehose": "\n".join(
        json.dumps({"logGroup": GROUP, "logStream": STREAM, "logEvents": [event]}) for event in AS_API
    ),
    "export": "".join(f"{iso(at)[:-3]}Z {said}" for at, said in EVENTS),
    "aws logs tail": "".join(f"{iso(at)}+00:00 {STREAM} {said}" for at, said in EVENTS),
    "aws logs tail --format short": "".join(f"{iso(at, '%Y-%m-%dT%H:%M:%S')} {said}" for at, said in EVENTS),
    "sam logs": "".join(f"{STREAM} {iso(at)} {said}" for at, said in EVENTS),
    "aws logs tail --format json": "".join(
        f"{iso(START + n)}+00:00 {STREAM} {json.dumps(one, indent=2)}\n" for n, one in enumerate(LOGGED)
    ),
    "a record a line": "".join(json.dumps(one) + "\n" for one in LOGGED),
    "a record a line between Lambda's own": "".join(
        f"START RequestId: {one['function_request_id']} Version: 1\n{json.dumps(one)}\n" for one in LOGGED
    ),
    "what the function wrote": "".join(said for _, said in EVENTS),
}
