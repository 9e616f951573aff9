"""How often an SDK client tries one call: its Config, the environment, a configuration file, then the SDK's version."""

from __future__ import annotations

from shopfast_obs.diagnose.property_values import at, entries, is_open, number
from shopfast_obs.facts import fact, whole
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Resource
from shopfast_obs.model.sources import UNREAD, Client, Package, Source
from shopfast_obs.parse import versions

LEGACY, STANDARD = "legacy", "standard"
MODES = (LEGACY, STANDARD, "adaptive")


@record
class Attempts:
    """The attempts of one call: at least and at most so many, equal where all is known, and who says so."""

    least: int
    most: int
    by: str


def default_side(source: Source | None) -> versions.Side:
    """Whether the SDK of the package is older than the one that has `standard` by default, is not, or may be either."""
    package = sdk(source)
    return versions.side(package.versions, str(fact("sdk-standard-since").value)) if package else "either"


def sdk(source: Source | None) -> Package | None:
    """The library of the package that decides: botocore, else boto3; None where the function takes the runtime's."""
    found = {package.name: package for package in source.packages} if source else {}
    return found.get("botocore") or found.get("boto3")


def attempts(client: Client, function: Resource, source: Source | None) -> Attempts | None:
    """How often the client tries a call; None where a parameter or a variable decides it."""
    if client.attempts is not None:
        return Attempts(client.attempts, client.attempts, "its Config")
    if client.variable or client.mode == UNREAD:
        return None
    said = entries(at(function, "Environment.Variables"))
    file = dict(source.sdk) if source else {}
    if any(is_open(said.get(name)) for name in ("AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE")):
        return None
    for text, by in ((said.get("AWS_MAX_ATTEMPTS"), "AWS_MAX_ATTEMPTS"), (file.get("max_attempts"), "its AWS config")):
        count = number(text)
        if count is not None and count >= 1:
            return Attempts(int(count), int(count), by)
    chosen = (
        (client.mode, "its Config"),
        (said.get("AWS_RETRY_MODE"), "AWS_RETRY_MODE"),
        (file.get("retry_mode"), "its AWS config"),
    )
    side = default_side(source)
    for mode, by in chosen:
        if mode in MODES:
            return _of_mode(str(mode), client.service, side, f"the mode {mode} of {by}")
    return _by_version(client.service, side, source)


def _by_version(service: str, side: versions.Side, source: Source | None) -> Attempts:
    since, package = fact("sdk-standard-since").value, sdk(source)
    name = f"{package.name} {package.versions}".strip() + f" in {package.place}" if package else "the runtime's boto3"
    if side == "before":
        return _of_mode(LEGACY, service, side, name)
    if side == "since":
        return _of_mode(STANDARD, service, side, name)
    older, newer = _of_mode(LEGACY, service, "before", ""), _of_mode(STANDARD, service, "since", "")
    return Attempts(newer.least, older.most, f"{name}: {newer.most} from boto3 {since} on, {older.most} before")


def _of_mode(mode: str, service: str, side: versions.Side, by: str) -> Attempts:
    """DynamoDB has counts of its own; in `standard` only since the version that has it by default."""
    if mode == LEGACY:
        count = whole("sdk-attempts-legacy-dynamodb" if service == "dynamodb" else "sdk-attempts-legacy")
        return Attempts(count, count, by)
    usual = whole("sdk-attempts-standard")
    if service != "dynamodb" or side == "before":
        return Attempts(usual, usual, by)
    own = whole("sdk-attempts-standard-dynamodb")
    return Attempts(own if side == "since" else usual, own, by)
