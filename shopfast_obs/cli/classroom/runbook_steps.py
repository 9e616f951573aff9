"""Does the steps of a runbook: our own commands in this process, `aws` commands as calls of the API."""

from __future__ import annotations

import copy
import io
import json
import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import click

from shopfast_obs.errors import EXIT_FINDINGS, ShopfastObsError, UserError
from shopfast_obs.model.records import record
from shopfast_obs.workshop import bodies
from shopfast_obs.workshop.exercise import Instruction, Section

if TYPE_CHECKING:
    from shopfast_obs.cli.app import App

LONGEST = 20_000  # characters of an answer that are kept
OURS, AWS = "shopfast-obs", "aws"

Outcome = Literal["done", "failed", "open", "skipped", "left"]


@record
class Done:
    """One command of a runbook: what became of it, what it said, and what one should see."""

    section: str
    command: str
    outcome: Outcome  # `open`: a word in CAPITALS is not filled in; `left`: nobody said yes
    code: int | None = None
    output: str = ""
    asked: str = ""
    expected: str = ""
    otherwise: str = ""
    reason: str = ""


def run(app: App, sections: Sequence[Section], names: dict[str, str], *, yes: bool, aloud: bool) -> list[Done]:
    """What became of each command of these sections. The first one that fails is the last that is done."""
    done: list[Done] = []
    for section in sections:
        for step in bodies.steps(section):
            for command in step.commands:
                stopped = any(one.outcome == "failed" for one in done)
                line = bodies.filled(command, names)
                made = _left(step, line, "a step before it failed") if stopped else _one(app, step, line, yes, aloud)
                done.append(made)
                if aloud:
                    _tell(app, made)
    return done


def _one(app: App, step: Instruction, line: str, yes: bool, aloud: bool) -> Done:
    if blanks := bodies.blanks(line):
        how = " ".join(f"--set {name}=..." for name in blanks)
        return _made(step, line, "open", reason=f"{', '.join(blanks)} is not filled in: {how}")
    if aloud and app.terminal.interactive and not yes:
        app.terminal.heading(step.asked or step.section)
        if not app.terminal.confirm(f"$ {line}  Do it?"):
            return _left(step, line, "you said no")
    elif not yes:
        return _left(step, line, "nobody said yes")
    try:
        code, output = _do(app, step.section, line)
    except ShopfastObsError as problem:
        return _made(step, line, "failed", code=problem.exit_code, reason=problem.message)
    return _made(step, line, "done" if code <= EXIT_FINDINGS else "failed", code=code, output=output[:LONGEST])


def _do(app: App, section: str, line: str) -> tuple[int, str]:
    from shopfast_obs.cloud import aws_command

    program, *words = shlex.split(line)
    if program == OURS:
        return _ours(app, words)
    if program == AWS:
        if section in (bodies.DIAGNOSIS, "Verify") and not aws_command.reads(line):
            raise UserError(f"`{line}` changes something, and {section} only looks.", "Do it yourself, if you want it.")
        return 0, _aws(app, line)
    raise UserError(f"{program} is no command that a runbook does.", f"Do it yourself: {line}")


def _ours(app: App, words: Sequence[str]) -> tuple[int, str]:
    """Exit code and output of one of our commands, on the same target."""
    from shopfast_obs.cli.output.terminal import Terminal

    out = io.StringIO()
    inner = copy.copy(app)
    inner.terminal = Terminal(out, out)
    command = click.get_current_context().find_root().command
    try:
        command.main(args=list(words), obj=inner)
    except SystemExit as leave:
        code = leave.code if isinstance(leave.code, int) else int(bool(leave.code))
        return code, out.getvalue()
    return 0, out.getvalue()


def _aws(app: App, line: str) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    from shopfast_obs.cloud import aws_command

    try:
        return json.dumps(aws_command.call(line, app.client), indent=2)
    except (BotoCoreError, ClientError, ValueError) as problem:
        raise UserError(f"`{line}` was not answered: {problem}.", "See what is deployed: shopfast-obs status") from None


def _left(step: Instruction, line: str, reason: str) -> Done:
    return _made(step, line, "left", reason=reason)


def _made(step: Instruction, line: str, outcome: Outcome, **more: Any) -> Done:  # noqa: ANN401 - fields of Done
    said: dict[str, Any] = {"asked": step.asked, "expected": step.expected, "otherwise": step.otherwise}
    return Done(step.section, line, outcome, **said, **more)


def _tell(app: App, done: Done) -> None:
    for text in _lines(done):
        app.terminal.out(text)


def _lines(done: Done) -> Iterator[str]:
    if done.outcome == "left":
        return
    yield f"$ {done.command}"
    if done.output:
        yield done.output.rstrip()
    if done.reason:
        yield f"{done.outcome}: {done.reason}"
    if done.outcome == "done" and done.expected:
        yield f"-- {done.expected} {done.otherwise}".rstrip()
