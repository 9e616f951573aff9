"""Bodies that arrive as gzip."""

import gzip

import pytest

from shopfast_obs.localcloud.protocol.compression import LARGEST, RATIO, unpacked, without_packing
from shopfast_obs.localcloud.protocol.wire import AwsError

PACKED = {"content-encoding": "gzip", "host": "localhost"}


def test_a_body_is_unpacked_when_it_says_so() -> None:
    """Any other arrives as it was sent."""
    assert unpacked(gzip.compress(b"text"), PACKED) == b"text"
    assert unpacked(b"text", {}) == b"text"
    assert unpacked(b"text", {"content-encoding": "aws-chunked"}) == b"text"


def test_headers_no_longer_speak_of_it() -> None:
    """Other codings stay."""
    assert without_packing({**PACKED, "content-length": "9"}) == {"host": "localhost"}
    assert without_packing({"content-encoding": "GZIP, x"}) == {"content-encoding": "x"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "SerializationException"),
        (b"plain", "SerializationException"),
        (gzip.compress(b"{}")[:-9], "SerializationException"),
        (gzip.compress(b"x" * (LARGEST + 1), 1), "RequestEntityTooLarge"),
        (gzip.compress(b"x" * 2_000_000), "RequestEntityTooLarge"),
    ],
    ids=["empty", "plain", "cut off", "too large", "grows too much"],
)
def test_what_cannot_be_unpacked_is_refused(body: bytes, code: str) -> None:
    """With the bound in the message."""
    with pytest.raises(AwsError) as refused:
        unpacked(body, PACKED)
    assert refused.value.code == code
    if code == "RequestEntityTooLarge":
        assert f"{LARGEST:,} bytes" in refused.value.message and f"{RATIO} times" in refused.value.message
