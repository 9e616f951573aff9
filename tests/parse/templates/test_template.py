"""Templates as inventories: names, links, intrinsics, and what is no template."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfast_obs.errors import UserError
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, FUNCTION, LOG_GROUP, QUEUE, STATE_MACHINE, TABLE, TOPIC
from shopfast_obs.parse.templates.template import inventory, read_template

HERE = "${AWS::Region}:${AWS::AccountId}"

TEMPLATE = """
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Stage: {Type: String, Default: dev}
  Image: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /images/latest}
  Memory: {Type: Number}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  NotProd: !Not [!Condition IsProd]
  Here: !Equals [!Ref 'AWS::Region', eu-west-1]
Mappings:
  Sizes: {dev: {timeout: 3}, prod: {timeout: 30}}
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: Orders
  Dead:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub ${Stage}-dead
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: !Join ['-', [checkout, !Ref Stage]]
      Timeout: !FindInMap [Sizes, !Ref Stage, timeout]
      MemorySize: !Ref Memory
      Description: !If [IsProd, live, !Ref 'AWS::NoValue']
      Role: !ImportValue shared-role
      Environment:
        Variables:
          TABLE: !Ref Orders
          QUEUE: !Ref Queue
          TOPIC: !Ref Topic
          IMAGE: !Ref Image
          ZONE: !Select [0, !GetAZs '']
          SECOND: !Select ['1', !Split [',', 'a,b']]
          MIXED: !Sub ['${Where}-${AWS::Region}-${!kept}-${Unknown}', {Where: !Ref Stage}]
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !Ref Function, EventSourceArn: !GetAtt [Queue, Arn], Enabled: true}
  Logs:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: !Sub '/aws/lambda/${Function}'}
  Topic:
    Type: AWS::SNS::Topic
  Flow:
    Type: AWS::StepFunctions::StateMachine
    Properties: {StateMachineName: flow}
  OnlyProd: {Type: 'AWS::SNS::Topic', Condition: IsProd}
  NotInProd: {Type: 'AWS::SNS::Topic', Condition: NotProd}
  MaybeHere: {Type: 'AWS::SNS::Topic', Condition: Here}
  Policy:
    Type: AWS::IAM::Policy
    Properties: {PolicyDocument: {Version: 2012-10-17}}
"""


def of(document: dict[str, Any], **parameters: Any) -> dict[str, Any]:
    """The resolved properties of the resource `R` of a template."""
    found = inventory(document, "test", parameters=parameters).find(document["Resources"]["R"]["Type"], "R")
    assert found is not None
    return dict(found.properties)


def resolved(value: Any, **sections: Any) -> Any:
    """One value resolved in an otherwise empty template."""
    return of({"Resources": {"R": {"Type": "T", "Properties": {"V": value}}}, **sections}).get("V", "absent")


@pytest.fixture
def shop() -> Any:
    """The template above as an inventory."""
    return inventory(read_template(TEMPLATE, "shop.yaml"), "template shop.yaml", "shop")


def test_names_come_from_the_template_or_are_logical_ids(shop: Any) -> None:
    """A physical name that equals the logical id counts as a name; so does one made of parameters."""
    assert shop.find(TABLE, "Orders").arn == f"arn:${{AWS::Partition}}:dynamodb:{HERE}:table/Orders"
    assert shop.find(QUEUE, "dev-dead").logical_id == "Dead"
    queue = shop.find(QUEUE, "Queue")
    assert (queue.name, queue.arn, queue.stack) == (
        "Queue",
        f"arn:${{AWS::Partition}}:sqs:{HERE}:${{Queue@shop}}",
        "shop",
    )


def test_references_lead_to_the_resources_of_the_inventory(shop: Any) -> None:
    """Whoever follows a link finds the resource by the last part of the value, named or not."""
    function = shop.find(FUNCTION, "checkout-dev")
    mapping = shop.find(EVENT_SOURCE_MAPPING, "Mapping").properties
    assert mapping["FunctionName"] == function.name
    assert mapping["EventSourceArn"] == f"arn:${{AWS::Partition}}:sqs:{HERE}:${{Queue@shop}}"
    assert shop.find(QUEUE, "Queue").properties["RedrivePolicy"]["deadLetterTargetArn"].endswith(":dev-dead")
    assert shop.find(LOG_GROUP, "/aws/lambda/checkout-dev")
    variables = function.properties["Environment"]["Variables"]
    assert variables["TABLE"] == "Orders"
    assert variables["TOPIC"] == f"arn:${{AWS::Partition}}:sns:{HERE}:${{Topic@shop}}"
    assert variables["QUEUE"] == "https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/${Queue@shop}"
    assert shop.find(STATE_MACHINE, "flow").arn == f"arn:${{AWS::Partition}}:states:{HERE}:stateMachine:flow"


def test_what_the_template_cannot_tell_keeps_its_intrinsic(shop: Any) -> None:
    """A rule that reads a dictionary where it expects a number knows that it does not know."""
    properties = shop.find(FUNCTION, "checkout-dev").properties
    assert properties["Timeout"] == 3
    assert properties["MemorySize"] == {"Ref": "Memory"}
    assert properties["Role"] == {"Fn::ImportValue": "shared-role"}
    assert "Description" not in properties
    variables = properties["Environment"]["Variables"]
    assert variables["IMAGE"] == "{{resolve:ssm:/images/latest}}"  # the default names the parameter that has the value
    assert variables["ZONE"] == {"Fn::Select": [0, {"Fn::GetAZs": ""}]}
    assert variables["SECOND"] == "b"
    assert variables["MIXED"] == "dev-${AWS::Region}-${kept}-${Unknown@shop}"


def test_conditions_decide_where_they_can(shop: Any) -> None:
    """A resource that the template rules out is not there; one that only the cloud could rule out is."""
    assert {r.logical_id for r in shop.of_type(TOPIC)} == {"Topic", "NotInProd", "MaybeHere"}


def test_given_parameters_win() -> None:
    """The values of a deployment, pseudo parameters among them, take the place of the defaults."""
    parameters = {"Stage": "prod", "Memory": 512, "AWS::Region": "eu-west-1", "AWS::AccountId": "111122223333"}
    shop = inventory(read_template(TEMPLATE, "shop.yaml"), "x", parameters=parameters)
    function = shop.find(FUNCTION, "checkout-prod")
    assert function is not None
    assert (function.properties["Timeout"], function.properties["MemorySize"]) == (30, 512)
    assert function.properties["Description"] == "live"
    assert function.arn == "arn:${AWS::Partition}:lambda:eu-west-1:111122223333:function:checkout-prod"
    assert {r.logical_id for r in shop.of_type(TOPIC)} == {"Topic", "OnlyProd", "MaybeHere"}


def test_a_policy_version_is_text(shop: Any) -> None:
    """YAML would read 2012-10-17 as a day."""
    policy = shop.find("AWS::IAM::Policy", "Policy")
    assert policy.properties["PolicyDocument"]["Version"] == "2012-10-17"


def test_json_and_yaml_say_the_same() -> None:
    """The short forms are only a way to write."""
    document = read_template(TEMPLATE, "shop.yaml")
    assert read_template(json.dumps(document), "shop.json") == document


@pytest.mark.parametrize(
    ("value", "sections", "expected"),
    [
        ({"Fn::GetAtt": "R.Unheard"}, {}, {"Fn::GetAtt": ["${R}", "Unheard"]}),
        ({"Fn::GetAtt": [[]]}, {}, {"Fn::GetAtt": [[]]}),
        ({"Fn::Join": ["", ["a", {"Ref": "Gone"}]]}, {}, {"Fn::Join": ["", ["a", {"Ref": "Gone"}]]}),
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::NoValue"}, 1, True]]}, {}, "a-1-true"),
        ({"Fn::Join": {"Ref": "AWS::NoValue"}}, {}, {"Fn::Join": None}),
        ({"Fn::Select": [3, ["a"]]}, {}, {"Fn::Select": [3, ["a"]]}),
        ({"Fn::Select": ["9" * 5000, ["a"]]}, {}, {"Fn::Select": ["9" * 5000, ["a"]]}),
        ({"Fn::Split": ["-", {"Ref": "AWS::Region"}]}, {}, {"Fn::Split": ["-", "${AWS::Region}"]}),
        ({"Fn::FindInMap": ["A", "b", "c"]}, {}, {"Fn::FindInMap": ["A", "b", "c"]}),
        ({"Fn::If": ["Unknown", 1, 2]}, {}, {"Fn::If": ["Unknown", 1, 2]}),
        ({"Fn::If": ["C", 1, 2]}, {"Conditions": {"C": {"Condition": "C"}}}, {"Fn::If": ["C", 1, 2]}),
        ({"Fn::If": ["C", 1, 2]}, {"Conditions": {"C": {"Fn::Or": [{"Condition": "X"}, {"Fn::Equals": [1, 1]}]}}}, 1),
        ({"Fn::If": ["C", 1, 2]}, {"Conditions": {"C": {"Fn::And": [{"Condition": "X"}, {"Fn::Equals": [1, 2]}]}}}, 2),
        ([{"Ref": "AWS::NoValue"}, {"Ref": "P"}], {"Parameters": {"P": {"Default": 0}}}, [0]),
        ({"Ref": "P"}, {"Parameters": "nonsense"}, {"Ref": "P"}),
        ({"Ref": ["not", "a", "name"]}, {}, {"Ref": ["not", "a", "name"]}),
    ],
)
def test_one_intrinsic(value: Any, sections: dict[str, Any], expected: Any) -> None:
    """Each form resolves, or stays as it is."""
    assert resolved(value, **sections) == expected


def test_circles_end() -> None:
    """Names and conditions that need each other fall back to logical ids and to not knowing."""
    queues = {
        name: {"Type": QUEUE, "Properties": {"QueueName": {"Fn::Sub": f"x-${{{other}}}"}}}
        for name, other in (("A", "B"), ("B", "A"), ("C", "C"))
    }
    conditions = {"P": {"Condition": "Q"}, "Q": {"Fn::Not": [{"Condition": "P"}]}}
    found = inventory({"Resources": queues | {"D": {"Type": TOPIC, "Condition": "P"}}, "Conditions": conditions}, "x")
    assert len(found.resources) == 4
    assert all(resource.name for resource in found.resources)


def test_names_do_not_grow_without_bound() -> None:
    """Each of these names is twice the one before: written out, the last would fill the memory."""
    bodies = {
        f"N{n}": {"Type": TABLE, "Properties": {"TableName": {"Fn::Sub": f"${{N{n + 1}}}${{N{n + 1}}}"}}}
        for n in range(500)
    }
    end = {"N500": {"Type": TABLE, "Properties": {"TableName": "0123456789"}}}
    found = inventory({"Resources": bodies | end}, "x")
    assert max(len(resource.name) for resource in found.resources) <= 1024


def test_values_nested_without_end_stay() -> None:
    """Deeper than anyone writes, a value is left alone."""
    deep: Any = "bottom"
    for _ in range(5000):
        deep = [deep]
    assert resolved(deep)


def test_what_cannot_be_read_is_a_gap() -> None:
    """An odd entry costs that entry, not the inventory, and is named."""
    found = inventory(
        {
            "Transform": "AWS::Serverless-2016-10-31",
            "Resources": {
                "Typeless": {},
                "Listed": {"Type": QUEUE, "Properties": []},
                "Wrong": {"Type": QUEUE, "Properties": ["x"]},
                "Inner": {"Type": "AWS::CloudFormation::Stack"},
            },
        },
        "test",
    )
    assert [r.logical_id for r in found.resources] == ["Listed", "Inner"]
    assert [gap.what for gap in found.gaps] == [
        "transform AWS::Serverless-2016-10-31",
        "nested stack Inner",
        "Typeless of test",
        "Wrong of test",
    ]


@pytest.mark.parametrize(
    ("text", "path", "sentence"),
    [
        ("", "empty.yaml", "empty.yaml is not a template: it is empty."),
        ("- a", "list.yaml", "list.yaml is not a template: it is no mapping."),
        ("{}", "t.json", "t.json is not a CloudFormation template"),
        ('{"Resources": []}', "t.json", "t.json is not a CloudFormation template"),
        ('{"Resources": {', "t.json", "t.json is not valid JSON: unexpected end of data in line 1, column 16"),
        ('{"Resources": ' + "9" * 5000 + "}", "t.json", "t.json is not valid JSON"),
        ("Resources:\n  a: [", "t.yaml", "t.yaml is not valid YAML"),
        ("Resources: !<tag:yaml.org,2002:python/object:os.system> x", "t.yaml", "t.yaml is not valid YAML"),
        ("a: 1\n---\nb: 2", "t.yaml", "t.yaml is not valid YAML"),
        ("[" * 100_000, "t.yaml", "t.yaml is nested too deeply"),
        ('{"a":' * 100_000, "t.json", "t.json is nested too deeply"),
        ("Resources: &a {b: *a}", "t.yaml", "t.yaml is nested too deeply"),
        (
            "a: &a {x: 1, y: 2}\n"
            + "".join(f"{c}: &{c} [{', '.join([f'*{p}'] * 12)}]\n" for p, c in zip("abcdefg", "bcdefgh", strict=True))
            + "Resources: {r: *h}",
            "t.yaml",
            "t.yaml has more than",
        ),
        (
            '{"Resources": {"T": "' + "x" * 5_000_000 + '"}}',
            "t.json",
            "t.json has 5,000,024 characters; a template has 5,000,000",
        ),
    ],
)
def test_what_is_no_template_is_refused(text: str, path: str, sentence: str) -> None:
    """One sentence that begins with the file."""
    with pytest.raises(UserError) as refused:
        read_template(text, path)
    assert refused.value.message.startswith(sentence)
    assert refused.value.hint


FORMS = ["GetAtt", "Sub", "Join", "Split", "Select", "If", "FindInMap", "Equals", "And", "Not"]
KEYS = st.sampled_from(["Ref", "Condition", "A", *(f"Fn::{form}" for form in FORMS)])
TEXTS = st.sampled_from(["A", "B", "A.Arn", "${A}", "${B.Arn}-${!x}", "AWS::Region", "AWS::NoValue", "-", "0", ""])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=2),
    max_leaves=12,
)
ENTRY = st.fixed_dictionaries(
    {"Type": st.sampled_from([QUEUE, TOPIC, TABLE]), "Properties": VALUES},
    optional={"Condition": VALUES, "Other": VALUES},
)
NAMED = st.builds(lambda v: {"Type": QUEUE, "Properties": {"QueueName": v, "Other": v}}, VALUES)
TEMPLATES = st.fixed_dictionaries(
    {"Resources": st.dictionaries(st.sampled_from("ABCD"), ENTRY | NAMED | VALUES, max_size=4)},
    optional={
        "Conditions": st.dictionaries(st.sampled_from("ABC"), VALUES, max_size=3) | VALUES,
        "Parameters": st.dictionaries(st.sampled_from("AP"), VALUES, max_size=2) | VALUES,
        "Mappings": VALUES,
        "Transform": VALUES,
    },
)


@given(TEMPLATES)
def test_no_template_breaks_it(template: dict[str, Any]) -> None:
    """Whatever a file holds, there is an inventory of it, and every resource is in it, ruled out or a gap."""
    found = inventory(template, "any")
    assert len(found.resources) <= len(template["Resources"])
    assert all(isinstance(r.name, str) and json.dumps(r.properties).startswith("{") for r in found.resources)
