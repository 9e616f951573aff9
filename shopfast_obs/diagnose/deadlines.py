"""What stops working on which day, and the functions that it hits: from configuration and sources, without a cloud."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from shopfast_obs.diagnose.access import url_rights
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions import sdk_retries
from shopfast_obs.diagnose.interface import plural
from shopfast_obs.diagnose.property_values import at, entries, is_open
from shopfast_obs.facts import Fact, fact, facts
from shopfast_obs.model.recording import Recording
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import FUNCTION, FUNCTION_URL, PERMISSION, Resource
from shopfast_obs.model.sources import Source

XRAY = ("aws_xray_sdk", "aws_lambda_powertools.Tracer", "aws_lambda_powertools.tracing")
XRAY_ENDS = {
    "xray-sdk-maintenance": "gets security fixes only",
    "xray-sdk-end": "ends by one page of AWS; another leaves the end open",
}
LAYERS = ("AWSLambdaPowertoolsPython",)  # their Tracer is made of the X-Ray SDK


@record
class Deadline:
    """One thing that ends or changes on a day (`2027-02-01`; empty where nobody names one) for these functions."""

    day: str
    kind: str  # runtime, tracing, url, sdk
    subject: str
    effect: str
    functions: tuple[str, ...]
    fact: Fact

    def left(self, today: date) -> int | None:
        """Days until then, negative where it is past; None without a day."""
        return (date.fromisoformat(self.day) - today).days if self.day else None


@record
class Deadlines:
    """What comes and what is past, by day, those without a day last; how many functions were looked at; what could not
    be judged, in sentences."""

    found: tuple[Deadline, ...]
    functions: int
    unknown: tuple[str, ...] = ()

    def past(self, today: date) -> tuple[Deadline, ...]:
        """Those whose day has come."""
        return tuple(one for one in self.found if one.day and one.day <= today.isoformat())

    def stale(self, today: date) -> tuple[Fact, ...]:
        """The facts behind them that somebody should read again."""
        return tuple({one.fact.id: one.fact for one in self.found if one.fact.is_stale(today)}.values())


Key = tuple[str, str, str, str, str]  # day, kind, subject, effect, id of the fact


def deadlines(recordings: Sequence[Recording]) -> Deadlines:
    """The days of everything that was recorded, in any number of regions."""
    hit: defaultdict[Key, list[str]] = defaultdict(list)
    unknown: defaultdict[str, list[str]] = defaultdict(list)
    count = 0
    for recording in recordings:
        context = Context(recording.inventory, recording.observations, recording.sources)
        for function in recording.inventory.of_type(FUNCTION):
            count += 1
            name = f"{function.name} ({recording.region})" if recording.region else function.name
            for key in _of(function, context):
                hit[key].append(name)
            for reason in _unknown(function, context):
                unknown[reason].append(name)
    found = [Deadline(*key[:4], tuple(sorted(set(names))), fact(key[4])) for key, names in hit.items()]
    said = [f"{plural(len(names), 'function')}: {reason}" for reason, names in sorted(unknown.items())]
    return Deadlines(tuple(sorted(found, key=_order)), count, tuple(said))


def _order(one: Deadline) -> tuple[bool, str, str, str]:
    return (not one.day, one.day, one.subject, one.effect)


def _of(function: Resource, context: Context) -> Iterator[Key]:
    source = context.sources.get(function.name)
    yield from _runtime(function)
    if _uses_xray(function, source):
        for name, effect in XRAY_ENDS.items():
            yield (_day(name), "tracing", "the X-Ray SDK, alone or in Powertools' Tracer", effect, name)
    if url_rights.lacking(function, context):
        effect = "callers without lambda:InvokeFunction through the URL get 403"
        yield (_day("url-second-permission-day"), "url", "Function URL", effect, "url-second-permission-day")
    yield from _sdk(function, source)


def _day(name: str) -> str:
    return str(fact(name).value)


def _runtime(function: Resource) -> Iterator[Key]:
    runtime = at(function, "Runtime")
    table: Mapping[str, Mapping[str, str | None]] = facts("runtimes")["runtimes"]
    known = table.get(runtime, {}) if isinstance(runtime, str) else {}
    newer = f"; next: {known['successor']}" if known.get("successor") else ""
    effects = {
        "patched_until": f"AWS stops patching it{newer}",
        "no_creation_from": "no function can be created on it",
        "no_update_from": "no function on it can be updated, code or configuration",
    }
    for column, effect in effects.items():
        if day := known.get(column):
            yield (day, "runtime", str(runtime), effect, str(runtime))


def _uses_xray(function: Resource, source: Source | None) -> bool:
    """True where its modules import the SDK; where they are not here, where a layer brings it and it is traced."""
    if source is not None and source.modules:
        return any(name.startswith(XRAY) for name in source.imports)
    layers = str(function.properties.get("Layers") or "")
    return any(layer in layers for layer in LAYERS) and at(function, "TracingConfig.Mode") == "Active"


def _sdk(function: Resource, source: Source | None) -> Iterator[Key]:
    """Clients whose number of attempts nobody says, so that the SDK's version does."""
    if source is None:
        return
    left = [client for client in source.clients if _by_version(client.service, function, source)]
    if not left:
        return
    package, since = sdk_retries.sdk(source), fact("sdk-standard-since").value
    side = sdk_retries.default_side(source)
    newer = "3 attempts of a call (DynamoDB 4)"
    if package is None:
        effect = f"{newer} where there were 5 (10), once AWS puts boto3 {since} into the runtime; no page names the day"
        yield ("", "sdk", "the runtime's boto3", effect, "sdk-of-runtimes")
    elif side != "since":
        subject = f"{package.name} {package.versions}".strip()
        effect = f"an update makes {newer} of 5 (10)"
        if side == "either":
            effect = f"builds since then have {newer}, those before 5 (10)"
        yield (_day("sdk-standard-day"), "sdk", subject, effect, "sdk-standard-day")


def _by_version(service: str, function: Resource, source: Source) -> bool:
    variables, file = entries(at(function, "Environment.Variables")), dict(source.sdk)
    if {"AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE"} & variables.keys() or {"retry_mode", "max_attempts"} & file.keys():
        return False
    clients = (client for client in source.clients if client.service == service)
    return any(client.attempts is None and not client.mode and not client.variable for client in clients)


def _unknown(function: Resource, context: Context) -> Iterator[str]:
    """What keeps us from saying more about it."""
    runtime = at(function, "Runtime")
    if is_open(runtime):
        yield "the runtime is left to a parameter"
    elif runtime is None:
        yield "a container image brings a runtime of its own, whose days are not known"
    elif runtime == "custom":
        yield "a runtime that its owner manages (custom) has days of its own"
    elif not any(facts("runtimes")["runtimes"].get(runtime, {}).values()):
        yield f"no day of the runtime {runtime} is known"
    if context.sources.get(function.name) is None and str(runtime).startswith("python"):
        yield "the source is not here, so neither its SDK nor its tracing is known for sure"
    if url_rights.urls(function, context) and not url_rights.callers(function, context):
        yield "no permission that is known names its URL: callers may have both rights from policies of their own"


def unread(recordings: Iterable[Recording]) -> tuple[str, ...]:
    """What of it could not be read, with the reason."""
    types = {FUNCTION, FUNCTION_URL, PERMISSION}
    gaps = (gap for one in recordings for gap in one.inventory.gaps if not gap.types or types & set(gap.types))
    return tuple(f"{gap.what}: {gap.reason}" for gap in gaps)
