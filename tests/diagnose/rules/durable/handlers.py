"""A template with a durable handler beside it."""

from __future__ import annotations

from textwrap import dedent

from shopfast_obs.diagnose.context import Context
from shopfast_obs.model.resources import Resource
from shopfast_obs.parse.python.aws_calls import source
from tests.diagnose.builders import declared, function

WEB = function(Handler="app.process", DurableConfig={"ExecutionTimeout": 600})
PLAIN = function(Handler="app.process")
HEAD = """\
import time, uuid, datetime
import boto3, requests
from aws_durable_execution_sdk_python import durable_execution
from aws_durable_execution_sdk_python.config import Duration

table = boto3.resource("dynamodb").Table("t")
queue = boto3.client("sqs")


@durable_execution
def process(order, ctx):
"""


def of(body: str, it: Resource = WEB) -> Context:
    """A template with this handler beside it."""
    text = HEAD + "".join(f"    {line}\n" for line in dedent(body).strip().splitlines())
    return declared(it, sources={"web": source({"app.py": text})})
