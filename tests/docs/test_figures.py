"""The page of figures: written by the benches, and each bench that a page names is there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from bench import _figures
from tests.docs.blocks import ROOT, pages

PAGE = "# Figures\n\nA table.\n"


def test_a_section_comes_into_its_place() -> None:
    """In the order of names; what is above stays, and what was printed before by this bench goes."""
    once = _figures.with_section(PAGE, "tune", "today", "2 s\n")
    twice = _figures.with_section(once, "html", "today", "\x1b[1m0.6 s\x1b[0m  \n")
    again = _figures.with_section(twice, "tune", "tomorrow", "1 s\n")
    assert again.startswith(PAGE)
    assert re.findall(r"^### (\w+)$", again, re.MULTILINE) == ["html", "tune"]
    assert "```text\n0.6 s\n```" in again
    assert "tomorrow" in again
    assert "2 s" not in again


def test_what_is_printed_is_shown_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the machine; a bench that fails writes nothing."""
    page = tmp_path / "figures.md"
    page.write_text(PAGE)
    monkeypatch.setattr(_figures, "PAGE", page)
    with pytest.raises(ValueError, match="broken"), _figures.written("tune"):
        sys.stdout.write("half of it")
        raise ValueError("broken")
    assert page.read_text() == PAGE
    with _figures.written("tune"):
        sys.stdout.write("4 ms\n")
    assert "4 ms" in capsys.readouterr().out
    assert "```text\n4 ms\n```" in page.read_text()
    assert "cores" in page.read_text()


def test_every_bench_that_a_page_names_is_there() -> None:
    """A figure whose bench is gone cannot be measured again."""
    named = {
        (path.name, name)
        for path in pages()
        for name in re.findall(r"python -m bench[. ]([a-z_0-9]+)", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 20
    assert [one for one in sorted(named) if not (ROOT / f"bench/{one[1]}.py").is_file()] == []
