"""Sessions: one for a local cloud, a new one wherever credentials may change."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from shopfast_obs.cloud.interface import Keys, Target
from shopfast_obs.cloud.session import session

LOCAL = Target("local", "us-east-1", "http://127.0.0.1:1", keys=Keys("000000000000", "secret"))


def test_a_local_cloud_has_one_session_for_the_process() -> None:
    """Making its clients is what takes long; another cloud, or other keys, have another."""
    assert session(LOCAL) is session(replace(LOCAL))
    assert session(LOCAL).client("sqs") is session(LOCAL).client("sqs")
    assert session(LOCAL) is not session(replace(LOCAL, endpoint_url="http://127.0.0.1:2"))
    assert session(LOCAL) is not session(replace(LOCAL, keys=Keys("000000000000", "other")))


def test_aws_has_a_new_session_each_time() -> None:
    """Profiles and variables of the environment may be others by then."""
    target = Target("aws", "us-east-1")
    assert session(target) is not session(target)


def test_a_local_cloud_is_asked_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment leads to the internet, where the local cloud is not."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:3")
    asked: list[str] = []
    client = session(replace(LOCAL, endpoint_url="http://127.0.0.1:5")).client("sqs")
    client.meta.events.register("before-send.*.*", lambda request, **_: asked.append(request.url))
    with pytest.raises(Exception, match="Could not connect to the endpoint"):
        client.list_queues()
    assert asked
    assert asked[0].startswith("http://127.0.0.1:5")
    assert client._endpoint.http_session._proxy_config.proxy_url_for(asked[0]) is None


def test_a_client_is_made_without_what_only_transfers_need() -> None:
    """boto3's transfers bring multiprocessing with them."""
    code = (
        "import sys; from shopfast_obs.cloud.session import session; from tests.cloud.test_session import LOCAL; "
        "session(LOCAL).client('s3'); print({'boto3', 's3transfer', 'multiprocessing'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"
