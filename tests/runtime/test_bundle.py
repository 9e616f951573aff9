"""What the layer holds: compiled for this Python, and the same bytes each time."""

import hashlib
import os
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

from shopfast_obs.instrument.infrastructure.layer import archive
from shopfast_obs.model.overlay import Layer

ROOT = Path(__file__).parents[2]
HASH = """
import hashlib
from shopfast_obs.instrument.infrastructure.layer import archive
print(hashlib.sha256(archive() + archive("otel")).hexdigest())
"""
USE = """
import sys, builtins
sys.path.insert(0, sys.argv[1])
compile = builtins.compile
def refuse(source, *args, **kwargs):
    if b"shopfast" in bytes(str(source), "utf-8"):
        raise SystemExit("compiled again")
    return compile(source, *args, **kwargs)
builtins.compile = refuse
from shopfast_obs.runtime import counted, observed
print(observed(counted("X")(lambda event, context: event))(1, None))
"""


def test_the_archive_is_the_same_in_every_process() -> None:
    """A plan that writes it again would never come to an end."""
    wanted = hashlib.sha256(archive() + archive("otel")).hexdigest()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", HASH], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == wanted
    assert len(archive()) < 250_000 and len(archive("otel")) < 1_500_000


def test_its_modules_are_loaded_as_they_were_compiled(tmp_path: Path) -> None:
    """And what builds the layer is not in it."""
    zipfile.ZipFile(BytesIO(archive())).extractall(tmp_path)
    names = [path.name for path in tmp_path.rglob("*.py")]
    assert "bundle.py" not in names
    assert len(list(tmp_path.rglob("*.pyc"))) == len(names)
    done = subprocess.run(
        [sys.executable, "-S", "-c", USE, str(tmp_path / "python")], capture_output=True, text=True, check=False
    )
    assert done.stdout == "1\n", done.stderr


SPANS = """
import sys
sys.path.insert(0, sys.argv[1])
from shopfast_obs.runtime import annotate, observed, traced
from opentelemetry import propagate, trace
print(trace.__file__.startswith(sys.argv[1]), observed(traced(lambda event, context: event))(1, None))
"""


def test_the_layer_of_opentelemetry_has_all_that_the_road_needs(tmp_path: Path) -> None:
    """In a Python without any package; and nothing in it is compiled for one processor."""
    both: tuple[Layer, ...] = ("runtime", "otel")
    for layer in both:
        zipfile.ZipFile(BytesIO(archive(layer))).extractall(tmp_path)
    assert not list(tmp_path.rglob("*.so"))
    assert {path.name.partition("-")[0] for path in (tmp_path / "python").glob("*.dist-info")} > {"opentelemetry_api"}
    environment = {**os.environ, "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9"}
    command = [sys.executable, "-S", "-c", SPANS, str(tmp_path / "python")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "True 1\n", done.stderr
