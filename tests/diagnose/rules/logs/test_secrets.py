"""Rule logs-secrets."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.logs.secrets import RULE
from tests.diagnose.builders import clear, declared, finished, found, function, observed, speaking, undecided, written

WEB = function()


def test_found_and_shown_masked() -> None:
    """What it is, not what it says."""
    finding = found(
        RULE.check(WEB, observed(WEB, logs=written(WEB, speaking(finished(1), "key AKIAIOSFODNN7EXAMPLE\n"))))
    )
    assert finding.title == "web writes 1 AWS access key into its log (1 of 1 line)"
    assert finding.evidence[0].summary == "AWS access key, masked"


def test_clear_when_there_is_none() -> None:
    """The other kind is the other rule's."""
    context = observed(WEB, logs=written(WEB, speaking(finished(1), "mail to ann@shop.example\n")))
    assert clear(RULE.check(WEB, context)) == "nothing of it in 1 line"


def test_no_data_without_a_log() -> None:
    """Nothing was written, or a template."""
    assert "no line" in undecided(RULE.check(WEB, observed(WEB)))
    assert undecided(RULE.check(WEB, declared(WEB))) == "a template shows no logs"
