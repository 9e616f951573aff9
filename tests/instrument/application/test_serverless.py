"""The Serverless Framework: handlers found from its file, and what they need put into it."""

from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.changes import engine
from shopfast_obs.errors import ProjectError
from shopfast_obs.instrument.infrastructure.template import for_template
from shopfast_obs.instrument.plan import Instrumentation
from shopfast_obs.instrument.registry import selected
from shopfast_obs.model.overlay import Tracing
from shopfast_obs.parse.templates import yaml_tags

FILE = """\
service: todos   # ours

provider:
  name: aws
  runtime: python3.11
  environment:
    TABLE: ${self:service}-table   # one for all
  layers:
    - arn:aws:lambda:eu-west-1:123456789012:layer:own:1

functions:
  # makes one
  create:
    handler: todos/create.create
    events:
      - http: {path: todos, method: post}
  my-list:
    handler: todos/list.main
    runtime: python3.13
    architecture: arm64
    layers: [{Ref: OtherLambdaLayer}]
    environment: {POWERTOOLS_LOG_LEVEL: DEBUG}
  page:
    handler: page.handler
    runtime: nodejs22.x
"""


def project(root: Path, text: str = FILE) -> Path:
    """A service with two handlers and a function that the file does not name."""
    (root / "todos").mkdir()
    (root / "todos" / "create.py").write_text("def create(event, context):\n    return 1\n")
    (root / "todos" / "list.py").write_text("from todos.impl import all_of_them as main\n")
    (root / "todos" / "impl.py").write_text("def all_of_them(event, context):\n    return 2\n")
    (root / "todos" / "other.py").write_text("def handler(event, context):\n    return 3\n")
    (root / "serverless.yml").write_text(text)
    return root / "serverless.yml"


def plan(path: Path) -> Instrumentation:
    """The plan for the file."""
    return for_template(path, path.parent, selected())


def document(found: Instrumentation) -> dict[str, Any]:
    """What becomes of the file."""
    after = next(c.after or b"" for c in found.plan.changes if c.path == "serverless.yml").decode()
    value, _ = yaml_tags.read(after)
    return dict(value)


def test_its_functions_get_what_they_need_and_nobody_else_anything(tmp_path: Path) -> None:
    """Provider defaults are below, a function's own layers would hide the provider's, decisions stay."""
    path = project(tmp_path)
    found = plan(path)
    text = next(c.after or b"" for c in found.plan.changes if c.path == "serverless.yml").decode()
    kept = [line for line in FILE.splitlines() if "my-list" not in line and "layers: [" not in line]
    assert all(line in text.splitlines() or "environment: {" in line for line in kept)
    functions = document(found)["functions"]
    create, listing = functions["create"], functions["my-list"]
    assert create["tracing"] == listing["tracing"] == "Active"
    assert create["environment"]["POWERTOOLS_METRICS_NAMESPACE"] == "todos"
    assert listing["environment"]["POWERTOOLS_LOG_LEVEL"] == "DEBUG"
    assert create["layers"][0].endswith(":own:1")
    assert "python311-x86_64" in create["layers"][1]["Fn::Sub"]
    assert listing["layers"][0] == {"Ref": "OtherLambdaLayer"}
    assert "python313-arm64" in listing["layers"][1]["Fn::Sub"]
    assert listing["layers"][2] == {"Ref": "ShopfastObsRuntimeLambdaLayer"}
    assert document(found)["layers"]["ShopfastObsRuntime"]["package"] == {"artifact": "shopfast-obs-runtime.zip"}
    made = document(found)["resources"]["extensions"]
    assert set(made) == {"CreateLambdaFunction", "MyDashlistLambdaFunction"}
    assert functions["page"] == {"handler": "page.handler", "runtime": "nodejs22.x"}


def test_only_declared_handlers_change_also_behind_an_import(tmp_path: Path) -> None:
    """A second run changes nothing, undo restores every byte."""
    path = project(tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    found = plan(path)
    changed = {str(f.path.relative_to(tmp_path)) for f in found.files if f.status == "changed"}
    assert changed == {"serverless.yml", "shopfast-obs-runtime.zip", "todos/create.py", "todos/impl.py"}
    engine.apply(found.plan, tmp_path, tmp_path / ".state")
    assert plan(path).plan.empty
    engine.undo(tmp_path, tmp_path / ".state")
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file() and ".state" not in p.parts} == before


def test_what_is_set_for_all_is_not_repeated(tmp_path: Path) -> None:
    """Tracing, names and the log format of the provider are every function's."""
    shared = "  tracing: {lambda: true}\n  logs: {lambda: {logFormat: JSON}}\n"
    shared += "  environment:\n    POWERTOOLS_LOG_LEVEL: WARN\n"
    found = document(plan(project(tmp_path, FILE.replace("  environment:\n    TABLE", f"{shared}    TABLE"))))
    assert "tracing" not in found["functions"]["create"]
    assert "POWERTOOLS_LOG_LEVEL" not in found["functions"]["create"]["environment"]
    assert "resources" not in found


def test_resources_in_another_file_leave_the_log_format(tmp_path: Path) -> None:
    """Powertools writes JSON all the same."""
    found = document(plan(project(tmp_path, f"{FILE}resources: ${{file(resources.yml)}}\n")))
    assert found["resources"] == "${file(resources.yml)}"


def test_what_a_plugin_traces_gets_all_but_a_second_tracer(tmp_path: Path) -> None:
    """The plugin wraps the handler when it is packaged."""
    found = plan(project(tmp_path, FILE.replace("functions:", "plugins: [serverless-plugin-datadog]\nfunctions:")))
    create = document(found)["functions"]["create"]
    assert "tracing" not in create
    assert create["layers"][-1] == {"Ref": "ShopfastObsRuntimeLambdaLayer"}
    (source,) = [f for f in found.files if f.path.name == "create.py"]
    assert source.reason == "Datadog traces it already: it gets no second tracer"
    assert b"@observed" in (source.after or b"") and b"Tracer" not in (source.after or b"")
    assert any(effect.startswith("create: Datadog traces it already") for effect in found.plan.effects)


@pytest.mark.parametrize("tracing", ["xray", "otel"])
def test_the_layers_are_those_of_the_way_of_tracing(tmp_path: Path, tracing: Tracing) -> None:
    """Made once each; a second run, asked or not, changes nothing."""
    path = project(tmp_path)
    found = for_template(path, tmp_path, selected(tracing=tracing))
    names = ["ShopfastObsRuntime", *(["ShopfastObsOtel"] if tracing == "otel" else [])]
    assert list(document(found)["layers"]) == [n for n in document(found)["layers"] if n not in names] + names
    assert document(found)["functions"]["create"]["layers"][2:] == [{"Ref": f"{name}LambdaLayer"} for name in names]
    engine.apply(found.plan, tmp_path, tmp_path / ".state")
    assert for_template(path, tmp_path, selected(tracing=tracing)).plan.empty
    assert plan(path).plan.empty


LEFT = {
    "its runtime is left to a variable": ("python3.11", "${opt:runtime}"),
    "its handler is left to a variable": ("todos/create.create", "${self:custom.handler}"),
    "no Powertools layer for its runtime": ("python3.11", "python3.7"),
    "aliases": ("    TABLE: ", "    X: &x y\n    Y: *x\n    TABLE: "),
    "container image": ("handler: todos/create.create", "image: thing"),
    "no plain list": ("    events:", "    layers: ${self:custom.layers}\n    events:"),
}


@pytest.mark.parametrize("said", LEFT)
def test_what_cannot_be_edited_safely_is_left_with_its_source(tmp_path: Path, said: str) -> None:
    """With the reason."""
    found = plan(project(tmp_path, FILE.replace(*LEFT[said], 1)))
    assert said in found.files[0].reason
    assert not any(f.path.name == "create.py" and f.status == "changed" for f in found.files)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FILE.partition("functions:")[0] + "functions: ${file(functions.yml)}\n", "stand in other files"),
        (FILE.replace("name: aws", "name: google"), "deploys to google"),
        ("service: x\n", "has no provider"),
        ("a: [\n", "not valid YAML"),
    ],
)
def test_what_is_no_such_file_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    """And what to do instead."""
    with pytest.raises(ProjectError, match=said):
        plan(project(tmp_path, text))


def test_a_package_leads_to_the_file_that_it_was_made_from(tmp_path: Path) -> None:
    """What `serverless package`, `sam build` and the CDK wrote would be written anew."""
    path = project(tmp_path)
    package = tmp_path / ".serverless" / "cloudformation-template-update-stack.json"
    built = tmp_path / ".aws-sam" / "build" / "template.yaml"
    assembly = tmp_path / "cdk.out" / "shop.template.json"
    for made in (package, built, assembly):
        made.parent.mkdir(parents=True)
        made.write_text("{}")
    (assembly.parent / "manifest.json").touch()
    assert plan(package).plan.changes[0].path.endswith("serverless.yml")
    for made, tool in ((built, "sam build"), (assembly, "the CDK")):
        with pytest.raises(ProjectError, match=tool):
            plan(made)
    path.unlink()
    with pytest.raises(ProjectError, match="serverless package"):
        plan(package)


def test_a_handler_that_is_not_there_is_said(tmp_path: Path) -> None:
    """The function would not run anyhow."""
    found = plan(project(tmp_path, FILE.replace("todos/create.create", "todos/gone.create")))
    assert any("no source of the handler todos/gone.create" in f.reason for f in found.files)
    (tmp_path / "todos/create.py").write_text("X = 1\n")
    (tmp_path / "serverless.yml").write_text(FILE)
    assert any("has no function create" in f.reason for f in plan(tmp_path / "serverless.yml").files)
