"""How long a diagnosis takes, and how often it asks AWS: templates, an account of 1,000 functions, local ShopFast."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bench import _account

COMMAND = Path(sys.executable).with_name("shopfast-obs")
CLI = Path(__file__).parents[1] / "cli.py"
RESOURCES = 2_000
ACCOUNTS = (200, 1_000)  # functions
RUNS = 5
# PROWLER names prowler's command where it is installed: it has another botocore than ours.
PROWLER = os.environ.get("PROWLER", "")
PROWLER_SERVICES = (
    *("awslambda", "cloudwatch", "dynamodb", "sqs", "sns", "eventbridge", "stepfunctions"),
    *("apigateway", "apigatewayv2"),
)


def main() -> None:
    templates()
    for functions in ACCOUNTS:
        account(functions)
    local()


def templates() -> None:
    """Whole commands over one template of 2,000 resources."""
    bare = statistics.median(seconds([sys.executable, "-c", "pass"])[0] for _ in range(RUNS))
    with tempfile.TemporaryDirectory() as folder:
        for name in ("big.template.json", "big.yaml"):
            path = Path(folder) / name
            write(path)
            for output in ("text", "json", "sarif"):
                command = [str(COMMAND), "diagnose", "--template", str(path), "--format", output]
                took = statistics.median(seconds(command)[0] for _ in range(RUNS))
                print(
                    f"{RESOURCES:,} resources, {name:18} {output:6} {took:6.2f} s   {took / bare:5.0f} x python -c pass"
                )


def account(functions: int) -> None:
    """The same questions, by us and by prowler, to an account of so many functions."""
    with _account.served(functions) as (endpoint, counted):
        environment = {**_account.ENVIRONMENT, "AWS_ENDPOINT_URL": endpoint}
        ours = [str(COMMAND), "diagnose", "--target", "aws", "--since", "15m", "--format", "json"]
        document = json.loads(asked(f"diagnose, {functions:,} functions", ours, environment, functions, counted))
        killed = sum(found["rule"] == "lambda-timeout-kills" for found in document["findings"])
        print(f"  {killed} are killed by their timeout")
        mine = counted.requests.total()
        if PROWLER:
            counted.again()
            with tempfile.TemporaryDirectory() as folder:
                command = [PROWLER, "aws", "--service", *PROWLER_SERVICES, "-f", _account.REGION, "-o", folder]
                command += ["-b", "-z", "-M", "csv"]
                asked(f"prowler, {functions:,} functions", command, environment, functions, counted)
            print(f"  diagnose makes {mine / counted.requests.total():.3f} of prowler's calls")


def asked(
    title: str, command: Sequence[str], environment: Mapping[str, str], functions: int, counted: _account.Counted
) -> str:
    """What the command printed; how long it took, whose time that was, and what it asked are printed."""
    before = cpu()
    took, out = seconds(command, environment)
    total, account = counted.requests.total(), sum(counted.seconds.values())
    print(f"{title}: {total:,} API calls ({total / functions:.2f} a function), {took:.1f} s")
    print(f"  {cpu() - before:.1f} s of the processor are the command's, {account:.1f} s the account's (moto)")
    slowest = sorted(counted.seconds.items(), key=lambda each: -each[1])[:6]
    print("  " + ", ".join(f"{name} {counted.requests[name]} in {spent:.1f} s" for name, spent in slowest))
    return out


def cpu() -> float:
    """The processor's seconds of the commands that have ended so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def local() -> None:
    """ShopFast on the local cloud, after some traffic."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"SHOPFAST_OBS_STATE": folder}
        program = [sys.executable, str(CLI)]
        try:
            seconds([*program, "deploy"], environment)
            seconds([*program, "traffic", "--scenario", "browse", "--duration", "10"], environment)
            took = [seconds([str(COMMAND), "diagnose", "--format", "json"], environment) for _ in range(RUNS)]
            document = json.loads(took[-1][1])
            asked = sum(document["api_calls"].values())
            median = statistics.median(each for each, _ in took)
            print(f"local ShopFast: {median:.2f} s, {asked} API calls, {len(document['findings'])} findings")
        finally:
            seconds([*program, "cloud", "stop"], environment)


def seconds(command: Sequence[str], environment: Mapping[str, str] | None = None) -> tuple[float, str]:
    """The wall time of a whole command, and what it printed; findings are no failure."""
    began = time.perf_counter()
    done = subprocess.run(
        command, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False
    )
    took = time.perf_counter() - began
    if done.returncode not in (0, 1, 3) or (done.returncode == 3 and COMMAND.name in command[0]):
        raise RuntimeError(f"{command} ended with {done.returncode}: {done.stderr[-2000:]}")
    return took, done.stdout


def write(path: Path) -> None:
    """A template of services that each have a function, a role, a log group, a table, queues, a mapping and a rule."""
    resources: dict[str, Any] = {}
    for number in range(RESOURCES // 8):
        resources |= service(number)
    template = {"Resources": resources}
    text = json.dumps(template, indent=1) if path.suffix == ".json" else yaml.safe_dump(template, sort_keys=False)
    path.write_text(text, encoding="utf-8")


def service(number: int) -> dict[str, Any]:
    """Eight resources that belong together."""
    function, table, queue, dead = (f"{kind}{number}" for kind in ("Function", "Table", "Queue", "Dead"))
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    reads = {"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": arn(table)}
    policies = [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [reads]}}]
    variables = {"TABLE": {"Ref": table}, "QUEUE": {"Ref": queue}}
    code = {"S3Bucket": {"Fn::Sub": "assets-${AWS::AccountId}-${AWS::Region}"}, "S3Key": "code.zip"}
    key = {"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "id", "KeyType": "HASH"}
    redrive = {"deadLetterTargetArn": arn(dead), "maxReceiveCount": 3}
    declared: dict[str, tuple[str, dict[str, Any]]] = {
        f"Role{number}": ("IAM::Role", {"AssumeRolePolicyDocument": {"Statement": [trust]}, "Policies": policies}),
        function: (
            "Lambda::Function",
            {
                "Runtime": "python3.12",
                "Handler": "app.handler",
                "Role": arn(f"Role{number}"),
                "Code": code,
                "Environment": {"Variables": variables},
            },
        ),
        f"Logs{number}": ("Logs::LogGroup", {"LogGroupName": {"Fn::Sub": f"/aws/lambda/${{{function}}}"}}),
        table: (
            "DynamoDB::Table",
            {"BillingMode": "PAY_PER_REQUEST", "AttributeDefinitions": [key[0]], "KeySchema": [key[1]]},
        ),
        queue: ("SQS::Queue", {"RedrivePolicy": redrive}),
        dead: ("SQS::Queue", {}),
        f"Mapping{number}": (
            "Lambda::EventSourceMapping",
            {"FunctionName": {"Ref": function}, "EventSourceArn": arn(queue)},
        ),
        f"Rule{number}": (
            "Events::Rule",
            {"EventPattern": {"source": [f"service-{number}"]}, "Targets": [{"Id": "t", "Arn": arn(function)}]},
        ),
    }
    return {name: {"Type": f"AWS::{type_}", "Properties": properties} for name, (type_, properties) in declared.items()}


def arn(name: str) -> dict[str, Any]:
    """The ARN of a resource of the template."""
    return {"Fn::GetAtt": [name, "Arn"]}


if __name__ == "__main__":
    main()
