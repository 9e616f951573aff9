"""From the options of a command to the target that it acts on."""

from __future__ import annotations

import json
from pathlib import Path

from shopfast_obs.cloud.interface import Target
from shopfast_obs.errors import CloudUnreachableError, UserError
from shopfast_obs.settings import Settings

CLOUD_FILE = "cloud.json"  # written by the local cloud: {"port": ..., "pid": ...}


def resolve(settings: Settings, name: str, *, region: str | None = None, profile: str | None = None) -> Target:
    """The target; raises CloudUnreachableError when it is local and no cloud was started for this project."""
    if name == "aws":
        return Target("aws", region or settings.region, profile=profile or settings.profile or None)
    if profile:
        raise UserError("--profile goes with --target aws.", "The local cloud has credentials of its own.")
    endpoint = settings.endpoint_url or local_endpoint(settings.state_dir / "cloud")
    if endpoint is None:
        raise CloudUnreachableError(
            f"No local cloud is running for {settings.root}.", "Start it and deploy: shopfast-obs deploy"
        )
    return Target("local", region or settings.region, endpoint_url=endpoint)


def local_endpoint(state: Path) -> str | None:
    """The endpoint of the cloud whose state lies there, or None when none was started."""
    try:
        port = json.loads((state / CLOUD_FILE).read_text(encoding="utf-8"))["port"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return f"http://127.0.0.1:{port}"
