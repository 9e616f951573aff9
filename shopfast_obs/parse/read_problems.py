"""What could not be read of a file or a window: counted, with the first of each reason, so that the rest goes on."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_REASONS = 20  # that are told apart; what differs more is counted together
SAMPLE = 80  # characters of the first one
OTHER = "other reasons"


def defect(problem: Exception) -> str:
    """How a reader's own failure on one item is named: the item is left out, and nothing hides that it was us."""
    return f"a defect of shopfast-obs ({type(problem).__name__}: {problem})"[:200]


@dataclass(slots=True)
class Unread:
    """The items of one file or window: how many there were, and which could not be read."""

    where: str
    noun: str = "lines"
    total: int = 0
    _reasons: dict[str, tuple[int, str]] = field(default_factory=dict)

    def read(self) -> None:
        """Count one more item, readable or not."""
        self.total += 1

    def add(self, reason: str, sample: object = "") -> None:
        """Count one that could not be read; `reason` such as `no timestamp`."""
        known = reason in self._reasons or len(self._reasons) < MOST_REASONS
        count, first = self._reasons.get(reason if known else OTHER, (0, repr(sample)[:SAMPLE] if sample else ""))
        self._reasons[reason if known else OTHER] = count + 1, first

    def merge(self, other: Unread) -> None:
        """Count what the other one counted of the items that follow."""
        self.total += other.total
        for reason, (more, sample) in other._reasons.items():
            known = reason in self._reasons or len(self._reasons) < MOST_REASONS
            count, first = self._reasons.get(reason if known else OTHER, (0, sample))
            self._reasons[reason if known else OTHER] = count + more, first

    @property
    def problem(self) -> str:
        """`app.json: 3 of 12,000 lines could not be read: no timestamp (3, such as 'x')`; empty when all could be."""
        count = sum(one for one, _ in self._reasons.values())
        if not count:
            return ""
        told = [
            f"{reason} ({n:,}{f', such as {first}' if first else ''})" for reason, (n, first) in self._reasons.items()
        ]
        return f"{self.where}: {count:,} of {self.total:,} {self.noun} could not be read: {'; '.join(told)}"
