"""Commands as people write them, and what of them selects tests."""

import pytest

from shopfast_obs.instrument.application_tests.commands import parsed


@pytest.mark.parametrize(
    ("line", "kind", "arguments"),
    [
        ("pytest", "pytest", ("-m", "pytest")),
        ("python3 -m pytest tests/unit -v", "pytest", ("-m", "pytest", "tests/unit")),
        ("poetry run pytest --cov=src --cov-report xml tests", "pytest", ("-m", "pytest", "tests")),
        ("uv run pytest -k 'not slow' -n auto", "pytest", ("-m", "pytest", "-k", "not slow")),
        ("pytest -W ignore::DeprecationWarning tests", "pytest", ("-m", "pytest", "tests")),
        ("coverage run -m pytest tests", "pytest", ("-m", "pytest", "tests")),
        ("$(PYTHON) -m unittest discover -s tests -v", "unittest", ("-m", "unittest", "discover", "-s", "tests")),
        ("pytest {posargs} tests --ignore=tests/e2e", "pytest", ("-m", "pytest", "tests", "--ignore=tests/e2e")),
        ("./run-tests.sh fast", "command", ("./run-tests.sh", "fast")),
    ],
)
def test_what_selects_tests_is_kept(line: str, kind: str, arguments: tuple[str, ...]) -> None:
    """Reports, coverage, warnings and workers are not needed, nor are their values."""
    command = parsed(line, "here")
    assert command.kind == kind
    assert command.arguments == arguments


def test_folder_and_variables_belong_to_the_command() -> None:
    """As a shell would understand them, without a shell."""
    command = parsed("cd services/api && PYTHONPATH=src pytest tests", "Makefile")
    assert (command.folder, dict(command.environment)) == ("services/api", {"PYTHONPATH": "src"})
    assert command.arguments == ("-m", "pytest", "tests")


def test_an_empty_line_is_no_command() -> None:
    """Settings may hold one."""
    with pytest.raises(ValueError, match="empty"):
        parsed("  ", "here")
