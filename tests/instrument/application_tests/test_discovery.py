"""How an application's tests are run is found where people write it, else from the tests."""

from pathlib import Path

import pytest

from shopfast_obs.errors import SettingsError
from shopfast_obs.instrument.application_tests.discovery import NONE, find

PYTEST = "def test_it():\n    assert True\n"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """An application with a test."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_app.py").write_text(PYTEST)
    return tmp_path


def test_without_tests_there_is_no_command(tmp_path: Path) -> None:
    """A configuration alone runs nothing."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    assert find(tmp_path).commands == ()


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '-q'\n"),
        ("pytest.ini", "[pytest]\n"),
        ("setup.cfg", "[tool:pytest]\n"),
        ("tox.ini", "[testenv]\ncommands = pytest tests\n"),
        ("noxfile.py", "import nox\n\n@nox.session\ndef tests(session):\n    session.run('pytest', 'tests')\n"),
        ("Makefile", "test: lint\n\tpython -m pytest tests\n"),
    ],
)
def test_configuration_says_it(app: Path, file: str, text: str) -> None:
    """Each place is named as the source."""
    (app / file).write_text(text)
    (command,) = find(app).commands
    assert (command.kind, command.source) == ("pytest", file)


@pytest.mark.parametrize(
    ("file", "text", "arguments"),
    [
        ("tox.ini", "[testenv:lint]\ncommands = flake8\n[testenv:py311]\ncommands =\n  mypy .\n"
         "  coverage run -m pytest -m 'not slow' {posargs:tests}\n", ("-m", "pytest", "-m", "not slow")),
        ("tox.ini", "[testenv]\ncommands = python -m unittest discover -s tests\n",
         ("-m", "unittest", "discover", "-s", "tests")),
        ("noxfile.py", "import nox\n\n@nox.session\ndef lint(session):\n    session.run('ruff', 'check')\n\n"
         "@nox.session\ndef tests(session):\n    session.run('python', '-m', 'pytest', 'tests', *session.posargs)\n",
         ("-m", "pytest", "tests")),
        ("Makefile", "test:\n\tpytest tests --ignore $(SLOW) --ignore tests/e2e\n",
         ("-m", "pytest", "tests", "--ignore", "tests/e2e")),
    ],
)  # fmt: skip
def test_of_what_tox_nox_and_make_run_the_tests_are_found(
    app: Path, file: str, text: str, arguments: tuple[str, ...]
) -> None:
    """Linters before them are passed over; what only the tool can fill in is left out."""
    (app / file).write_text(text)
    (command,) = find(app).commands
    assert (command.arguments, command.source) == (arguments, file)


def test_of_two_commands_one_is_run_and_the_other_told(app: Path) -> None:
    """Configuration of pytest comes before a Makefile, and the setting before both."""
    (app / "pytest.ini").write_text("[pytest]\n")
    (app / "Makefile").write_text("test:\n\tpython -m unittest discover -s tests\n")
    found = find(app)
    assert [c.source for c in (*found.commands, *found.others)] == ["pytest.ini", "Makefile"]
    (chosen,) = find(app, "python -m unittest discover -s tests").commands
    assert (chosen.kind, chosen.source) == ("unittest", "the setting `tests`")


def test_each_folder_of_tests_is_run_from_where_it_lies(tmp_path: Path) -> None:
    """As people start them, where nothing is configured."""
    for service in ("orders", "stock"):
        (tmp_path / service / "tests" / "unit").mkdir(parents=True)
        (tmp_path / service / "tests" / "unit" / "test_app.py").write_text(PYTEST)
    assert [command.folder for command in find(tmp_path).commands] == ["orders", "stock"]
    assert [command.kind for command in find(tmp_path, pytest=False).commands] == ["unittest", "unittest"]


def test_every_folder_that_a_target_goes_to_is_run(app: Path) -> None:
    """A target of a repository with several functions has a line for each; variables are the Makefile's own."""
    lines = ("cd one && $(RUN) python -m pytest", "cd two && $(RUN) python -m pytest $(ARGS)", "cd three && ruff check")
    (app / "Makefile").write_text(
        "RUN := PYTHONPATH=src poetry run\n\ntest: lint\n" + "".join(f"\t{each}\n" for each in lines)
    )
    found = find(app)
    assert [(each.folder, each.arguments) for each in found.commands] == [(f, ("-m", "pytest")) for f in ("one", "two")]
    assert [dict(each.environment) for each in found.commands] == [{"PYTHONPATH": "src"}] * 2
    assert found.others == ()


def test_a_folder_that_says_how_it_is_tested_leaves_the_tests_of_the_others(tmp_path: Path) -> None:
    """A configuration of the end-to-end tests alone, Makefiles of the functions, and a function without either."""
    for folder in ("e2e", "functions/orders/tests", "functions/stock/tests"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "test_app.py").write_text(PYTEST)
    (tmp_path / "e2e" / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "functions/orders/Makefile").write_text(
        "ENV = @PYTHONPATH=src:../shared\ntest:\n\t$(ENV) python -m unittest\n"
    )
    found = find(tmp_path).commands
    assert [(each.kind, each.folder, each.source) for each in found] == [
        ("pytest", "e2e", "pytest.ini"),
        ("unittest", "functions/orders", "Makefile"),
        ("pytest", "functions/stock", "functions/stock/tests/test_app.py and its like"),
    ]
    assert found[1].environment == {"PYTHONPATH": "src:../shared"}


def test_the_setting_may_say_none_and_must_be_a_command(app: Path) -> None:
    """A sentence says what is wrong with it."""
    assert find(app, NONE).commands == ()
    with pytest.raises(SettingsError, match="no command"):
        find(app, "pytest 'tests")
