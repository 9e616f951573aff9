"""What a function finds around it: variables, packages, layers."""

import io
import json
import os
import zipfile

import pytest

from shopfast_obs.localcloud.interface import FunctionHost
from tests.localcloud.lambdahost.support import SURROUNDINGS, Recorder, call, function

POWERTOOLS = "arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python311-x86_64:27"
IMPORT = """
import importlib
def lambda_handler(event, context):
    found = {}
    for name in event:
        try:
            found[name] = importlib.import_module(name).__file__
        except ImportError:
            found[name] = None
    return found
"""


def test_the_variables_of_a_function(host: FunctionHost) -> None:
    """Lambda's names and the function's own; nothing of the machine that the cloud runs on."""
    os.environ["LEAK_OF_THE_HOST"] = "1"
    spec = function(
        "import os\ndef lambda_handler(event, context): return dict(os.environ)",
        environment={"TABLE": "t", "TZ": "Europe/Berlin"},
        memory_mb=512,
        region="eu-west-1",
    )
    found = json.loads(call(host, spec).payload)
    del os.environ["LEAK_OF_THE_HOST"]
    assert "LEAK_OF_THE_HOST" not in found
    assert (
        found.items()
        >= {
            "AWS_LAMBDA_FUNCTION_NAME": spec.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{spec.name}",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_REGION": "eu-west-1",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
            **SURROUNDINGS.credentials.session().environment(),
            "_HANDLER": "handler.lambda_handler",
            "TABLE": "t",
            "TZ": "Europe/Berlin",
        }.items()
    )


def test_only_lambdas_packages_can_be_imported(host: FunctionHost) -> None:
    """boto3 and the runtime are there, the cloud's own dependencies are not; `exit` and its like are."""
    found = json.loads(
        call(host, function(IMPORT), ["boto3", "awslambdaric", "click", "moto", "shopfast_obs", "wrapt"]).payload
    )
    assert {name for name, file in found.items() if file} == {"boto3", "awslambdaric"}
    assert call(host, function("def lambda_handler(event, context): return callable(exit)")).payload == b"true"


def test_the_public_powertools_layer(host: FunctionHost) -> None:
    """A public layer ARN brings the installed package with what it needs."""
    spec = function(IMPORT, layers=((POWERTOOLS, None),))
    names = ["aws_lambda_powertools.logging", "aws_xray_sdk.core", "wrapt", "boto3", "click"]
    found = json.loads(call(host, spec, names).payload)
    assert [name for name, file in found.items() if not file] == ["click"]


def test_a_layer_with_a_package(host: FunctionHost) -> None:
    """A layer's python folder is on the path; a later layer covers an earlier one."""

    def layer(value: int) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("python/ours.py", f"VALUE = {value}")
        return buffer.getvalue()

    layers = (("arn:a:1", layer(1)), ("arn:b:1", layer(2)))
    spec = function("import ours\ndef lambda_handler(event, context): return ours.VALUE", layers=layers)
    assert call(host, spec).payload == b"2"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"layers": (("arn:aws:lambda:us-east-1:1:layer:unknown:3", None),)}, "layer:unknown:3 is not known here"),
        ({"code_zip": b"no zip"}, "the code cannot be unpacked"),
    ],
)
def test_a_package_that_cannot_be_used(host: FunctionHost, seen: Recorder, changes: dict, text: str) -> None:
    """The invocation fails and says why, in the answer and in the log."""
    spec = function("", **changes)
    result = call(host, spec)
    assert result.function_error == "Unhandled"
    assert text in json.loads(result.payload)["errorMessage"]
    assert any(text in line for line in seen.lines(spec))
    assert seen.metric(spec, "Errors", 1) == [1]


def test_the_json_log_format(host: FunctionHost, seen: Recorder) -> None:
    """Platform events and the logger's records are JSON, and the application level is the runtime's affair."""
    spec = function(
        "import logging\ndef lambda_handler(event, context):\n"
        "    logging.getLogger().warning('careful')\n    logging.getLogger().debug('no')\n    print('plain')",
        log_format="JSON",
        application_log_level="INFO",
    )
    call(host, spec)
    lines = seen.lines(spec)
    assert [json.loads(line)["type"] for line in (lines[0], lines[1], lines[-1])] == [
        "platform.initStart",
        "platform.start",
        "platform.report",
    ]
    assert json.loads(lines[2])["message"] == "careful"
    assert lines[3] == "plain\n"
    assert len(lines) == 5


def test_lines_and_records_keep_their_order(host: FunctionHost, seen: Recorder) -> None:
    """print and logging go through one pipe: times never run backwards, and a record of several lines is one event."""
    spec = function(
        "import logging\ndef lambda_handler(event, context):\n"
        "    for n in range(20):\n        print('line', n)\n        logging.warning('record %d\\nmore', n)"
    )
    call(host, spec)
    events = [(at, text) for group, _, at, text in seen.logs if group.endswith(spec.name)]
    assert [at for at, _ in events] == sorted(at for at, _ in events)
    texts = [text for _, text in events if "line" in text or "record" in text]
    assert [text.split()[-1] if text.startswith("line") else text.split("\n")[0].split()[-1] for text in texts] == [
        str(n) for n in range(20) for _ in range(2)
    ]
    assert sum(text.endswith("\nmore\n") for text in texts) == 20
