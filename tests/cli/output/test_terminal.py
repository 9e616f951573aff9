"""What comes from data is shown, never obeyed."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfast_obs.cli.output.terminal import Terminal
from shopfast_obs.model.findings import Evidence, Severity
from shopfast_obs.report.text import visible
from tests.report.test_view import NAMES


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\rb", "a\\x0db"),
        ("abc\u202efdp.exe", "abc\\u202efdp.exe"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("Grüße 東京", "Grüße 東京"),
        ("\x9b2J", "\\x9b2J"),
    ],
)
def test_control_and_direction_characters_are_made_visible(text: str, shown: str) -> None:
    """A log line cannot clear a screen, nor reverse what is read."""
    assert visible(text) == shown


def test_markup_in_data_stays_text() -> None:
    """Square brackets are not styles here."""
    out = io.StringIO()
    terminal = Terminal(out, io.StringIO())
    terminal.out("[bold red]not markup[/]")
    terminal.table(("a [b]",), [("[link=http://x]y[/link]",)])
    assert "[bold red]not markup[/]" in out.getvalue()
    assert "[link=http://x]y[/link]" in out.getvalue()


def test_json_is_one_document_of_plain_values() -> None:
    """Dataclasses become objects, severities words."""
    out = io.StringIO()
    Terminal(out).json({"severity": Severity.HIGH, "evidence": (Evidence("logs", "\x1b[2J"),)})
    document = json.loads(out.getvalue())
    assert document["severity"] == "high"
    assert document["evidence"][0]["summary"] == "\x1b[2J"
    assert "\x1b" not in out.getvalue()


def test_talk_goes_to_stderr() -> None:
    """A pipe gets data only."""
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(out, err)
    with terminal.progress("working") as progress:
        progress.update("still working")
    terminal.say("hello")
    terminal.warn("careful")
    assert not out.getvalue()
    assert err.getvalue().split("\n")[:4] == ["working", "still working", "hello", "Warning: careful"]


def test_nobody_is_asked_where_nobody_can_answer() -> None:
    """A pipe means no."""
    assert not Terminal(io.StringIO(), io.StringIO()).confirm("really?")


def test_a_change_is_counted_unless_all_is_wanted() -> None:
    """By file; a change that is no diff of files is shown."""
    diff = "diff --git a/x/a.py b/x/a.py\n--- a/x/a.py\n+++ b/x/a.py\n@@ -1 +1,2 @@\n-old\n+new\n+more\n"
    for verbose, said in ((False, "x/a.py: +2 -1 lines\n"), (True, diff)):
        out = io.StringIO()
        terminal = Terminal(out)
        terminal.verbose = verbose
        terminal.changed(diff)
        assert out.getvalue() == said
    out = io.StringIO()
    Terminal(out).changed("web MemorySize 128 -> 1024\n")
    assert out.getvalue() == "web MemorySize 128 -> 1024\n"


@settings(max_examples=30)
@given(NAMES, st.sampled_from([80, 120, 160]))
def test_no_two_names_of_a_table_look_alike(names: list[str], width: int) -> None:
    """A table of any command folds what has no room, and cuts nothing."""
    stream = io.StringIO()
    terminal = Terminal(stream)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("COLUMNS", str(width))
        terminal.table(("name", "other", "n"), [(f"{name}x", f"{name}x", "1") for name in names])
    rows: list[str] = []
    for line in stream.getvalue().splitlines()[3:]:
        if line.rstrip().endswith(" 1"):
            rows.append("")
        if rows:
            rows[-1] += line
    assert max(map(len, stream.getvalue().splitlines())) <= width
    assert len(set(rows)) == len(names)
