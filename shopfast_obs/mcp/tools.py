"""The tools: each is one reading command of the command line, with the arguments that an agent needs.

A tool adds its values as `--option=value` and its names behind `--`, so that no value can be another option, and always
asks for a document in JSON. Which cloud is looked at, and with whose rights, is for whoever starts the server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal, Protocol

from mcp.types import CallToolResult
from pydantic import Field

from shopfast_obs.errors import UserError
from shopfast_obs.mcp.allowed_paths import Places
from shopfast_obs.mcp.answers import Answer, Page

Result = Annotated[CallToolResult, Answer]
Level = Literal["info", "low", "medium", "high", "critical"]
Files = Annotated[list[str], Field(description="Files or folders below the server's folders.")]
Since = Annotated[
    str, Field(description="Since when: 90s, 15m, 2h, 1d, an ISO time, or deploy: the last deployment.", max_length=100)
]
Names = Annotated[list[str], Field(description="Names, or patterns such as 'lambda-*'.")]
Limit = Annotated[int, Field(ge=1, le=10_000, description="At most so many traces.")]
WHOLE = Page()
OF_ALARMS = ("alarm-*", "*-no-alarm", "sqs-dead-letters-unwatched")


class Asking(Protocol):
    """Runs a command and answers with its document."""

    async def __call__(self, arguments: Sequence[str], page: Page) -> CallToolResult:
        """The answer to the command with these arguments."""


@dataclass(frozen=True)
class Tools:
    """The tools of one server. `target` has the options that name the cloud."""

    ask: Asking
    places: Places
    target: tuple[str, ...] = field(default=())

    async def diagnose(  # noqa: PLR0917 - an agent names them
        self,
        templates: Files = [],  # noqa: B006 - never changed; a schema shows it
        evidence: Annotated[str, Field(description="A recording of `diagnose --save-evidence`, or of `record`.")] = "",
        since: Since = "15m",
        only: Names = [],  # noqa: B006
        skip: Names = [],  # noqa: B006
        level: Level = "low",
        page: Page = WHOLE,
    ) -> Result:
        """Find what is wrong in a serverless application, worst first, each finding with its evidence and its remedy.

        Looks at what is deployed; with `templates` at SAM, CDK, CloudFormation or Serverless templates; with `evidence`
        at a recording, which gives the same answer each time."""
        arguments = ["diagnose", *_each("--only", only), *_each("--skip", skip), f"--level={level}"]
        return await self.ask([*arguments, *self._looking(templates, evidence, since)], page)

    async def explain(
        self,
        names: Annotated[list[str], Field(description="Rules or facts, or patterns; empty: all rules.")] = [],  # noqa: B006
        page: Page = WHOLE,
    ) -> Result:
        """Tell what a rule of `diagnose` looks for, why it matters, what helps and what it cannot see; or what a fact
        is that AWS may change (a limit, a price, a runtime's days), with its source and the day it was read."""
        return await self.ask(["explain", "--format=json", *_behind(names)], page)

    async def report_traces(
        self,
        inputs: Files = [],  # noqa: B006
        since: Since = "15m",
        filter: Annotated[str, Field(description="An X-Ray filter expression, such as 'fault'.")] = "",  # noqa: A002
        limit: Limit = 1000,
        page: Page = WHOLE,
    ) -> Result:
        """Report on many traces: entry points, service map, critical path, cold starts, the slowest ones.

        Reads a cloud's traces, or with `inputs` saved ones: X-Ray documents or OTLP JSON."""
        arguments = ["report", "traces", f"--limit={limit}", *_each("--filter", [filter])]
        return await self.ask([*arguments, *self._reading(inputs, since)], page)

    async def report_errors(
        self,
        inputs: Files = [],  # noqa: B006
        since: Since = "15m",
        limit: Limit = 1000,
        page: Page = WHOLE,
    ) -> Result:
        """Report on errors in groups, from logs and traces together, each with its cause and the log line."""
        return await self.ask(["report", "errors", f"--limit={limit}", *self._reading(inputs, since)], page)

    async def trace(
        self,
        id: Annotated[str, Field(description="A trace id, of X-Ray or of OpenTelemetry.")],  # noqa: A002
        inputs: Files = [],  # noqa: B006
        all_parts: Annotated[bool, Field(description="Every part, not only the 60 that matter most.")] = False,
        page: Page = WHOLE,
    ) -> Result:
        """Show one trace as a waterfall: critical path, own time, cold starts, retries, errors and its log lines."""
        arguments = ["trace", "--format=json", *(["--all"] if all_parts else [])]
        where = _each("--input", self.places.files(inputs)) or self.target
        return await self.ask([*arguments, *where, *_behind([id])], page)

    async def logs(  # noqa: PLR0917
        self,
        value: Annotated[str, Field(description="An id or any text, or field=value; empty: every line.")] = "",
        inputs: Files = [],  # noqa: B006
        since: Since = "15m",
        group: Annotated[str, Field(description="Only log groups with this in the name.")] = "",
        context: Annotated[int, Field(ge=0, le=100, description="Also so many lines around each match.")] = 0,
        page: Page = WHOLE,
    ) -> Result:
        """Find the log lines with a value, and the other lines of their requests, across all log groups."""
        arguments = ["logs", *_each("--group", [group]), f"--context={context}"]
        return await self.ask([*arguments, *self._reading(inputs, since), *_behind([value])], page)

    async def compare(  # noqa: PLR0917
        self,
        before: Annotated[str, Field(description="A window (30m..15m), saved traces or a report, or a trace id.")] = "",
        after: Annotated[str, Field(description="The other side, as `before`.")] = "",
        across: Annotated[str, Field(description="Instead of both: deploy, deploy@2, deploy:NAME.")] = "",
        filter: Annotated[str, Field(description="An X-Ray filter expression, for both sides.")] = "",  # noqa: A002
        tolerate: Annotated[float, Field(ge=0, description="Percent of change that does not matter.")] = 10.0,
        fail_on: Annotated[list[str], Field(description="Bounds, such as p95:+20% or new-errors.")] = [],  # noqa: B006
        page: Page = WHOLE,
    ) -> Result:
        """Say what changed between two sets of traces, and whether it got worse beyond what is an accident."""
        sides = [self.places.side(side) for side in (before, after) if side]
        arguments = ["compare", "--format=json", *_each("--across", [across]), *_each("--filter", [filter])]
        arguments += [f"--tolerate={tolerate:g}", *_each("--fail-on", fail_on), *self.target]
        return await self.ask([*arguments, *_behind(sides)], page)

    async def lint_alarms(
        self,
        templates: Files = [],  # noqa: B006
        evidence: Annotated[str, Field(description="A recording, as of `diagnose`.")] = "",
        since: Since = "15m",
        page: Page = WHOLE,
    ) -> Result:
        """Find alarms that can never fire, are muted, read an average or notify nobody, and what has no alarm."""
        arguments = ["diagnose", *_each("--only", OF_ALARMS), "--level=info"]
        return await self.ask([*arguments, *self._looking(templates, evidence, since)], page)

    async def plan_fix(  # noqa: PLR0917
        self,
        template: Annotated[str, Field(description="The template to change; empty: what is deployed.")] = "",
        since: Since = "15m",
        only: Names = [],  # noqa: B006
        skip: Names = [],  # noqa: B006
        live: Annotated[bool, Field(description="A plan for the functions as deployed, not for the overlay.")] = False,
        page: Page = WHOLE,
    ) -> Result:
        """Plan changes of configuration (timeout, memory, retention, ...) that the evidence asks for, as a diff.

        Nothing is changed: a person applies the plan with the command's --apply."""
        if template and live:
            raise UserError("A template and what is deployed are two places for a change.", "Give one of them.")
        arguments = ["fix", "--diff", "--format=json", *_each("--only", only), *_each("--skip", skip)]
        place = [f"--template={self.places.file(template)}"] if template else [f"--since={since}", *self.target]
        return await self.ask([*arguments, *place, *(["--live"] if live else [])], page)

    async def plan_instrument(
        self,
        paths: Annotated[list[str], Field(description="Sources; empty: the project's services.")] = [],  # noqa: B006
        template: Annotated[str, Field(description="A template; its functions name the sources.")] = "",
        profile: Annotated[
            Literal["", "decorators", "logs", "all"], Field(description="How far codemods go; empty: the project's.")
        ] = "",
        page: Page = WHOLE,
    ) -> Result:
        """Plan what adds structured logs, traces, metrics and correlation to Lambda handlers, as a diff.

        Nothing is changed and no code of the application runs: a person applies the plan with --apply."""
        arguments = ["instrument", "--diff", "--no-prove", "--format=json", *_each("--profile", [profile])]
        place = _each("--template", [self.places.file(template)] if template else [])
        return await self.ask([*arguments, *place, *_behind(self.places.files(paths))], page)

    async def plan_alarms(
        self,
        template: Annotated[str, Field(description="A template; empty: the project's CDK app.")] = "",
        only: Annotated[list[str], Field(description="Only these kinds of alarm.")] = [],  # noqa: B006
        page: Page = WHOLE,
    ) -> Result:
        """Plan the alarms that an application needs: thresholds, where they come from, and what they cost a month.

        Nothing is changed: a person applies the plan with `alarms apply`."""
        place = _each("--template", [self.places.file(template)] if template else [])
        return await self.ask(["alarms", "plan", "--format=json", *_each("--only", only), *place], page)

    def _looking(self, templates: Sequence[str], evidence: str, since: str) -> list[str]:
        """What `diagnose` looks at."""
        if templates and evidence:
            raise UserError("Templates and a recording are two things to look at.", "Give one of them.")
        if evidence:
            return ["--format=json", f"--evidence={self.places.file(evidence)}"]
        if templates:
            return ["--format=json", *_behind(self.places.files(templates))]
        return ["--format=json", f"--since={since}", *self.target]

    def _reading(self, inputs: Sequence[str], since: str) -> list[str]:
        """What a report reads."""
        saved = _each("--input", self.places.files(inputs))
        return ["--format=json", *(saved or [f"--since={since}", *self.target])]


def _each(option: str, values: Sequence[str]) -> list[str]:
    """The option with each of the values that say something."""
    return [f"{option}={value}" for value in values if value]


def _behind(values: Sequence[str]) -> list[str]:
    """The values as arguments, whatever they begin with."""
    said = [value for value in values if value]
    return ["--", *said] if said else []
