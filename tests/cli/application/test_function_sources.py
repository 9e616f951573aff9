"""Which source belongs to which function."""

import json
from pathlib import Path

from shopfast_obs.cli.application import function_sources
from shopfast_obs.model.resources import FUNCTION, Inventory, Resource
from shopfast_obs.settings import Settings


def test_a_function_has_the_source_of_the_folder_that_its_name_names(tmp_path: Path) -> None:
    """The longest name that fits; a function without a folder has none."""
    for name, call in (("orders", "scan"), ("orders-api", "query"), ("empty", "")):
        (tmp_path / "services" / name).mkdir(parents=True)
        (tmp_path / "services" / name / "app.py").write_text(f"table.{call}()\n" if call else "", encoding="utf-8")
    names = ("shop-orders-api", "shop-orders", "other")
    inventory = Inventory("x", tuple(Resource(FUNCTION, name) for name in names))
    found = function_sources.read(Settings(root=tmp_path, services=("services", "missing")), inventory)
    assert {name: source.calls[0].operation for name, source in found.items()} == {
        "shop-orders-api": "query",
        "shop-orders": "scan",
    }
    assert found["shop-orders"].calls[0].place == "orders/app.py:1"


def test_the_folder_that_was_packaged_comes_before_a_name(tmp_path: Path) -> None:
    """As the last synthesis took it; a module that was changed since is another, and the name decides."""
    for name, call in (("reader", "scan"), ("mail", "query")):
        (tmp_path / "services" / name).mkdir(parents=True)
        (tmp_path / "services" / name / "app.py").write_text(f"def handler(event, context):\n    t.{call}()\n")
    assembly = tmp_path / ".state" / "cdk.out"
    (assembly / "asset.1").mkdir(parents=True)
    (assembly / "asset.1" / "app.py").write_bytes((tmp_path / "services/mail/app.py").read_bytes())
    code = {"Type": FUNCTION, "Properties": {"Handler": "app.handler", "Code": {"S3Key": "1.zip"}}}
    (assembly / "Shop.template.json").write_text(json.dumps({"Resources": {"Reader1": code}}))
    destination = {"bucketName": "b", "objectKey": "1.zip"}
    file = {"source": {"path": "asset.1", "packaging": "zip"}, "destinations": {"here": destination}}
    (assembly / "Shop.assets.json").write_text(json.dumps({"files": {"1": file}}))
    artifacts = {
        "Shop.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Shop.assets.json"}},
        "Shop": {
            "type": "aws:cloudformation:stack",
            "properties": {"templateFile": "Shop.template.json"},
            "dependencies": ["Shop.assets"],
        },
    }
    (assembly / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    handler = {"Handler": "app.handler", "Runtime": "python3.12"}
    inventory = Inventory("local", (Resource(FUNCTION, "Shop-Reader1-X", "Reader1", "Shop", properties=handler),))
    settings = Settings(root=tmp_path, state=".state", services=("services",))
    assert function_sources.read(settings, inventory)["Shop-Reader1-X"].modules == ("mail/app.py",)
    (tmp_path / "services/mail/app.py").write_text("def handler(event, context):\n    pass\n")
    assert function_sources.read(settings, inventory)["Shop-Reader1-X"].modules == ("reader/app.py",)


def test_functions_that_share_a_folder_have_what_their_handlers_reach(tmp_path: Path) -> None:
    """In templates and by the project's folders; a vendor's wrapper names the handler in the environment."""
    (tmp_path / "src").mkdir()
    for name in ("a", "b"):
        (tmp_path / "src" / f"{name}.py").write_text(f"def handler(event, context):\n    {name}.scan()\n")
    wrapped = {
        "Handler": "datadog_lambda.handler.handler",
        "Environment": {"Variables": {"DD_LAMBDA_HANDLER": "b.handler"}},
    }
    code = str(tmp_path / "src")
    inventory = Inventory(
        "x",
        (
            Resource(FUNCTION, "src-a", code=code, properties={"Handler": "a.handler", "Runtime": "python3.13"}),
            Resource(FUNCTION, "src-b", code=code, properties=wrapped),
            Resource(FUNCTION, "src-node", code=code, properties={"Handler": "a.handler", "Runtime": "nodejs22.x"}),
            Resource(FUNCTION, "src-gone", code=code, properties={"Handler": "gone.handler"}),
        ),
    )
    for found in (
        function_sources.beside(inventory),
        function_sources.read(Settings(root=tmp_path, services=(".",)), inventory),
    ):
        assert {name: source.modules for name, source in found.items()} == {
            "src-a": ("src/a.py",),
            "src-b": ("src/b.py",),
        }
