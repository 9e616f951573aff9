"""Personal data and secrets in a text."""

from __future__ import annotations

import pytest

from shopfast_obs.analysis.sensitive import find, masked, stand_in


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


@pytest.mark.parametrize(
    "text",
    [
        "joe.doe@shop.example",
        "card 4539 1488 0343 6467 charged",
        "GB82WEST12345698765432",
        "AKIAZX7QW3ERT5YU8I9O",
        "eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeK",
        "Bearer abcdef0123456789xyz",
        'password="hunter2hunter2", api_key=0123456789',
    ],
)
def test_what_stands_in_is_found_and_shown_as_what_it_stands_for(text: str) -> None:
    """The kind and the mask are the same, the data are not."""
    other = stand_in(text)
    assert other != text
    assert list(find(other)) == list(find(text)) != []
    assert stand_in(other) == other


def test_a_whole_value_is_replaced_unless_it_only_names_a_secret() -> None:
    """The shape stays."""
    assert stand_in("Zq81-mmTR", whole=True) == "Dd00-ddDD"
    for reference in ("arn:aws:secretsmanager:x", "{{resolve:ssm:x}}", "${Secret}", "/shop/key"):
        assert stand_in(reference, whole=True) == reference
    assert stand_in("orders") == "orders"
