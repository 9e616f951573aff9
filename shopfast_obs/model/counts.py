"""Counts as people write them."""


def plural(count: int, noun: str) -> str:
    """`1 trace`, `2 traces`."""
    return f"{count} {noun}{'s' if count != 1 else ''}"
