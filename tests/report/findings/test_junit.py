"""Findings as JUnit XML."""

from xml.etree.ElementTree import Element, fromstring

from shopfast_obs.report.findings.junit import junit
from tests.report.findings.builders import NASTY, reviewed


def cases(root: Element, kind: str) -> list[str]:
    """The names of the cases that failed or were skipped."""
    return [str(case.get("name")) for case in root.iter("testcase") if case.find(kind) is not None]


def test_new_findings_fail_and_the_rest_is_skipped_with_its_reason() -> None:
    """A build's test page shows them."""
    root = fromstring(junit(reviewed()))
    assert "lambda-timeout-kills: web" in cases(root, "failure")
    assert "lambda-no-alarm: web" in cases(root, "skipped")
    assert not set(cases(root, "failure")) & set(cases(root, "skipped"))
    skipped = {case.get("name"): case.find("skipped") for case in root.iter("testcase")}
    known = skipped["lambda-not-traced: idle"]
    assert known is None or "baseline" in str(known.get("message"))
    failure = next(case.find("failure") for case in root.iter("testcase") if case.find("failure") is not None)
    assert failure is not None
    assert "remedy:" in str(failure.text)


def test_the_counts_are_those_of_the_cases() -> None:
    """Of each suite and of all."""
    root = fromstring(junit(reviewed()))
    assert root.get("tests") == str(len(list(root.iter("testcase"))))
    assert root.get("failures") == str(len(cases(root, "failure")))
    for suite in root:
        assert suite.get("tests") == str(len(suite))


def test_text_from_telemetry_is_text() -> None:
    """Markup and control characters of a name do not break the document."""
    text = junit(reviewed(NASTY))
    assert "\x1b" not in text
    assert "web]]&gt;&lt;b&gt;" in text
    assert fromstring(text) is not None
