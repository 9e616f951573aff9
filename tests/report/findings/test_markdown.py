"""Findings as Markdown."""

from dataclasses import replace

from shopfast_obs.report.findings.markdown import LONGEST, markdown
from tests.report.findings.builders import NASTY, reviewed


def test_a_table_of_findings_then_their_details() -> None:
    """What a reviewer reads at a pull request."""
    text = markdown(reviewed())
    lines = text.splitlines()
    assert lines[0] == "## shopfast-obs diagnose"
    assert "1 in the baseline" in lines[2]
    assert lines[6].startswith("| 🔴 critical | web is killed by its 3 s timeout")
    assert lines[6].endswith("| infra/my template.yaml:4 |")
    assert "<details><summary>lambda\\-timeout\\-kills: web</summary>" in text
    assert "**Could not be read**" in text
    assert text.endswith("\n")


def test_text_from_telemetry_is_no_markup() -> None:
    """Neither a new column, nor a tag, nor code."""
    text = markdown(reviewed(NASTY))
    assert "<b>" not in text
    row = next(line for line in text.splitlines() if "critical" in line and line.startswith("|"))
    assert row.replace("\\|", "").count("|") == 4


def test_a_comment_has_an_end() -> None:
    """With how many more there are."""
    review = reviewed()
    many = replace(review, shown=review.shown * 1_000)
    text = markdown(many)
    assert len(text) < LONGEST
    assert "more: `shopfast-obs diagnose`" in text
