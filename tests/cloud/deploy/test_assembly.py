"""A cloud assembly is read in deployment order, its assets with it."""

import json
from pathlib import Path

import pytest

from shopfast_obs.cloud.deploy import assembly
from shopfast_obs.errors import ProjectError, UserError


def write(folder: Path, stacks: dict[str, list[str]]) -> None:
    """Write an assembly of empty stacks with these dependencies, each with one asset, as the CDK lays them out."""
    artifacts = {}
    for name, dependencies in stacks.items():
        artifacts[f"{name}.assets"] = {"type": "cdk:asset-manifest", "properties": {"file": f"{name}.assets.json"}}
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "properties": {"templateFile": f"{name}.template.json"},
            "dependencies": [*dependencies, f"{name}.assets"],
        }
        (folder / f"{name}.template.json").write_text(json.dumps({"Resources": {}, "Description": name}))
        destination = {"bucketName": "assets-${AWS::AccountId}-${AWS::Region}", "objectKey": f"{name}.zip"}
        source = {"path": f"asset.{name}", "packaging": "zip"}
        files = {"hash": {"source": source, "destinations": {"current": destination}}}
        (folder / f"{name}.assets.json").write_text(json.dumps({"files": files}))
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))


def test_stacks_come_after_what_they_depend_on(tmp_path: Path) -> None:
    """The order of the manifest does not matter."""
    write(tmp_path, {"services": ["data"], "data": [], "alarms": ["services", "data"]})
    assert [stack.name for stack in assembly.read(tmp_path)] == ["data", "services", "alarms"]


def test_a_stack_knows_its_template_and_assets(tmp_path: Path) -> None:
    """Assets carry where they lie and where they go."""
    write(tmp_path, {"data": []})
    (stack,) = assembly.read(tmp_path)
    assert stack.parsed["Description"] == "data"
    asset = assembly.Asset(tmp_path / "asset.data", "zip", "assets-${AWS::AccountId}-${AWS::Region}", "data.zip")
    assert stack.assets == (asset,)


def test_a_circle_is_named(tmp_path: Path) -> None:
    """Stacks that wait for each other cannot be deployed."""
    write(tmp_path, {"a": ["b"], "b": ["a"]})
    with pytest.raises(ProjectError, match="circle"):
        assembly.read(tmp_path)


def test_a_folder_without_a_manifest_is_not_an_assembly(tmp_path: Path) -> None:
    """The message names the folder."""
    with pytest.raises(ProjectError, match=tmp_path.name):
        assembly.read(tmp_path)


@pytest.mark.parametrize("said", ["/etc/hostname", "../private"])
def test_an_assembly_names_nothing_outside_of_itself(tmp_path: Path, said: str) -> None:
    """Neither a template nor an asset: it would be read, and uploaded."""
    folder = tmp_path / "cdk.out"
    folder.mkdir()
    write(folder, {"app": []})
    for name, old in (("app.assets.json", "asset.app"), ("manifest.json", "app.template.json")):
        file = folder / name
        file.write_text(file.read_text().replace(f'"{old}"', json.dumps(said)))
        with pytest.raises(UserError, match="leads outside"):
            assembly.read(folder)
        file.write_text(file.read_text().replace(json.dumps(said), f'"{old}"'))


def test_nested_stacks_are_among_the_files(tmp_path: Path) -> None:
    """Found by the end of their TemplateURL; their constructs are told apart from those around them."""
    write(tmp_path, {"shop": []})
    url = {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::Region"}, "/assets/inner.json"]]}
    maker = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
    elsewhere = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://s3/assets/other.json"}}
    (tmp_path / "shop.template.json").write_text(json.dumps({"Resources": {"Maker": maker, "Other": elsewhere}}))
    (tmp_path / "inner.nested.template.json").write_text(json.dumps({"Resources": {}, "Description": "inner"}))
    manifest = json.loads((tmp_path / "shop.assets.json").read_text())
    source = {"path": "inner.nested.template.json", "packaging": "file"}
    manifest["files"]["inner"] = {
        "source": source,
        "destinations": {"c": {"bucketName": "b", "objectKey": "inner.json"}},
    }
    (tmp_path / "shop.assets.json").write_text(json.dumps(manifest))
    (stack,) = assembly.read(tmp_path)
    assert [one.name for one in stack.whole] == ["shop", "shop-Maker"]
    assert stack.nested["Maker"].parsed["Description"] == "inner"
    assert stack.nested["Maker"].assets == stack.assets
