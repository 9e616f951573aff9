"""`init`: the workshop's application in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shopfast_obs import settings
from shopfast_obs.cli import main


def run(*arguments: str) -> Result:
    """What the command said and left."""
    return CliRunner().invoke(main, ["init", *arguments])


@pytest.mark.parametrize("there", [True, False])
def test_a_new_or_empty_folder_gets_the_application_and_every_file_is_named(tmp_path: Path, there: bool) -> None:
    """What is listed is what is there, and the settings in it are good."""
    folder = tmp_path / "some where" / "shop"
    if there:
        folder.mkdir(parents=True)
    done = run(str(folder))
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines() == sorted(str(path) for path in folder.rglob("*") if path.is_file())
    assert f"Next: cd '{folder}' && shopfast-obs deploy" in done.stderr
    found = settings.load(folder, {})
    for place in (found.app, found.metrics, found.runbooks, found.shoppers, found.frontend, *found.services):
        assert (folder / place).exists()


def test_the_working_directory_may_be_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays the same folder, so that the next command runs in it."""
    monkeypatch.chdir(tmp_path)
    number = tmp_path.stat().st_ino
    assert run(".").exit_code == 0
    assert tmp_path.stat().st_ino == number
    assert Path("cdk/app.py").is_file()


@pytest.mark.parametrize("what", ["file", "folder"])
def test_nothing_is_overwritten(tmp_path: Path, what: str) -> None:
    """One sentence, and the next command for somebody who has an application already."""
    folder = tmp_path / "shop"
    mine = folder if what == "file" else folder / "mine.txt"
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine")
    done = run(str(folder))
    assert done.exit_code == 2
    assert f"{folder} {'is no folder' if what == 'file' else 'is not empty'}, so nothing was written." in done.stderr
    assert "shopfast-obs init --app" in done.stderr
    assert [path.read_text() for path in tmp_path.rglob("*") if path.is_file()] == ["mine"]
