"""Personal data and secrets in a text."""

from __future__ import annotations

import pytest

from shopfast_obs.analysis.sensitive import find, masked


@pytest.mark.parametrize(
    ("text", "kind", "shown", "secret"),
    [
        ("mail to ann.lee@shop.example.org now", "e-mail address", "a***@s***.org", False),
        ("card 4539 5787 6362 1486", "card number", "************1486", False),
        ('{"card":"4539578763621486"}', "card number", "************1486", False),
        ("to DE89370400440532013000", "IBAN", "DE89***", False),
        ("AKIAIOSFODNN7EXAMPLE", "AWS access key", "AKIA***", True),
        ("Authorization: Bearer abcdefghijklmnopqrst", "bearer token", "abcd***", True),
        ('{"password": "hunter22", "x": 1}', "named secret", "***", True),
        ("-----BEGIN RSA PRIVATE KEY-----", "private key", "***", True),
    ],
)
def test_data_is_found_and_shown_masked(text: str, kind: str, shown: str, secret: bool) -> None:
    """What it is, without giving it away."""
    (hit,) = find(text)
    assert (hit.kind, hit.masked, hit.secret) == (kind, shown, secret)
    assert shown in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "id 4539578763621480 order",  # no check digit
        '"timestamp": 1700000000123',
        "1-6756d8c2-4539578763621486abcdefab",  # a trace id
        "password=null",
        "password: ${ssm:/shop/password}",
        "tokens=1234567",
        "RequestId: 45395787-6362-1486-4539-578763621486",
        "GET /products/p-00001 in 0.1 s",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    """Ids, placeholders, references."""
    assert list(find(text)) == []
    assert masked(text) == text
