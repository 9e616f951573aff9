"""The environment variables that a function finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shopfast_obs.localcloud.gateway.credentials import Credentials
from shopfast_obs.localcloud.gateway.credentials import environment as credentials
from shopfast_obs.localcloud.interface import FunctionSpec


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every function finds around it: the APIs, the X-Ray daemon, the keys to them, and the packages of Lambda's
    runtime (where none are named, those of the cloud's process)."""

    endpoint_url: str
    xray_address: str
    credentials: Credentials
    libraries: Path | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an execution environment lives."""

    task_root: Path
    layers: Sequence[Path]
    runtime_dir: Path
    home: Path
    log_stream: str


def environment(spec: FunctionSpec, place: Place, runtime_api: str, at: Surroundings) -> dict[str, str]:
    """Lambda's variables, then the function's own, then those that it cannot change."""
    daemon_host, _, daemon_port = at.xray_address.rpartition(":")
    layer_paths = [
        str(layer / part) for layer in place.layers for part in (f"python/lib/{spec.runtime}/site-packages", "python")
    ]
    libraries = (place.task_root, place.task_root / "lib", *(layer / "lib" for layer in place.layers))
    return {
        **credentials(at.endpoint_url, spec.region, at.credentials.session(spec.account)),
        "TZ": ":UTC",
        "LANG": "en_US.UTF-8",
        "PATH": ":".join(("/usr/local/bin", "/usr/bin", "/bin", *(str(layer / "bin") for layer in place.layers))),
        "LD_LIBRARY_PATH": ":".join(map(str, libraries)),
        "PYTHONPATH": str(place.runtime_dir),
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": at.xray_address,
        "_AWS_XRAY_DAEMON_ADDRESS": daemon_host,
        "_AWS_XRAY_DAEMON_PORT": daemon_port,
        "HOME": str(place.home),  # so that the user's ~/.aws stays out of it
        "TMPDIR": str(place.home / "tmp"),
        **spec.environment,
        **_reserved(spec, place),
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "_SEARCH_PATH": ":".join((str(place.task_root), *layer_paths)),
    }


def _reserved(spec: FunctionSpec, place: Place) -> dict[str, str]:
    level = {"AWS_LAMBDA_LOG_LEVEL": spec.application_log_level} if spec.application_log_level else {}
    return {
        "_HANDLER": spec.handler,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{spec.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": spec.name,
        "AWS_LAMBDA_FUNCTION_VERSION": spec.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory_mb),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": log_group(spec),
        "AWS_LAMBDA_LOG_STREAM_NAME": place.log_stream,
        "AWS_LAMBDA_LOG_FORMAT": spec.log_format,
        **level,
        "LAMBDA_TASK_ROOT": str(place.task_root),
        "LAMBDA_RUNTIME_DIR": str(place.runtime_dir),
        "_LAMBDA_TELEMETRY_LOG_FD": "3",
    }


def log_group(spec: FunctionSpec) -> str:
    """Where the function logs."""
    return spec.log_group or f"/aws/lambda/{spec.name}"
