"""Alarms into SAM, CloudFormation and Serverless templates, by their own syntax."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.alarms.templates import ALARM_TOPIC, Edited, declared, edited
from shopfast_obs.cli.application.templates import inventory, open_names
from shopfast_obs.diagnose.engine import diagnose
from shopfast_obs.model.resources import ALARM
from shopfast_obs.parse.templates import yaml_tags
from shopfast_obs.parse.templates.template_edit import EditError

SAM = """\
Transform: AWS::Serverless-2016-10-31
Parameters:
  Env: {Type: String, Default: dev}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  # where orders come in
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Handler: app.main   # here
      Runtime: python3.13
      FunctionName: !Sub "${Env}-orders"
      Events:
        A: {Type: Api, Properties: {Path: /, Method: get}}
        N: {Type: EventBridgeRule, Properties: {EventBusName: !Ref Bus, Pattern: {source: [x]}}}
  Maybe:
    Type: AWS::Serverless::Function
    Condition: IsProd
    Properties: {CodeUri: src, Handler: app.main, Runtime: python3.13}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: !Sub "${Env}-bus"}}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: !Sub "${Env}-api"}
Outputs:
  X: {Value: !Ref Orders}
"""
SERVERLESS = """\
service: notes
provider:
  name: aws
  runtime: python3.12
  stage: ${opt:stage, 'dev'}
functions:
  # says hello
  hello:
    handler: app.hello
    events:
      - http: GET /
"""


def applied(folder: Path, text: str, name: str = "template.yaml") -> Edited:
    """The file with its alarms."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return edited(text, declared(open_names(file), str(file), text))


def dimensions(alarm: Mapping[str, Any]) -> dict[str, Any]:
    """The dimensions of an alarm on one metric, or of the first of several."""
    said = alarm["Properties"]
    listed = said.get("Dimensions") or said["Metrics"][1]["MetricStat"]["Metric"]["Dimensions"]
    return {item["Name"]: item["Value"] for item in listed}


def test_alarms_stand_behind_the_resources_by_references(tmp_path: Path) -> None:
    """A name with a parameter in it is no text: the default is not what somebody deploys."""
    new = applied(tmp_path, SAM)
    head, _, tail = SAM.partition("Outputs:")
    assert new.text.startswith(head)
    assert new.text.endswith(f"Outputs:{tail}")
    resources = yaml_tags.read(new.text)[0]["Resources"]
    assert dimensions(resources["OrdersErrorRateAlarm"]) == {"FunctionName": {"Ref": "Orders"}}
    assert dimensions(resources["ApiApi5xxAlarm"]) == {"ApiName": {"Fn::Sub": "${Env}-api"}}
    assert dimensions(resources["ServerlessRestApiApi5xxAlarm"]) == {"ApiName": {"Fn::Sub": "${AWS::StackName}"}}
    rule = dimensions(resources["OrdersNDeliveryFailuresAlarm"])
    assert rule["EventBusName"] == {"Ref": "Bus"}
    assert rule["RuleName"] == {"Fn::Select": [2, {"Fn::Split": ["/", {"Fn::GetAtt": ["OrdersN", "Arn"]}]}]}
    assert resources["OrdersErrorRateAlarm"]["Properties"]["AlarmName"] == {
        "Fn::Sub": "${AWS::StackName}-Orders-error-rate"
    }


def test_an_alarm_is_there_when_its_resource_is(tmp_path: Path) -> None:
    """Also where the parameters' defaults do not make it."""
    resources = yaml_tags.read(applied(tmp_path, SAM).text)[0]["Resources"]
    assert resources["MaybeErrorRateAlarm"]["Condition"] == "IsProd"
    assert "Condition" not in resources["OrdersErrorRateAlarm"]


@pytest.mark.parametrize(("text", "name"), [(SAM, "template.yaml"), (SERVERLESS, "serverless.yml")])
def test_the_second_run_changes_nothing_and_diagnose_is_content(tmp_path: Path, text: str, name: str) -> None:
    """No alarm that can never fire, and none missing on what has a kind."""
    new = applied(tmp_path, text, name)
    assert new.added
    assert applied(tmp_path, new.text, name).text == new.text
    rules = {finding.rule for finding in diagnose(inventory([tmp_path / name])).findings}
    assert not rules & {"alarm-dead", "alarm-notifies-nobody", "lambda-no-alarm", "api-no-alarm", "event-rule-no-alarm"}


def test_serverless_names_the_api_after_the_stage_that_is_deployed(tmp_path: Path) -> None:
    """Functions by the framework's logical ids, under `resources`."""
    new = applied(tmp_path, SERVERLESS, "serverless.yml")
    assert new.text.startswith(SERVERLESS)
    resources = yaml_tags.read(new.text)[0]["resources"]["Resources"]
    assert dimensions(resources["HelloErrorRateAlarm"]) == {"FunctionName": {"Ref": "HelloLambdaFunction"}}
    assert dimensions(resources["ApiGatewayRestApiApi5xxAlarm"]) == {"ApiName": "${sls:stage}-notes"}


@pytest.mark.parametrize(
    "own",
    [
        "resources:\n  Resources:\n    T: {Type: AWS::SNS::Topic}\n",
        "resources:\n  - ${file(more.yml)}\n",
        "resources:\n  Outputs:\n    A: {Value: 1}\n",
    ],
)
def test_resources_of_every_form_take_alarms(tmp_path: Path, own: str) -> None:
    """A mapping, a list of files, and one without Resources."""
    new = applied(tmp_path, SERVERLESS + own, "serverless.yml")
    assert new.text.startswith(SERVERLESS + own.rstrip("\n"))
    assert applied(tmp_path, new.text, "serverless.yml").text == new.text


def test_the_templates_own_topic_is_notified(tmp_path: Path) -> None:
    """What its alarms tell, ours tell too; somebody's own alarm of our id stays as it is."""
    own = (
        "  Pager: {Type: AWS::SNS::Topic}\n"
        "  OrdersErrorRateAlarm: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmActions: [!Ref Pager]}}\n"
    )
    new = applied(tmp_path, SAM.replace("  # where", own + "  # where"))
    resources = yaml_tags.read(new.text)[0]["Resources"]
    assert ALARM_TOPIC not in resources
    assert resources["OrdersThrottlesAlarm"]["Properties"]["OKActions"] == [{"Ref": "Pager"}]
    assert "Threshold" not in resources["OrdersErrorRateAlarm"]["Properties"]
    assert own in new.text
    assert all(resources[name]["Type"] == ALARM for name in new.added)


def test_resources_that_stand_elsewhere_are_not_touched(tmp_path: Path) -> None:
    """A macro in the place of a mapping."""
    text = SERVERLESS + "resources: ${file(resources.yml)}\n"
    with pytest.raises(EditError):
        applied(tmp_path, text, "serverless.yml")


def test_two_functions_of_which_one_is_called_function_have_alarms_of_their_own(tmp_path: Path) -> None:
    """What a framework adds to a logical id is left out where that leaves one name for two."""
    both = "Resources:\n  Mail: {Type: AWS::Lambda::Function}\n  MailFunction: {Type: AWS::Lambda::Function}\n"
    added = applied(tmp_path, both).added
    assert {"MailErrorRateAlarm", "MailFunctionErrorRateAlarm"} <= set(added)


def test_no_description_names_a_stack_after_its_file(tmp_path: Path) -> None:
    """Whoever is woken knows the stack by another name."""
    api = "{Type: AWS::ApiGateway::RestApi, Properties: {Name: !Sub '${AWS::StackName}-door'}}"
    text = applied(tmp_path, f"Resources:\n  Door: {api}\n").text
    assert "requests to the API Door get a 5xx" in text
    assert "template-door" not in text
