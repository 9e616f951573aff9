"""Rules about what a log should not hold."""

from __future__ import annotations

import pytest

from tests.diagnose.builders import (
    clear,
    declared,
    finished,
    found,
    function,
    observed,
    rule,
    speaking,
    undecided,
    written,
)

WEB = function()
MAIL, KEY = "order of ann.lee@shop.example\n", "key AKIAIOSFODNN7EXAMPLE\n"
CASES = [("logs-personal-data", MAIL, KEY, "e-mail address"), ("logs-secrets", KEY, MAIL, "AWS access key")]
RULES = {case[0] for case in CASES}


@pytest.mark.parametrize(("id_", "line", "other", "kind"), CASES)
def test_found_clear_and_no_data(id_: str, line: str, other: str, kind: str) -> None:
    """What it is, not what it says; the other kind is the other rule's."""
    finding = found(rule(id_).check(WEB, observed(WEB, logs=written(WEB, speaking(finished(1), line)))))
    assert finding.title == f"web writes 1 {kind} into its log (1 of 1 line)"
    assert finding.evidence[0].summary == f"{kind}, masked"
    logs = written(WEB, speaking(finished(1), other))
    assert clear(rule(id_).check(WEB, observed(WEB, logs=logs))) == "nothing of it in 1 line"
    assert "no line" in undecided(rule(id_).check(WEB, observed(WEB)))
    assert undecided(rule(id_).check(WEB, declared(WEB))) == "a template shows no logs"
