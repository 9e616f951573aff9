"""`fix --live --verify` on a whole cloud: a remedy that makes things worse is taken back."""

import io
import json
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from shopfast_obs import cli, settings
from shopfast_obs.cli.app import App
from shopfast_obs.localcloud import process
from tests.localcloud.whole import FUNCTION, client

pytestmark = pytest.mark.cloud

# It computes, so more CPU helps it. But it also takes its memory for a measure of how much to send at once: 4 messages
# at 128 MB, and from 352 MB on more than the ten that SQS takes.
SOURCE = """
import os, time, boto3
sqs = boto3.client("sqs")
AT_ONCE = int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]) // 32
def handler(event, context):
    ends = time.thread_time() + 0.045
    while time.thread_time() < ends:
        pass
    entries = [{"Id": str(n), "MessageBody": "x"} for n in range(AT_ONCE)]
    return len(sqs.send_message_batch(QueueUrl=event["queue"], Entries=entries)["Successful"])
"""
BEFORE = 2  # calls that the fix is derived from, beside those that come meanwhile


class Grower:
    """The function, and those who call it."""

    def __init__(self, info: process.CloudInfo) -> None:
        self._lambda = client(info, "lambda")
        self._event = json.dumps({"queue": client(info, "sqs").create_queue(QueueName="grower")["QueueUrl"]})
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("app.py", SOURCE)
        self._lambda.create_function(
            FunctionName="grower", Code={"ZipFile": code.getvalue()}, MemorySize=128, Timeout=1, **FUNCTION
        )
        self._lambda.get_waiter("function_active_v2").wait(FunctionName="grower", WaiterConfig={"Delay": 1})

    @property
    def configuration(self) -> dict[str, Any]:
        """Its configuration, without what every update changes."""
        found = self._lambda.get_function_configuration(FunctionName="grower")
        return {key: found[key] for key in found.keys() - {"LastModified", "RevisionId", "ResponseMetadata"}}

    def called(self, times: int) -> list[str]:
        """How each call ended, empty where it succeeded."""
        answers = [self._lambda.invoke(FunctionName="grower", Payload=self._event) for _ in range(times)]
        return [answer.get("FunctionError", "") for answer in answers]

    def called_until(self, over: threading.Event, ended: list[str]) -> None:
        """Call it now and again."""
        while not over.wait(0.05):
            ended += self.called(1)


def test_a_fix_that_makes_things_worse_is_taken_back(info: process.CloudInfo, tmp_path: Path) -> None:
    """More memory breaks a function that was only slow: exit code 1, and the configuration is the one from before."""
    grower = Grower(info)
    before = grower.configuration
    assert grower.called(BEFORE) == [""] * BEFORE
    over, ended = threading.Event(), list[str]()
    caller = threading.Thread(target=grower.called_until, args=(over, ended))
    caller.start()
    app = App(settings.load(tmp_path, {"SHOPFAST_OBS_STATE": str(info.state.parent)}))
    line = ["fix", "--live", "--verify", "--watch", "3s", "--only", "lambda-cpu-starved", "--verbose"]
    try:
        done = CliRunner().invoke(cli.main, line, obj=app)
    finally:
        over.set()
        caller.join()
    assert done.exit_code == 1, done.output
    assert '+  "MemorySize": 512' in done.output
    assert "Unhandled" in ended
    assert "grower: worse: more invocations fail than before" in done.stdout
    assert "did not keep its promise and was taken back." in done.stdout
    assert grower.configuration == before
    assert grower.called(1) == [""]
