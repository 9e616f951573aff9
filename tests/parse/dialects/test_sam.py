"""SAM as CloudFormation sees it."""

import sys
from typing import Any

import pytest

from shopfast_obs.model.resources import (
    EVENT_SOURCE_MAPPING,
    FUNCTION,
    FUNCTION_URL,
    INVOKE_CONFIG,
    REST_METHOD,
    REST_STAGE,
    SUBSCRIPTION,
    TABLE,
    Inventory,
)
from shopfast_obs.parse.templates.template import inventory, template_of
from shopfast_obs.parse.templates.template_file import read_document

HEAD = "Transform: AWS::Serverless-2016-10-31\n"
APP = (
    HEAD
    + """
Globals:
  Function:
    Runtime: python3.12
    Handler: app.handler
    Timeout: 7
    Environment: {Variables: {STAGE: live}}
  Api: {TracingEnabled: true}
Parameters:
  Memory: {Type: Number}
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  Table: {Type: AWS::Serverless::SimpleTable}
  Web:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/web
      MemorySize: !Ref Memory
      Tracing: Active
      Environment: {Variables: {OWN: yes}}
      Policies:
        - DynamoDBCrudPolicy: {TableName: !Ref Table}
      FunctionUrlConfig: {AuthType: NONE}
      EventInvokeConfig: {MaximumRetryAttempts: 0}
      Events:
        Root: {Type: Api, Properties: {Path: /things, Method: get}}
        Work:
          Type: SQS
          Properties: {Queue: !GetAtt Queue.Arn, FunctionResponseTypes: [ReportBatchItemFailures]}
        News: {Type: SNS, Properties: {Topic: !Ref Topic}}
"""
)


def of(text: str) -> Inventory:
    """The inventory of a SAM template."""
    return inventory(template_of(read_document(text, "app.yaml")), "app.yaml")


def properties(found: Inventory, type_: str, name: str) -> dict[str, Any]:
    """The properties of a resource of the inventory."""
    resource = found.find(type_, name)
    assert resource is not None
    return dict(resource.properties)


def test_globals_policies_and_events_are_what_they_become() -> None:
    """By AWS's own translator."""
    found = of(APP)
    assert found.gaps == ()
    web = properties(found, FUNCTION, "Web")
    assert (web["Timeout"], web["MemorySize"], web["TracingConfig"]) == (7, {"Ref": "Memory"}, {"Mode": "Active"})
    assert web["Environment"]["Variables"] == {"STAGE": "live", "OWN": True}
    assert properties(found, EVENT_SOURCE_MAPPING, "WebWork")["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert properties(found, SUBSCRIPTION, "WebNews")["Protocol"] == "lambda"
    assert properties(found, REST_STAGE, "Prod")["TracingEnabled"] is True
    assert "Web" in str(properties(found, REST_METHOD, "GET /things")["Integration"]["Uri"])
    assert found.find(TABLE, "Table") is not None
    assert len(list(found.of_type(FUNCTION_URL))) == len(list(found.of_type(INVOKE_CONFIG))) == 1
    statements = properties(found, "AWS::IAM::Role", "WebRole")["Policies"][0]["PolicyDocument"]["Statement"]
    assert "dynamodb:PutItem" in statements[0]["Action"]


def test_the_source_is_the_folder_that_the_template_names() -> None:
    """Although the translator asks for an address in S3."""
    found = of(APP).find(FUNCTION, "Web")
    assert found is not None
    assert found.code == "src/web"


def test_generated_resources_stand_where_their_cause_stands() -> None:
    """A mapping at its event, a property at its name in SAM, one of Globals there."""
    text = APP.splitlines()
    found = {resource.logical_id: resource for resource in of(APP).resources}

    def line(logical_id: str, *names: str) -> str:
        place = found[logical_id].location(*names)
        assert place is not None
        return text[place.line - 1].strip()

    assert line("WebWork") == "Work:"
    assert line("Web", "TracingConfig.Mode") == "Tracing: Active"
    assert line("Web", "Timeout") == "Timeout: 7"
    assert line("WebRole") == line("Web") == "Web:"
    assert line("ServerlessRestApiProdStage", "TracingEnabled").startswith("Api:")


def test_what_the_translator_refuses_is_a_gap_and_the_rest_is_read() -> None:
    """A function with a wrong event keeps its size; the other one keeps everything."""
    broken = (
        APP
        + """
  Broken:
    Type: AWS::Serverless::Function
    Properties: {MemorySize: 128, Tracing: Active, Events: {Odd: {Type: Nothing}}}
"""
    )
    found = of(broken)
    assert [gap.what for gap in found.gaps] == ["Broken"]
    assert "SAM refuses it" in found.gaps[0].reason
    kept = properties(found, FUNCTION, "Broken")
    assert (kept["Timeout"], kept["MemorySize"], kept["TracingConfig"]) == (7, 128, {"Mode": "Active"})
    assert kept["Environment"] == {"Variables": {"STAGE": "live"}}
    assert found.find(EVENT_SOURCE_MAPPING, "WebWork") is not None


def test_without_the_translator_the_rest_is_read_and_that_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not installed, and cannot be."""
    monkeypatch.setitem(sys.modules, "samtranslator", None)
    found = of(APP)
    assert [gap.what for gap in found.gaps] == ["the template"]
    assert "events and policies are not seen (pip install 'shopfast-obs[sam]')" in found.gaps[0].reason
    assert properties(found, FUNCTION, "Web")["Environment"] == {"Variables": {"STAGE": "live", "OWN": True}}
    assert found.find(EVENT_SOURCE_MAPPING, "WebWork") is None


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "Globals: {Function: {Nonsense: 1}}\nResources: {F: {Type: AWS::Serverless::Function}}",
        HEAD + "Globals: []\nResources: {F: {Type: AWS::Serverless::Function, Properties: []}}",
        HEAD + "Resources: {F: {Type: AWS::Serverless::Function, Properties: {Events: 3}}, G: 4, H: {Type: 5}}",
        "Resources: {F: {Type: AWS::Serverless::Function, Properties: {Handler: {Ref: F}, Timeout: {Ref: F}}}}",
        HEAD + "Resources: {}",
        HEAD + "Parameters: 3\nResources: {F: {Type: AWS::Serverless::Api, Properties: {StageName: [1]}}}",
    ],
)
def test_odd_templates_have_an_answer(text: str) -> None:
    """Whatever the translator makes of them."""
    found = of(text)
    assert found.resources or found.gaps or text.endswith("{}")


def test_nested_applications_are_nested_stacks() -> None:
    """A location on this machine; one in the repository is a gap."""
    found = of(HEAD + "Resources: {A: {Type: AWS::Serverless::Application, Properties: {Location: inner.yaml}}}")
    assert [r.type for r in found.resources] == ["AWS::CloudFormation::Stack"]
    assert [gap.what for gap in found.gaps] == ["nested stack A"]


def test_a_macro_beside_sam_is_still_said() -> None:
    """Only SAM's own transform is done."""
    text = "Transform: [AWS::Serverless-2016-10-31, Mine]\nResources: {Q: {Type: AWS::SQS::Queue}}"
    assert [gap.what for gap in of(text).gaps] == ["transform Mine"]
