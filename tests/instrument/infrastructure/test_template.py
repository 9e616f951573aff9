"""SAM and CloudFormation templates: what is needed comes in, and nothing else of the text moves."""

import json
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.changes import engine
from shopfast_obs.changes.diff import diff
from shopfast_obs.instrument.infrastructure.template import for_template
from shopfast_obs.instrument.plan import Instrumentation
from shopfast_obs.instrument.registry import selected
from shopfast_obs.model.overlay import Tracing
from shopfast_obs.parse.templates.template import read_template
from shopfast_obs.parse.templates.template_edit import EditError, append, put, put_last

SAM = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.11
    Environment:
      Variables: {TABLE: !Ref Table}   # the table

Resources:
  # where orders come in
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/orders
      Handler: app.main
      Layers:
        - !Ref Shared  # ours
      Tracing: PassThrough
  Page:
    Type: AWS::Serverless::Function
    Properties: {Runtime: nodejs22.x, Handler: index.handler, CodeUri: page}
"""
PLAIN = {
    "Resources": {
        "Stock": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.12",
                "Handler": "app.main",
                "Code": "src/stock",
                "FunctionName": "stock",
                "Architectures": ["arm64"],
            },
        }
    }
}
HANDLER = "def main(event, context):\n    return 1\n"


def project(tmp_path: Path, name: str, text: str) -> Path:
    """A template with the sources of two functions beside it."""
    for service in ("orders", "stock"):
        (tmp_path / "src" / service).mkdir(parents=True)
        (tmp_path / "src" / service / "app.py").write_text(HANDLER)
    (tmp_path / name).write_text(text)
    return tmp_path / name


def plan(path: Path) -> Instrumentation:
    """The plan for the template."""
    return for_template(path, path.parent, selected())


def after(found: Instrumentation, path: Path) -> str:
    """What becomes of the template."""
    return next(c.after or b"" for c in found.plan.changes if c.path == path.name).decode()


def test_a_sam_template_keeps_every_line_and_gets_what_its_functions_need(tmp_path: Path) -> None:
    """Comments stay above what they are about; a page in another language is nobody's concern."""
    path = project(tmp_path, "template.yaml", SAM)
    found = plan(path)
    text = after(found, path)
    removed = [line for line in SAM.splitlines() if line not in text.splitlines()]
    assert removed == ["      Tracing: PassThrough"]
    assert "  # where orders come in\n  Orders:\n" in text
    function = read_template(text, path)["Resources"]["Orders"]["Properties"]
    assert function["Tracing"] == "Active"
    assert function["LoggingConfig"] == {"LogFormat": "JSON"}
    assert function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == "Orders"
    assert function["Layers"][0] == {"Ref": "Shared"}
    assert "AWSLambdaPowertoolsPythonV3-python311-x86_64" in function["Layers"][1]["Fn::Sub"]
    assert function["Layers"][2] == {"Ref": "ShopfastObsRuntime"}
    statuses = {str(f.path.relative_to(tmp_path)): f.status for f in found.files}
    assert statuses == {
        "template.yaml": "changed",
        "shopfast-obs-runtime.zip": "changed",
        "src/orders/app.py": "changed",
    }
    assert "Binary files /dev/null and b/shopfast-obs-runtime.zip differ" in diff(found.plan)


def test_globals_are_below_what_a_function_says(tmp_path: Path) -> None:
    """Variables and layers of both count, as SAM puts them together; what is decided for all is not repeated."""
    shared = "    Tracing: Active\n    Layers: [a, b, c]\n    LoggingConfig: {LogFormat: JSON}\n"
    text = SAM.replace("    Runtime: python3.11\n", f"    Runtime: python3.11\n{shared}", 1)
    text = text.replace("{TABLE: !Ref Table}", "{POWERTOOLS_LOG_LEVEL: DEBUG}")
    text = text.replace("      Tracing: PassThrough\n", "")
    own = "      Environment: {Variables: {A: b}}\n      Layers:"
    path = project(tmp_path, "template.yaml", text.replace("      Layers:", own, 1))
    found = plan(path)
    assert "6 layers" in found.files[0].reason
    path.write_text(path.read_text().replace("[a, b, c]", "[a]"))
    function = read_template(after(plan(path), path), path)["Resources"]["Orders"]["Properties"]
    assert not {"Tracing", "LoggingConfig"} & set(function)
    assert set(function["Environment"]["Variables"]) == {"A", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"}
    assert len(function["Layers"]) == 3


@pytest.mark.parametrize(("name", "text"), [("template.yaml", SAM), ("template.json", json.dumps(PLAIN, indent=2)),
                                            ("tight.json", json.dumps(PLAIN))])  # fmt: skip
def test_a_second_run_changes_nothing_and_undo_restores_every_byte(tmp_path: Path, name: str, text: str) -> None:
    """In YAML and JSON."""
    path = project(tmp_path, name, text)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    engine.apply(plan(path).plan, tmp_path, tmp_path / ".state")
    assert plan(path).plan.empty
    engine.undo(tmp_path, tmp_path / ".state")
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file() and ".state" not in p.parts} == before


def test_a_plain_template_names_things_as_cloudformation_does(tmp_path: Path) -> None:
    """And only those are new."""
    path = project(tmp_path, "template.json", json.dumps(PLAIN, indent=2))
    document = json.loads(after(plan(path), path))
    properties = document["Resources"]["Stock"]["Properties"]
    assert properties.pop("TracingConfig") == {"Mode": "Active"}
    assert properties.pop("LoggingConfig") == {"LogFormat": "JSON"}
    assert properties.pop("Environment")["Variables"]["POWERTOOLS_SERVICE_NAME"] == "stock"
    assert "python312-arm64" in properties.pop("Layers")[0]["Fn::Sub"]
    assert document["Resources"].pop("ShopfastObsRuntime")["Type"] == "AWS::Lambda::LayerVersion"
    assert document == PLAIN


LEFT = {
    "macro": {"Transform": ["AWS::Serverless-2016-10-31", "Mine"]},
    "no plain mapping": {"Environment": {"Fn::If": ["C", {"Variables": {}}, {"Ref": "AWS::NoValue"}]}},
    "stands in the template": {"Code": {"ZipFile": "def main(): pass"}},
    "left to a parameter": {"Handler": {"Ref": "Handler"}},
    "container image": {"PackageType": "Image"},
    "no plain list": {"Layers": {"Fn::If": ["C", [], []]}},
}


@pytest.mark.parametrize(("said", "change"), LEFT.items())
def test_what_cannot_be_edited_safely_is_left_with_its_source(
    tmp_path: Path, said: str, change: dict[str, Any]
) -> None:
    """With the reason."""
    template = json.loads(json.dumps(PLAIN))
    where = template if "Transform" in change else template["Resources"]["Stock"]["Properties"]
    where.update(change)
    text = json.dumps(template, indent=2)
    path = project(tmp_path, "template.yaml", text)
    found = plan(path)
    assert found.plan.empty
    assert said in found.files[0].reason


@pytest.mark.parametrize("line", ["Environment: !If [C, {Variables: {}}, !Ref X]", "Layers: !If [C, [], !Ref X]"])
def test_a_short_form_is_left_like_the_long_one(tmp_path: Path, line: str) -> None:
    """It is a tag, which YAML alone has."""
    lines = ["Type: AWS::Lambda::Function", "Properties:", "  Runtime: python3.12", "  Handler: app.main", f"  {line}"]
    text = "\n    ".join(["Resources:\n  Stock:", *lines])
    found = plan(project(tmp_path, "template.yaml", f"{text}\n"))
    assert found.plan.empty
    assert "by hand" in found.files[0].reason


def test_what_an_alias_shares_is_left_alone(tmp_path: Path) -> None:
    """A name that is one function's would become the other's as well."""
    text = SAM.replace("Tracing: PassThrough", "Environment: &e {Variables: {A: b}}\n      Tags: *e")
    found = plan(project(tmp_path, "template.yaml", text))
    assert found.plan.empty
    assert "aliases" in found.files[0].reason


def test_values_go_into_every_style() -> None:
    """Flow and block, one line and many, with and without a last newline."""
    assert put("a: {b: 1}\n", ["a", "c"], "x") == 'a: {"c": "x", b: 1}\n'
    assert put("a:\n- b: 1\n", ["c"], {"d": [1]}) == "c:\n  d:\n  - 1\na:\n- b: 1\n"
    assert put('{"a": {}}', ["a", "b", "c"], True) == '{"a": {"b": {"c": true}}}'
    assert put("a: 'old'  # why\n", ["a"], "new") == "a: new  # why\n"
    assert put_last("a: 1\n\n", "b", [2]) == "a: 1\n\nb:\n- 2\n"
    assert put_last('{"a": 1}', "b", [2]) == '{"b": [2], "a": 1}'
    assert append("a:\n  - x", ["a"], ["y"]) == "a:\n  - x\n  - y\n"
    assert append("a: [x]\n", ["a"], ["y"]) == 'a: [x, "y"]\n'
    assert append("a:\r\n- b:\r\n    c: 1\r\nd: 2\r\n", ["a"], ["y"]) == "a:\r\n- b:\r\n    c: 1\r\n- y\r\nd: 2\r\n"
    for text in ("a: !Ref b\n", "a: 1\n"):
        with pytest.raises(EditError):
            put(text, ["a", "b"], 1)


def test_functions_that_nobody_can_read_are_left_alone(tmp_path: Path) -> None:
    """Whatever stands in their properties; the others are instrumented."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("def handler(event, context):\n    return 1\n")
    good = "Handler: app.handler, Runtime: python3.12, CodeUri: src"
    odd = ["x", "5", f"{{{good}, LoggingConfig: 5, Environment: x}}", f"{{{good}, Environment: {{Variables: 5}}}}"]
    entries = [f"  F{n}: {{Type: AWS::Serverless::Function, Properties: {text}}}\n" for n, text in enumerate(odd)]
    last = f"  Good: {{Type: AWS::Serverless::Function, Properties: {{{good}}}}}\n"
    template = tmp_path / "template.yaml"
    template.write_text(f"Transform: AWS::Serverless-2016-10-31\nGlobals: x\nResources:\n{''.join(entries)}{last}")

    planned = for_template(template, tmp_path, selected())

    assert [effect.split()[1] for effect in planned.plan.effects][:4] == ["F0", "F1", "F2", "F3"]
    assert not any("Good" in effect for effect in planned.plan.effects)


def test_a_text_that_only_cloudformation_reads_is_not_edited() -> None:
    """It is refused, and the parser's own error is not shown."""
    with pytest.raises(EditError, match="line 1"):
        put("a: {arn: !GetAtt, b: [}", ["a", "b"], 1)


def test_the_role_of_a_traced_function_may_send_traces(tmp_path: Path) -> None:
    """Lambda refuses the deployment otherwise; SAM permits the roles that it makes itself."""
    own = {"Stock": {**PLAIN["Resources"]["Stock"]}, "Role": {"Type": "AWS::IAM::Role", "Properties": {}}}
    own["Stock"]["Properties"] = {**own["Stock"]["Properties"], "Role": {"Fn::GetAtt": ["Role", "Arn"]}}  # type: ignore[dict-item]
    path = project(tmp_path, "template.json", json.dumps({"Resources": own}, indent=2))
    found = plan(path)
    assert "AWSXRayDaemonWriteAccess" in after(found, path)
    sam = project(tmp_path / "sam", "template.yaml", SAM)
    assert "AWSXRayDaemonWriteAccess" not in after(plan(sam), sam)
    elsewhere = project(tmp_path / "else", "template.json", json.dumps(PLAIN))
    assert any("Stock has a role that this template does not make" in effect for effect in plan(elsewhere).plan.effects)


def test_outside_of_the_commercial_regions_the_layer_is_another_accounts(tmp_path: Path) -> None:
    """Of China and GovCloud; where nobody publishes one, the function is left alone."""
    path = project(tmp_path, "template.yaml", SAM)
    said = {
        region: for_template(path, path.parent, selected(), None, region)
        for region in ("eu-west-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1")
    }
    assert "arn:aws:lambda:${AWS::Region}:017000801446:layer:" in after(said["eu-west-1"], path)
    assert "arn:aws-cn:lambda:cn-north-1:498634801083:layer:" in after(said["cn-north-1"], path)
    assert "arn:aws-us-gov:lambda:us-gov-west-1:165093116878:layer:" in after(said["us-gov-west-1"], path)
    reasons = [skipped.reason for skipped in said["us-iso-east-1"].plan.skipped]
    assert "Orders: nobody publishes a Powertools layer in us-iso-east-1; change it by hand" in reasons


def test_a_runtime_that_its_owner_manages_is_named(tmp_path: Path) -> None:
    """Nobody knows what runs there."""
    text = SAM.replace("Runtime: nodejs22.x", "Runtime: custom")
    skipped = plan(project(tmp_path, "template.yaml", text)).plan.skipped
    assert "its owner manages its runtime (custom), for which no layer exists" in str(skipped)


TRACED = {
    "a wrapper": ("app.main", "Environment: {Variables: {AWS_LAMBDA_EXEC_WRAPPER: /opt/otel-instrument}}"),
    "a layer": ("app.main", "Layers: ['arn:aws:lambda:eu-west-1:464622532012:layer:Datadog-Python312:100']"),
    "a handler": ("datadog_lambda.handler.handler", "Environment: {Variables: {DD_LAMBDA_HANDLER: app.main}}"),
}


@pytest.mark.parametrize("by", TRACED)
@pytest.mark.parametrize("tracing", ["xray", "otel"])
def test_what_another_tracer_traces_keeps_its_tracing(tmp_path: Path, by: str, tracing: Tracing) -> None:
    """It gets logs, metrics and correlation, and the plan says why no more."""
    handler, setting = TRACED[by]
    text = f"{SAM.partition('  Orders:')[0]}  Orders:\n    Type: AWS::Serverless::Function\n    Properties:\n"
    path = project(
        tmp_path, "template.yaml", f"{text}      CodeUri: src/orders\n      Handler: {handler}\n      {setting}\n"
    )
    found = for_template(path, tmp_path, selected(tracing=tracing))
    function = read_template(after(found, path), path)["Resources"]["Orders"]["Properties"]
    assert "Tracing" not in function
    assert function["Layers"][-1] == {"Ref": "ShopfastObsRuntime"}
    source = next(c.after or b"" for c in found.plan.changes if c.path == "src/orders/app.py").decode()
    assert "@observed" in source and "@logger" in source
    assert "Tracer" not in source and "traced" not in source
    assert any("Orders: " in effect and "traces it already" in effect for effect in found.plan.effects)
    engine.apply(found.plan, tmp_path, tmp_path / ".state")
    assert for_template(path, tmp_path, selected(tracing=tracing)).plan.empty
