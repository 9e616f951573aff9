"""An account that a script built, without a stack: one of everything that carries events, and what breaks each."""

from __future__ import annotations

import contextlib
import io
import json
import socket
import zipfile
from urllib.parse import urlsplit

import urllib3
from wsproto import ConnectionType, WSConnection
from wsproto.events import CloseConnection, Request, TextMessage

from tests.story.conftest import Project, eventually

ACCOUNT = "arn:aws:{}:us-east-1:000000000000:{}"
ROLE = "arn:aws:iam::000000000000:role/r"
# Whatever does not say `ok` fails.
SOURCE = """
import json
import re


def handler(event, context):
    opens = event.get("requestContext", {}).get("eventType") in ("CONNECT", "DISCONNECT")
    if not opens and not re.search(r"\\bok\\b", json.dumps(event)):
        raise ValueError("as asked")
    return {"statusCode": 200, "body": "ok"}
"""


class Account:
    """Functions `read` (queue and stream), `heard` (asynchronous), `page` and `chat` (APIs) and what leads to them."""

    def __init__(self, project: Project) -> None:
        self.client = project.client
        self.endpoint = urlsplit(project.endpoint)
        for name in ("read", "heard", "page", "chat"):
            self._function(name)
        self._messages()
        self._streams()
        self.page = self._api("HTTP", "page", "$default", "GET /{said}")
        self.chat = self._api("WEBSOCKET", "chat", "live", "$connect", "$default")

    def trouble(self) -> None:
        """One of each that fails: a message that lies, one that nobody takes, a record, a call, a request, a frame."""
        self.client("sns").publish(TopicArn=ACCOUNT.format("sns", "news"), Message="x")
        self.client("kinesis").put_record(StreamName="clicks", Data=b"bad", PartitionKey="1")
        self.client("lambda").invoke(FunctionName="heard", InvocationType="Event", Payload=b"{}")
        self.client("dynamodb").put_item(TableName="notes", Item={"id": {"S": "1"}})
        self.client("firehose").put_record(DeliveryStreamName="archive", Record={"Data": b"x"})
        self._get("fail")
        self._say("fail")

    def peace(self) -> None:
        """The same without a failure."""
        self._get("ok")
        self._say("ok")

    def _function(self, name: str) -> None:
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("app.py", SOURCE)
        self.client("lambda").create_function(
            FunctionName=name, Runtime="python3.11", Role=ROLE, Handler="app.handler", Timeout=5, MemorySize=512,
            Code={"ZipFile": package.getvalue()},
        )  # fmt: skip

    def _messages(self) -> None:
        """A queue whose mapping is off, and a topic whose only subscriber is gone."""
        queue = self.client("sqs").create_queue(QueueName="work", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
        made = self.client("lambda").create_event_source_mapping(
            EventSourceArn=ACCOUNT.format("sqs", "work"), FunctionName="read", Enabled=False
        )
        self.mapping = made["UUID"]
        self.client("sqs").send_message(QueueUrl=queue, MessageBody="ok")
        self.client("sns").create_topic(Name="news")
        gone = ACCOUNT.format("sqs", "gone")
        self.client("sns").subscribe(TopicArn=ACCOUNT.format("sns", "news"), Protocol="sqs", Endpoint=gone)
        self.client("lambda").put_function_event_invoke_config(FunctionName="heard", MaximumRetryAttempts=0)

    def _streams(self) -> None:
        """A stream that `read` reads, a table whose changes go to a workflow that is not there, and an archive that a
        stack made, whose bucket is gone."""
        self.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
        self.client("lambda").create_event_source_mapping(
            EventSourceArn=ACCOUNT.format("kinesis", "stream/clicks"), FunctionName="read",
            StartingPosition="TRIM_HORIZON",
        )  # fmt: skip
        table = self.client("dynamodb").create_table(
            TableName="notes", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        )["TableDescription"]  # fmt: skip
        self.client("pipes").create_pipe(
            Name="changes", Source=table["LatestStreamArn"], Target=ACCOUNT.format("states", "stateMachine:gone"),
            RoleArn=ROLE, SourceParameters={"DynamoDBStreamParameters": {"StartingPosition": "TRIM_HORIZON"}},
        )  # fmt: skip
        stack = {"Resources": {"Archive": {"Type": "AWS::KinesisFirehose::DeliveryStream", "Properties": {
            "DeliveryStreamName": "archive",
            "ExtendedS3DestinationConfiguration": {"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::gone"},
        }}}}  # fmt: skip
        self.client("cloudformation").create_stack(StackName="archive", TemplateBody=json.dumps(stack))
        streams = self.client("firehose").list_delivery_streams
        assert eventually(lambda: streams()["DeliveryStreamNames"] == ["archive"])

    def _api(self, protocol: str, function: str, stage: str, *routes: str) -> str:
        """The id of an API whose routes lead to the function."""
        api = self.client("apigatewayv2")
        more = {"RouteSelectionExpression": "$request.body.action"} if protocol == "WEBSOCKET" else {}
        id_: str = api.create_api(Name=function, ProtocolType=protocol, **more)["ApiId"]
        arn = ACCOUNT.format("lambda", f"function:{function}")
        uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"
        made = api.create_integration(
            ApiId=id_, IntegrationType="AWS_PROXY", IntegrationUri=uri if protocol == "WEBSOCKET" else arn,
            PayloadFormatVersion="1.0" if protocol == "WEBSOCKET" else "2.0",
        )  # fmt: skip
        for route in routes:
            api.create_route(ApiId=id_, RouteKey=route, Target=f"integrations/{made['IntegrationId']}")
        api.create_stage(ApiId=id_, StageName=stage, AutoDeploy=True)
        self.client("lambda").add_permission(
            FunctionName=function, StatementId=id_, Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com"
        )
        return id_

    def _get(self, said: str) -> None:
        host = f"{self.page}.execute-api.localhost:{self.endpoint.port}"
        address = f"http://127.0.0.1:{self.endpoint.port}/{said}"
        urllib3.request("GET", address, headers={"Host": host}, timeout=20, retries=False)

    def _say(self, said: str) -> None:
        """Connect, send one frame, wait for its answer, and go."""
        host = f"{self.chat}.execute-api.localhost:{self.endpoint.port}"
        connection = WSConnection(ConnectionType.CLIENT)
        with socket.create_connection(("127.0.0.1", self.endpoint.port or 0), timeout=20) as door:
            door.sendall(connection.send(Request(host=host, target="/live")))
            connection.receive_data(door.recv(4096))
            list(connection.events())
            door.sendall(connection.send(TextMessage(json.dumps({"action": said}))))
            door.recv(4096)
            with contextlib.suppress(OSError):
                door.sendall(connection.send(CloseConnection(1000)))

    def states(self) -> dict[str, str]:
        """The state of every alarm."""
        pages = self.client("cloudwatch").get_paginator("describe_alarms").paginate()
        return {alarm["AlarmName"]: alarm["StateValue"] for page in pages for alarm in page["MetricAlarms"]}


def settled(account: Account, names: set[str], state: str) -> bool:
    """True once all the alarms have the state."""
    return bool(eventually(lambda: all(account.states()[name] == state for name in names), 3))
