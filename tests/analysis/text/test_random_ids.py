"""Ids without a digit are told from words."""

import random
import string

import pytest

from shopfast_obs.analysis.text.random_ids import is_id


@pytest.mark.parametrize(
    "one", ["abcdefab", "FACEBEEFDAB", "xKqPzTrWbYvM", "TLbZxHLQrq", "rzgtboeyndxsklmq", "xKqPz7TrWbY"]
)
def test_letters_that_nobody_writes_are_an_id(one: str) -> None:
    """Hexadecimal, base62, long ones in one case."""
    assert is_id(one)


@pytest.mark.parametrize(
    "one",
    [
        "facade", "decade", "defaced", "effaced", "checkout", "PRODUCTCATALOG", "HTTPSConnectionPool", "getItemById",
        "AWSJavaScriptSDK", "XMLHttpRequest", "reCAPTCHAs", "zkSNARKs", "txnRcptHdr", "fuzzywuzzy", "pycpfcnpj",
        "wkhtmltopdf", "Route53Resolver", "base64encode", "AccessDeniedException", "NoneType", "xKqPz", "",
        "Größenänderungsmaß", "größe1234ab",
    ],
)  # fmt: skip
def test_names_are_words_in_any_case(one: str) -> None:
    """Abbreviations, products, and what is too short to tell."""
    assert not is_id(one)


def test_most_long_random_ids_are_found() -> None:
    """19 of 20 without a digit among 22 letters; how many of shorter ones is in `python -m bench letters`."""
    dice = random.Random(1)
    ids = ["".join(dice.choices(string.ascii_letters, k=22)) for _ in range(200)]
    assert sum(map(is_id, ids)) >= 190
