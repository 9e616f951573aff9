"""Clients for moto's accounts, all of one session, for each session reads AWS's models again."""

import functools
from typing import Any

import boto3
import moto  # noqa: F401 - its hooks are only in sessions that are made later


@functools.cache
def session() -> boto3.Session:
    """A session with made-up credentials."""
    return boto3.Session("testing", "testing", region_name="eu-west-1")


def client(service: str, region: str = "eu-west-1") -> Any:
    """A new client."""
    return session().client(service, region_name=region)
