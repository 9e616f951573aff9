"""Clients of AWS are made once for each execution environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shopfast_obs.instrument.interface import Codemod, Example, ModuleContext
from shopfast_obs.model.changes import Skipped

if TYPE_CHECKING:
    import libcst as cst

HINT = re.compile(r"^[ \t]+\w+\s*=\s*boto3\.(client|resource)\(", re.MULTILINE)


class MoveClients(Codemod):
    """A client that a handler makes in each request costs CPU each time; in the init it costs once, at full speed.

    It moves only where making it once is the same: by itself in the handler's body, of constants, under a name that is
    free in the module.
    """

    id = "clients"
    title = "boto3 clients made once, before the handler, where that is safe"
    rank = 10
    visible = ("patched names",)
    wraps = True
    optional = True
    valid = (
        """\
import boto3


def lambda_handler(event, context):
    s3 = boto3.client("s3", region_name=event["region"])
    return s3.list_buckets()
""",
        """\
import boto3


def lambda_handler(event, context):
    try:
        s3 = boto3.client("s3")
    except Exception as problem:
        raise Unavailable from problem
    return s3.list_buckets()
""",
        """\
import os

import boto3


def lambda_handler(event, context):
    table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
    return table.scan()
""",
        """\
import boto3


def fetch(key):
    s3 = boto3.client("s3")
    return s3.get_object(Key=key)
""",
    )
    invalid = (
        Example(
            """\
import boto3

REGION = "eu-west-1"


def lambda_handler(event, context):
    # where the pictures are
    s3 = boto3.client("s3", region_name=REGION)
    return s3.list_buckets()
""",
            """\
import boto3

REGION = "eu-west-1"

# where the pictures are
s3 = boto3.client("s3", region_name=REGION)


def lambda_handler(event, context):
    return s3.list_buckets()
""",
        ),
        Example(
            """\
import boto3


def lambda_handler(event, context):
    table = boto3.resource("dynamodb").Table("orders")
    bus = boto3.client("events")

    bus.put_events(Entries=[])
    return table.scan()
""",
            """\
import boto3

table = boto3.resource("dynamodb").Table("orders")
bus = boto3.client("events")


def lambda_handler(event, context):
    bus.put_events(Entries=[])
    return table.scan()
""",
        ),
    )

    def concerns(self, source: str, context: ModuleContext) -> bool:
        """Only where a function makes a client."""
        return bool(context.handlers) and "boto3" in source and HINT.search(source) is not None

    def transform(self, module: cst.Module, context: ModuleContext) -> cst.Module | Skipped:
        """The module with the clients of its handlers made before them; Skipped, with the reasons, where all stay."""
        from shopfast_obs.instrument.edit.clients import moved

        changed, reasons = moved(module, context.handlers, context.patched)
        return changed if changed is not module or not reasons else Skipped(self.id, "; ".join(reasons))
