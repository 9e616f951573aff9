"""Whose Host and Origin headers are welcome."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfast_obs.localcloud.gateway.host_and_origin import (
    fetch_is_welcome,
    host_is_welcome,
    is_welcome,
    origin_is_welcome,
)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:4566",
        "127.0.0.1:4566",
        "[::1]:4566",
        "bucket.s3.localhost:4566",
        "abc.lambda-url.us-east-1.on.aws",
        "dynamodb.us-east-1.amazonaws.com",
        "d1.cloudfront.net",
        "localhost:",
    ],
)
def test_own_and_aws_names(host: str) -> None:
    """This machine's names and those that only AWS can point somewhere."""
    assert host_is_welcome(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "notlocalhost",
        "evil.example/.localhost",
        "evil.example:80.localhost",
        "localhost.evil.example",
        "amazonaws.com.evil.example",
        "amazonaws.com",
        "xamazonaws.com",
        "127.0.0.1.evil.example",
        "127.0.0.2",
        "0.0.0.0",
        "localhost:80@evil.example",
        "localhost:x",
        "localhost\n.evil.example",
    ],
)
def test_strangers(host: str) -> None:
    """Names that somebody else can point at this machine."""
    assert not host_is_welcome(host)


@pytest.mark.parametrize(("origin", "welcome"), [("", True), ("http://localhost:5173", True), ("null", False)])
def test_origins(origin: str, welcome: bool) -> None:
    """No browser, a page of this machine, a sandboxed page."""
    assert origin_is_welcome(origin) is welcome


def test_a_page_at_aws_is_a_stranger() -> None:
    """Anyone can host a page there."""
    assert not origin_is_welcome("https://bucket.s3.amazonaws.com")


@given(st.text())
def test_nonsense_is_refused_quietly(text: str) -> None:
    """No header makes it raise."""
    host_is_welcome(text)
    origin_is_welcome(text)


@pytest.mark.parametrize(("site", "welcome"), [("none", True), ("same-origin", True), ("same-site", False),
                                               ("cross-site", False), ("", False)])  # fmt: skip
def test_what_browsers_say_of_a_request(site: str, welcome: bool) -> None:
    """An address that was typed and the page's own requests; no such header, no browser."""
    assert fetch_is_welcome({"sec-fetch-site": site}) is welcome
    assert fetch_is_welcome({})
    assert is_welcome({"host": "localhost", "sec-fetch-site": site}) is welcome
    assert not is_welcome({"host": "evil.example"})
