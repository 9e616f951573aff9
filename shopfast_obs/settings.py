"""The one reader of configuration: defaults, `[tool.shopfast-obs]` of the nearest pyproject.toml, the environment."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from shopfast_obs.errors import SettingsError

TABLE = "shopfast-obs"
DEFAULT_REGION = "us-east-1"
# The settings that are no strings: what they must be, and the type of their items.
LISTS: Mapping[str, tuple[str, type]] = {
    "services": ("a list of strings", str),
    "suppress": ("a list of tables", dict),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What application the commands work on. `root` is the folder of the pyproject.toml (or the working directory); the
    other paths are relative to it."""

    root: Path
    app: str = ""  # the CDK app's entry file
    overlay: str = "cdk/overlay.json"
    services: tuple[str, ...] = ()  # folders whose children are function sources
    metrics: str = ""  # the plan of business metrics
    runbooks: str = "runbooks"
    suppress: tuple[Mapping[str, Any], ...] = ()  # findings that somebody decided to live with: rule, reason, until
    suppressions: str = ""  # a YAML or TOML file with more of them
    seed: str = ""  # file.py:function that loads the application's data
    shoppers: str = ""  # file.py with SCENARIOS
    frontend: str = ""  # folder of the page: an npm project that builds into dist/
    state: str = ".shopfast"
    region: str = DEFAULT_REGION
    endpoint_url: str = ""  # AWS_ENDPOINT_URL: a cloud that someone else started
    profile: str = ""
    file: str = ""  # the pyproject.toml that says all this
    cache: str = ""  # what can be made again and serves every checkout

    def path(self, relative: str) -> Path:
        """A path of the project, absolute."""
        return self.root / relative

    @property
    def state_dir(self) -> Path:
        """Where the local cloud, the journal and the progress of the workshop live."""
        return self.path(self.state)

    @property
    def frontend_path(self) -> Path | None:
        """The page's folder; None for an application without one."""
        return self.path(self.frontend) if self.frontend else None

    @property
    def cache_dir(self) -> Path:
        """Where built pages and their packages are kept."""
        return (Path(self.cache) if self.cache else Path.home() / ".cache") / TABLE

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
    return replace(
        settings,
        region=env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or settings.region,
        endpoint_url=env.get("AWS_ENDPOINT_URL", settings.endpoint_url),
        profile=env.get("AWS_PROFILE", settings.profile),
        state=env.get("SHOPFAST_OBS_STATE", settings.state),
        cache=env.get("XDG_CACHE_HOME", settings.cache),
    )


def _table(path: Path) -> dict[str, Any] | None:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise SettingsError(
            f"{path} is not valid TOML: {problem}.", "Mend the file, then run the command again."
        ) from None
    table = content.get("tool", {}).get(TABLE)
    return table if isinstance(table, dict) else None


def _merged(settings: Settings, table: Mapping[str, Any], path: Path) -> Settings:
    known = {f.name for f in fields(Settings)} - {"root", "file", "endpoint_url", "profile", "cache"}
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
