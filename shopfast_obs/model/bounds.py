"""Types with a bound, in the keywords of JSON Schema: the schemas of the documents repeat it."""

from __future__ import annotations

from typing import Annotated

Text = Annotated[str, {"minLength": 1}]
Count = Annotated[int, {"minimum": 0}]
Line = Annotated[int, {"minimum": 1}]  # of a file
