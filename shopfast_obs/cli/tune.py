"""`tune`: measure a function at several memory sizes, and say which to choose."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.cli.inputs import time_windows
from shopfast_obs.cli.targets import interrupted_changes
from shopfast_obs.errors import UserError

if TYPE_CHECKING:
    from shopfast_obs.analysis.sizing.recommendation import Advice
    from shopfast_obs.analysis.sizing.tuning import Trial
    from shopfast_obs.cloud.changes.memory_trials import Versions
    from shopfast_obs.model.telemetry import InvocationReport

SIZES = "128,256,512,1024,1769,3008"
LEAST, MOST = 128, 10_240
GIVE_UP = 3  # failures one after another are enough to know a size


def _sizes(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[int, ...]:
    try:
        found = sorted({int(part) for part in value.split(",")})
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a list of sizes in MB, such as {SIZES}.") from None
    if not LEAST <= found[0] <= found[-1] <= MOST:
        raise click.BadParameter(f"Lambda has {LEAST} to {MOST} MB.")
    return tuple(found)


@click.command()
@click.argument("function")
@click.option("--memory", default=SIZES, show_default=True, metavar="MB,...", callback=_sizes, help="Sizes to measure.")
@click.option("--invocations", default=20, show_default=True, type=click.IntRange(2, 1000), help="Warm ones a size.")
@click.option("--payload", metavar="JSON|@FILE", help="The event of each invocation ({} by default).")
@click.option("--request", "http", metavar="'GET /PATH'", help="Or: the HTTP request, as a Function URL passes it on.")
@click.option("--since", default="7d", show_default=True, metavar="SPAN", help="REPORT lines to set beside it.")
@click.option("--yes", is_flag=True, help="Do not ask (on AWS every invocation is real, and paid for).")
@options.target
@options.output("text", "json")
@pass_app
def command(
    app: App,
    *,
    function: str,
    memory: tuple[int, ...],
    invocations: int,
    payload: str | None,
    http: str | None,
    since: str,
    yes: bool,
    output_format: str,
) -> None:
    """Measure FUNCTION at several memory sizes: curves of time and price, and the cheapest, fastest and balanced size.

    Each size becomes a version that is published first and deleted at the end. They are invoked in rounds, one call
    after another, each size once a round and in another order each time, so that a slow moment is no size's own. The
    function itself has a size only while its version is published; `undo` gives it back should this command die then.

    \b
    Examples:
      shopfast-obs tune my-function --payload '{"id": 7}'
      shopfast-obs tune my-function --request 'GET /items?limit=10' --memory 128,512,1769
    """
    from shopfast_obs.analysis.sizing import tuning
    from shopfast_obs.cloud.changes.memory_trials import Versions
    from shopfast_obs.report import tuning as report

    if payload and http:
        raise UserError("--payload and --request both say what to send.", "Give one of them.")
    body = _request(http) if http else _payload(payload)
    interrupted_changes.finish(app)
    versions = Versions(app.patient_client("lambda"), function)
    configuration = versions.configuration()
    if configuration.get("CapacityProviderConfig"):
        raise UserError(
            f"{function} runs on Managed Instances, where neither CPU nor price comes with MemorySize.",
            "Choose the instances and the memory of a vCPU in its capacity provider.",
        )
    if app.target().name == "aws" and not yes:
        _ask(app, function, len(memory) * (invocations + 1))
    started = time.time()
    trials = _measured(app, versions, memory, body, invocations)
    measured = tuning.sizes(trials, arm="arm64" in configuration.get("Architectures", ()))
    choice = tuning.choose(measured)
    now_mb = int(configuration.get("MemorySize", LEAST))
    advice = _production(app, configuration, since, started, computes=bool(choice and choice.computes))
    if output_format == "json":
        app.terminal.json(report.document(function, measured, choice, advice, now_mb))
    else:
        app.terminal.table(report.COLUMNS, report.rows(measured), f"{function}, {invocations} warm invocations a size")
        for line in report.sentences(measured, choice, advice, now_mb) if choice else ():
            app.terminal.out(line)
    if choice is None:
        worst = report.failed(measured[-1].failures) or "there was no warm invocation"
        raise UserError(
            f"{function} served this event at no size: {worst} at {measured[-1].memory_mb} MB.",
            "Give it an event that it understands: --payload or --request.",
        )


def _measured(app: App, versions: Versions, memory: Sequence[int], body: bytes, rounds: int) -> list[Trial]:
    """What every size did, all of them published before the first is invoked."""
    name = versions.function
    trials: list[Trial] = []
    with ExitStack() as stack:
        progress = stack.enter_context(app.terminal.progress(f"measuring {name}"))
        published = {}
        for size in memory:
            progress.update(f"{name}: publishing {size} MB")
            published[size] = stack.enter_context(_version(app, versions, size))
        for number, trial in _rounds(versions, published, body, rounds):
            progress.update(f"{name}: round {number} of {rounds}")
            trials.append(trial)
    return trials


@contextmanager
def _version(app: App, versions: Versions, size: int) -> Iterator[str]:
    """A version with this size. The function is given its own size back before the version is used."""
    from shopfast_obs.changes import live_functions
    from shopfast_obs.cli.targets.live_functions import functions_of
    from shopfast_obs.model.changes import LiveChange, Plan

    functions, state, target = functions_of(app), app.settings.state_dir, app.target()
    before, revision = functions.read(versions.function)
    change = LiveChange(versions.function, before, {**before, "MemorySize": size}, revision)
    entry = live_functions.apply(
        Plan("tune", live=(change,), target=f"{target.name} {target.region}"), functions, state
    )
    if not entry.plan.live:
        raise UserError(f"{versions.function} could not be given {size} MB: {entry.plan.skipped[0].reason}.", None)
    with versions.publishing(lambda: live_functions.undo(functions, state, entry.id)) as version:
        yield version


def _rounds(versions: Versions, published: Mapping[int, str], body: bytes, rounds: int) -> Iterator[tuple[int, Trial]]:
    """A cold start of each size (round 0) and so many more rounds; sizes where nothing but failures is to be seen drop
    out."""
    in_a_row: Counter[int] = Counter()
    order = sorted(published)
    for number in range(rounds + 1):
        random.shuffle(order)
        for size in tuple(order):
            trial = _trial(*versions.invoke(published[size], body), size)
            yield number, trial
            in_a_row[size] = in_a_row[size] + 1 if trial.failure else 0
            if in_a_row[size] == GIVE_UP:
                order.remove(size)


def _trial(report: InvocationReport, error: str, size: int) -> Trial:
    from shopfast_obs.analysis.sizing.tuning import Trial

    return Trial(size, report.duration, report.billed, report.max_memory_mb, report.init, _failure(report, error))


def _failure(report: InvocationReport, error: str) -> str:
    if report.status == "timeout" or "Task timed out" in error:
        return "timed out"
    if not error:
        return ""
    if "signal: killed" in error:
        return "out of memory"
    try:
        return str(json.loads(error).get("errorType", "failed"))
    except (ValueError, AttributeError):
        return "failed"


def _production(app: App, configuration: dict[str, Any], since: str, until: float, *, computes: bool) -> Advice | None:
    """What the REPORT lines from before the run ask for; None without any."""
    from shopfast_obs.analysis.sizing import recommendation
    from shopfast_obs.cli.inputs.invocations import reports
    from shopfast_obs.model.resources import FUNCTION, Resource

    name, memory, timeout = configuration["FunctionName"], configuration["MemorySize"], configuration["Timeout"]
    function = Resource(FUNCTION, name, properties=configuration)
    found = reports(app, [function], time_windows.since(app, since, until).window)[name]
    return recommendation.advise([r for r in found if r.memory_size_mb == memory], memory, timeout, cpu_bound=computes)


def _payload(text: str | None) -> bytes:
    try:
        said = Path(text[1:]).read_text(encoding="utf-8") if text and text.startswith("@") else text or "{}"
        return json.dumps(json.loads(said)).encode()
    except OSError as problem:
        raise UserError(f"The payload cannot be read: {problem}.", "Give --payload @FILE with its path.") from None
    except (ValueError, RecursionError) as problem:
        raise UserError(f"The payload is not JSON: {problem}.", "Quote it: --payload '{\"id\": 7}'") from None


def _request(line: str) -> bytes:
    """The event that a Function URL makes of the request (payload format 2.0)."""
    from urllib.parse import parse_qsl

    method, _, target = line.strip().partition(" ")
    path, _, query = target.strip().partition("?")
    if not method.isalpha() or not path.startswith("/"):
        raise UserError(f"{line!r} is not a request.", "Write it as: --request 'GET /items?limit=10'")
    http = {"method": method.upper(), "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": ""}
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"accept": "*/*"},
        "queryStringParameters": dict(parse_qsl(query)),
        "requestContext": {"http": http, "stage": "$default", "requestId": "tune"},
        "isBase64Encoded": False,
    }
    return json.dumps(event).encode()


def _ask(app: App, function: str, count: int) -> None:
    """Nobody's function is invoked, and paid for, without somebody's yes."""
    question = f"Invoke {function} on AWS {count} times, at several sizes?"
    if not app.terminal.interactive:
        raise UserError(f"{function} was not measured: nobody can be asked here.", "Add --yes.")
    if not app.terminal.confirm(question):
        raise UserError(f"{function} was not measured.", "Run it again, or with --target local.")
