"""What MiniStack reads from the environment. It does so at import, so this comes first."""

from __future__ import annotations

import os
from pathlib import Path

from shopfast_obs.localcloud.gateway import credentials

_FOREIGN = (
    "AWS_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_ENDPOINT_URL",
    "AUTH",
    "DOCKER_HOST",
    "EDGE_PORT",
    "LAMBDA_EXECUTOR",
    "LAMBDA_STRICT",
    "SERVICES",
    "USE_SSL",
)


def prepare(port: int, state: Path, region: str, secret: credentials.Credentials) -> None:
    """Set the process's environment so that MiniStack, once imported, serves `port` and keeps state under `state`."""
    for name in _FOREIGN:  # nothing of the user's shell may change what the cloud is
        os.environ.pop(name, None)
    os.environ.update(credentials.environment(f"http://127.0.0.1:{port}", region, secret.keys()))
    os.environ.update(
        {
            "GATEWAY_PORT": str(port),
            "MINISTACK_HOST": "localhost",
            "MINISTACK_ACCOUNT_ID": credentials.ACCOUNT,
            "MINISTACK_REGION": region,
            "PERSIST_STATE": "1",
            "STATE_DIR": str(state / "ministack"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(state / "s3"),
            "LOG_LEVEL": "WARNING",
            # listeners of services that nobody asked for
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            # a socket that is not there: no container runtime is used, even where one is
            "DOCKER_HOST": f"unix://{state / 'no-docker.sock'}",
        }
    )
