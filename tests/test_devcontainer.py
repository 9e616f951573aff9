"""The dev container, as far as a machine without Docker can tell: what its files name is there, and fits."""

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".devcontainer"


def described() -> dict[str, Any]:
    """The dev container's description."""
    found = json.loads((FOLDER / "devcontainer.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_its_files_and_targets_exist() -> None:
    """The Dockerfile, the folder that it is built from, and the target of make that fills it."""
    build = described()["build"]
    assert (FOLDER / build["dockerfile"]).is_file()
    assert (FOLDER / build["context"]).resolve() == ROOT
    target = described()["postCreateCommand"].removeprefix("make ")
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_its_user_and_folder_are_those_of_the_image() -> None:
    """What the image makes and what the description names are one."""
    image = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    user, folder = described()["remoteUser"], described()["workspaceFolder"]
    assert re.search(rf"^RUN useradd .* {user}$", image, re.MULTILINE)
    assert f"USER {user}" in image
    assert f"WORKDIR {folder}" in image
    assert described()["containerEnv"]["PATH"].startswith(f"{folder}/.venv/bin:")


def test_its_python_is_one_that_the_project_runs_under() -> None:
    """And nobody runs as root."""
    image = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    version = re.search(r"^ARG PYTHON=(\d+)\.(\d+)$", image, re.MULTILINE)
    assert version is not None
    assert (int(version[1]), int(version[2])) >= (3, 11)
    assert image.rindex("USER ") > image.rindex("RUN ")


def test_what_it_installs_is_what_setup_calls() -> None:
    """Each program of `make setup` that Python's image has not: make itself."""
    image = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"install .* git make ", image)


def test_its_ports_are_those_of_the_cloud_and_of_the_roll_call() -> None:
    """So that the shop opens in the laptop's browser."""
    from shopfast_obs.cli.classroom.seats import roll_call
    from shopfast_obs.workshop.roll_call import FIRST_PORT

    (port,) = (option.default for option in roll_call.params if option.name == "port")
    assert described()["forwardPorts"] == [FIRST_PORT, port]
