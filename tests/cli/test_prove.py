"""`instrument --prove`: the application's own tests decide, in a copy, in its own Python."""

import json
import sys
from pathlib import Path

import pytest

from tests.cli.command_line import invoke

HANDLER = "def lambda_handler(event, context):\n    print('hello')\n    return context\n"
UNITTEST = """\
import contextlib
import io
import os
import socket
import unittest

import app


class Handler(unittest.TestCase):
    def test_answer(self):
        self.assertEqual(app.lambda_handler({}, "its own"), "its own")

    def test_it_may_write(self):
        with open("app.py", "a") as file:
            file.write("# written by a test")

    def test_no_account_and_no_network(self):
        self.assertEqual(os.environ["AWS_ACCESS_KEY_ID"], "testing")
        self.assertNotIn("AWS_PROFILE", os.environ)
        with self.assertRaises(OSError):
            socket.create_connection(("192.0.2.1", 80), 1)

    def test_red(self):
        self.fail()
"""
STDOUT = """

class Printed(unittest.TestCase):
    def test_stdout(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            app.lambda_handler({}, None)
        self.assertEqual(out.getvalue().splitlines()[0], "hello")
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An application with a test, and an environment of its own that has no pytest."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SHOPFAST_OBS_STATE", raising=False)
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.base_prefix}/bin/python3" -S "$@"\n')
    python.chmod(0o755)
    (tmp_path / "app.py").write_text(HANDLER)
    (tmp_path / "test_app.py").write_text(UNITTEST)
    return tmp_path


def test_all_that_the_tests_bear_is_applied(app: Path) -> None:
    """Tests that were red do not count, what tests write is not the user's, and no account is within reach."""
    result = invoke("instrument", "app.py", "--prove", "--apply", "--format", "json")
    proof = json.loads(result.stdout)["proof"]
    assert (result.exit_code, proof["outcome"], proof["same"]) == (0, "same", 3), result.stderr
    source = (app / "app.py").read_text()
    assert "logger.info('hello')" in source.replace('"', "'")
    assert "written by a test" not in source


def test_what_breaks_a_test_stays_out_and_is_told(app: Path) -> None:
    """The rest is applied."""
    (app / "test_app.py").write_text(UNITTEST + STDOUT)
    options = ("--only", "prints", "--only", "runtime")
    result = invoke("instrument", "app.py", *options, "--prove", "--apply")
    assert result.exit_code == 0, result.stderr
    assert "4 tests, same result" in result.stderr
    assert "prints stays out of app.py because test_app.Printed.test_stdout" in result.stderr
    assert "print('hello')" in (app / "app.py").read_text()
    assert "observed" in (app / "app.py").read_text()


def test_tests_that_hang_end_and_nothing_is_changed_that_was_to_be_proven(app: Path) -> None:
    """Without --prove what was asked is done, and said not to be proven."""
    (app / "test_app.py").write_text("import time\nimport unittest\n\ntime.sleep(600)\n")
    (app / "pyproject.toml").write_text('[tool.shopfast-obs]\ntests = "python -m unittest"\ntests_limit = "1s"\n')
    result = invoke("instrument", "app.py", "--prove", "--apply")
    assert result.exit_code == 1
    assert "Not proven: the tests took longer than 1 s" in result.stderr
    assert (app / "app.py").read_text() == HANDLER
    result = invoke("instrument", "app.py", "--apply")
    assert result.exit_code == 0
    assert "Not proven: the tests took longer than 1 s" in result.stderr
    assert "observed" in (app / "app.py").read_text()


def test_only_apply_and_prove_run_tests(app: Path) -> None:
    """A look runs nobody's code."""
    mark = app / "ran"
    (app / "test_app.py").write_text(f"open({str(mark)!r}, 'w').close()\n{UNITTEST}")
    for options in ((), ("--check",), ("--apply", "--no-prove")):
        invoke("instrument", "app.py", *options)
        assert not mark.exists(), options


def test_in_ci_a_check_asks_for_what_the_tests_bear(app: Path) -> None:
    """Exit 1 while that is missing, 0 once it is there, though what the tests do not bear is not."""
    (app / "test_app.py").write_text(UNITTEST + STDOUT)
    options = ("instrument", "app.py", "--only", "prints", "--only", "runtime", "--prove")
    result = invoke(*options, "--check")
    assert result.exit_code == 1, result.stderr
    assert "4 tests, same result; prints stays out of app.py" in result.stderr
    assert (app / "app.py").read_text() == HANDLER
    assert invoke(*options, "--apply").exit_code == 0
    result = invoke(*options, "--check")
    assert result.exit_code == 0, result.stderr


NOW = """import time


def lambda_handler(event, context):
    now = time.time()
    return [now, int(now), int(now * 1000), str(now).replace('.', '')]
"""


@pytest.mark.parametrize(
    "source",
    [
        "def lambda_handler(event, context):\n    return event['Records'][0]['s3']\n",
        "import time\n\ndef lambda_handler(event, context):\n    while True:\n        time.sleep(60)\n",
        NOW,
    ],
    ids=["reads its event", "waits for ever", "answers with the time"],
)
def test_without_tests_handlers_get_events(app: Path, source: str) -> None:
    """Answers, exceptions and calls are compared: seconds of a sleep are counted and not waited for, and two runs are
    never at the same time."""
    (app / "test_app.py").unlink()
    (app / "app.py").write_text(source)
    result = invoke("instrument", "app.py", "--prove", "--apply", "--format", "json")
    proof = json.loads(result.stdout)["proof"]
    assert (proof["outcome"], proof["same"], proof["of"]) == ("same", 6, "events"), result.stderr
    assert proof["by_chance"] == []


def test_many_handlers_share_what_is_loaded_and_nothing_else(app: Path) -> None:
    """The models of AWS are read once for all of them; each has a process, clients and calls of its own."""
    (app / ".venv" / "bin" / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (app / "test_app.py").unlink()
    lines = ["import boto3", "", "made = []", ""]
    for number in range(10):
        lines += [f"def number{number}_handler(event, context):", "    made.append(boto3.client('sqs'))"]
        lines += [f"    made[-1].send_message(QueueUrl='q', MessageBody='{number}')", "    return len(made)", "", ""]
    (app / "app.py").write_text("\n".join(lines))
    result = invoke("instrument", "app.py", "--prove", "--profile", "decorators", "--format", "json")
    proof = json.loads(result.stdout)["proof"]
    assert (proof["outcome"], proof["same"], proof["of"]) == ("same", 60, "events"), result.stderr
