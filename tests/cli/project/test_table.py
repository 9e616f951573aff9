"""Settings are added to a pyproject.toml, and nothing else in it changes."""

from __future__ import annotations

import tomllib

import pytest

from shopfast_obs.cli.project.table import with_settings
from shopfast_obs.errors import UserError

VALUES = {"app": "app.py", "services": ("src", 'a "quoted" one')}
LINES = 'app = "app.py"\nservices = ["src", "a \\"quoted\\" one"]\n'
WINDOWS = LINES.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"[tool.shopfast-obs]\n{LINES}"),
        ("[project]\nname = 'x'\n", f"[project]\nname = 'x'\n\n[tool.shopfast-obs]\n{LINES}"),
        ("[project]\nname = 'x'", f"[project]\nname = 'x'\n\n[tool.shopfast-obs]\n{LINES}"),
        ("[tool.shopfast-obs]\n", f"[tool.shopfast-obs]\n{LINES}"),
        (
            "[tool.shopfast-obs] # ours\nstate = '.s'  # kept\n[tool.z]\nb = 1\n",
            f"[tool.shopfast-obs] # ours\n{LINES}state = '.s'  # kept\n[tool.z]\nb = 1\n",
        ),
        ("[project]\r\nname = 'x'\r\n", f"[project]\r\nname = 'x'\r\n\r\n[tool.shopfast-obs]\r\n{WINDOWS}"),
    ],
)
def test_what_is_missing_is_added(before: str, after: str) -> None:
    """Comments, order and line endings stay; a second run adds nothing."""
    assert with_settings(before, VALUES) == after
    assert with_settings(after, VALUES) == after
    assert tomllib.loads(after)["tool"]["shopfast-obs"]["services"] == list(VALUES["services"])


def test_what_stands_there_stays() -> None:
    """A setting that somebody chose is not replaced."""
    before = '[tool.shopfast-obs]\napp = "mine.py"\nservices = []\n'
    assert with_settings(before, VALUES) == before


@pytest.mark.parametrize(
    "before",
    [
        "tool = {shopfast-obs = {state = 's'}}\n",
        "[tool]\nshopfast-obs.state = 's'\n",
        "text = '''\n[tool.shopfast-obs]\n'''\n[tool.shopfast-obs.x]\na = 1\n",
    ],
)
def test_a_table_in_another_form_is_left_to_its_author(before: str) -> None:
    """With the lines to write."""
    with pytest.raises(UserError, match="written in another way") as refused:
        with_settings(before, VALUES)
    assert 'app = "app.py"; services = ["src"' in str(refused.value.hint)


def test_a_file_that_is_no_toml_is_refused() -> None:
    """Before anything is planned."""
    with pytest.raises(UserError, match="not valid TOML"):
        with_settings("[", VALUES)
