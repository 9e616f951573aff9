"""Which SDK the package of a function brings: what lies beside its modules, else what its project asks for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from shopfast_obs import confine
from shopfast_obs.model.sources import Package

# In the order in which a build tool would believe them.
FILES = (
    "poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "requirements.txt", "requirements.in", "Pipfile",
    "pyproject.toml",
)  # fmt: skip
LARGEST = 20_000_000  # bytes of a lock file
HIGHEST = 4  # folders above the function's in which its project is looked for
# Tools that package what the project's own folder asks for; the others take the list beside the modules.
WHOLE = ("serverless.yml", "serverless.yaml")
TASK = "/var/task/"  # where Lambda unpacks the package


def packages(folder: Path) -> tuple[Package, ...]:
    """The SDKs in the folder, else those that the list of packages in it asks for, or in the folder of its
    `serverless.yml`; none where the function takes the runtime's."""
    found = tuple(_installed(folder))
    if found:
        return found
    above = [each for each in folder.resolve().parents[:HIGHEST] if any((each / name).is_file() for name in WHOLE)]
    for each in (folder, *above[:1]):
        files = [name for name in FILES if (each / name).is_file()]
        if files:
            return tuple(_asked(each, files))
    return ()


def settings(folder: Path, variable: object) -> tuple[tuple[str, str], ...]:
    """What the AWS configuration file that AWS_CONFIG_FILE names says of retries; none where it is not in the
    package."""
    from shopfast_obs.parse import package_requirements

    if not isinstance(variable, str) or not variable:
        return ()
    inside = variable.removeprefix(TASK)
    found = None if Path(inside).is_absolute() else confine.within(folder.resolve(), folder.resolve(), inside)
    if not isinstance(found, Path):
        return ()
    return package_requirements.settings(_text(found))


def _installed(folder: Path) -> Iterator[Package]:
    from shopfast_obs.parse import package_requirements

    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.name.endswith("-info"))
    except OSError:
        return
    for name in names:
        if said := package_requirements.installed(name):
            yield Package(*said, f"{folder.resolve().name}/{name}")


def _asked(folder: Path, files: list[str]) -> Iterator[Package]:
    from shopfast_obs.parse import package_requirements

    seen: set[str] = set()
    for name in files:
        for library, specifier in package_requirements.asked(name, _text(folder / name)).items():
            if library not in seen:
                seen.add(library)
                yield Package(library, specifier, f"{folder.resolve().name}/{name}")


def _text(file: Path) -> str:
    try:
        return confine.content(file, LARGEST).decode("utf-8", errors="replace")
    except OSError:
        return ""
