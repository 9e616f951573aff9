"""Alarms as a terminal shows them."""

import io

import pytest

from shopfast_obs.cli.output.alarm_list import sentence, show
from shopfast_obs.cli.output.terminal import Terminal

NAME = "shopfast-analytics-stream-delivery-stream-age"
WHY = "More than 5 % of the invocations fail. First: read the log. Runbook: error-rate"


def printed(rows: list[tuple[str, ...]], *, verbose: bool = False) -> str:
    """What is printed of these alarms."""
    out = io.StringIO()
    terminal = Terminal(out)
    terminal.verbose = verbose
    show(terminal, rows)
    return out.getvalue()


def test_names_are_never_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line each where there is room, else two."""
    monkeypatch.delenv("COLUMNS", raising=False)
    rows = [(NAME, "> 900, 2 of 3 min", "Records are not delivered.")]
    assert printed(rows) == f"{NAME}  > 900, 2 of 3 min\n    Records are not delivered.\n"
    monkeypatch.setenv("COLUMNS", "160")
    assert any(NAME in line and "not delivered." in line for line in printed(rows).splitlines())


def test_the_first_sentence_says_why_and_verbose_what_to_do() -> None:
    """A period inside a number ends none."""
    assert sentence(WHY) == "More than 5 % of the invocations fail."
    assert sentence("Above 2.5 s") == "Above 2.5 s"
    assert "Runbook" not in printed([("a", "> 5", WHY)])
    assert "Runbook" in printed([("a", "new", "> 5", WHY)], verbose=True)
