"""Which rule explains a group of errors: as the rules themselves say, by the lines that name what they find, and by the
kind of failure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

from shopfast_obs.analysis.errors.groups import ErrorGroup
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.patterns import late

LONGEST = 10_000  # characters of a line in which the cause is looked for


def explaining(group: ErrorGroup, rules: Iterable[Rule]) -> Rule | None:
    """The rule whose findings explain the group; of several the gravest whose pattern its lines have, else one of its
    kind. None where no rule says of itself that it does."""
    known = list(rules)
    told = _told(group)
    named = [rule for rule in known if rule.cause and any(late(rule.cause).search(text) for text in told)]
    of_kind = [rule for rule in known if group.kind in rule.explains]
    return max(named, key=attrgetter("severity"), default=None) or next(iter(of_kind), None)


def _told(group: ErrorGroup) -> Sequence[str]:
    """What is known of the group: its name, and the lines of its exemplars."""
    lines = (failure.line[:LONGEST] for failure in group.exemplars)
    return list(dict.fromkeys((f"{group.type}: {group.message}", *filter(None, lines))))
