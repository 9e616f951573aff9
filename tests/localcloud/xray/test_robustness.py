"""Whatever X-Ray accepts, it can also give back."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopfast_obs.localcloud.interface import ApiRequest
from shopfast_obs.localcloud.telemetry_services import TelemetryServices
from tests.localcloud.service_clients import START, HandClock, RecordingApplication, client, running

KEYS = [
    *("id", "name", "start_time", "end_time", "in_progress", "http", "request", "response", "status", "url", "aws"),
    *("annotations", "metadata", "subsegments", "cause", "exceptions", "user", "parent_id", "type", "namespace"),
    *("origin", "error", "fault", "throttle", "inferred", "resource_arn", "links", "resource_names"),
]
IDS = st.integers(0, 9).map(lambda n: f"{n:016x}")
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "aws", "remote", "subsegment", "AWS::Lambda", "x" * 300])
    | IDS
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=8,
)
PART = st.fixed_dictionaries(
    {"id": IDS, "name": st.sampled_from(["dynamodb", "S3", "x"]), "start_time": st.floats(START, START + 5)},
    optional={key: ANYTHING for key in KEYS if key not in ("id", "name", "start_time", "subsegments")},
)
SEGMENT = st.builds(
    lambda top, inner, nested: {
        **top,
        "trace_id": f"1-{int(START):08x}-{0:024x}",
        "end_time": START + 6,
        "subsegments": [{**part, "subsegments": nested} for part in inner],
    },
    PART,
    st.lists(PART, max_size=2),
    st.lists(PART, max_size=2),
)
EXPRESSIONS = (
    "ok service() { fault } OR edge() { error }",
    'rootcause.fault.entity { last } OR annotation.x = 5 OR http.status > 1 OR user = "a" OR message CONTAINS "a"',
    "rootcause.responsetime.service { inferred } OR rootcause.error.exception { remote } OR rootcause.json = #[1]",
)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[TelemetryServices]:
    """Empty services."""
    with running(tmp_path, HandClock(), RecordingApplication()) as opened:
        yield opened


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents=st.lists(SEGMENT | ANYTHING, min_size=1, max_size=4))
def test_no_document_breaks_a_later_answer(services: TelemetryServices, documents: list[Any]) -> None:
    """Summaries with every kind of filter, traces and graphs over what earlier examples left, too."""
    xray = client(services, "xray")
    xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(document) for document in documents])
    window = {"StartTime": START - 5, "EndTime": START + 10}
    for expression in EXPRESSIONS:
        xray.get_trace_summaries(**window, FilterExpression=expression)
    xray.get_trace_summaries(**window, TimeRangeType="Event")
    xray.batch_get_traces(TraceIds=[f"1-{int(START):08x}-{0:024x}"])
    xray.get_service_graph(**window)


PATHS = ["/TraceSegments", "/TraceSummaries", "/Traces", "/ServiceGraph", "/GetSamplingRules", "/SamplingTargets", "/"]
CBOR = {"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
TARGET = {"content-type": "application/x-amz-json-1.0", "x-amz-target": "GraniteServiceVersion20100801.PutMetricData"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    service=st.sampled_from(["xray", "monitoring"]),
    path=st.sampled_from([*PATHS, "/service/GraniteServiceVersion20100801/operation/GetMetricData", "/x"]),
    headers=st.sampled_from([{}, CBOR, TARGET, FORM]),
    body=st.binary(max_size=60)
    | ANYTHING.map(lambda value: json.dumps(value).encode())
    | st.sampled_from(
        [b"Action=PutMetricData&MetricData.member.1.Value=x", b"[" * 5000, b"\xa1" * 3000, b"\x9f" * 5000]
    ),
)
def test_no_body_makes_a_server_error(
    services: TelemetryServices, service: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    """A refusal in AWS's shape, or an answer."""
    request = ApiRequest("POST", path, headers, {}, body, service, "us-east-1")
    api = next(api for api in services.apis if api.claims(request))
    assert asyncio.run(api.handle(request)).status < 500


WRITER = """
import sys
from pathlib import Path
from tests.localcloud.service_clients import START, HandClock, RecordingApplication
from shopfast_obs.localcloud.interface import Measurement
from shopfast_obs.localcloud.telemetry_services import open_services
services = open_services(Path(sys.argv[1]), HandClock(), RecordingApplication())
for n in range(1, 100_000):
    services.telemetry.put_segments([{"id": f"{n:016x}", "trace_id": f"1-{int(START):08x}-{n:024x}", "name": "n",
                                    "start_time": START, "end_time": START + 1}])
    services.telemetry.put_metrics([Measurement("N", "m", {}, 1.0)])
    print(n, flush=True)
"""


def test_a_killed_cloud_has_everything_that_it_acknowledged(tmp_path: Path) -> None:
    """SIGKILL in the middle of writing, then a new start on the same files."""
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, env=environment) as writer:
        assert writer.stdout is not None
        for _ in range(300):
            assert writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        acknowledged = 300 + len(writer.stdout.readlines())
    with running(tmp_path, HandClock(), RecordingApplication()) as services:
        summaries = client(services, "xray").get_paginator("get_trace_summaries")
        pages = summaries.paginate(StartTime=START, EndTime=START + 1)
        assert sum(len(page["TraceSummaries"]) for page in pages) >= acknowledged
        [point] = client(services, "cloudwatch").get_metric_statistics(
            Namespace="N", MetricName="m", StartTime=START, EndTime=START + 60, Period=60, Statistics=["Sum"]
        )["Datapoints"]
        assert point["Sum"] >= acknowledged
