"""CloudFront's origins where they are here."""

import pytest

from shopfast_obs.localcloud.ministack.http.distributions import local_origin


@pytest.mark.parametrize(
    ("domain", "path", "expected"),
    [
        ("ab12cd34.execute-api.eu-west-1.amazonaws.com", "/prod", "/_aws/execute-api/ab12cd34/prod"),
        ("abc.lambda-url.us-east-1.on.aws", "", "/_aws/lambda-url/abc"),
        ("ABC.lambda-url.us-east-1.on.aws", None, "/_aws/lambda-url/abc"),
    ],
)
def test_an_api_of_aws_is_asked_through_the_gateway(domain: str, path: str | None, expected: str) -> None:
    """By its path, with the origin's own path behind it, and without TLS."""
    origin = {"id": "o", "domain_name": domain, "origin_path": path, "https_port": 443, "protocol_policy": "https-only"}
    here = local_origin(origin, 4566)
    assert (here["domain_name"], here["http_port"], here["protocol_policy"]) == ("127.0.0.1", 4566, "http-only")
    assert here["origin_path"] == expected
    assert origin["domain_name"] == domain


@pytest.mark.parametrize("domain", ["example.com", "bucket.s3.us-east-1.amazonaws.com", "x.execute-api.evil.com", ""])
def test_any_other_origin_stays(domain: str) -> None:
    """Buckets are MiniStack's, and the rest of the world is not ours."""
    origin = {"id": "o", "domain_name": domain, "origin_path": ""}
    assert local_origin(origin, 4566) is origin
