"""Libraries whose calls the X-Ray SDK makes parts of, and those that the OpenTelemetry layer covers as well."""

from __future__ import annotations

import libcst as cst

from shopfast_obs.instrument.migration.calls import texts

AWS, HTTP = "botocore", "http"
SAME = {"boto3": AWS, "aioboto3": "aiobotocore", "requests": HTTP, "httplib": HTTP, "http.client": HTTP}
COVERED = frozenset({AWS, HTTP})
MODULES = {  # by what is imported, of what patch_all patches
    "pymysql": "pymysql",
    "psycopg2": "psycopg2",
    "psycopg": "psycopg",
    "pg8000": "pg8000",
    "pymongo": "pymongo",
    "sqlite3": "sqlite3",
    "mysql": "mysql",
    "sqlalchemy": "sqlalchemy",
    "pynamodb": "pynamodb",
    "aiobotocore": "aiobotocore",
    "aioboto3": "aiobotocore",
    "httpx": "httpx",
}
CLIENTS = {
    "requests": HTTP,
    "boto3": AWS,
    "botocore": AWS,
    "httpx": HTTP,
    "urllib3": HTTP,
    "http": HTTP,
    "urllib": HTTP,
}
EVERY = frozenset({AWS, HTTP, *MODULES.values()})


def libraries(node: cst.BaseExpression) -> frozenset[str] | None:
    """The libraries that a tuple or list of texts names; None where it is not written out."""
    found = texts(node)
    return None if found is None else frozenset(SAME.get(each, each) for each in found)
