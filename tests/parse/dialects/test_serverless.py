"""A serverless.yml as the framework would package it."""

import json
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.model.resources import (
    EVENT_RULE,
    EVENT_SOURCE_MAPPING,
    FUNCTION,
    HTTP_STAGE,
    LOG_GROUP,
    REST_METHOD,
    REST_STAGE,
    Inventory,
)
from shopfast_obs.parse.dialects.serverless.variables import Variables
from shopfast_obs.parse.templates.template import inventory, template_of
from shopfast_obs.parse.templates.template_file import read_document
from tests.parse.dialects.packaged import MADE

RECORDED = Path(__file__).parents[2] / "recorded" / "templates" / "serverless"


def of(text: str) -> Inventory:
    """The inventory of a serverless.yml."""
    return inventory(template_of(read_document(text, "serverless.yml")), "serverless.yml")


def packaged() -> dict[str, Any]:
    """The template that the framework really made, its resources by type and name or logical id."""
    text = (RECORDED.parent / "packaged" / MADE).read_text(encoding="utf-8")
    found = inventory(json.loads(text), "package")
    return {f"{r.type} {r.name}": r.properties for r in found.resources}


def test_the_functions_are_those_of_a_real_package() -> None:
    """Name, size, runtime, role and log group, from the file alone."""
    ours = of((RECORDED / "serverless.yml").read_text(encoding="utf-8"))
    theirs = packaged()
    functions = list(ours.of_type(FUNCTION))
    assert [f.name for f in functions] == ["bad-web", "bad-worker"]
    for function in functions:
        real = theirs[f"{FUNCTION} {function.name}"]
        for name in ("Handler", "Runtime", "Timeout", "MemorySize", "FunctionName"):
            assert function.properties[name] == real[name]
    assert {f"{LOG_GROUP} {g.name}" for g in ours.of_type(LOG_GROUP)} <= theirs.keys()


def test_the_types_of_a_real_package_are_all_there() -> None:
    """Without what only deploying needs."""
    ours = {r.type for r in of((RECORDED / "serverless.yml").read_text(encoding="utf-8")).resources}
    theirs = {key.split()[0] for key in packaged()}
    deploying = {"AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::ApiGateway::Deployment", "AWS::Lambda::Permission"}
    assert theirs - ours <= deploying


def test_what_nobody_says_is_the_frameworks_choice_not_lambdas() -> None:
    """6 s and 1024 MB are written into the template."""
    web = of("{service: s, provider: {name: aws}, functions: {web: {handler: a.b}}}").find(FUNCTION, "s-dev-web")
    assert web is not None
    assert (web.properties["Timeout"], web.properties["MemorySize"]) == (6, 1024)


SERVICE = """
service: {name: shop}
custom:
  sizes: {dev: 256}
provider:
  name: aws
  stage: ${opt:stage, 'dev'}
  runtime: python3.12
  tracing: {lambda: true, apiGateway: true}
  logRetentionInDays: 14
  logs: {httpApi: {format: '{"id": "$context.requestId"}'}}
functions:
  - order-api:
      handler: app.handler
      memorySize: ${self:custom.sizes.${self:provider.stage}}
      timeout: ${ssm:/shop/timeout}
      onError: !GetAtt Dead.Arn
      destinations: {onFailure: !GetAtt Dead.Arn}
      url: true
      events:
        - httpApi: 'GET /orders'
        - http: {path: /old, method: post}
        - sqs: {arn: !GetAtt Work.Arn, functionResponseType: ReportBatchItemFailures, batchSize: 5}
        - sns: news
        - eventBridge: {eventBus: shop, pattern: {source: [shop]}, deadLetterQueueArn: !GetAtt Dead.Arn}
        - s3: bucket
resources:
  - Resources: {Work: {Type: AWS::SQS::Queue}}
  - Resources: {Dead: {Type: AWS::SQS::Queue}}
plugins: [serverless-offline, serverless-step-functions]
"""


def test_events_variables_and_lists_are_read() -> None:
    """Each event as the resource that it becomes; a variable that only the framework knows stays."""
    found = of(SERVICE)
    function = found.find(FUNCTION, "shop-dev-order-api")
    assert function is not None
    assert function.logical_id == "OrderDashapiLambdaFunction"
    assert function.properties["MemorySize"] == 256
    assert function.properties["Timeout"] == "${ssm:/shop/timeout}"
    assert function.properties["TracingConfig"] == {"Mode": "Active"}
    assert function.properties["DeadLetterConfig"]["TargetArn"].endswith(":${Dead}")
    (source,) = found.of_type(EVENT_SOURCE_MAPPING)
    assert (source.properties["BatchSize"], source.properties["EventSourceArn"].split(":")[-1]) == (5, "${Work}")
    (rule,) = found.of_type(EVENT_RULE)
    assert rule.properties["Targets"][0]["DeadLetterConfig"]["Arn"].endswith(":${Dead}")
    assert next(found.of_type(REST_STAGE)).properties["TracingEnabled"] is True
    assert "requestId" in next(found.of_type(HTTP_STAGE)).properties["AccessLogSettings"]["Format"]
    assert next(found.of_type(REST_METHOD)).properties["HttpMethod"] == "POST"
    assert next(found.of_type(LOG_GROUP)).properties["RetentionInDays"] == 14
    assert [gap.what for gap in found.gaps] == ["plugin serverless-step-functions"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${self:custom.size}", 512),
        ("a-${self:custom.name}-b", "a-n-b"),
        ("${opt:x, self:custom.missing, 'last'}", "last"),
        ("${env:X, 7}", 7),
        ("n${env:X, 7}", "n7"),
        ("${opt:x, false}", False),
        ("${strToBool(${self:custom.yes})}", True),
        ("${self:custom.list.1}", "b"),
        ("${param:size}", 3),
        ("${param:late}", 4),
        ("\\${self:service}", "${self:service}"),
        ("${self:custom.${self:custom.key}}", 512),
        ("${self:service}", "s"),
        ("${sls:stage}", "dev"),
        ("arn:${aws:region}", "arn:us-east-1"),
        ("${AWS::Region}-${Fn}", "${AWS::Region}-${Fn}"),
        ("${file(x.yml):y}", "${file(x.yml):y}"),
        ("${self:custom.loop}", "${self:custom.loop}"),
        ("x${self:custom.loop}", None),
        ("${self:custom.whole}", {"size": 512}),
    ],
)
def test_variables(text: str, expected: Any) -> None:
    """As far as the file tells; circles come to an end."""
    custom = {
        "size": 512,
        "name": "n",
        "key": "size",
        "loop": "${self:custom.loop}",
        "whole": {"size": "${self:custom.size}"},
        "yes": "true",
        "list": ["a", "b"],
    }
    params = {"default": {"size": 1}, "dev": {"size": 3}}
    stages = {"default": {"params": {"late": 4, "size": 5}}}
    document = {"service": "s", "custom": custom, "params": params, "stages": stages}
    found = Variables(document).resolve(text)
    if expected is None:
        assert "loop" in found
    else:
        assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "{service: s, provider: aws, functions: 3, resources: 4}",
        "{service: s, provider: {name: aws}, functions: {f: {handler: 3, events: [1, {sqs: 4}, {sns: 5}, {http: 6}]}}}",
        "{service: s, provider: {name: aws, logs: 3}, functions: {f: {url: 3, destinations: 3, events: x}}}",
        "{service: null, provider: null, plugins: {modules: null}}",
        "{service: s, provider: {name: aws}, functions: {f: {events: [{schedule: {rate: []}}, {eventBridge: x}]}}}",
    ],
)
def test_odd_files_have_an_answer(text: str) -> None:
    """Wrong types cost what they say, not the run."""
    assert of(text) is not None


@pytest.mark.parametrize(
    "custom", ["{c: '${self:}'}", "{c: '${self:custom}'}", "{c: ['${self:}', '${self:custom}', '${self:custom.c}']}"]
)
def test_a_variable_that_refers_to_itself_is_named(custom: str) -> None:
    """It stays as it stands, and the functions are read."""
    found = of(
        f"service: s\nprovider: {{name: aws}}\ncustom: {custom}\n"
        "functions: {f: {handler: a.b, memorySize: '${self:custom.c}'}, g: {handler: a.c, timeout: 3}}\n"
    )

    assert [gap.reason for gap in found.gaps if "itself" in gap.reason]
    assert [r.name for r in found.of_type(FUNCTION)] == ["s-dev-f", "s-dev-g"]


SPLIT = """
service: s
provider: {name: aws}
functions:
  f: {handler: a.b, timeout: '${file(size.json):t}', memorySize: '${file(sizes.yml):dev}', events: '${file(e.js):all}'}
  g: ${file(none.yml)}
  h: {handler: a.c, events: ['${ssm:/events}'], environment: {KEY: '${ssm:/key}'}}
"""


def test_files_are_taken_in_and_what_is_not_read_is_named() -> None:
    """JSON and YAML are; code is not run, a file may not be there, and a value of an account hides a whole event."""
    texts = {"size.json": '{"t": 9}', "sizes.yml": "dev: 256"}
    found = inventory(template_of(read_document(SPLIT, "serverless.yml"), texts.get), "serverless.yml")
    first = found.find(FUNCTION, "s-dev-f")
    assert first is not None
    assert (first.properties["Timeout"], first.properties["MemorySize"]) == (9, 256)
    reasons = {gap.what.partition(" of serverless.yml")[0]: gap.reason for gap in found.gaps}
    assert reasons.keys() == {"events of f", "function g", "an event of h"}
    assert "code" in reasons["events of f"]
    assert "no such file" in reasons["function g"]
    assert "serverless package" in reasons["an event of h"]


def test_another_cloud_is_a_gap() -> None:
    """Its functions are none of Lambda's."""
    found = of("{service: s, provider: {name: google}, functions: {f: {handler: http}}}")
    assert not found.resources
    assert [gap.what for gap in found.gaps] == ["provider google of serverless.yml"]


def test_a_file_that_does_not_parse_is_named() -> None:
    """The rest of the service is read."""
    text = SPLIT.replace("events: '${file(e.js):all}'", "events: '${file(broken.yml)}'")
    found = inventory(template_of(read_document(text, "serverless.yml"), {"broken.yml": "a: [1"}.get), "serverless.yml")
    assert any("broken.yml is not valid YAML" in gap.reason for gap in found.gaps)
    assert found.find(FUNCTION, "s-dev-h") is not None


def test_files_that_are_taken_in_have_a_bound() -> None:
    """All of them together, each counted once however it is spelled."""
    text = "{service: s, provider: {name: aws}, functions: [%s]}"
    spelled = ", ".join(f"'${{file({'./' * n}a.yml)}}'" for n in range(9))
    read: list[str] = []

    def beside(path: str) -> str:
        read.append(path)
        return "f: {handler: a.b}  # " + "x" * 900_000

    assert not list(template_of(read_document(text % spelled, "serverless.yml"), beside).gaps)
    assert read == ["a.yml"]
    others = ", ".join(f"'${{file(a{n}.yml)}}'" for n in range(9))
    reasons = [gap.reason for gap in template_of(read_document(text % others, "serverless.yml"), beside).gaps]
    assert any("5,000,000" in reason for reason in reasons)


def test_files_that_take_in_each_other_come_to_an_end() -> None:
    """And the circle is named."""
    texts = {"a.yml": "x: ${file(b.yml):x}", "b.yml": "x: ${file(a.yml):x}"}
    text = "{service: s, provider: {name: aws}, functions: {f: {handler: a.b, timeout: '${file(a.yml):x}'}}}"
    found = inventory(template_of(read_document(text, "serverless.yml"), texts.get), "serverless.yml")
    assert any("refers to itself" in gap.reason for gap in found.gaps)


def test_variables_have_a_budget() -> None:
    """References that fan out end somewhere, and that is said."""
    custom: dict[str, Any] = {f"a{n}": [f"${{self:custom.a{n + 1}}}"] * 10 for n in range(9)}
    text = json.dumps({"service": "s", "provider": {"name": "aws"}, "custom": {**custom, "a9": [1]}, "functions": {}})

    assert any("100,000" in gap.reason for gap in of(text).gaps)
