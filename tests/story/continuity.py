"""One order as X-Ray has it: its trace, and the graph of the services that it went through."""

import json
import time
from typing import Any

from tests.story.conftest import Project

ORDER_EVENTS = "arn:aws:sns:us-east-1:000000000000:shopfast-order-events"
STAGE, WORKFLOW = "shopfast-api/prod", "shopfast-order-workflow"
ORDERS, INVENTORY = "shopfast-order-service", "shopfast-inventory-service"
NOTIFICATIONS = "shopfast-notification-handler"
LAMBDA, FUNCTION = "AWS::Lambda", "AWS::Lambda::Function"
# The way of an order in ShopFast's architecture, as edges between nodes of a name and a type.
EDGES = {
    ((STAGE, "client"), (STAGE, "AWS::ApiGateway::Stage")),
    ((STAGE, "AWS::ApiGateway::Stage"), (ORDERS, LAMBDA)),
    ((ORDERS, LAMBDA), (ORDERS, FUNCTION)),
    ((ORDERS, FUNCTION), (INVENTORY, LAMBDA)),
    ((INVENTORY, LAMBDA), (INVENTORY, FUNCTION)),
    ((ORDERS, FUNCTION), ("shopfast-orders", "AWS::DynamoDB::Table")),
    ((ORDERS, FUNCTION), ("events", "AWS::Events")),
    (("events", "AWS::Events"), (WORKFLOW, "AWS::StepFunctions::StateMachine")),
    ((WORKFLOW, "AWS::StepFunctions::StateMachine"), (ORDERS, LAMBDA)),
    (("events", "AWS::Events"), (ORDER_EVENTS, "AWS::SNS")),
    ((ORDER_EVENTS, "AWS::SNS"), (NOTIFICATIONS, LAMBDA)),
    ((NOTIFICATIONS, LAMBDA), (NOTIFICATIONS, FUNCTION)),
}
Edge = tuple[tuple[str, str], tuple[str, str]]


def trace_topic(project: Project) -> None:
    """Switch active tracing on for the topic that tells customers."""
    sns = project.client("sns")
    sns.set_topic_attributes(TopicArn=ORDER_EVENTS, AttributeName="TracingConfig", AttributeValue="Active")


def order_traces(project: Project, shopper: str, since: float) -> list[str]:
    """The traces of the orders that this shopper placed since then, by the shopper's correlation id."""
    pages = project.client("xray").get_paginator("get_trace_summaries")
    expression = (
        f'service("{STAGE}") AND http.method = "POST" AND http.url ENDSWITH "/prod/orders"'
        f' AND annotation.correlation_id = "{shopper}"'
    )
    found = pages.paginate(StartTime=since - 1, EndTime=time.time() + 60, FilterExpression=expression)
    return [summary["Id"] for page in found for summary in page["TraceSummaries"]]


def edges(project: Project, since: float) -> set[Edge]:
    """The edges of the service graph since then."""
    answer = project.client("xray").get_service_graph(StartTime=since - 1, EndTime=time.time() + 60)
    nodes = {s["ReferenceId"]: (s["Name"], s.get("Type", "")) for s in answer["Services"]}
    return {(nodes[s["ReferenceId"]], nodes[e["ReferenceId"]]) for s in answer["Services"] for e in s["Edges"]}


def origins(project: Project, trace_id: str) -> dict[str, str]:
    """What a trace holds: the names of its segments with their origins; of a function the outer one."""
    (trace,) = project.client("xray").batch_get_traces(TraceIds=[trace_id])["Traces"]
    documents: list[dict[str, Any]] = [json.loads(part["Document"]) for part in trace["Segments"]]
    return {d["name"]: d.get("origin", "") for d in documents if d.get("origin") != FUNCTION}
