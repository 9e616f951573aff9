"""From the options of a command to the target that it acts on."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

from shopfast_obs import ownership
from shopfast_obs.cloud.interface import Keys, Target
from shopfast_obs.errors import CloudUnreachableError, UserError
from shopfast_obs.settings import Settings

LOCAL_ACCOUNT = "000000000000"  # the local cloud reads the account from a 12-digit access key
_HERE = ("127.0.0.1", "localhost", "::1")
CLOUD_FILE = "cloud.json"  # written by the local cloud: {"port": ..., "pid": ...}


def how_to_deploy(settings: Settings) -> str:
    """The next command for somebody whose application is not on the local cloud: their own where we deploy nothing."""
    if settings.app:
        return "Run: shopfast-obs deploy"
    return 'Deploy it with its own tool: eval "$(shopfast-obs cloud env)", then sam deploy, cdk deploy or the like.'


def _how_to_begin(settings: Settings) -> str:
    if settings.app:
        return "Start it and deploy: shopfast-obs deploy"
    return "Start one: shopfast-obs cloud start; or ask AWS: --target aws"


def resolve(settings: Settings, name: str, *, region: str | None = None, profile: str | None = None) -> Target:
    """The target; raises CloudUnreachableError when it is local and no cloud was started for this project."""
    if name == "aws":
        return Target("aws", region or settings.region, profile=profile or settings.profile or None)
    if profile:
        raise UserError("--profile goes with --target aws.", "The local cloud has credentials of its own.")
    endpoint = settings.endpoint_url or local_endpoint(settings.state_dir / "cloud")
    if endpoint is None:
        raise CloudUnreachableError(f"No local cloud is running for {settings.root}.", _how_to_begin(settings))
    return Target("local", region or settings.region, endpoint_url=endpoint, keys=_keys(settings, endpoint))


def _keys(settings: Settings, endpoint: str) -> Keys:
    """Those of the project's own cloud where the endpoint is its; else what the environment says, and for another
    emulator that asks for nothing, anything."""
    state = settings.state_dir / "cloud"
    own = _port(local_endpoint(state)) == _port(endpoint) and urlsplit(endpoint).hostname in _HERE
    found = local_keys(state) if own else None
    return found or (Keys(*settings.keys) if settings.keys[0] and settings.keys[1] else Keys(LOCAL_ACCOUNT, "local"))


def _port(endpoint: str | None) -> int | None:
    return urlsplit(endpoint).port if endpoint else None


def local_keys(state: Path) -> Keys | None:
    """The keys of the cloud whose state lies there, or None when none was started."""
    found = ownership.keys(state)
    return Keys(*found) if found else None


def local_endpoint(state: Path) -> str | None:
    """The endpoint of the cloud whose state lies there, or None when none of this very folder runs."""
    try:
        port = json.loads(ownership.content(state / CLOUD_FILE))["port"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    known = type(port) is int and 0 < port < 65536 and ownership.is_held(state)
    return f"http://127.0.0.1:{port}" if known else None
