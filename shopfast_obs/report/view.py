"""What every report is made of: sections with a sentence or a table. Formats know only this."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, lines of text, and a table; each may be empty."""

    title: str
    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One report for a reader."""

    title: str
    sections: tuple[Section, ...]


def seconds(value: float) -> str:
    """A duration as people write it: `12 ms`, `1.23 s`, `2 min 5 s`."""
    if value < 0.9995:
        return f"{value * 1000:.1f} ms" if 0 < value < 0.00995 else f"{value * 1000:.0f} ms"
    if value < 99.995:
        return f"{value:.2f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s"


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


def shortened(text: str, width: int) -> str:
    """The text in at most this many characters, its middle left out: both ends of a name tell more than one."""
    if len(text) <= width:
        return text
    left = (width - 1) * 2 // 3
    return f"{text[:left]}…{text[len(text) - (width - 1 - left) :]}"
