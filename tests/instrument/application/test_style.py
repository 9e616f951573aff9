"""Imports that codemods add, in the order of the project's own settings."""

from pathlib import Path

import pytest

from shopfast_obs.instrument.application.style import Style, of
from shopfast_obs.instrument.engine import transform
from shopfast_obs.instrument.interface import ModuleContext
from shopfast_obs.instrument.registry import selected
from shopfast_obs.instrument.removal.remove import removed

SOURCE = """\
from observability import tracer
from zebra import stripes
import zoo


def lambda_handler(event, context):
    return tracer, zoo, stripes
"""
WIDE = "[flake8]\nmax-line-length = 120\n"


def _instrumented(style: Style) -> list[str]:
    context = ModuleContext(("lambda_handler",), "observability", style=style)
    return transform(SOURCE, context, selected(only=["logger"])).source.splitlines()[:4]


def test_a_name_joins_the_import_unless_each_has_its_own() -> None:
    """ruff's and isort's force-single-line."""
    assert _instrumented(Style())[0] == "from observability import logger, tracer"
    assert "from observability import logger" in _instrumented(Style(single=True))


def test_modules_of_the_project_stand_last() -> None:
    """known-first-party."""
    assert _instrumented(Style(single=True, own=frozenset({"observability"})))[:3] == SOURCE.splitlines()[:3]


@pytest.mark.parametrize(
    ("files", "length", "kept"),
    [
        ({}, 88, False),
        ({"pyproject.toml": "[tool.black]\n"}, 88, True),
        ({"pyproject.toml": "[tool.black]\nline-length = 99\n", "setup.cfg": WIDE}, 99, True),
        ({"setup.cfg": "[flake8]\nignore = E203\n"}, 79, True),
        ({"Makefile": "lint:\n\tflake8 --max-line-length 110 src\n"}, 110, True),
        ({"Makefile": "# black\nlint:\n\tpylint src\n"}, 88, False),
        ({".flake8": WIDE, ".pre-commit-config.yaml": "- id: black\n"}, 88, True),
        ({".github/workflows/ci.yml": "run: flake8 .\n"}, 79, True),
        ({"ruff.toml": "line-length = 320\n", ".editorconfig": "[*.py]\nmax_line_length = 70\n"}, 70, True),
    ],
)  # fmt: skip
def test_the_length_of_lines_is_what_the_projects_tools_take(
    tmp_path: Path, files: dict[str, str], length: int, kept: bool
) -> None:
    """The least of those that settings say, else what the tools take by themselves."""
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / ".git").mkdir()
    found = of(tmp_path)
    assert (found.length, found.kept) == (length, kept)


def test_a_new_import_comes_first_below_the_heading_of_its_section() -> None:
    """A comment on the import itself stays with it."""
    source = (
        "import os\n\n# Third-Party Libraries\nimport zoo\n\n\ndef lambda_handler(event, context):\n    return zoo\n"
    )
    new = "from aws_lambda_powertools import Logger"
    context = ModuleContext(("lambda_handler",), style=Style(mixed=True))
    found = transform(source, context, selected(only=["logger"])).source
    assert found.startswith(f"import os\n\n# Third-Party Libraries\n{new}\nimport zoo\n")
    own = source.replace("Third-Party Libraries", "the animals")
    assert transform(own, context, selected(only=["logger"])).source.startswith(f"import os\n\n{new}\n# the animals\n")


def test_objects_in_several_lines_go_again() -> None:
    """Without a journal."""
    source = "def lambda_handler(event, context):\n    return 1\n"
    context = ModuleContext(("lambda_handler",), style=Style(length=40, kept=True))
    found = transform(source, context, selected()).source
    assert max(map(len, found.splitlines())) < 60
    assert "metrics = Metrics(\n    namespace=os.environ.get(\n" in found
    assert removed(found) == source


def test_the_sorters_own_settings_say_where_the_projects_modules_are(tmp_path: Path) -> None:
    """Not a nearer file that only runs it."""
    (tmp_path / "source" / "shop").mkdir(parents=True)
    (tmp_path / ".isort.cfg").write_text("[settings]\nprofile = black\n")
    (tmp_path / "source" / "tox.ini").write_text("[testenv]\ncommands = isort --check .\n[flake8]\nignore = E1\n")
    (tmp_path / ".git").mkdir()
    found = of(tmp_path / "source" / "shop")
    assert found.roots == {tmp_path, tmp_path / "src"}
    assert "shop" not in found.own
    assert (found.length, found.kept) == (79, True)
    (tmp_path / ".isort.cfg").unlink()
    of.cache_clear()
    assert of(tmp_path / "source" / "shop").roots == {tmp_path / "source", tmp_path / "source" / "src"}
