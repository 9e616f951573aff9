"""Template files and folders in every dialect: the same application, the same findings."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.cli.application import templates
from shopfast_obs.diagnose.engine import diagnose
from shopfast_obs.errors import UserError
from shopfast_obs.model.findings import Diagnosis, Finding
from shopfast_obs.model.resources import FUNCTION, QUEUE, Inventory

RECORDED = Path(__file__).parents[2] / "recorded" / "templates"
DIALECTS = {
    "cloudformation": RECORDED / "cfn",
    "sam": RECORDED / "sam" / "template.yaml",
    "cdk": RECORDED / "cdk" / "cdk.out",
    "serverless package": RECORDED / "packaged",
    "serverless.yml": RECORDED / "serverless" / "serverless.yml",
}


def diagnosed(dialect: str) -> Diagnosis:
    """The diagnosis of the bad application in a dialect."""
    return diagnose(templates.inventory([DIALECTS[dialect]]))


def compared(found: Finding) -> tuple[str, str, str, str]:
    """What is the same in all dialects: names that nobody gave are each dialect's own."""
    named = found.resource.startswith(("bad-", "/aws/lambda/bad-", "live", "$default"))
    return (found.rule, found.severity.name, found.resource_type, found.resource if named else "")


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name != "cloudformation"])
def test_the_findings_are_those_of_cloudformation(dialect: str) -> None:
    """A dialect is only a way to write."""
    wanted = Counter(map(compared, diagnosed("cloudformation").findings))
    assert Counter(map(compared, diagnosed(dialect).findings)) == wanted
    assert sum(wanted.values()) >= 20


# awslabs/serverless-rules 0.3.6, and the rule of ours that finds the same. ES1005 and ES1006 ask whether a size is
# written down, ours which one is in force.
SERVERLESS_RULES = {
    "WS1000": "lambda-not-traced",
    "ES1001": "event-source-stream-retries",
    "WS1002": "lambda-many-principals",
    "WS1003": "lambda-role-wildcard",
    "WS1004": "logs-never-expire",
    "ES1005": "lambda-default-size",
    "ES1006": "lambda-default-size",
    "ES1007": "lambda-async-no-destination",
    "E2531": "lambda-runtime-old",
    "ES2000": "api-access-log-off",
    "WS2001": "api-access-log-off",
    "WS2002": "api-stage-not-traced",
    "ES2003": "api-throttling-unset",
    "WS3000": "graphql-not-traced",
    "ES4000": "delivery-no-dead-letters",
    "WS5000": "workflow-not-traced",
    "ES6000": "sqs-no-redrive",
    "ES7000": "delivery-no-dead-letters",
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_all_that_serverless_rules_finds_is_found(dialect: str) -> None:
    """In every dialect; theirs has gone blind on SAM more than once."""
    found = {finding.rule for finding in diagnosed(dialect).findings}
    assert set(SERVERLESS_RULES.values()) <= found


@pytest.mark.parametrize("dialect", DIALECTS)
def test_three_seconds_and_128_mb_are_found_whoever_said_them(dialect: str) -> None:
    """AWS's defaults, Globals, or a provider: what is in force counts."""
    found = [f for f in diagnosed(dialect).findings if f.rule == "lambda-default-size"]
    assert {f.resource for f in found} == {"bad-web", "bad-worker"}
    numbers = found[0].evidence[0].numbers
    assert (numbers["timeout"], numbers["memory_mb"]) == (3, 128)
    said = found[0].evidence[0].summary
    assert ("nothing is declared" in said) == (dialect in ("cloudformation", "cdk"))


@pytest.mark.parametrize(
    ("dialect", "rule", "line"),
    [
        ("cloudformation", "lambda-default-size", "  Web:"),
        ("cloudformation", "logs-never-expire", "  WebLogs:"),
        ("sam", "lambda-default-size", "    Timeout: 3"),
        ("sam", "event-rule-no-alarm", "        Hourly: {Type: Schedule"),
        ("cdk", "lambda-default-size", '  "web08B6E5F3": {'),
        ("serverless.yml", "lambda-default-size", "  timeout: 3"),
        ("serverless.yml", "event-rule-no-alarm", "  worker:"),
    ],
)
def test_a_finding_stands_on_the_line_that_says_it(dialect: str, rule: str, line: str) -> None:
    """A reader opens the file there."""
    found = next(f for f in diagnosed(dialect).findings if f.rule == rule)
    assert found.location is not None
    text = Path(found.location.file).read_text(encoding="utf-8").splitlines()
    assert text[found.location.line - 1].startswith(line)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_source_of_a_function_is_found_where_it_is_on_this_machine(dialect: str) -> None:
    """Assets by their hash, folders beside the template."""
    web = templates.inventory([DIALECTS[dialect]]).find(FUNCTION, "bad-web")
    assert web is not None
    if dialect == "serverless package":  # the package's own zip is an address only
        assert web.code == ""
    else:
        assert (Path(web.code) / "app.py").is_file()


def written(folder: Path, name: str, resources: dict[str, Any]) -> Path:
    """A template file."""
    path = folder / name
    path.write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    return path


def nested(url: str, **parameters: Any) -> dict[str, Any]:
    """A nested stack."""
    return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url, "Parameters": parameters}}


def test_nested_stacks_are_read_with_the_parameters_of_their_parent(tmp_path: Path) -> None:
    """The name of the queue is the parent's; a stack elsewhere is a gap."""
    inner = {"Resources": {"Q": {"Type": QUEUE, "Properties": {"QueueName": {"Ref": "Name"}}}},
             "Parameters": {"Name": {"Type": "String", "Default": "other"}}}  # fmt: skip
    (tmp_path / "inner.json").write_text(json.dumps(inner))
    outer = written(
        tmp_path, "outer.json", {"In": nested("inner.json", Name="mine"), "Out": nested("https://x/y.json")}
    )
    found = templates.inventory([outer])
    assert found.find(QUEUE, "mine") is not None
    assert [gap.what for gap in found.gaps] == ["nested stack Out"]


def test_nested_stacks_of_a_cdk_assembly_are_found_by_their_assets(tmp_path: Path) -> None:
    """Without the metadata that the CDK CLI writes, too; one logical id is two constructs."""
    url = {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::Region"}, "/assets/abc.json"]]}
    written(tmp_path, "in.nested.template.json", {"Q": {"Type": QUEUE}})
    outer = written(tmp_path, "App.template.json", {"In": nested(""), "Q": {"Type": QUEUE}})
    template = json.loads(outer.read_text())
    template["Resources"]["In"]["Properties"]["TemplateURL"] = url
    outer.write_text(json.dumps(template))
    file = {"source": {"path": "in.nested.template.json"}, "destinations": {"here": {"objectKey": "abc.json"}}}
    (tmp_path / "App.assets.json").write_text(json.dumps({"files": {"abc": file}}))
    paths = {"/App/Q/Resource": "Q", "/App/In.NestedStack/In.NestedStackResource": "In", "/App/In/Q/Resource": "Q"}
    metadata = {path: [{"type": "aws:cdk:logicalId", "data": id_}] for path, id_ in paths.items()}
    (tmp_path / "App.metadata.json").write_text(json.dumps(metadata))
    found = templates.inventory([outer])
    assert {queue.name for queue in found.of_type(QUEUE)} == {"App/Q", "App/In/Q"}
    assert not found.gaps


def test_stacks_that_nest_each_other_come_to_an_end(tmp_path: Path) -> None:
    """Each file is read once, and the circle is named."""
    a = written(tmp_path, "a.json", {"B": nested("b.json")})
    written(tmp_path, "b.json", {"A": nested("a.json")})
    found = templates.inventory([a])
    assert len(found.resources) == 2
    assert [(gap.what, gap.reason) for gap in found.gaps] == [("nested stack A", "it contains itself: a.json")]


def test_a_template_and_its_folder_are_read_once(tmp_path: Path) -> None:
    """Naming both is no reason to find everything twice."""
    path = written(tmp_path, "app.template.json", {"Q": {"Type": QUEUE}})
    assert len(templates.inventory([tmp_path, path]).resources) == 1


def test_stages_of_a_cdk_app_are_assemblies_in_the_assembly(tmp_path: Path) -> None:
    """A pipeline's stacks are in folders of their own."""
    inner = tmp_path / "assembly-Prod"
    inner.mkdir()
    written(inner, "Prod.template.json", {"Q": {"Type": QUEUE}})
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Prod.template.json"}}
    (inner / "manifest.json").write_text(json.dumps({"artifacts": {"Prod": stack}}))
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"assembly-Prod": stage}}))
    assert templates.inventory([tmp_path]).find(QUEUE, "Q") is not None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.yaml", b"", "it is empty"),
        ("binary.yaml", bytes(range(256)), "not UTF-8 text"),
        ("nul.yaml", b"a\x00b", "not valid YAML"),
        ("prose.yaml", b"Dear all,\n: - {", "not valid YAML"),
        ("list.json", b"[1]", "no mapping"),
        ("deep.yaml", b"[" * 300_000, "nested too deeply"),
        ("deep.json", b'{"Resources":' + b'{"a":' * 100_000, "nested too deeply"),
        ("blocks.yaml", "\n".join(" " * n + "a:" for n in range(2000)).encode(), "nested too deeply"),
    ],
)
def test_what_is_no_template_is_one_sentence_with_the_file(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    """Never a traceback, and never long."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        templates.inventory([path])
    assert said in caught.value.message
    assert name in caught.value.message


def test_a_folder_that_cannot_be_read_as_a_file_is_said(tmp_path: Path) -> None:
    """An empty folder names what was looked for; a file without rights says so."""
    with pytest.raises(UserError, match=r"has no template: no \*\.template\.json"):
        templates.inventory([tmp_path])
    if os.geteuid():
        path = written(tmp_path, "t.json", {})
        path.chmod(0)
        with pytest.raises(UserError, match="cannot be read: Permission denied"):
            templates.inventory([path])


def deep(levels: int, bottom: Any) -> Any:
    """A value at the bottom of intrinsics in intrinsics."""
    for _ in range(levels):
        bottom = (
            {"Fn::If": ["C", bottom, {"Fn::Join": ["-", [bottom]]}]}
            if levels < 12
            else {"Fn::Sub": ["${x}", {"x": bottom}]}
        )
    return bottom


HARD: dict[str, dict[str, Any]] = {
    "unresolved": {
        "F": {"Type": FUNCTION, "Properties": {"Timeout": {"Ref": "Nobody"}, "MemorySize": {"Fn::ImportValue": "x"}}}
    },
    "circle": {n: {"Type": QUEUE, "Properties": {"QueueName": {"Fn::Sub": f"${{{m}}}"}}} for n, m in ("AB", "BA")},
    "deep": {"F": {"Type": FUNCTION, "Properties": {"Timeout": deep(70, 3), "FunctionName": deep(11, "f")}}},
    "odd": {"F": {"Type": FUNCTION, "Properties": {"Timeout": [], "TracingConfig": "x", "Environment": 3, "Layers": 1,
                                                   "LoggingConfig": [], "VpcConfig": "x", "DeadLetterConfig": 2}}},
    "macro": {"F": {"Type": FUNCTION, "Properties": {"Fn::Transform": {"Name": "AWS::Include"}}}},
}  # fmt: skip


@pytest.mark.parametrize("name", HARD)
def test_hard_templates_have_an_answer(tmp_path: Path, name: str) -> None:
    """Rules say what they cannot tell; none of them fails."""
    found: Inventory = templates.inventory([written(tmp_path, "t.json", HARD[name])])
    outcomes = diagnose(found).outcomes
    assert outcomes
    assert not [o for o in outcomes if "the rule failed" in getattr(o, "reason", "")]


def test_two_files_are_two_namespaces(tmp_path: Path) -> None:
    """An alarm of one stack watches no function of another that has the same logical id."""
    function = {"Type": FUNCTION, "Properties": {"Runtime": "python3.13", "Handler": "a.b"}}
    dimensions = [{"Name": "FunctionName", "Value": {"Ref": "Fn"}}]
    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": dimensions},
    }
    files = []
    for name, resources in (("a", {"Fn": function, "A": alarm}), ("b", {"Fn": function})):
        (tmp_path / name).mkdir()
        files.append(tmp_path / name / "template.yaml")
        files[-1].write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    found = diagnose(templates.inventory(files)).findings
    assert [f.resource for f in found if f.rule == "lambda-no-alarm"] == ["b/Fn"]
    assert not [f for f in found if f.rule == "alarm-dead"]


ALIASED = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: a.b
      CodeUri: src
      Timeout: 45
      ALIAS
      Environment: {Variables: {WORK_FUNCTION_NAME: !Ref Other.Alias}}
      Events:
        Q: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}
        S: {Type: SNS, Properties: {Topic: !Ref T}}
        A: {Type: Api, Properties: {Path: /, Method: get}}
  Other: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.13, Handler: a.b, CodeUri: src, ALIAS}}
  Q: {Type: AWS::SQS::Queue}
  T: {Type: AWS::SNS::Topic}
"""


def test_an_alias_silences_nothing_and_accuses_nobody(tmp_path: Path) -> None:
    """Triggers, permissions and variables that name an alias mean its function."""
    said = []
    for text in (
        ALIASED.replace("ALIAS", "AutoPublishAlias: live"),
        ALIASED.replace(".Alias", "").replace("ALIAS", "Layers: []"),
    ):
        (tmp_path / "template.yaml").write_text(text, encoding="utf-8")
        said.append({(f.rule, f.resource) for f in diagnose(templates.inventory([tmp_path])).findings})
    assert said[0] == said[1]
    assert {"sqs-visibility-short", "lambda-async-no-destination", "lambda-outlives-api"} <= {
        rule for rule, _ in said[0]
    }
    assert "lambda-names-nothing" not in {rule for rule, _ in said[0]}
