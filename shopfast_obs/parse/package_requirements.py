"""The SDK that a package brings, from the files that say so: requirements, lock files, projects. Each is a specifier by
the library's name; what a file does not name is not there."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

LIBRARIES = ("boto3", "botocore", "aws-xray-sdk")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*\(?([^;#@)]*)")
_INSTALLED = re.compile(r"([\w.]+)-([\w.!+]+)\.(?:dist|egg)-info$")


def installed(folder_name: str) -> tuple[str, str] | None:
    """The library and its specifier of a folder `boto3-1.34.0.dist-info`; None for any other."""
    found = _INSTALLED.match(folder_name)
    name = _plain(found[1]) if found else ""
    return (name, f"=={found[2]}") if found and name in LIBRARIES else None


def asked(file: str, text: str) -> Mapping[str, str]:
    """The specifiers in a file, by its name (`requirements.txt`, `poetry.lock`, `pyproject.toml`, ...); none in one
    that cannot be read."""
    read = _FORMATS.get(file.rpartition("/")[2].lower(), _requirements)
    try:
        found = dict(read(text))
    except (ValueError, AttributeError, TypeError, KeyError):
        return {}
    return {name: specifier for name, specifier in found.items() if name in LIBRARIES}


def settings(text: str) -> tuple[tuple[str, str], ...]:
    """`retry_mode` and `max_attempts` of the default profile of an AWS configuration file."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error:
        return ()
    said = parser["default"] if parser.has_section("default") else {}
    return tuple((name, said[name]) for name in ("retry_mode", "max_attempts") if name in said)


def _requirements(text: str) -> Iterator[tuple[str, str]]:
    for line in text.replace("\\\n", " ").splitlines():
        found = _REQUIREMENT.match(line.partition("--")[0]) if line[:1] not in ("-", "#") else None
        if found:
            yield _plain(found[1]), found[2].strip()


def _locked(text: str) -> Iterator[tuple[str, str]]:
    """`poetry.lock`, `uv.lock` and `pdm.lock` list packages."""
    for package in tomllib.loads(text).get("package", ()):
        if "version" in package:
            yield _plain(str(package["name"])), f"=={package['version']}"


def _pipfile_lock(text: str) -> Iterator[tuple[str, str]]:
    for name, said in json.loads(text)["default"].items():
        yield _plain(name), str(said.get("version", ""))


def _pipfile(text: str) -> Iterator[tuple[str, str]]:
    return _table(tomllib.loads(text).get("packages", {}))


def _project(text: str) -> Iterator[tuple[str, str]]:
    document = tomllib.loads(text)
    for line in document.get("project", {}).get("dependencies", ()):
        yield from _requirements(str(line))
    yield from _table(document.get("tool", {}).get("poetry", {}).get("dependencies", {}))


def _table(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in said.items():
        version = value.get("version", "") if isinstance(value, Mapping) else value
        yield _plain(name), "" if version == "*" else str(version)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


_FORMATS: Mapping[str, Callable[[str], Iterator[tuple[str, str]]]] = {
    "poetry.lock": _locked,
    "uv.lock": _locked,
    "pdm.lock": _locked,
    "pipfile.lock": _pipfile_lock,
    "pipfile": _pipfile,
    "pyproject.toml": _project,
}
