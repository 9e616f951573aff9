"""The way from a file to what a command says of it. Readers leave out one odd item and go on; here a defect that was
passed over so is a crash."""

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from shopfast_obs.analysis.traces.overview.overview import overview
from shopfast_obs.diagnose.engine import diagnose
from shopfast_obs.errors import UserError
from shopfast_obs.instrument import metrics_file
from shopfast_obs.instrument.infrastructure.template import for_template
from shopfast_obs.instrument.workflows import _composed, _places
from shopfast_obs.model.changes import Skipped
from shopfast_obs.parse import recording, unpacking
from shopfast_obs.parse.logs import log_files
from shopfast_obs.parse.logs.failures import failures
from shopfast_obs.parse.read_problems import Unread
from shopfast_obs.parse.templates import yaml_tags
from shopfast_obs.parse.templates.template import inventory, template_of
from shopfast_obs.parse.templates.template_file import read_document
from shopfast_obs.parse.traces import documents
from shopfast_obs.report.error_view import error_view
from shopfast_obs.report.errors import error_document, error_report
from shopfast_obs.report.json import written
from shopfast_obs.report.traces import trace_document, trace_report
from tests.fuzz import strategies as s
from tests.fuzz.interface import Target

SAM = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Timeout: 3, Runtime: python3.12}}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.handler, CodeUri: src, MemorySize: 128, Environment: {Variables: {A: b}}, Layers: [!Ref L], Tracing: Active, Events: {E: {Type: Api, Properties: {Path: /a, Method: get}}, Q: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn, BatchSize: 10}}}}
  Q: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 30, RedrivePolicy: {maxReceiveCount: 3, deadLetterTargetArn: !GetAtt D.Arn}}}
  D: {Type: AWS::SQS::Queue}
  T: {Type: AWS::DynamoDB::Table, Properties: {BillingMode: PAY_PER_REQUEST, ProvisionedThroughput: {ReadCapacityUnits: 5}}}
  M: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionString: '{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"x","TimeoutSeconds":3}}}'}}
  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [a]}, Targets: [{Arn: !GetAtt F.Arn, Id: x}]}}
  P: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, Body: {paths: {/a: {get: {x-amazon-apigateway-integration: {timeoutInMillis: 3}}}}}}}
  A: {Type: AWS::CloudWatch::Alarm, Properties: {Threshold: 1, Period: 60, EvaluationPeriods: 3, Metrics: [{Id: a, Expression: "a+1"}]}}
"""
SERVERLESS = """
service: s
provider: {name: aws, runtime: python3.12, stage: dev, timeout: 6, environment: {A: "${self:custom.a}"}, tracing: {lambda: true}, logs: {restApi: true}}
plugins: [serverless-offline]
custom: {a: "${self:provider.stage}", b: "${self:custom.a, 'x'}", n: 10}
functions:
  f: {handler: app.handler, timeout: "${self:custom.n}", memorySize: 128, layers: [x], events: [{http: {path: /a, method: get}}, {sqs: {arn: x, batchSize: 10}}, {schedule: rate(1 minute)}, {httpApi: 'GET /b'}, {stream: x}, {sns: t}]}
layers: {l: {path: l}}
resources: {Resources: {Q: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 3}}}}
"""
METRICS = "metrics:\n  - {metric: Orders, function: app.place, unit: Count, value: 1, when: {ok: [true]}, dimensions: {a: [x, y]}}\n"
WORKFLOW = 'StartAt: A\nStates:\n  A: {Type: Task, Resource: "arn:aws:states:::lambda:invoke", Parameters: {FunctionName: f, "Payload.$": $}, TimeoutSeconds: 3, Next: B}\n  B: {Type: Map, Iterator: {StartAt: C, States: {C: {Type: Pass, End: true}}}}\n'


def _no_defect(*told: str) -> None:
    assert not [text for text in told if "defect" in text or "the rule failed" in text], told


def _traces(content: bytes) -> None:
    found = documents.read([("a.json", content)])
    seen = overview(found.traces)
    trace_report(seen, "w", found.problems)
    written(trace_document(seen, None, found.problems))
    view = error_view([], found.traces)
    error_report(view, "w")
    _no_defect(*found.problems, *view.problems, *seen.quality)


def _logs(content: bytes) -> None:
    unread = Unread("a")
    events = list(log_files.events("/aws/lambda/a", content, unread))
    view = error_view(events, [])
    error_report(view, "w")
    written(error_document(view, None))
    _no_defect(unread.problem, failures(events).unread, *view.problems)


def _template(text: str, name: str) -> None:
    found = inventory(template_of(read_document(text, name)), name)
    looked = diagnose(found)
    _no_defect(*(gap.reason for gap in found.gaps), *(getattr(outcome, "reason", "") for outcome in looked.outcomes))


def _instrumented(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text, encoding="utf-8", errors="replace")
    for_template(path, folder, ())


def _plan(folder: Path, text: str) -> None:
    path = folder / "metrics.yaml"
    path.write_text(text, encoding="utf-8", errors="replace")
    metrics_file.read(path)


def _workflow(text: str) -> None:
    node = _composed(text)
    if not isinstance(node, Skipped):
        list(_places(node, expressions=True))


def _archive(content: bytes) -> None:
    with suppress(unpacking.TooLargeError, zlib.error):
        unpacking.unpacked(content, 100_000)


def _archives() -> st.SearchStrategy[bytes]:
    members = st.sampled_from([b"", b"a", b"a" * 200_000, b"ab" * 60_000]).map(gzip.compress)
    whole = st.lists(members, max_size=4).map(b"".join)
    return whole | st.builds(lambda z, n, b: z[:n] + b + z[n + 1 :], whole, st.integers(0, 200), st.binary(max_size=2))


def wholes(folder: Path, segment: Any, spans: Any, lines: tuple[str, ...]) -> Iterator[Target]:
    """Each with its input."""
    (folder / "src").mkdir(exist_ok=True)
    (folder / "src" / "app.py").write_text("def handler(event, context):\n    return 1\n", encoding="utf-8")
    event = {"timestamp": 1_800_000_000_000, "message": lines[2], "logGroupName": "/aws/lambda/f", "logStreamName": "s"}
    answers = s.phrases(lines).map(lambda text: json.dumps({"events": [event, {**event, "message": text}]}).encode())
    plain = st.lists(
        s.renumbered([f"2026-01-02T03:04:05.678Z {line}" for line in lines]) | s.damaged(lines), max_size=4
    )
    yield Target(
        "reports of traces",
        s.bodies(segment, {"Traces": [{"Id": "1", "Segments": [{"Document": json.dumps(segment)}]}]}),
        _traces,
        cost=4,
    )
    yield Target("reports of spans", s.bodies(spans), _traces, cost=4)
    yield Target(
        "reports of logs", s.bodies({"events": [event]}, event, {"logEvents": [event]}) | answers, _logs, cost=4
    )
    yield Target("reports of text logs", plain.map(lambda some: "\n".join(some).encode("utf-8", "replace")), _logs)
    yield Target("diagnosed SAM", s.phrases((SAM,)), lambda t: _template(t, "template.yaml"), (UserError,), cost=20)
    yield Target(
        "diagnosed SAM documents",
        s.documents(yaml_tags.read(SAM)[0]).map(json.dumps),
        lambda t: _template(t, "t.json"),
        (UserError,),
        cost=20,
    )
    yield Target(
        "diagnosed serverless.yml",
        s.phrases((SERVERLESS,)),
        lambda t: _template(t, "serverless.yml"),
        (UserError,),
        cost=10,
    )
    yield Target(
        "diagnosed serverless documents",
        s.documents(yaml_tags.read(SERVERLESS)[0]).map(json.dumps),
        lambda t: _template(t, "serverless.yml"),
        (UserError,),
        cost=10,
    )
    yield Target(
        "instrumented SAM",
        s.phrases((SAM,)) | s.documents(yaml_tags.read(SAM)[0]).map(json.dumps),
        lambda t: _instrumented(folder, "template.yaml", t),
        (UserError,),
        cost=30,
    )
    yield Target(
        "instrumented serverless.yml",
        s.phrases((SERVERLESS,)) | s.documents(yaml_tags.read(SERVERLESS)[0]).map(json.dumps),
        lambda t: _instrumented(folder, "serverless.yml", t),
        (UserError,),
        cost=40,
    )
    yield Target("metrics plans", s.phrases((METRICS,)), lambda t: _plan(folder, t), (UserError,))
    yield Target("workflows", s.phrases((WORKFLOW,)), _workflow, cost=10)
    yield Target(
        "small YAML",
        s.phrases((METRICS, WORKFLOW, "a: &a [1, 2]\nb: &b [*a, *a]\nc: &c [*b, *b]\n")),
        yaml_tags.small,
        (yaml_tags.YamlError,),
    )
    yield Target(
        "evidence",
        s.bodies({"format": recording.FORMAT, "version": 1, "recordings": [{}]}),
        lambda b: recording.read(b, "e"),
        (UserError,),
    )
    yield Target("archives", _archives(), _archive)
