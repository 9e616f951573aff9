"""The unmodified `aws` command against the whole cloud."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.localcloud import process
from tests.localcloud.conftest import eventually
from tests.localcloud.keys import keys
from tests.localcloud.whole import invoke

AWS = Path(sys.prefix) / "peers" / "bin" / "aws"
pytestmark = pytest.mark.cloud


def aws(info: process.CloudInfo, line: str, *, seconds: float = 60) -> str:
    """What the unmodified `aws` command prints; it knows the cloud by its endpoint and its keys."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    environment = {
        **kept, "AWS_ENDPOINT_URL": info.endpoint_url, **keys(info.state).environment(),
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_CONFIG_FILE": "/nonexistent",
    }  # fmt: skip
    command = [str(AWS), *shlex.split(line)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds, check=False)
    assert done.returncode == 0, f"{line}: {done.stderr}"
    return done.stdout


@pytest.mark.skipif(not AWS.exists(), reason="`make test` installs the aws command beside the other dependencies")
def test_the_aws_command_reads_logs_and_metrics(info: process.CloudInfo, function: str) -> None:
    """A pattern, a query of Insights, metrics, an alarm with its waiter and its history: as on AWS."""
    payload, answer = invoke(info, function, now=int(time.time() * 1000))
    request_id = answer["ResponseMetadata"]["RequestId"]
    group = "/aws/lambda/whole"
    found = json.loads(
        aws(info, f"logs filter-log-events --log-group-name {group} --filter-pattern '\"{request_id}\" -START -END'")
    )
    assert [e["message"].split(" ")[0] for e in found["events"]] == ["REPORT"]
    query = f"filter @type = 'REPORT' and @requestId = '{request_id}' | stats max(@duration) as ms, count(*) as n"
    started = aws(
        info,
        f"logs start-query --log-group-name {group} --start-time {int(time.time()) - 3600} "
        f'--end-time {int(time.time()) + 60} --query-string "{query}" --query queryId --output text',
    )

    def results() -> Any:
        shown = json.loads(aws(info, f"logs get-query-results --query-id {started.strip()}"))
        return shown if shown["status"] == "Complete" else None

    (row,) = eventually(results)["results"]
    assert {cell["field"]: cell["value"] for cell in row}["n"] == "1"
    assert payload["statusCode"] == 200
    listed = json.loads(aws(info, "cloudwatch list-metrics --namespace Shop"))["Metrics"]
    assert listed == [{"Namespace": "Shop", "MetricName": "Orders", "Dimensions": [{"Name": "service", "Value": "s"}]}]
    aws(
        info,
        "cloudwatch put-metric-alarm --alarm-name by-hand --namespace Shop --metric-name Orders --statistic Sum "
        "--period 60 --evaluation-periods 1 --threshold 1 --comparison-operator GreaterThanThreshold",
    )
    aws(info, "cloudwatch wait alarm-exists --alarm-names by-hand")
    aws(info, "cloudwatch set-alarm-state --alarm-name by-hand --state-value ALARM --state-reason drill")
    history = json.loads(aws(info, "cloudwatch describe-alarm-history --alarm-name by-hand"))["AlarmHistoryItems"]
    # The next evaluation may have taken the state back already.
    assert "Alarm updated from INSUFFICIENT_DATA to ALARM" in [item["HistorySummary"] for item in history]


def second_version() -> str:
    """The `aws` command of version 2, which alone has `logs tail`; no registry of Python packages has it."""
    command = shutil.which("aws")
    asked = [command, "--version"] if command else ["false"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    return command if command and said.startswith("aws-cli/2") else ""


def test_the_aws_command_tails_a_log(info: process.CloudInfo, function: str) -> None:
    """`aws logs tail` prints what was written, `--follow` what is written while it looks."""
    command = second_version()
    if not command:
        pytest.skip("there is no `aws` command of version 2 on this machine")
    environment = {
        **os.environ, "AWS_ENDPOINT_URL": info.endpoint_url, **keys(info.state).environment(),
        "AWS_DEFAULT_REGION": "us-east-1", "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    # --endpoint-url for versions before 2.13, which do not know the variable
    tail = [command, "logs", "tail", "/aws/lambda/whole", "--endpoint-url", info.endpoint_url]
    _, answer = invoke(info, function)
    report = f"REPORT RequestId: {answer['ResponseMetadata']['RequestId']}"
    past = subprocess.run(
        [*tail, "--filter-pattern", "REPORT"], env=environment, capture_output=True, text=True, check=True
    )
    assert report in past.stdout
    follow = [*tail, "--follow", "--since", "1s"]
    with subprocess.Popen(follow, env=environment, stdout=subprocess.PIPE, text=True) as following:
        assert following.stdout is not None
        try:
            time.sleep(2)
            _, answer = invoke(info, function)
            report = f"REPORT RequestId: {answer['ResponseMetadata']['RequestId']}"
            assert any(report in line for line in following.stdout)
        finally:
            following.terminate()
