"""Every shape of handler that we know, instrumented and then called as Lambda would."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shopfast_obs.changes import engine
from shopfast_obs.instrument.plan import Instrumentation, for_paths
from shopfast_obs.instrument.registry import selected
from tests.instrument import function_shapes, object_shapes

SHAPES = {**function_shapes.SHAPES, **object_shapes.SHAPES}
SKIPPED = {
    "async": "coroutine function, which Lambda does not await",
    "chalice": "no Lambda handler was found",
    "nested_tuple": "no Lambda handler was found",
    "request_ctx": "no Lambda handler was found",
}
ROOT = Path(__file__).parents[2]
DRIVER = """
import contextlib, importlib, io, json, sys, types
sys.path.insert(0, sys.argv[1])
from shopfast_obs import runtime
context = types.SimpleNamespace(
    aws_request_id="r", function_name="f", function_version="1", memory_limit_in_mb="128",
    invoked_function_arn="arn:aws:lambda:eu-west-1:1:function:f", client_context=None,
    get_remaining_time_in_millis=lambda: 30000,
)
for module, name in json.loads(sys.argv[2]):
    event = {"headers": {"x-correlation-id": f"{module}.{name}"}}
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        answer = getattr(importlib.import_module(module), name)(event, context)
    cold = '"ColdStart"' in said.getvalue()
    print(json.dumps([module, name, answer == event, runtime.current_id() == f"{module}.{name}", cold]))
"""


@pytest.fixture(scope="module")
def instrumented(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Instrumentation]:
    """A folder with a module a shape, instrumented file by file; a second run has changed nothing."""
    folder = tmp_path_factory.mktemp("shapes")
    paths = []
    for module, (source, _) in SHAPES.items():
        paths.append(folder / f"{module}.py")
        paths[-1].write_text(source)
    found = for_paths(paths, folder, selected())
    engine.apply(found.plan, folder, folder / ".state")
    assert for_paths(paths, folder, selected()).plan.empty
    return folder, found


def test_each_answers_as_before_and_carries_id_and_metrics(instrumented: tuple[Path, Instrumentation]) -> None:
    """All four decorators are around whatever Lambda calls."""
    folder, _ = instrumented
    calls = [(module, name) for module, (_, names) in SHAPES.items() for name in names if module not in SKIPPED]
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, str(folder), json.dumps(calls)],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "POWERTOOLS_TRACE_DISABLED": "1",
            "POWERTOOLS_SERVICE_NAME": "s",
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1",
        },
    )
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [call[:2] for call in told] == [list(call) for call in calls]
    assert [call for call in told if not (call[2] and call[3])] == []
    assert told[0][4]


def test_the_others_are_skipped_with_a_true_reason(instrumented: tuple[Path, Instrumentation]) -> None:
    """And nothing else is."""
    _, found = instrumented
    reasons = {file.path.stem: file.reason for file in found.files if file.status != "changed"}
    assert set(reasons) == set(SKIPPED)
    assert [module for module, said in SKIPPED.items() if said not in reasons[module]] == []
    assert len(SHAPES) >= 40
