"""What an index makes of the core beside what applications ask for. Needs an index, and minutes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow
NEWEST = "boto3==1.44.8"
DURABLE = "aws-durable-execution-sdk-python==3.0.0"
OLDEST = "boto3==1.35.70"
OTHERS = ("pydantic==1.10.24", "jsonschema==4.17.3")  # what applications hold back


@pytest.mark.parametrize(
    ("extra", "beside"),
    [
        ("", (NEWEST,)),
        ("", (NEWEST, DURABLE)),
        ("", (OLDEST,)),
        ("", OTHERS),
        ("[prove]", (NEWEST, DURABLE)),
        ("[local]", (NEWEST, DURABLE)),
    ],
    ids=str,
)
def test_it_resolves_beside_what_an_application_asks_for(extra: str, beside: tuple[str, ...], tmp_path: Path) -> None:
    """Nothing is downgraded: what was asked for is what would be installed."""
    report = tmp_path / "report.json"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--dry-run",
        "--ignore-installed",
        "--no-build-isolation",
    ]
    done = subprocess.run(
        [*command, "--report", str(report), *beside, f"{ROOT}{extra}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = {
        entry["metadata"]["name"].lower(): entry["metadata"]["version"]
        for entry in json.loads(report.read_text())["install"]
    }
    for line in beside:
        name, _, version = line.partition("==")
        assert found[name] == version
    assert "ministack" not in found


def test_the_cloud_runs_beside_the_newest_boto3_and_functions_have_neither_its_nor_the_emulators(
    tmp_path: Path,
) -> None:
    """From an installed wheel, with an empty cache, in a project whose boto3 conflicts with MiniStack's pin."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "v")], check=True)
    python, command = tmp_path / "v/bin/python", tmp_path / "v/bin/shopfast-obs"
    subprocess.run([python, "-m", "pip", "install", "--quiet", NEWEST, f"{ROOT}[local]"], check=True)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "STATE": str(tmp_path / "s")}
    arguments = ["--state", str(tmp_path / "s")]
    started = subprocess.run(
        [command, "cloud", "start", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert started.returncode == 0, started.stderr
    assert "installing the environment of the local cloud: once" in started.stderr
    try:
        done = subprocess.run([python, "-c", ASK], env=environment, capture_output=True, text=True, check=False)
    finally:
        subprocess.run([command, "cloud", "stop", *arguments], env=environment, check=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["1.44.8", "1.43.36", "9.9.9", False]


# boto3 here, of a function, of a function with its own, and whether that sees the emulator
ASK = """
import io, json, os, zipfile
from pathlib import Path
import boto3
from shopfast_obs.cloud.target import local_endpoint, local_keys
state = Path(os.environ["STATE"])
keys = local_keys(state)
client = boto3.client("lambda", "us-east-1", endpoint_url=local_endpoint(state),
    aws_access_key_id=keys.access_key_id, aws_secret_access_key=keys.secret_access_key)
found = [boto3.__version__]
SOURCE = '''
import importlib.util
def handler(event, context):
    import boto3
    return [boto3.__version__, importlib.util.find_spec("ministack") is not None]
'''
for name, own in (("plain", ""), ("own", "__version__ = '9.9.9'")):
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", SOURCE)
        if own:
            archive.writestr("boto3/__init__.py", own)
    client.create_function(FunctionName=name, Runtime="python3.11", Handler="app.handler", MemorySize=1769, Timeout=60,
        Role="arn:aws:iam::000000000000:role/r", Code={"ZipFile": code.getvalue()})
    version, sees = json.loads(client.invoke(FunctionName=name)["Payload"].read())
    found.append(version)
print(json.dumps([*found, sees]))
"""
