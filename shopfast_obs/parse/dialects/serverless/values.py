"""Numbers, truth and texts as the Serverless Framework's schema makes them of what is written: `'30'` is 30."""

from __future__ import annotations

import re
from typing import Any


def number(value: Any) -> Any:  # noqa: ANN401 - what stands in a file
    """The number that a text spells; anything else as it is."""
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}", value) else value


def truth(value: Any) -> Any:  # noqa: ANN401
    """The truth value that a text spells; anything else as it is."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def text(value: Any) -> Any:  # noqa: ANN401
    """The text of a number or a truth value; anything else as it is."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"  # 1.0 is 1 in JavaScript
    return str(value) if isinstance(value, int | float) else value
