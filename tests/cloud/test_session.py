"""Sessions: one for a local cloud, a new one wherever credentials may change."""

from __future__ import annotations

from dataclasses import replace

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
