"""Text on lines of a width: names without what they have in common, never two alike; sentences; tracebacks."""

from hypothesis import given
from hypothesis import strategies as st

from shopfast_obs.report.layout import apart, common_beginning, legend, paragraph, without


def test_a_sentence_is_wrapped_and_a_traceback_keeps_its_lines() -> None:
    """Each indented as it was, and a little more."""
    traceback = "log: Traceback (most recent call last):\n  File \"a.py\", line 1\n    price(o)\nKeyError: 'total'"
    assert paragraph(traceback, 80) == [
        "log: Traceback (most recent call last):",
        '      File "a.py", line 1',
        "        price(o)",
        "    KeyError: 'total'",
    ]
    assert paragraph("one two three-four", 12) == ["one two", "  three-four"]
    assert max(map(len, paragraph(f"a\n  {'word ' * 40}", 60))) <= 60


def test_the_beginning_is_that_which_saves_most() -> None:
    """Up to a sign; short ones, those of one name, and those that a `…` would hide are not worth it."""
    names = ("shop-prod-orders", "DynamoDB GetItem shop-prod-orders-table", "shop-dev-orders", "shop-prod-mail: init")
    assert common_beginning(names) == "shop-prod-"
    assert without(names[1], "shop-prod-") == "DynamoDB GetItem …orders-table"
    assert without(names[2], "shop-prod-") == "shop-dev-orders"
    assert legend("shop-prod-") == "… at the beginning of a name is shop-prod-"
    assert common_beginning(("a-b", "a-c", "orders-of-the-shop")) == ""
    assert common_beginning(("shop-prod-orders", "shop-prod-mail", "…orders")) == ""


def test_cut_names_lose_what_they_have_in_common_first() -> None:
    """Then two do not look alike."""
    names = ("shopfast-product-service-of-the-shop", "shopfast-product-service-of-the-mall", "short")
    assert apart(names, 20) == ["…shop", "…mall", "short"]
    assert apart(("shopfast-product-service",), 12) == ["shopfas…vice"]


@given(st.lists(st.text("ab-", min_size=1, max_size=14), max_size=6), st.integers(4, 10))
def test_different_names_never_look_alike(names: list[str], width: int) -> None:
    """However they are cut."""
    found = apart(names, width)
    assert len(set(found)) == len(set(names))
