"""A handler that was wrapped without its source does what decorated source does."""

import json
import os
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from shopfast_obs.instrument.infrastructure.layer import archive

DRIVER = """
import json, logging, sys, types
logging.getLogger().setLevel(logging.INFO)
sys.path[:0] = sys.argv[1:]
from shopfast_obs.runtime import wrap
context = types.SimpleNamespace(aws_request_id="r", function_name="f", memory_limit_in_mb="128",
                                invoked_function_arn="arn:f", client_context=None)
print(json.dumps({"answer": wrap.handler({"_correlation_id": "abc"}, context)}))
"""
HANDLER = "from shopfast_obs.runtime import current_id\n\n\ndef main(event, context):\n    return current_id()\n"


def run(folder: Path, name: str, source: str = HANDLER, **variables: str) -> subprocess.CompletedProcess[str]:
    """A process that loads the layer's archive and the original of that name."""
    (folder / "src").mkdir()
    (folder / "src" / "app.py").write_text(source)
    with zipfile.ZipFile(BytesIO(archive())) as layer:
        layer.extractall(folder / "opt")
    in_lambda = {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9"}
    environment = {
        **os.environ,
        **in_lambda,
        "SHOPFAST_OBS_HANDLER": name,
        "POWERTOOLS_TRACE_DISABLED": "1",
        **variables,
    }
    arguments = [sys.executable, "-c", DRIVER, str(folder), str(folder / "opt" / "python")]
    return subprocess.run(arguments, capture_output=True, text=True, check=False, env=environment)


def test_the_original_runs_inside_logs_metrics_and_correlation(tmp_path: Path) -> None:
    """From the layer's own archive, in a folder as handlers may be; its cold start is counted."""
    done = run(tmp_path, "src/app.main")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[-1] == {"answer": "abc"}, done.stderr
    assert lines[0]["ColdStart"] == [1.0]


def test_an_original_that_is_not_there_fails_as_it_would_have(tmp_path: Path) -> None:
    """With its own name in the error."""
    done = run(tmp_path, "nowhere.main")
    assert done.returncode != 0
    assert "No module named 'nowhere'" in done.stderr


@pytest.mark.parametrize(("level", "written"), [("WARNING", False), ("", True), ("nonsense", True)])
def test_lines_that_were_off_stay_off(tmp_path: Path, level: str, written: bool) -> None:
    """Lambda sets the root logger to INFO with JSON logs; what the original sets itself comes after."""
    source = (
        "import logging\nlogging.getLogger('own').setLevel('INFO')\n\n\ndef main(event, context):\n"
        "    return [logging.getLogger(name).isEnabledFor(20) for name in ('', 'lib', 'own')]\n"
    )
    done = run(tmp_path, "src/app.main", source, SHOPFAST_OBS_ROOT_LEVEL=level)
    assert json.loads(done.stdout.splitlines()[-1])["answer"] == [written, written, True], done.stderr


@pytest.mark.parametrize(("tracing", "loaded"), [("otel", [False, True]), ("none", [False, False])])
def test_the_way_of_tracing_loads_one_tracer_at_most(tmp_path: Path, tracing: str, loaded: list[bool]) -> None:
    """Another tracer's function starts none of ours."""
    source = (
        "import sys\n\n\ndef main(event, context):\n"
        "    return [name in sys.modules for name in ('aws_xray_sdk.core', 'opentelemetry.sdk.trace')]\n"
    )
    done = run(tmp_path, "src/app.main", source, SHOPFAST_OBS_TRACING=tracing, POWERTOOLS_TRACE_DISABLED="")
    assert json.loads(done.stdout.splitlines()[-1])["answer"] == loaded, done.stderr
