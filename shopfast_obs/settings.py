"""The one reader of configuration: defaults, `[tool.shopfast-obs]` of the nearest pyproject.toml, the environment."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from shopfast_obs import confine
from shopfast_obs.errors import SettingsError

TABLE = "shopfast-obs"
DEFAULT_REGION = "us-east-1"
# The settings that are no strings: what they must be, and the type of their items.
LISTS: Mapping[str, tuple[str, type]] = {
    "services": ("a list of strings", str),
    "suppress": ("a list of tables", dict),
}
# The settings that are paths. Whoever wrote pyproject.toml need not be who runs the command: they stay in the project.
PATHS = ("app", "overlay", "services", "metrics", "runbooks", "suppressions", "seed", "shoppers", "frontend", "state")
TRACING = ("xray", "otel")
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
LARGEST = 1_000_000  # bytes of a pyproject.toml


@dataclass(frozen=True, slots=True)
class Settings:
    """What application the commands work on. `root` is the folder of the pyproject.toml (or the working directory); the
    other paths are relative to it."""

    root: Path
    app: str = ""  # the CDK app's entry file
    overlay: str = "cdk/overlay.json"
    services: tuple[str, ...] = ()  # folders whose children are function sources
    codemods: str = ""  # the profile of codemods that `instrument` runs: decorators, logs or all
    tracing: str = ""  # how `instrument` traces functions: xray or otel; empty leaves it to their sources
    metrics: str = ""  # the plan of business metrics
    runbooks: str = "runbooks"
    log_alarm_role: str = ""  # the ARN of the role by which log alarms query logs
    runbook_url: str = ""  # where the project's own runbooks are read; alarms name it, `{kind}` being the kind of alarm
    suppress: tuple[Mapping[str, Any], ...] = ()  # findings that somebody decided to live with: rule, reason, until
    suppressions: str = ""  # a YAML or TOML file with more of them
    tests: str = ""  # the command that runs the application's tests, or "none"
    tests_limit: str = ""  # how long they may take: 60s, 10m
    seed: str = ""  # file.py:function that loads the application's data
    shoppers: str = ""  # file.py with SCENARIOS
    runtime_boto3: str = ""  # the boto3 that functions find on the local cloud where their package has none
    frontend: str = ""  # folder of the page: an npm project that builds into dist/
    state: str = ".shopfast"
    region: str = DEFAULT_REGION
    endpoint_url: str = ""  # AWS_ENDPOINT_URL: a cloud that someone else started
    profile: str = ""
    keys: tuple[str, str, str] = field(default=("", "", ""), repr=False)  # AWS_ACCESS_KEY_ID and what goes with it
    file: str = ""  # the pyproject.toml that says all this
    cache: str = ""  # what can be made again and serves every checkout

    def path(self, relative: str) -> Path:
        """A path of the project, absolute."""
        return self.root / relative

    @property
    def way(self) -> Literal["xray", "otel"] | None:
        """How `instrument` traces functions; None where it is left to their sources."""
        return "xray" if self.tracing == "xray" else "otel" if self.tracing == "otel" else None

    @property
    def state_dir(self) -> Path:
        """Where the local cloud, the journal and the progress of the workshop live."""
        return self.path(self.state)

    @property
    def assembly_dir(self) -> Path:
        """Where the last synthesis lies."""
        return self.state_dir / "cdk.out"

    @property
    def frontend_path(self) -> Path | None:
        """The page's folder; None for an application without one."""
        return self.path(self.frontend) if self.frontend else None

    @property
    def cache_dir(self) -> Path:
        """Where built pages and their packages are kept."""
        return _cache(self.cache)

    @property
    def overlay_path(self) -> Path:
        """The overlay file."""
        return self.path(self.overlay)


def load(start: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings for the project around `start` (the working directory); raises SettingsError for a bad file."""
    env = os.environ if environ is None else environ
    here = (start or Path.cwd()).resolve()
    settings = Settings(root=here)
    for folder in (here, *here.parents):
        table = _table(folder / "pyproject.toml")
        if table is not None:
            settings = _merged(Settings(root=folder), table, folder / "pyproject.toml")
            break
    chosen = env.get("SHOPFAST_OBS_STATE")  # by who runs the command: anywhere
    return replace(
        _traced(_addressed(_versioned(_confined(replace(settings, state="") if chosen else settings)))),
        region=env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or settings.region,
        endpoint_url=_endpoint(env.get("AWS_ENDPOINT_URL", "")),
        profile=env.get("AWS_PROFILE", settings.profile),
        keys=(env.get(KEYS[0], ""), env.get(KEYS[1], ""), env.get(KEYS[2], "")),
        state=chosen or settings.state,
        cache=env.get("XDG_CACHE_HOME", settings.cache),
    )


def _addressed(settings: Settings) -> Settings:
    """The settings when the address of the runbooks is one; raises SettingsError."""
    said = settings.runbook_url
    if said and (not said.startswith(("https://", "http://")) or not said.isprintable() or " " in said):
        raise SettingsError(
            f"'runbook_url' of [tool.{TABLE}] in {settings.file} is {said[:200]!r}, which is no address.",
            'Set it as in runbook_url = "https://wiki.example.org/runbooks/{kind}".',
        )
    return settings


def _traced(settings: Settings) -> Settings:
    """The settings when the way of tracing is one; raises SettingsError."""
    if settings.tracing not in ("", *TRACING):
        raise SettingsError(
            f"'tracing' of [tool.{TABLE}] in {settings.file} is {settings.tracing[:40]!r}, which is no way of tracing.",
            f"The ways are {' and '.join(TRACING)}.",
        )
    return settings


def _versioned(settings: Settings) -> Settings:
    """The settings when the version of boto3 is one; raises SettingsError."""
    said = settings.runtime_boto3
    if said and not re.fullmatch(r"\d{1,3}(\.\d{1,4}){2}", said):
        raise SettingsError(
            f"'runtime_boto3' of [tool.{TABLE}] in {settings.file} is {said[:40]!r}, which is no version of boto3.",
            'Set it as in runtime_boto3 = "1.44.8".',
        )
    return settings


def user_data(environ: Mapping[str, str] | None = None) -> Path | None:
    """The folder of what belongs to the user of this machine, whichever project they work on; None without a home."""
    named = (os.environ if environ is None else environ).get("XDG_DATA_HOME")
    try:
        return (Path(named) if named else Path.home() / ".local" / "share") / TABLE
    except RuntimeError:
        return None


def user_cache(environ: Mapping[str, str] | None = None) -> Path:
    """The folder of what can be made again and serves every project of the user."""
    return _cache((os.environ if environ is None else environ).get("XDG_CACHE_HOME", ""))


def _cache(named: str, platform: str = sys.platform) -> Path:
    """The folder in what XDG_CACHE_HOME names, else where the platform keeps caches."""
    if named:
        return Path(named) / TABLE
    below = {"darwin": ("Library", "Caches"), "win32": ("AppData", "Local")}.get(platform, (".cache",))
    return Path.home().joinpath(*below) / TABLE


def child_environment(without: Collection[str]) -> dict[str, str]:
    """The variables of this process for one that it starts, but for those."""
    return {name: value for name, value in os.environ.items() if name not in without}


def _endpoint(address: str) -> str:
    """The address where it is one of a cloud; raises SettingsError for anything else."""
    try:
        parts = urlsplit(address)
        right = not address or (parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0)
    except ValueError:
        right = False
    if not right:
        raise SettingsError(
            f"AWS_ENDPOINT_URL is {address[:200]!r}, which is no address of a cloud.",
            "Set it as in http://127.0.0.1:4566, or run: unset AWS_ENDPOINT_URL",
        )
    return address


def _table(path: Path) -> dict[str, Any] | None:
    try:
        content = _toml(confine.content(path, LARGEST).decode("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as problem:
        raise SettingsError(f"{path} cannot be read: {problem.strerror}.", "Mend or remove the file.") from None
    except (ValueError, RecursionError) as problem:
        told = "it is nested too deeply" if isinstance(problem, RecursionError) else str(problem)
        raise SettingsError(
            f"{path} is not valid TOML: {told}.", "Mend the file, then run the command again."
        ) from None
    tools = content.get("tool")
    table = tools.get(TABLE) if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise SettingsError(f"[tool.{TABLE}] in {path} must be a table.", "Mend the file and try again.")
    return table


def _toml(text: str) -> dict[str, Any]:
    import tomllib  # only where there is such a file: most folders with a template have none

    return tomllib.loads(text)


def _merged(settings: Settings, table: Mapping[str, Any], path: Path) -> Settings:
    known = {f.name for f in fields(Settings)} - {"root", "file", "endpoint_url", "profile", "keys", "cache"}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise SettingsError(
                f"[tool.{TABLE}] in {path} has an unknown setting {key!r}.", f"Known are {', '.join(sorted(known))}."
            )
        kind, item = LISTS.get(key, ("a string", None))
        right = (
            isinstance(value, str)
            if item is None
            else isinstance(value, list) and all(isinstance(v, item) for v in value)
        )
        if not right:
            raise SettingsError(f"{key!r} of [tool.{TABLE}] in {path} must be {kind}.", "Mend the file and try again.")
        values[key] = value if item is None else tuple(value)
    return replace(settings, file=str(path), **values)


def _confined(settings: Settings) -> Settings:
    """The settings when all paths, also those that nobody named, stay in the project; raises SettingsError."""
    around = confine.project(settings.root)
    for key in PATHS:
        value = getattr(settings, key)
        for said in (value,) if isinstance(value, str) else value:
            found = confine.within(around, settings.root, said.partition(":")[0] if key == "seed" else said)
            if isinstance(found, confine.Refused):
                where = f"{key!r} of [tool.{TABLE}] in {settings.file}" if settings.file else f"The {key} here"
                more = " Or set SHOPFAST_OBS_STATE yourself." if key == "state" else ""
                raise SettingsError(f"{where} is not used: {found.reason}.", f"{confine.HINT}{more}")
    if settings.state:
        _require_own_parts(around, settings.state_dir)
    return settings


def _require_own_parts(around: Path, state: Path) -> None:
    """Raises SettingsError for a part of the state folder that is a link to elsewhere, such as to another's cloud."""
    for part in state.iterdir() if state.is_dir() else ():
        found = confine.within(around, state, part.name) if part.is_symlink() else part
        if isinstance(found, confine.Refused):
            hint = f"Remove the link, or set SHOPFAST_OBS_STATE yourself: rm {shlex.quote(str(part))}"
            raise SettingsError(f"{part} is not used: {found.reason}.", hint)
