"""The application that the package brings is the one of this checkout."""

import subprocess
import tomllib
from pathlib import Path

from shopfast_obs.workshop.project import FOLDERS, OWN, files

ROOT = Path(__file__).parents[2]


def test_it_has_every_file_of_its_folders() -> None:
    """What git knows of them, each as it is here."""
    listed = subprocess.run(["git", "ls-files", *FOLDERS], cwd=ROOT, capture_output=True, text=True, check=True)
    found = {str(path): data for path, data in files()}
    assert set(listed.stdout.split()) == set(found) - set(OWN.values())
    assert found["cdk/app.py"] == (ROOT / "cdk/app.py").read_bytes()


def test_its_settings_are_those_of_the_checkout() -> None:
    """A setting that is added here for ShopFast is added there."""
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["shopfast-obs"]
    theirs = tomllib.loads({str(path): data for path, data in files()}["pyproject.toml"].decode())
    assert theirs == {"tool": {"shopfast-obs": ours}}


def test_the_wheel_brings_these_folders() -> None:
    """The build puts each where the package looks for it."""
    built = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert built["wheel"]["sources"] == {name: f"shopfast_obs/workshop/shopfast/{name}" for name in FOLDERS}
    assert {*FOLDERS, "shopfast_obs"} == set(built["wheel"]["only-include"])
