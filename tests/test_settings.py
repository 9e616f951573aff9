"""Settings come from one place, nearest first."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopfast_obs.errors import SettingsError
from shopfast_obs.settings import load


def project(folder: Path, text: str) -> Path:
    """A project with this table."""
    (folder / "pyproject.toml").write_text(text)
    return folder


def test_the_nearest_project_file_with_our_table_is_the_root(tmp_path: Path) -> None:
    """A pyproject.toml of something else on the way up does not count."""
    project(tmp_path, "[tool.shopfast-obs]\napp = 'infra/app.py'\nservices = ['src']")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    project(tmp_path / "a", "[tool.other]\nx = 1")
    settings = load(inner, {})
    assert settings.root == tmp_path
    assert settings.app == "infra/app.py"
    assert settings.services == ("src",)
    assert settings.overlay_path == tmp_path / "cdk" / "overlay.json"


def test_the_environment_wins(tmp_path: Path) -> None:
    """As every AWS tool has it."""
    project(tmp_path, "[tool.shopfast-obs]\nregion = 'eu-west-1'")
    assert load(tmp_path, {}).region == "eu-west-1"
    settings = load(tmp_path, {"AWS_REGION": "eu-north-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    assert settings.region == "eu-north-1"
    assert settings.endpoint_url == "http://127.0.0.1:1"


def test_without_a_project_there_are_defaults(tmp_path: Path) -> None:
    """Commands that need no project work anywhere."""
    assert load(tmp_path, {}).app == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.shopfast-obs]\napps = 'x'", "'apps'"),
        ("[tool.shopfast-obs]\napp = 1", "a string"),
        ("[tool.shopfast-obs]\nservices = 'src'", "a list of strings"),
        ("[tool.shopfast-obs\n", "not valid TOML"),
    ],
)
def test_a_bad_setting_is_named(tmp_path: Path, text: str, said: str) -> None:
    """With its file, so that it is found."""
    with pytest.raises(SettingsError, match=said) as caught:
        load(project(tmp_path, text), {})
    assert "pyproject.toml" in caught.value.message
