"""EventBridge's conditions on one text."""

import pytest

from shopfast_obs.analysis.wiring.event_patterns import accepts


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (None, True),
        (["order.created"], True),
        (["order.sent", {"prefix": "order."}], True),
        ([{"suffix": ".created"}], True),
        ([{"equals-ignore-case": "ORDER.created"}], True),
        ([{"wildcard": "order.*"}], True),
        ([{"exists": True}], True),
        ([{"anything-but": ["order.sent"]}], True),
        ([{"anything-but": {"prefix": "order."}}], False),
        (["order.sent"], False),
        ([], False),
        ([{"prefix": {"equals-ignore-case": "ORDER"}}], None),
        ([{"numeric": [">", 1]}], None),
        ("order.created", None),
    ],
)
def test_conditions_are_read_as_eventbridge_reads_them(conditions: object, expected: bool | None) -> None:
    """What cannot be told is None."""
    assert accepts(conditions, "order.created") is expected
