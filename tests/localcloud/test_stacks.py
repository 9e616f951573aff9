"""CloudFormation types that the cloud adds or takes over, and what a restart brings back."""

import json
import os
import signal
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from shopfast_obs.localcloud import process
from tests.localcloud.conftest import StandInCloud, eventually, launch

pytestmark = pytest.mark.cloud

TEMPLATE = {
    "Resources": {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Subnet": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24", "MapPublicIpOnLaunch": True},
        },
        "Address": {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc"}},
        "Nat": {
            "Type": "AWS::EC2::NatGateway",
            "Properties": {
                "AllocationId": {"Fn::GetAtt": ["Address", "AllocationId"]},
                "SubnetId": {"Ref": "Subnet"},
                "Tags": [{"Key": "Name", "Value": "one"}],
            },
        },
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmName": "st-errors",
                "ComparisonOperator": "GreaterThanThreshold",
                "EvaluationPeriods": 3,
                "Threshold": 1,
                "Metrics": [{"Id": "e", "Expression": "a / b"}],
            },
        },
        "Both": {
            "Type": "AWS::CloudWatch::CompositeAlarm",
            "Properties": {"AlarmRule": {"Fn::Sub": "ALARM(${Alarm})"}, "AlarmName": "st-both"},
        },
        "Group": {"Type": "AWS::XRay::Group", "Properties": {"GroupName": "st", "FilterExpression": "fault"}},
    },
    "Outputs": {"Nat": {"Value": {"Ref": "Nat"}}, "Alarm": {"Value": {"Fn::GetAtt": ["Alarm", "Arn"]}}},
}


def test_a_stack_with_a_nat_gateway_and_alarms(cloud: StandInCloud) -> None:
    """Address and gateway are real to the EC2 API; alarms go to CloudWatch with all their properties; the
    events of an update are of what changed."""
    client = cloud.client("cloudformation")
    client.create_stack(StackName="st", TemplateBody=json.dumps(TEMPLATE))
    client.get_waiter("stack_create_complete").wait(StackName="st", WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    outputs = {o["OutputKey"]: o["OutputValue"] for o in client.describe_stacks(StackName="st")["Stacks"][0]["Outputs"]}
    gateways = cloud.client("ec2").describe_nat_gateways(NatGatewayIds=[outputs["Nat"]])["NatGateways"]
    assert [g["State"] for g in gateways] == ["available"]
    assert outputs["Alarm"].endswith(":alarm:st-errors")
    put = {e["properties"]["AlarmName"]: e["properties"] for e in cloud.ledger.read("alarm put")}
    assert put["st-errors"]["Metrics"] == [{"Id": "e", "Expression": "a / b"}]
    assert put["st-both"]["AlarmRule"] == "ALARM(st-errors)"

    changed = json.loads(json.dumps(TEMPLATE))
    changed["Resources"]["Alarm"]["Properties"]["Threshold"] = 5
    changed["Resources"]["Nat"]["Properties"]["Tags"][0]["Value"] = "two"
    client.update_stack(StackName="st", TemplateBody=json.dumps(changed))
    client.get_waiter("stack_update_complete").wait(StackName="st", WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    assert cloud.ledger.read("alarm put")[-1]["properties"]["Threshold"] in (5, "5")
    assert client.describe_stacks(StackName="st")["Stacks"][0]["Outputs"][0]["OutputValue"] in outputs.values()

    told = client.describe_stack_events(StackName="st")["StackEvents"]
    updated = [event["LogicalResourceId"] for event in told if event["ResourceStatus"] == "UPDATE_IN_PROGRESS"]
    assert sorted(updated) == ["Alarm", "Nat", "st"]  # what stays as it is has no events, as on AWS

    client.delete_stack(StackName="st")
    client.get_waiter("stack_delete_complete").wait(StackName="st", WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    assert {e["name"] for e in cloud.ledger.read("alarm deleted")} >= {"st-errors", "st-both"}
    assert not cloud.client("ec2").describe_addresses()["Addresses"]


def test_a_workflow_remembers_whether_it_is_traced(cloud: StandInCloud) -> None:
    """What CloudFormation was told is what DescribeStateMachine says, after a change too."""
    client, workflows = cloud.client("cloudformation"), cloud.client("stepfunctions")
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    arn = "arn:aws:states:us-east-1:000000000000:stateMachine:st-flow"

    def template(**traced: object) -> str:
        properties = {"StateMachineName": "st-flow", "RoleArn": "arn:aws:iam::1:role/r", "DefinitionString": definition}
        flow = {"Type": "AWS::StepFunctions::StateMachine", "Properties": {**properties, **traced}}
        return json.dumps({"Resources": {"Flow": flow}})

    def is_traced() -> bool:
        return bool(workflows.describe_state_machine(stateMachineArn=arn)["tracingConfiguration"]["enabled"])

    client.create_stack(StackName="st-flow", TemplateBody=template())
    client.get_waiter("stack_create_complete").wait(StackName="st-flow", WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    assert not is_traced()
    client.update_stack(StackName="st-flow", TemplateBody=template(TracingConfiguration={"Enabled": True}))
    client.get_waiter("stack_update_complete").wait(StackName="st-flow", WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    assert is_traced()


def test_a_workflow_is_swapped_while_hot(cloud: StandInCloud) -> None:
    """The CDK's hot-swap changes a stack's resource through Cloud Control; a patch that fits nothing is refused."""

    def definition(result: str) -> str:
        return json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": result, "End": True}}})

    properties = {"RoleArn": "arn:aws:iam::000000000000:role/r", "DefinitionString": definition("one")}
    template = {"Resources": {"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}}}
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(StackName="hot", TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(StackName="hot", WaiterConfig={"Delay": 1})
    (resource,) = cloudformation.describe_stack_resources(StackName="hot")["StackResources"]
    control, states = cloud.client("cloudcontrol"), cloud.client("stepfunctions")
    target = {"TypeName": resource["ResourceType"], "Identifier": resource["PhysicalResourceId"]}
    patch = [{"op": "replace", "path": "/DefinitionString", "value": definition("two")}]
    event = control.update_resource(PatchDocument=json.dumps(patch), **target)["ProgressEvent"]
    assert event["OperationStatus"] == "SUCCESS"
    machine = states.describe_state_machine(stateMachineArn=resource["PhysicalResourceId"])
    assert json.loads(machine["definition"]) == json.loads(definition("two"))
    for document in ('[{"op": "move"}]', "no json"):
        with pytest.raises(ClientError, match="InvalidRequestException"):
            control.update_resource(PatchDocument=document, **target)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        control.update_resource(PatchDocument="[]", TypeName=target["TypeName"], Identifier="other")


def test_a_new_configuration_is_a_new_revision(cloud: StandInCloud) -> None:
    """The host tells environments apart by it: memory and code count, a tag or a concurrency limit does not."""
    cloud.function("st-revision")
    client = cloud.client("lambda")

    def revision() -> str:
        client.invoke(FunctionName="st-revision")
        return str(cloud.invocations("st-revision")[-1]["revision"])

    first = revision()
    eventually(lambda: client.get_function(FunctionName="st-revision")["Configuration"]["State"] == "Active")
    client.put_function_concurrency(FunctionName="st-revision", ReservedConcurrentExecutions=5)
    arn = client.get_function(FunctionName="st-revision")["Configuration"]["FunctionArn"]
    client.tag_resource(Resource=arn, Tags={"a": "b"})
    assert revision() == first
    client.update_function_configuration(FunctionName="st-revision", MemorySize=512)
    assert revision() != first
    assert cloud.invocations("st-revision")[-1]["memory"] == 512


def test_a_restart_brings_everything_back(tmp_path: Path) -> None:
    """Functions with code, tables with items, queues with messages, objects and the clock survive stop and start."""
    cloud = launch(tmp_path / "cloud")
    try:
        cloud.function("st-kept")
        table = cloud.client("dynamodb")
        table.create_table(
            TableName="st-kept",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        table.put_item(TableName="st-kept", Item={"id": {"S": "1"}})
        queue = cloud.client("sqs").create_queue(QueueName="st-kept")["QueueUrl"]
        cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="still here")
        cloud.client("s3").create_bucket(Bucket="st-kept")
        cloud.client("s3").put_object(Bucket="st-kept", Key="k", Body=b"bytes")
        cloud.request("/_shopfast/clock", "POST", body=b'{"advance": 3600}')
        process.stop(cloud.state)
        assert [e["kind"] for e in cloud.ledger.read("host closed") + cloud.ledger.read("services stopped")]
        cloud = launch(cloud.state, cloud.port)
        assert cloud.client("lambda").invoke(FunctionName="st-kept")["StatusCode"] == 200
        assert table.scan(TableName="st-kept")["Count"] == 1
        assert cloud.client("sqs").receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "still here"
        assert cloud.client("s3").get_object(Bucket="st-kept", Key="k")["Body"].read() == b"bytes"
        assert json.loads(cloud.request("/_shopfast/health")[2])["clock"]["offset"] == 3600
    finally:
        process.stop(cloud.state)


def test_a_killed_cloud_comes_back_as_it_was_a_moment_before(tmp_path: Path) -> None:
    """State is on disk about a second after a change, without a clean end; reads do not count as changes."""
    cloud = launch(tmp_path / "cloud")
    try:
        saved = cloud.state / "ministack"
        cloud.function("st-killed")
        queue = cloud.client("sqs").create_queue(QueueName="st-killed")["QueueUrl"]
        cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="not lost")
        cloud.client("ssm").put_parameter(Name="st-killed", Value="kept", Type="String")
        eventually(lambda: (saved / "sqs.json").exists() and "not lost" in (saved / "sqs.json").read_text())
        eventually(lambda: (saved / "lambda.json").exists() and "st-killed" in (saved / "lambda.json").read_text())
        eventually((saved / "ssm.json").exists)
        os.kill(cloud.pid, signal.SIGKILL)
        eventually(lambda: process.status(cloud.state) is None)
        cloud = launch(cloud.state, cloud.port)
        assert cloud.client("lambda").invoke(FunctionName="st-killed")["StatusCode"] == 200
        assert cloud.client("sqs").receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "not lost"
        assert cloud.client("ssm").get_parameter(Name="st-killed")["Parameter"]["Value"] == "kept"
    finally:
        process.stop(cloud.state)
