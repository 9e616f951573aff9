"""The daemon's UDP side."""

import asyncio
import json
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.localcloud.service_clients import START, HandClock, RecordingApplication, client, running

HEADER = b'{"format":"json","version":1}\n'


def document(number: int) -> bytes:
    """A datagram with one segment."""
    trace_id = f"1-{int(START):08x}-{number:024x}"
    body = {"id": f"{number:016x}", "trace_id": trace_id, "name": "n", "start_time": START, "end_time": START + 1}
    return HEADER + json.dumps(body).encode()


def test_datagrams_become_traces_and_rubbish_is_survived(tmp_path: Path) -> None:
    """Everything that was sent before the stop is stored."""
    with running(tmp_path, HandClock(), RecordingApplication()) as services:
        asyncio.run(services.start())
        host, port = services.xray_address.split(":")
        assert host == "127.0.0.1"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for datagram in (b"", b"rubbish", HEADER, HEADER + b"{", b'{"format":"json"}', b"\xff" * 60_000):
                sender.sendto(datagram, (host, int(port)))
            for number in range(1, 201):
                sender.sendto(document(number), (host, int(port)))
        xray = client(services, "xray")
        found: set[str] = set()
        for _ in range(100):
            found = {s["Id"] for s in xray.get_trace_summaries(StartTime=START, EndTime=START + 1)["TraceSummaries"]}
            if len(found) == 200:
                break
            time.sleep(0.05)
        assert len(found) == 200


def test_the_x_ray_sdk_is_understood(tmp_path: Path) -> None:
    """A segment with an embedded and a streamed subsegment, as aws-xray-sdk sends them."""
    from aws_xray_sdk.core.recorder import AWSXRayRecorder

    with running(tmp_path, HandClock(), RecordingApplication()) as services:
        asyncio.run(services.start())
        recorder = AWSXRayRecorder()
        recorder.configure(service="shop", sampling=False, daemon_address=services.xray_address, streaming_threshold=0)
        segment = recorder.begin_segment("shop")
        assert segment is not None
        with recorder.in_subsegment("work") as work:
            work.put_annotation("size", 3)
        recorder.end_segment()
        xray = client(services, "xray")
        documents: list[dict[str, object]] = []
        for _ in range(100):
            traces = xray.batch_get_traces(TraceIds=[segment.trace_id])["Traces"]
            documents = [json.loads(part["Document"]) for trace in traces for part in trace["Segments"]]
            if len(documents) == 1 and "subsegments" in documents[0]:
                break
            time.sleep(0.05)
        [root] = documents
        assert [part["name"] for part in root["subsegments"]] == ["work"]  # type: ignore[attr-defined]


def test_the_x_ray_sdk_gets_its_sampling_rules_over_tcp(tmp_path: Path) -> None:
    """From the port with the daemon's number, unsigned; other paths are not served there."""
    from aws_xray_sdk.core.sampling.connector import ServiceConnector

    with running(tmp_path, HandClock(), RecordingApplication()) as services:
        asyncio.run(services.start())
        host, port = services.xray_address.split(":")
        connector = ServiceConnector()
        connector.setup_xray_client(host, port, None)
        [rule] = connector.fetch_sampling_rules()
        assert (rule.name, rule.rate) == ("Default", 0.05)
        targets, _ = connector.fetch_sampling_target([rule])
        assert targets["Default"]["quota"] == 1
        request = urllib.request.Request(f"http://{host}:{port}/Traces", data=b"{}", method="POST")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(request, timeout=5)
