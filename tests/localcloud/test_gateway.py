"""The gateway as a client sees it: doors, control routes, traces, answers and the services' own metrics."""

from __future__ import annotations

import pytest

from tests.localcloud.conftest import StandInCloud

pytestmark = [pytest.mark.cloud, pytest.mark.xdist_group("standin-cloud")]


def test_an_invocation_keeps_its_request_id_and_answers_byte_for_byte(cloud: StandInCloud) -> None:
    """The request id in the answer is the function's; an error payload arrives as the runtime wrote it."""
    cloud.function("gw-fail", "fail.handler")
    answer = cloud.client("lambda").invoke(FunctionName="gw-fail", Payload=b'{"a": 1}', LogType="Tail")
    assert answer["FunctionError"] == "Unhandled"
    assert answer["Payload"].read().startswith(b'{"errorMessage":"it broke","errorType"')
    assert answer["ResponseMetadata"]["RequestId"] == cloud.invocations("gw-fail")[0]["request_id"]
    assert answer["LogResult"] == "YSB0cmFjZQo="
