"""What `diagnose --template` of one small template takes of the processor, beside cfn-lint and another build.

The other build is named by `--beside COMMAND`, and measured as it lies there. The commands take turns, so that what
else the machine does meets all of them. Modules are compiled, as `make setup` leaves them.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

RUNS = 5
BIN = Path(sys.executable).parent
TEMPLATE = """AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
  Orders:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      Timeout: 60
      Role: !GetAtt Role.Arn
      Code: {S3Bucket: code, S3Key: orders.zip}
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 30}
  OrdersJobs:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !Ref Orders, EventSourceArn: !GetAtt Jobs.Arn}
"""


def processor(command: Sequence[str]) -> float:
    """Seconds of the processor that the command took, its children included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "Traceback" not in done.stderr, done.stderr
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench template")
    parser.add_argument("--beside", metavar="COMMAND", help="the shopfast-obs of another build")
    other = parser.parse_args().beside
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.yaml"
        file.write_text(TEMPLATE, encoding="utf-8")
        look = ["diagnose", "--template", str(file)]
        commands = {
            "diagnose --template": [str(BIN / "shopfast-obs"), *look],
            "cfn-lint": [str(BIN / "cfn-lint"), str(file)],
            **({"diagnose --template of the other build": [other, *look]} if other else {}),
            "shopfast-obs --help": [str(BIN / "shopfast-obs"), "--help"],
            "python -c pass": [sys.executable, "-c", "pass"],
        }
        rounds = [[processor(command) for command in commands.values()] for _ in range(RUNS + 1)][1:]
    for name, taken in zip(commands, zip(*rounds, strict=True), strict=True):
        ratio = statistics.median(one[0] / mine for one, mine in zip(rounds, taken, strict=True))
        print(f"{name}: median {statistics.median(taken):.3f} s of the processor; ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
