"""The engine: which rules there are, which run, and what a failing one does."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

import pytest

from shopfast_obs.alarms.catalogue import kinds
from shopfast_obs.diagnose import rules
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.engine import catalogue, checked, diagnose, select
from shopfast_obs.diagnose.interface import Judgement
from shopfast_obs.errors import UserError
from shopfast_obs.model.findings import NotEnoughData, Severity
from shopfast_obs.model.resources import EVENT_RULE, LOG_GROUP, Gap, Inventory, Resource
from shopfast_obs.model.telemetry import WatchedMetric
from tests.diagnose.builders import alarm, finished, function, killed, metric, observed, written
from tests.diagnose.rules.test_no_data import RULES as WITHOUT_DATA

FOLDER = Path(rules.__file__).parent
MODULES = sorted(p.relative_to(FOLDER) for p in FOLDER.rglob("*.py") if p.stem != "__init__")


def test_every_module_of_the_folder_is_a_rule() -> None:
    """A rule is found because it lies there."""
    assert len(catalogue()) == len(MODULES)
    assert [rule.id for rule in catalogue()] == sorted(rule.id for rule in catalogue())


KINDS = Path(__file__).parent / "kinds"
IN_TABLES = {
    id_
    for file in sorted(KINDS.glob("test_*.py"))
    for id_ in importlib.import_module(f"tests.diagnose.kinds.{file.stem}").RULES
}


def _rule(path: Path) -> str:
    return importlib.import_module(".".join(("shopfast_obs.diagnose.rules", *path.with_suffix("").parts))).RULE.id


@pytest.mark.parametrize("path", [path for path in MODULES if _rule(path) not in IN_TABLES], ids=str)
def test_every_rule_has_a_case_found_clear_and_without_data(path: Path) -> None:
    """The three outcomes are each shown: of rules of a kind by a row of its table, of others by tests of their own
    (or, where nothing tells, by a row of `test_no_data.py`)."""
    name = ".".join(("tests.diagnose.rules", *path.parent.parts, f"test_{path.stem}"))
    tests = [test for test in dir(importlib.import_module(name)) if test.startswith("test_")]
    for outcome in ("found", "clear", "no_data"):
        own = any(test.startswith(f"test_{outcome}") for test in tests)
        assert own or (outcome == "no_data" and _rule(path) in WITHOUT_DATA), f"{name} has no test_{outcome}"


def test_two_rules_with_one_id_are_an_error() -> None:
    """An id is stable and stands for one thing."""
    rule = catalogue()[0]
    with pytest.raises(ValueError, match=rule.id):
        checked([rule, replace(rule, title="another")])


def test_only_and_skip_choose_rules_and_a_typo_names_the_nearest() -> None:
    """Selection by id."""
    assert [r.id for r in select(catalogue(), only=["lambda-errors"])] == ["lambda-errors"]
    assert "lambda-errors" not in [r.id for r in select(catalogue(), skip=["lambda-errors"])]
    with pytest.raises(UserError, match="no rule 'lambda-eror'") as caught:
        select(catalogue(), only=["lambda-eror"])
    assert caught.value.hint == "Did you mean lambda-errors?"


def test_a_rule_that_fails_is_not_enough_data_and_the_others_go_on() -> None:
    """Never a traceback."""

    def broken(_: Resource, __: Context) -> Judgement:
        raise KeyError("Timeout")

    rule = replace(select(catalogue(), only=["lambda-not-traced"])[0], id="broken", judge=broken)
    diagnosis = diagnose(Inventory("x", (function(),)), rules=[rule, *catalogue()])
    assert NotEnoughData("broken", "web", "the rule failed: KeyError: 'Timeout'") in diagnosis.outcomes
    assert any(found.rule == "lambda-not-traced" for found in diagnosis.findings)


def test_findings_come_worst_first() -> None:
    """By severity, then by the requests that were harmed."""
    web, job = function("web"), function("job")
    logs = written(web, killed(1)) | written(job, killed(2), killed(3))
    context = observed(web, job, logs=logs)
    findings = diagnose(context.inventory, context.observations).findings
    assert [(f.rule, f.resource) for f in findings[:2]] == [("lambda-timeout-kills", n) for n in ("job", "web")]
    assert [f.severity for f in findings] == sorted((f.severity for f in findings), reverse=True)


def healthy() -> Context:
    """An instrumented application in good order."""
    web = function(
        Timeout=10,
        MemorySize=1024,
        TracingConfig={"Mode": "Active"},
        LoggingConfig={"LogFormat": "JSON", "LogGroup": "/aws/lambda/web"},
    )
    group = Resource(LOG_GROUP, "/aws/lambda/web", "Logs", properties={"RetentionInDays": 30})
    rule = Resource(EVENT_RULE, "on-order", properties={"Targets": [{"Id": "web"}]})
    lines = [finished(n, 0.04, memory_mb=1024, used_mb=90) for n in range(100)]
    counted = [metric("AWS/Lambda", "Invocations", 100, FunctionName="web")]
    watching = [
        alarm("e", WatchedMetric("AWS/Lambda", "Errors", (("FunctionName", "web"),))),
        alarm("f", WatchedMetric("AWS/Events", "FailedInvocations", (("RuleName", "on-order"),))),
    ]
    return observed(web, group, rule, logs=written(web, *lines), metrics=counted, alarms=watching)


def test_a_healthy_application_has_nothing_above_info() -> None:
    """Findings are for what is wrong."""
    context = healthy()
    findings = diagnose(context.inventory, context.observations).findings
    assert [f.rule for f in findings if f.severity > Severity.INFO] == []
    assert "delivery-no-dead-letters" in [f.rule for f in findings]


def test_a_finding_names_its_runbook_and_the_runbook_is_that_of_an_alarm_or_an_exercise() -> None:
    """Nobody is sent to a page that is not there."""
    folder = Path(__file__).parents[2] / "runbooks"
    there = {kind.id for kind in kinds()} | {path.stem for path in folder.glob("*.md")}
    assert {rule.runbook for rule in catalogue()} - {""} <= there
    web = function()
    rule = select(catalogue(), only=["lambda-not-traced"])
    assert diagnose(Inventory("x", (web,)), rules=rule).findings[0].runbook == rule[0].runbook != ""


def test_gaps_of_inventory_and_observations_are_passed_on() -> None:
    """What could not be read is said once, and the rules that needed it say so."""
    context = observed(function())
    assert context.observations is not None
    inventory = replace(context.inventory, gaps=(Gap("queues", "denied"),))
    observations = replace(context.observations, gaps=(Gap("logs /aws/lambda/web", "denied"),))
    diagnosis = diagnose(inventory, observations)
    assert [gap.what for gap in diagnosis.gaps] == ["queues", "logs /aws/lambda/web"]
    said = {o.reason for o in diagnosis.outcomes if isinstance(o, NotEnoughData) and o.rule == "lambda-timeout-kills"}
    assert said == {"logs /aws/lambda/web: denied"}
