"""Settings come from one place, nearest first."""

import os
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
        ("tool.shopfast-obs = 3", "must be a table"),
        (f"x = {'[' * 5000}", "not valid TOML"),
        ("[tool.shopfast-obs]\nstate = '/proc/x'", "'state' .* /proc/x leads outside"),
        ("[tool.shopfast-obs]\noverlay = '../overlay.json'", "'overlay' .* leads outside"),
        ("[tool.shopfast-obs]\nservices = ['src', '/usr']", "'services' .* /usr leads outside"),
        ("[tool.shopfast-obs]\nseed = '../x.py:load'", "'seed' .* leads outside"),
        ("[tool.shopfast-obs]\ntracing = 'jaeger'", "'tracing' .*'jaeger', which is no way of tracing"),
        ("[tool.shopfast-obs]\nrunbook_url = 'docs/runbooks'", "'runbook_url' .* no address"),
    ],
)
def test_a_bad_setting_is_named(tmp_path: Path, text: str, said: str) -> None:
    """With its file, so that it is found."""
    with pytest.raises(SettingsError, match=said) as caught:
        load(project(tmp_path, text), {})
    assert "pyproject.toml" in caught.value.message


@pytest.mark.parametrize("text", ["tool = 3", "[tool]\nshopfast = 1", ""])
def test_a_file_of_others_is_none_of_ours(tmp_path: Path, text: str) -> None:
    """Whatever they make of `tool`."""
    assert load(project(tmp_path, text), {}).file == ""


@pytest.mark.parametrize("address", ["foo", "http://", "file:///etc", "http://[", "http://host:99999"])
def test_an_endpoint_that_is_no_address_is_said_so(tmp_path: Path, address: str) -> None:
    """With the variable that says it."""
    with pytest.raises(SettingsError, match="AWS_ENDPOINT_URL is"):
        load(tmp_path, {"AWS_ENDPOINT_URL": address})


def test_a_monorepo_may_name_folders_beside_the_project(tmp_path: Path) -> None:
    """What bounds it is the checkout."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "infra").mkdir()
    settings = load(project(tmp_path / "infra", "[tool.shopfast-obs]\nservices = ['../src']"), {})
    assert settings.services == ("../src",)


def test_a_state_folder_that_is_a_link_out_of_the_project_is_refused(tmp_path: Path) -> None:
    """A checkout may bring one, with a pyproject.toml or without; who runs the command may name any folder."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / ".shopfast").symlink_to(tmp_path)
    with pytest.raises(SettingsError, match="state here is not used"):
        load(tmp_path / "here", {})
    assert load(tmp_path / "here", {"SHOPFAST_OBS_STATE": str(tmp_path)}).state_dir == tmp_path


def test_a_pyproject_that_is_a_pipe_or_a_folder_is_said_so(tmp_path: Path) -> None:
    """Nothing waits for it."""
    os.mkfifo(tmp_path / "pyproject.toml")
    with pytest.raises(SettingsError, match="no regular file"):
        load(tmp_path, {})


def test_a_part_of_the_state_that_leads_elsewhere_is_not_used(tmp_path: Path) -> None:
    """A checkout that links to the cloud of another project does not get it; a link inside of it is nobody's harm."""
    (tmp_path / "other" / "cloud").mkdir(parents=True)
    project = tmp_path / "project"
    (project / ".shopfast" / "here").mkdir(parents=True)
    (project / "pyproject.toml").write_text("[tool.shopfast-obs]\n")
    (project / ".shopfast" / "journal").symlink_to(project / ".shopfast" / "here")
    load(project, {})
    (project / ".shopfast" / "cloud").symlink_to(tmp_path / "other" / "cloud")
    with pytest.raises(SettingsError, match="leads outside"):
        load(project, {})
    load(project, {"SHOPFAST_OBS_STATE": str(project / ".shopfast")})
