"""A fix goes into a template, where people wrote it, or into deployed functions."""

from __future__ import annotations

from typing import Any

import pytest

from shopfast_obs.diagnose.remedies.fixes import COMMAND
from shopfast_obs.diagnose.remedies.template_and_live_fixes import into_functions, into_templates
from shopfast_obs.model.findings import Evidence, Finding, PropertyChange, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, LOG_GROUP, QUEUE, Inventory, Resource


def finding(type_: str, name: str, **changes: Any) -> Finding:
    """One that `fix` may remove by these changes; two underscores are a dot."""
    made = tuple(PropertyChange(type_, name, key.replace("__", "."), None, value) for key, value in changes.items())
    seen = (Evidence("configuration", "so it is"),)
    return Finding("some-rule", Severity.HIGH, type_, name, "Something.", seen, Remedy("Do it.", COMMAND, made))


CLOUDFORMATION = """\
Resources:
  # the one that people see
  Web:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: web
      Timeout: 3  # nobody chose this
      Handler: !Ref Entry
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {RedrivePolicy: {maxReceiveCount: 1, deadLetterTargetArn: !GetAtt Dead.Arn}}
"""


def declared(file: str = "t.yaml") -> Inventory:
    """What the template above declares."""
    web = Resource(FUNCTION, "web", "Web", file=file)
    return Inventory("t", (web, Resource(QUEUE, "Jobs", "Jobs", file=file)))


def test_a_template_keeps_every_other_character() -> None:
    """Comments, intrinsics, order; a property that was not there comes in."""
    found = [
        finding(FUNCTION, "web", Timeout=10, MemorySize=512),
        finding(QUEUE, "Jobs", RedrivePolicy__maxReceiveCount=5),
    ]
    fix = into_templates(found, declared(), {"t.yaml": CLOUDFORMATION.encode()})
    (change,) = fix.plan.changes
    assert change.after is not None
    after = change.after.decode()
    assert "Timeout: 10  # nobody chose this" in after
    assert "maxReceiveCount: 5, deadLetterTargetArn: !GetAtt Dead.Arn" in after
    assert "      MemorySize: 512\n" in after
    untouched = (
        after.replace("Timeout: 10", "Timeout: 3")
        .replace("Count: 5", "Count: 1")
        .replace("      MemorySize: 512\n", "")
    )
    assert untouched == CLOUDFORMATION
    assert len(fix.changes) == 3


def test_what_runs_is_found_in_its_template_by_its_logical_id() -> None:
    """A queue without a name has another one on AWS."""
    deployed = Inventory("aws", (Resource(QUEUE, "stack-Jobs-1A2B", "Jobs", "stack"),))
    fix = into_templates(
        [finding(QUEUE, "stack-Jobs-1A2B", VisibilityTimeout=60)],
        declared(),
        {"t.yaml": CLOUDFORMATION.encode()},
        deployed,
    )
    assert b'{"VisibilityTimeout": 60, Redrive' in (fix.plan.changes[0].after or b"")


SERVERLESS = """\
service: shop
provider: {name: aws, runtime: python3.12}
functions:
  web-page:
    handler: app.handler
    timeout: 3
"""


def test_a_serverless_yml_in_its_own_words() -> None:
    """The log group is the function's, too."""
    function = Resource(FUNCTION, "shop-dev-web-page", "WebDashpageLambdaFunction", file="serverless.yml")
    group = Resource(LOG_GROUP, "/aws/lambda/shop-dev-web-page", "WebDashpageLogGroup", file="serverless.yml")
    found = [
        finding(FUNCTION, function.name, Timeout=10, MemorySize=512),
        finding(LOG_GROUP, group.name, RetentionInDays=30),
    ]
    texts = {"serverless.yml": SERVERLESS.encode()}
    fix = into_templates(found, Inventory("s", (function, group)), texts)
    after = (fix.plan.changes[0].after or b"").decode()
    assert "    timeout: 10\n" in after
    assert "    memorySize: 512\n" in after
    assert "    logRetentionInDays: 30\n" in after


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Resources: {Other: {Type: X}}", "does not name it"),
        ("Resources: {Web: !If [A, B, C]}", "no plain mapping"),
        ("Resources: {Web: &a {Type: X}, More: *a}", "YAML aliases"),
        ("Resources: [", "cannot be read"),
    ],
)
def test_what_cannot_be_written_is_left_with_the_reason(text: str, reason: str) -> None:
    """And the file as it is."""
    fix = into_templates([finding(FUNCTION, "web", Timeout=10)], declared(), {"t.yaml": text.encode()})
    assert fix.plan.empty
    assert reason in fix.plan.skipped[0].reason


def test_a_resource_of_no_template() -> None:
    """Is named."""
    fix = into_templates([finding(FUNCTION, "mail", Timeout=10)], declared(), {"t.yaml": b""})
    assert [s.what for s in fix.plan.skipped] == ["mail Timeout"]


def test_deployed_functions_and_their_log_groups() -> None:
    """One change a function, with the settings that it had; a queue is not a function."""
    before = {"Timeout": 3, "MemorySize": 128, "RetentionInDays": None, "LoggingConfig": {"LogGroup": "/own/web"}}
    found = [
        finding(FUNCTION, "web", Timeout=10, MemorySize=512),
        finding(LOG_GROUP, "/own/web", RetentionInDays=30),
        finding(QUEUE, "jobs", VisibilityTimeout=60),
    ]
    fix = into_functions(found, {"web": (before, "r1")}, "aws eu-west-1")
    (change,) = fix.plan.live
    assert change.before == before
    assert change.after == {**before, "Timeout": 10, "MemorySize": 512, "RetentionInDays": 30}
    assert (change.revision, fix.plan.target) == ("r1", "aws eu-west-1")
    assert [s.what for s in fix.plan.skipped] == ["jobs VisibilityTimeout"]
