"""Options become a target; where there is no cloud it is said."""

import fcntl
import json
from pathlib import Path

import pytest

from shopfast_obs import ownership
from shopfast_obs.cloud.interface import Target
from shopfast_obs.cloud.target import local_endpoint, resolve
from shopfast_obs.cloud.urls import reachable
from shopfast_obs.errors import CloudUnreachableError, UserError
from shopfast_obs.settings import Settings


def test_the_local_target_is_where_the_cloud_wrote_its_port(tmp_path: Path) -> None:
    """The project's own cloud is found through its state."""
    state = tmp_path / ".shopfast" / "cloud"
    state.mkdir(parents=True)
    (state / "cloud.json").write_text('{"port": 4567, "pid": 1}')
    with ownership.open_own(state / ownership.LOCK_FILE, "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert resolve(Settings(tmp_path), "local").endpoint_url == "http://127.0.0.1:4567"


@pytest.mark.parametrize("content", [None, "", "{}", "[1]", '{"port":', '{"port": 4567}'])
def test_without_a_cloud_the_next_command_is_named(tmp_path: Path, content: str | None) -> None:
    """A missing and a broken state file are the same: no cloud."""
    (tmp_path / ".shopfast" / "cloud").mkdir(parents=True)
    if content is not None:
        (tmp_path / ".shopfast" / "cloud" / "cloud.json").write_text(content)
    with pytest.raises(CloudUnreachableError) as caught:
        resolve(Settings(tmp_path, app="app.py"), "local")
    assert caught.value.exit_code == 3
    assert "shopfast-obs deploy" in (caught.value.hint or "")
    with pytest.raises(CloudUnreachableError) as caught:  # who has no app could not deploy it
        resolve(Settings(tmp_path), "local")
    assert "cloud start" in (caught.value.hint or "")


@pytest.mark.parametrize("port", ["1@elsewhere.example:80/", "80", -1, 65536, 1.5, True, None])
def test_a_port_is_a_port(tmp_path: Path, port: object) -> None:
    """No text in a state file makes another host of the address."""
    state = tmp_path / ".shopfast" / "cloud"
    state.mkdir(parents=True)
    (state / "cloud.json").write_text(json.dumps({"port": port}))
    with ownership.open_own(state / ownership.LOCK_FILE, "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert local_endpoint(state) is None


def test_an_endpoint_of_the_environment_wins(tmp_path: Path) -> None:
    """AWS_ENDPOINT_URL names a cloud that someone else started."""
    settings = Settings(tmp_path, endpoint_url="http://127.0.0.1:9")
    assert resolve(settings, "local").endpoint_url == "http://127.0.0.1:9"


def test_a_profile_is_refused_on_the_local_cloud(tmp_path: Path) -> None:
    """It would be ignored silently otherwise."""
    with pytest.raises(UserError, match="--profile"):
        resolve(Settings(tmp_path), "local", profile="dev")


LOCAL = Target("local", "us-east-1", endpoint_url="http://127.0.0.1:4566")


@pytest.mark.parametrize(
    ("aws", "here"),
    [
        ("https://abc123.lambda-url.us-east-1.on.aws/", "http://localhost:4566/_aws/lambda-url/abc123/"),
        ("https://a1b2.execute-api.us-east-1.amazonaws.com/prod/", "http://localhost:4566/_aws/execute-api/a1b2/prod/"),
        ("E2X.cloudfront.net", "http://E2X.cloudfront.localhost:4566/"),
        ("shopfast-products", "shopfast-products"),
        ("https://example.com/x", "https://example.com/x"),
    ],
)
def test_urls_take_the_form_that_resolves_here(aws: str, here: str) -> None:
    """Only AWS's own domains are rewritten, and only for the local cloud."""
    assert reachable(aws, LOCAL) == here
    assert reachable(aws, Target("aws", "us-east-1")) == aws
