"""Workflow definitions: what their Lambda tasks are told, and that nothing else of the text moves."""

import json
from pathlib import Path

import pytest

from shopfast_obs.changes import engine
from shopfast_obs.instrument.plan import for_paths
from shopfast_obs.instrument.registry import selected
from shopfast_obs.instrument.workflows import carried, uncarried
from shopfast_obs.model.changes import Skipped

STARTER = Path(__file__).parents[2] / "starter" / "workflow" / "order-workflow.asl.json"
DIRECT = "arn:aws:lambda:eu-west-1:123456789012:function:pay"
INVOKE = "arn:${AWS::Partition}:states:::lambda:invoke.waitForTaskToken"


def definition(resource: str, **state: object) -> str:
    """A workflow of one task."""
    task = {"Type": "Task", "Resource": resource, "End": True, **state}
    return json.dumps({"StartAt": "A", "States": {"A": task}}, indent=2)


CHANGED = {
    "a function": definition(DIRECT, Parameters={"a": 1}),
    "a placeholder of a function": definition("${PayFunctionArn}", Parameters={"a": 1}),
    "nothing but braces": definition(DIRECT, Parameters={}),
    "an invocation": definition(INVOKE, Parameters={"FunctionName": "x", "Payload": {"order.$": "$.order"}}),
    "an expression": definition(INVOKE, QueryLanguage="JSONata", Arguments={"FunctionName": "x", "Payload": {"a": 1}}),
    "one line": json.dumps(json.loads(definition(DIRECT, Parameters={"a": 1}))),
    "tabs": definition(DIRECT, Parameters={"a": 1}).replace("  ", "\t"),
    "windows": definition(DIRECT, Parameters={"a": "Größe 🛒"}).replace("\n", "\r\n"),
    "a branch": json.dumps(
        {
            "StartAt": "P",
            "States": {"P": {"Type": "Parallel", "Branches": [json.loads(definition(DIRECT, Parameters={"a": 1}))]}},
        }
    ),
    "YAML": f"""\
# pay
StartAt: A
States:
  A:
    Type: Task
    Resource: {DIRECT}
    Parameters:
      # the order
      a.$: $.a
    End: true
""",
}
LEFT = {
    "the whole input goes through": definition(DIRECT),
    "a payload that is a path": definition(INVOKE, Parameters={"FunctionName": "x", "Payload.$": "$"}),
    "another service": definition("arn:aws:states:::dynamodb:putItem", Parameters={"TableName": "t"}),
    "a placeholder that may be another service": definition("${DDBPutItem}", Parameters={"TableName": "t"}),
    "a pass state": json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"a": 1}}}}),
}


@pytest.mark.parametrize("text", CHANGED.values(), ids=CHANGED)
def test_a_task_is_told_its_execution(text: str) -> None:
    """Once; and taking it out again leaves every character as it was."""
    changed = carried(text)
    assert isinstance(changed, str)
    assert changed.count('"_execution') == 1
    assert carried(changed) == changed
    assert uncarried(changed) == text
    assert uncarried(text) == text


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_what_is_no_written_event_of_a_function_is_left_alone(text: str) -> None:
    """An entry that another service does not know would break its call."""
    assert carried(text) == text


@pytest.mark.parametrize("text", ["{", "[1]", "a: ${X", '{"StartAt": "A"}'])
def test_what_is_no_definition_is_skipped_with_a_reason(text: str) -> None:
    """Never half an edit."""
    assert isinstance(carried(text), Skipped)


def test_only_the_entries_are_new() -> None:
    """The rest of the meaning is the same."""
    changed = carried(STARTER.read_text(encoding="utf-8"))
    assert isinstance(changed, str)
    document = json.loads(changed)
    tasks = [state for state in document["States"].values() if state["Type"] == "Task"]
    assert [state["Parameters"].pop("_execution.$") for state in tasks] == ["$$.Execution"] * 4
    assert document == json.loads(STARTER.read_text(encoding="utf-8"))


def test_a_folder_s_definitions_are_part_of_its_plan_and_of_its_undo(tmp_path: Path) -> None:
    """Like its sources, where everything was asked for; what a task is given is the application's otherwise."""
    before = STARTER.read_bytes()
    (tmp_path / "flow.asl.json").write_bytes(before)
    (tmp_path / "broken.asl.json").write_text("{")
    (tmp_path / "handler.py").write_text("def lambda_handler(event, context):\n    return 1\n")
    found = for_paths([tmp_path], tmp_path, selected())
    statuses = {file.path.name: file.status for file in found.files}
    assert any("flow.asl.json" in effect for effect in found.plan.effects)
    assert statuses == {"flow.asl.json": "changed", "handler.py": "changed", "broken.asl.json": "skipped"}
    engine.apply(found.plan, tmp_path, tmp_path / ".state")
    assert for_paths([tmp_path], tmp_path, selected()).plan.empty
    engine.undo(tmp_path, tmp_path / ".state")
    assert (tmp_path / "flow.asl.json").read_bytes() == before
    for less in (selected(only=("logger",)), selected(profile="decorators"), selected(skip=("runtime",))):
        assert [file.path.name for file in for_paths([tmp_path], tmp_path, less).files] == ["handler.py"]
