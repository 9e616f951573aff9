"""The sources of docs/examples/migration.yaml run before and after, with the real SDKs: the same traces."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.migrate import FUNCTION, Trees, listening, told_more, trees
from tests.instrument.migration.test_cases import CASES

GUEST = Path(__file__).with_name("guest.py")
EVENTS = ('{"id": "one"}', '{"id": "bad"}', '{"id": 1}')
NAMES = {f"case_{number}": case["name"] for number, case in enumerate(CASES["moved"])}
Ran = tuple[dict[str, str], Trees]


def ran(folder: Path, side: str) -> Ran:
    """What the handlers of that side answered, and the trees of their traces."""
    folder.mkdir()
    for name, case in zip(NAMES, CASES["moved"], strict=True):
        (folder / f"{name}.py").write_text(case[side])
    with listening() as (port, kept):
        environment = {
            **os.environ,
            "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{port}",
            "AWS_LAMBDA_FUNCTION_NAME": "f",
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9",
            "AWS_REGION": "us-east-1",
            "LAMBDA_TASK_ROOT": str(folder),
            "POWERTOOLS_TRACE_DISABLED": "false",
            "POWERTOOLS_SERVICE_NAME": "orders",
        }
        command = (sys.executable, GUEST, folder, FUNCTION["id"], *EVENTS)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    tasks = [
        {"number": number, "events": EVENTS, "file": name, "handler": "lambda_handler"}
        for number, name in enumerate(sorted(NAMES), 1)
    ]
    lines = (line.partition(": ") for line in done.stdout.splitlines() if line.startswith("case_"))
    return {what: answer for what, _, answer in lines}, trees(tasks, kept.segments)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Ran]:
    """Before and after."""
    folder = tmp_path_factory.mktemp("migration")
    return ran(folder / "before", "before"), ran(folder / "after", "after")


@pytest.mark.parametrize("name", NAMES, ids=NAMES.get)
def test_a_moved_source_answers_and_is_traced_as_before(both: tuple[Ran, Ran], name: str) -> None:
    """Names, nesting, order, marks and types of errors, for three events; an answer of another kind is an error."""
    (answers, before), (then, after) = both
    for event in EVENTS:
        at = f"{name}:lambda_handler [{event}]"
        assert before[at][0][4], "the source makes parts"
        assert told_more(before[at], after[at]) == set(), json.dumps([before[at], after[at]])
    assert {what: answer for what, answer in answers.items() if what.startswith(name)} == {
        what: answer for what, answer in then.items() if what.startswith(name)
    }
