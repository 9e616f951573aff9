"""How durations, shares, times and text from telemetry are written for a reader."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from shopfast_obs.model.counts import plural as plural  # noqa: PLC0414 - for those who write reports

BLOCKS = "▁▂▃▄▅▆▇█"
_NUMBER = re.compile(r"[+-]?[\d.,]+ ?(%|ms|s|MB|/s)?")

EIGHTHS = "▏▎▍▌▋▊▉"

# Bidirectional controls reorder what a reader sees; they are shown, not obeyed.
_BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}


def seconds(value: float) -> str:
    """A duration as people write it: `12 ms`, `1.23 s`, `2 min 5 s`."""
    if value < 0.9995:
        return f"{value * 1000:.1f} ms" if 0 < value < 0.00995 else f"{value * 1000:.0f} ms"
    if value < 99.995:
        return f"{value:.2f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s"


def span(value: float) -> str:
    """A length of time in the largest unit that it fills: `30 s`, `5 min`, `2 h`, `3 days`."""
    for unit, least, length in (("days", 172_800, 86_400), ("h", 3600, 3600), ("min", 60, 60)):
        if value >= least:
            return f"{value / length:.3g} {unit}"
    return f"{value:.3g} s"


def length(value: float) -> str:
    """How long something went on, to two units: `27 s`, `4 min 12 s`, `2 h 5 min`, `3 days 4 h`."""
    whole = round(value)
    for unit, size, smaller, step in (("days", 86_400, "h", 3600), ("h", 3600, "min", 60), ("min", 60, "s", 1)):
        if whole >= size * (2 if unit == "days" else 1):
            rest = whole % size // step
            return f"{whole // size} {unit}" + (f" {rest} {smaller}" if rest else "")
    return f"{whole} s"


def several(values: tuple[float, ...]) -> str:
    """Durations of one kind in one unit: `10 / 53 / 53 ms`."""
    # The largest one chooses the unit; a small one beside it keeps as many digits as the eye needs.
    in_seconds = max(values, default=0.0) >= 0.9995
    shown = [f"{value:.2f}" if in_seconds else f"{value * 1000:.0f}" for value in values]
    return f"{' / '.join(shown)} {'s' if in_seconds else 'ms'}"


def percent(share: float) -> str:
    """`12 %`, with a decimal below ten, and `<0.1 %` instead of a nothing that is something."""
    if 0 < share < 0.001:
        return "<0.1 %"
    return f"{share * 100:.1f} %" if 0 < share < 0.0995 else f"{share * 100:.0f} %"


def clock(moment: float, *, date: bool = False) -> str:
    """`12:00:00`, in UTC; `2026-01-31 12:00:00` with the date."""
    return _moment(moment).strftime("%Y-%m-%d %H:%M:%S" if date else "%H:%M:%S")


def is_of_days(*moments: float) -> bool:
    """True for moments of more than one day in UTC: a time alone would not tell which."""
    return len({_moment(moment).date() for moment in moments}) > 1


def period(first: float, last: float, *, date: bool = False) -> str:
    """`12:00:00 to 12:05:00 UTC`, or one moment; with dates where it passes midnight or they are asked for."""
    date = date or is_of_days(first, last)
    if first == last:
        return f"{clock(first, date=date)} UTC"
    return f"{clock(first, date=date)} to {clock(last, date=date)} UTC"


def clock_ms(moment: float, *, date: bool = False) -> str:
    """`12:00:00.123`, in UTC; `2026-01-31 12:00:00.123` with the date."""
    return _moment(moment).strftime("%Y-%m-%d %H:%M:%S.%f" if date else "%H:%M:%S.%f")[:-3]


def _moment(moment: float) -> datetime:
    try:
        return datetime.fromtimestamp(moment, UTC)
    except (OverflowError, OSError, ValueError):  # a clock that is thousands of years off
        return datetime.fromtimestamp(0, UTC)


def shortened(text: str, width: int) -> str:
    """The text in at most this many characters, its middle left out: both ends of a name tell more than one."""
    if len(text) <= width:
        return text
    left = (width - 1) * 2 // 3
    return f"{text[:left]}…{text[len(text) - (width - 1 - left) :]}"


def bar(share: float, width: int) -> str:
    """A bar as long as this share of the width, in eighths of a character; anything above nothing can be seen."""
    eighths = max(int(share > 0), min(width * 8, round(share * width * 8)))
    return "█" * (eighths // 8) + (EIGHTHS[eighths % 8 - 1] if eighths % 8 else "")


def sparkline(values: Sequence[float | None]) -> str:
    """The values as blocks from 0 to the largest; a dot where there is none."""
    top = max((value for value in values if value is not None), default=0.0) or 1.0
    return "".join("·" if value is None else BLOCKS[min(7, int(value / top * 7.999))] for value in values)


def flat(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def visible(text: str) -> str:
    """The text with control and direction characters made visible, so that data cannot drive the terminal."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible_character(character) for character in text)


def _visible_character(character: str) -> str:
    code = ord(character)
    if character in "\n\t" or (code >= 0x20 and not 0x7F <= code <= 0x9F and code not in _BIDI):
        return character
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def is_number(cell: str) -> bool:
    """True for a cell that belongs to the right of its column."""
    return cell in ("", "-") or _NUMBER.fullmatch(cell) is not None


def is_sparkline(cell: str) -> bool:
    """True for a cell that `sparkline` made."""
    return len(cell) > 1 and not cell.strip(BLOCKS + "·")
