"""Synthesis runs the app once for the same sources, and says what the app says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shopfast_obs.cloud.synth import synthesize
from shopfast_obs.errors import ProjectError

APP = """
import os, pathlib, sys
out = pathlib.Path(os.environ["CDK_OUTDIR"])
out.mkdir()
(out / "manifest.json").write_text("{}")
print("Warning: nobody has seen it", file=sys.stderr)
print("something else", file=sys.stderr)
"""


def app(root: Path, text: str) -> Path:
    """A project whose app is this program; where its assembly goes."""
    (root / "infra").mkdir(exist_ok=True)
    (root / "infra" / "app.py").write_text(text)
    return root / ".state" / "cdk.out"


def test_unchanged_sources_are_not_synthesised_again(tmp_path: Path) -> None:
    """Any source of the project counts, outputs and hidden folders do not."""
    out = app(tmp_path, APP)
    heard: list[str] = []
    assert synthesize(tmp_path, "infra/app.py", out, None, heard.append)
    assert heard == ["Warning: nobody has seen it"]
    assert not synthesize(tmp_path, "infra/app.py", out, None, heard.append)
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "x").write_text("x")
    assert not synthesize(tmp_path, "infra/app.py", out, None, heard.append)
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "main.ts").write_text("x")
    assert not synthesize(tmp_path, "infra/app.py", out, None, heard.append, without=tmp_path / "page")
    (tmp_path / "service.py").write_text("x = 1")
    assert synthesize(tmp_path, "infra/app.py", out, None, heard.append)


def test_a_failing_app_keeps_the_last_assembly_and_says_why(tmp_path: Path) -> None:
    """The end of its stderr is the message."""
    out = app(tmp_path, APP)
    synthesize(tmp_path, "infra/app.py", out, None, str)
    app(tmp_path, "raise ValueError('no such table')")
    with pytest.raises(ProjectError, match="no such table"):
        synthesize(tmp_path, "infra/app.py", out, None, str)
    assert (out / "manifest.json").exists()


def test_a_project_without_an_app_is_told_where_to_name_it(tmp_path: Path) -> None:
    """The setting is in the hint."""
    with pytest.raises(ProjectError) as caught:
        synthesize(tmp_path, "", tmp_path / "out", None, os.fspath)
    assert "[tool.shopfast-obs]" in (caught.value.hint or "")
