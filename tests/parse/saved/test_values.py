"""Values of saved files, and what bounds them."""

from __future__ import annotations

from shopfast_obs.parse.saved.forms import Form
from shopfast_obs.parse.saved.values import values


def test_aliases_of_yaml_are_refused() -> None:
    """A few lines of them are more than any memory; the aws command writes none."""
    problems: list[str] = []
    content = b"events:\n- &a [x, x]\n- &b [*a, *a]\n- [*b, *b]\n"
    assert list(values("t.yaml", content, Form.YAML, problems)) == []
    assert problems == ["t.yaml: YAML with aliases, which the aws command does not write"]


def test_an_event_without_its_time_hides_not_the_next() -> None:
    """Of the aws command's text, cut or mended by hand."""
    content = b"EVENTS\t1\t1796095255169\ts\tone\nEVENTS\t2\t1796095255169\ts\ttwo\nlines\t1795360059891\n"
    assert list(values("t.txt", content, Form.AWS_TEXT, [])) == [
        {"timestamp": 1795360059891, "message": "two\nlines", "logStreamName": "s", "eventId": "2"}
    ]


def test_documents_are_found_among_other_text() -> None:
    """A prompt, an error message, the end of a document that is cut at its front."""
    content = b'"b": 1},\n{\n "c": 2\n}\n$ aws logs\n{"d": 3}{"e": 4}\n{"f":\n {"g": 5}'
    problems: list[str] = []
    assert list(values("t.json", content, Form.DOCUMENTS, problems)) == [{"c": 2}, {"d": 3}, {"e": 4}, {"g": 5}]
    [told] = problems
    assert "not JSON (2," in told and "cut off or broken (1," in told
