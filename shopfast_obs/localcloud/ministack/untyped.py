"""MiniStack has no types: its modules, records and arguments are `Untyped`, and `Any` stays out of our signatures."""

from typing import Any

Untyped = Any
