"""Times at the beginning of log lines, as loggers and tools write them, in epoch seconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

# ISO 8601 in its usual liberties (with `(+01:00)` as the Serverless Framework has it), the date of Lambda's emulator.
TIME = (
    r"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| UTC| ?[+-]\d\d:?\d\d| \([+-]\d\d:?\d\d\))?"
    r"|\d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d[.,]\d{3}|\d{13}(?=[\t ,])"
)
_ZONE = re.compile(r" ?\(?(UTC|[+-]\d\d:?\d\d)\)?$")
_MILLISECONDS = 1e11  # a time above is none in seconds
_NANOSECONDS = 1e17
KEYS = ("timestamp", "time", "asctime", "@timestamp", "ts", "Timestamp", "date", "datetime")


def seconds(said: Any, otherwise: float) -> float:  # noqa: ANN401 - a field of anybody's
    """The time that a text or a number says; without a zone it is UTC."""
    if said.__class__ is not str:
        if isinstance(said, int | float) and not isinstance(said, bool) and 0 < said < 1e19:
            return said / 1e9 if said > _NANOSECONDS else said / 1000 if said > _MILLISECONDS else float(said)
        said = str(said)
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        found = _liberal(said[:64])
        return otherwise if found is None else found
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


@lru_cache(maxsize=64)
def _liberal(said: str) -> float | None:
    if said.isascii() and said.isdigit() and len(said) in (10, 13, 19):
        return float(int(said) / 10 ** (len(said) - 10))
    plain = _ZONE.sub(lambda zone: "+00:00" if zone[1] == "UTC" else zone[1], said).replace("/", "-")
    for parse in (datetime.fromisoformat, lambda text: datetime.strptime(text, "%d %b %Y %H:%M:%S,%f")):  # noqa: DTZ007
        try:
            moment = parse(plain)
        except ValueError:
            continue
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return None


def of_record(value: Any, otherwise: float) -> float:  # noqa: ANN401
    """The time that a JSON record names."""
    said = next((value[name] for name in KEYS if name in value), "")
    return seconds(said, otherwise)


def iso(moment: float) -> str:
    """The time as Lambda's clients of Node.js and Python write it."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
