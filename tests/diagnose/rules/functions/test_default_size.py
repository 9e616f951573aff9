"""Rule lambda-default-size."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.default_size import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION, Resource
from tests.diagnose.builders import clear, declared, finished, found, function, killed, observed, undecided, written


def test_found_in_a_template_written_or_not() -> None:
    """The effective value counts, and the evidence says whether somebody wrote it."""
    silent = Resource(FUNCTION, "web")
    finding = found(RULE.check(silent, declared(silent)))
    assert finding.severity is Severity.LOW
    assert "Timeout 3 because nothing is declared" in finding.evidence[0].summary
    written_down = function()
    assert "Timeout 3 as declared" in found(RULE.check(written_down, declared(written_down))).evidence[0].summary


def test_found_as_bad_as_the_invocations_show() -> None:
    """Harm makes it medium, with a remedy; without harm it is information."""
    web = function()
    harmed = found(RULE.check(web, observed(web, logs=written(web, killed(1)))))
    assert (harmed.severity, bool(harmed.remedy.changes)) == (Severity.MEDIUM, True)
    fine = found(RULE.check(web, observed(web, logs=written(web, finished(1)))))
    assert (fine.severity, fine.remedy.changes) == (Severity.INFO, ())


def test_only_what_is_a_default_is_called_one() -> None:
    """128 MB with a chosen timeout, 3 s with chosen memory; 1 s is nobody's default."""
    small, short, quick = function(Timeout=890), function(MemorySize=512), function(Timeout=1, MemorySize=512)
    assert "AWS's default MemorySize of 128 MB, for up to 890 s" in found(RULE.check(small, declared(small))).title
    assert "AWS's default Timeout of 3 s, at 512 MB" in found(RULE.check(short, declared(short))).title
    assert clear(RULE.check(quick, declared(quick))) == "1 s and 512 MB were chosen"


def test_clear_when_both_were_chosen() -> None:
    """10 s and 512 MB are somebody's choice."""
    web = function(Timeout=10, MemorySize=512)
    assert clear(RULE.check(web, declared(web))) == "10 s and 512 MB were chosen"


def test_no_data_when_it_was_never_called() -> None:
    """Whether it hurts is not known."""
    web = function()
    assert "whether 3 s and 128 MB hurt is not known" in undecided(RULE.check(web, observed(web)))
