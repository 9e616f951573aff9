"""The runbooks and exercises of the checkout: complete, alike, and every command in them exists."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.alarms.catalogue import kinds
from shopfast_obs.diagnose.engine import catalogue
from shopfast_obs.workshop import bodies
from shopfast_obs.workshop.exercise import Command, Runbook
from shopfast_obs.workshop.files import read
from tests.commands import parsed

FOLDER = Path(__file__).parents[1] / "runbooks"
EXERCISES, RUNBOOKS = read(FOLDER)
SHOPFAST = re.compile(r"shopfast(?!-obs)|ShopFast|product-service|order-service")


def files() -> list[Path]:
    """Every file of the folder."""
    return sorted(FOLDER.glob("*.md"))


def commands(path: Path) -> Iterator[str]:
    """Every command line: those of console blocks, those in backticks, and the steps of a solution."""
    text = path.read_text(encoding="utf-8")
    yield from re.findall(r"^\s*\$ (.*)$", text, re.MULTILINE)
    yield from re.findall(r"`((?:shopfast-obs|aws) [^`]+)`", text)
    for exercise in (one for one in EXERCISES if one.path == str(path)):
        yield from (f"shopfast-obs {step.line}" for step in exercise.solve if isinstance(step, Command))


LINES = sorted({(path.name, line) for path in files() for line in commands(path)})
OURS = [pytest.param(line, id=f"{name}: {line}") for name, line in LINES if line.startswith("shopfast-obs")]
AWS = [pytest.param(line, id=f"{name}: {line}") for name, line in LINES if line.startswith("aws")]


def test_every_alarm_kind_has_a_runbook_and_the_reverse() -> None:
    """The alarm's description leads to it by name."""
    assert {runbook.id for runbook in RUNBOOKS} == {kind.id for kind in kinds()}
    assert all(runbook.alarm == runbook.id for runbook in RUNBOOKS)
    assert {runbook.id: runbook.title for runbook in RUNBOOKS} == {kind.id: kind.title for kind in kinds()}


def test_rules_name_runbooks_that_exist() -> None:
    """A finding leads somewhere, or nowhere."""
    known = {path.stem for path in files()}
    assert {rule.runbook for rule in catalogue() if rule.runbook} <= known


@pytest.mark.parametrize("runbook", RUNBOOKS, ids=lambda runbook: runbook.id)
def test_runbooks_are_alike_and_about_no_application(runbook: Runbook) -> None:
    """The same sections in the same order (the reader sees to it), and no name of ShopFast."""
    assert tuple(section.heading for section in runbook.sections) == bodies.HEADINGS
    assert not any(SHOPFAST.search(section.text) for section in runbook.sections)


def test_the_readme_lists_every_file() -> None:
    """With its title."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for entry in (*EXERCISES, *RUNBOOKS):
        assert f"[{entry.id}]({entry.id}.md) | {entry.title} |" in text
    for runbook in RUNBOOKS:
        assert f"({runbook.id}.md) | {runbook.title} | {runbook.severity} |" in text


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_links_lead_to_files(path: Path) -> None:
    """No dead link from one runbook to another."""
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (FOLDER / target).exists(), target


@pytest.mark.parametrize("line", OURS)
def test_our_commands_parse(line: str) -> None:
    """Each command, argument and option exists. A bare mention of a command needs no arguments."""
    parsed(line)


@cache
def operations(service: str) -> dict[str, Any]:
    """The operations of a service as the aws command writes them."""
    import botocore.session
    from botocore import xform_name

    model = botocore.session.Session().get_service_model(service)
    return {xform_name(name, "-"): model.operation_model(name) for name in model.operation_names}


@pytest.mark.parametrize("line", AWS)
def test_aws_commands_exist(line: str) -> None:
    """Each operation and option is one of the service's model, as the aws command derives them."""
    from botocore import xform_name

    _, service, operation, *words = shlex.split(line)
    assert operation in operations(service)
    model = operations(service)[operation]
    members = {xform_name(name, "-") for name in model.input_shape.members}
    given = {word.removeprefix("--") for word in words if word.startswith("--")}
    assert given <= members | {"query", "output"}
    required = {xform_name(name, "-") for name in model.input_shape.required_members}
    assert required <= given
