"""SDK clients that wait longer than their function may run."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.callers import only_deployments_call
from shopfast_obs.diagnose.functions.requests import of_verdict
from shopfast_obs.diagnose.functions.sdk_retries import Attempts, attempts
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import number as value_of
from shopfast_obs.facts import number
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.model.sources import Client, Source

CONNECT, READ = number("sdk-connect-timeout"), number("sdk-read-timeout")


@record
class Patience:
    """How long a client waits for one answer: seconds an attempt, and attempts at least and at most."""

    client: Client
    each: float
    attempts: Attempts

    @property
    def least(self) -> float:
        """Seconds of all attempts, where the number of attempts is known only between bounds of the fewest."""
        return self.each * self.attempts.least

    @property
    def most(self) -> float:
        """Seconds of all attempts, where the number of attempts is known only between bounds of the most."""
        return self.each * self.attempts.most


def judge(function: Resource, context: Context) -> Judgement:
    """Found when a client of the source may wait longer than the function's Timeout: the longer one of its connect and
    read timeouts, times its attempts."""
    source = context.sources[function.name]
    if only_deployments_call(function, context):
        return Passed("only deployments call it")
    timeout = value_of(function.effective("Timeout"))
    if timeout is None:
        return Undecided("its Timeout is left to a parameter")
    if not source.clients:
        return Passed("its source makes no AWS client")
    patience = [_patience(client, function, source) for client in source.clients if not client.variable]
    endless = [one for one in patience if one.most > timeout]
    if not endless:
        return Passed(f"every client gives up within {timeout:.0f} s")
    worst = max(endless, key=lambda one: (one.least, one.most))
    hung = of_verdict(function, context, "downstream")
    sure = any(one.each > timeout for one in endless)
    waits = f"{'up to ' if worst.least == worst.most else ''}{_span(worst.least, worst.most)} s"
    return Found(
        f"{function.name} may run {timeout:.0f} s, and its client of {worst.client.service or 'AWS'} waits {waits} "
        f"for one answer ({worst.each:.0f} s an attempt)",
        [_place(one) for one in endless[:3]],
        Remedy(
            "config=Config(connect_timeout=1, read_timeout=..., retries={'total_max_attempts': 2}), so that all "
            f"attempts together stay below {timeout:.0f} s."
        ),
        severity=Severity.MEDIUM if hung else Severity.INFO,
        confidence="certain" if sure else "likely" if worst.least > timeout else "possible",
        harm=float(len(hung)),
    )


def _patience(client: Client, function: Resource, source: Source) -> Patience:
    connect = CONNECT if client.connect is None else client.connect
    read = READ if client.read is None else client.read
    known = attempts(client, function, source) or Attempts(1, 1, "a parameter")
    return Patience(client, max(connect, read), known)


def _span(least: float, most: float) -> str:
    return f"{least:.0f}" if least == most else f"{least:.0f} to {most:.0f}"


def _place(one: Patience) -> Evidence:
    client, tries = one.client, one.attempts
    said = [f"read_timeout {READ if client.read is None else client.read:.0f} s{'' if client.read else ' by default'}"]
    said.append(f"{_span(tries.least, tries.most)} attempts by {tries.by}")
    numbers = {"read": READ if client.read is None else client.read, "longest": one.most}
    return Evidence("source code", f"{client.service or 'AWS'}: {', '.join(said)}", client.place, numbers)


RULE = Rule(
    id="lambda-sdk-timeouts",
    title="An SDK client waits longer than the function may run",
    severity=Severity.MEDIUM,
    types=(FUNCTION,),
    needs=("source code", "configuration"),
    why="When the other service does not answer, the function is killed before its own error handling has a chance.",
    remedy="Timeouts and attempts of the client that fit into the function's.",
    limits="Reads Python sources of the project; a configuration in a variable is not judged. Without an SDK in the "
    "package the runtime's counts, whose version AWS does not publish: both its counts are then told.",
    judge=judge,
    lacking=missing_data.source,
    misleads="It works every day, until the other service has a bad one.",
    facts=("sdk-standard-since", "sdk-attempts-legacy", "sdk-attempts-standard", "sdk-of-runtimes"),
)
