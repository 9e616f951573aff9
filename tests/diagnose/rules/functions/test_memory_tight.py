"""Rule lambda-memory-tight."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.memory_tight import RULE
from tests.diagnose.builders import clear, died, finished, found, function, observed, written

WEB = function()


def test_found_when_it_is_nearly_full() -> None:
    """With the next size of which it uses 70 %."""
    log = written(WEB, finished(1, used_mb=120), finished(2, used_mb=90))
    finding = found(RULE.check(WEB, observed(WEB, logs=log)))
    assert finding.title == "web uses 120 of its 128 MB: a somewhat larger request kills it"
    assert (finding.remedy.changes[0].after, finding.harm) == (256, 1)


def test_clear_with_room_or_when_it_dies_already() -> None:
    """That is another rule's."""
    assert clear(RULE.check(WEB, observed(WEB, logs=written(WEB, finished(1))))) == "at most 70 of 128 MB in use"
    assert "lambda-out-of-memory" in clear(RULE.check(WEB, observed(WEB, logs=written(WEB, died(1)))))
