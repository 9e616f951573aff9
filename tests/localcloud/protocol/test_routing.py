"""Which API a request is for."""

import pytest

from shopfast_obs.localcloud.protocol.routing import head_of, headers_of

SIGNED = "AWS4-HMAC-SHA256 Credential=000000000000/20261122/eu-west-1/{}/aws4_request, SignedHeaders=host, Signature=0"


def test_the_signature_names_service_and_region() -> None:
    """The credential scope is what AWS routes by, too."""
    head = head_of("POST", "/", {"authorization": SIGNED.format("xray")}, b"")
    assert (head.access_key, head.region, head.service) == ("000000000000", "eu-west-1", "xray")


def test_a_presigned_url_does_as_well() -> None:
    """The scope is in the query."""
    query = b"X-Amz-Credential=000000000000%2F20261122%2Feu-west-1%2Fs3%2Faws4_request"
    assert head_of("GET", "/b/k", {}, query).service == "s3"


@pytest.mark.parametrize(
    ("target", "service"), [("DynamoDB_20120810.Scan", "dynamodb"), ("Logs_20140328.X", "logs"), ("Other.X", "")]
)
def test_an_unsigned_target_names_the_service(target: str, service: str) -> None:
    """Clients without credentials are told apart by X-Amz-Target."""
    head = head_of("POST", "/", {"x-amz-target": target}, b"")
    assert head.service == service
    assert head.operation == target.partition(".")[2]


@pytest.mark.parametrize("query", [b"", b"X-Amz-Credential=", b"X-Amz-Credential=a/b", b"\xff=%zz", b"&&=="])
def test_an_unsigned_request_has_no_service(query: bytes) -> None:
    """Whatever its query is."""
    head = head_of("GET", "/", {"authorization": "Bearer x"}, query)
    assert (head.service, head.region) == ("", "us-east-1")


def test_repeated_headers_are_joined() -> None:
    """As HTTP means them, and names in lower case."""
    assert headers_of([(b"X-A", b"1"), (b"x-a", b"2"), (b"Host", b"h\xff")]) == {"x-a": "1,2", "host": "h\xff"}
