"""How much one JSON document may hold: decoded it takes up to a hundred times the room of its text."""

from __future__ import annotations

MOST_VALUES = 20_000_000
_SIGNS = (b",", b"[", b"{")
WHAT_TO_DO = f"one document has at most {MOST_VALUES:,} values; write one a line: jq -c '.events[]'"


def too_many_values(content: bytes) -> bool:
    """True for a document that may have more than 20,000,000 values; those in its texts are counted, too."""
    if len(content) < MOST_VALUES:
        return False
    return sum(content.count(sign) for sign in _SIGNS) > MOST_VALUES
