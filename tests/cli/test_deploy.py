"""The command `deploy`."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from shopfast_obs import cli
from shopfast_obs.cli.app import App
from shopfast_obs.cli.output.terminal import Terminal
from shopfast_obs.localcloud import process
from shopfast_obs.settings import Settings
from tests.localcloud.conftest import STANDIN

pytestmark = pytest.mark.cloud

FAILS = "raise SystemExit('no such table')\n"


def test_the_cloud_starts_beside_the_synthesis_and_ends_where_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has a cloud left by an application that does not synthesise."""
    started: list[process.CloudInfo] = []
    state = tmp_path / ".shopfast" / "cloud"

    def start(_app: App, _say: Callable[[str], None]) -> None:
        started.append(process.start(state, 0, module=STANDIN))

    monkeypatch.setattr("shopfast_obs.cli.deploy.ensure_cloud", start)
    (tmp_path / "app.py").write_text(FAILS)
    app = App(Settings(root=tmp_path, app="app.py"), Terminal(io.StringIO(), io.StringIO()))
    result = CliRunner().invoke(cli.main, ["deploy"], obj=app)
    assert result.exit_code == 2
    assert "no such table" in result.output
    assert len(started) == 1
    assert process.status(state) is None
