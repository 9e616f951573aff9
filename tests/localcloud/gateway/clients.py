"""Clients with keys of the test's choice, and requests that somebody else would like to make."""

import json
from typing import Any

import boto3
from botocore.config import Config

from shopfast_obs.localcloud.gateway import credentials
from tests.localcloud import keys
from tests.localcloud.conftest import StandInCloud

SCOPE = "000000000000/20261130/us-east-1/sns/aws4_request"
CROSS = {"Sec-Fetch-Site": "cross-site"}
CREATE = "/?Action=CreateTopic&Name=attacked&Version=2010-03-31"


def signing(cloud: StandInCloud, service: str, given: credentials.Keys, **config: Any) -> Any:
    """A client with these keys."""
    made = Config(**{"retries": {"total_max_attempts": 1}, **config})
    return boto3.client(service, endpoint_url=cloud.url, region_name="us-east-1", config=made, **keys.arguments(given))


def topics(cloud: StandInCloud) -> str:
    """The names of all topics."""
    return json.dumps(cloud.client("sns").list_topics()["Topics"])


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
STRANGER = {"Authorization": f"Basic Credential={SCOPE}"}
