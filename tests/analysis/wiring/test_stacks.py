"""Several templates as one inventory: namespaces, joined by what joins them on AWS."""

from typing import Any

import pytest

from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.analysis.wiring.stacks import joined, nested
from shopfast_obs.model.resources import FUNCTION, TABLE, Inventory
from shopfast_obs.parse.templates.template import inventory

FN: dict[str, Any] = {"Type": FUNCTION}
NESTED = "AWS::CloudFormation::Stack"


def part(stack: str, resources: dict[str, Any], **sections: Any) -> Inventory:
    """What one template declares."""
    known = {"AWS::StackName": f"${{AWS::StackName@{stack}}}"}
    return inventory({"Resources": resources, **sections}, stack, stack, known)


def using(value: Any) -> dict[str, Any]:
    """A function that is told of a table."""
    return {"Fn": {"Type": FUNCTION, "Properties": {"Environment": {"Variables": {"TABLE": value}}}}}


def told(whole: Inventory) -> list[str]:
    """The tables that the first function is told of."""
    function = next(r for r in whole.of_type(FUNCTION) if r.properties)
    return [table.name for table in References(whole).named(function.properties["Environment"], TABLE)]


def test_the_same_logical_id_is_another_resource() -> None:
    """Both are called after their stacks; a reference stays in its own."""
    whole = joined([part("a", {"Fn": FN, "G": FN}), part("b", {"Fn": FN})])
    assert [r.name for r in whole.resources] == ["a/Fn", "G", "b/Fn"]
    assert [r.identifier for r in whole.resources] == ["${Fn@a}", "${G@a}", "${Fn@b}"]


def test_the_same_physical_name_is_both() -> None:
    """Two environments of one application; a text in any template means either."""
    named = {"Fn": {"Type": FUNCTION, "Properties": {"FunctionName": "orders"}}}
    whole = joined([part("dev", named), part("prod", named)])
    assert [r.name for r in whole.resources] == ["dev/orders", "prod/orders"]
    assert References(whole).named("orders", FUNCTION) == whole.resources


T = {"T": {"Type": TABLE}}


@pytest.mark.parametrize(
    ("outputs", "value"),
    [
        ({"X": {"Value": {"Ref": "T"}, "Export": {"Name": "orders-table"}}}, {"Fn::ImportValue": "orders-table"}),
        (
            {"X": {"Value": {"Fn::GetAtt": ["T", "Arn"]}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-t"}}}},
            {"Fn::ImportValue": "data-t"},
        ),
    ],
)
def test_an_import_leads_to_what_is_exported(outputs: dict[str, Any], value: Any) -> None:
    """Also of a name that the stack's own is a part of."""
    assert told(joined([part("data", T, Outputs=outputs), part("app", using(value))])) == ["T"]


def test_a_parameter_of_systems_manager_leads_to_what_is_stored() -> None:
    """As a dynamic reference, or as the type of a parameter."""
    stored = {**T, "P": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/orders/table", "Value": {"Ref": "T"}}}}
    data = part("data", stored)
    assert told(joined([data, part("app", using("{{resolve:ssm:/orders/table}}"))])) == ["T"]
    parameters = {"Table": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/orders/table"}}
    assert told(joined([data, part("app", using({"Ref": "Table"}), Parameters=parameters)])) == ["T"]


def test_a_nested_stack_gives_its_outputs() -> None:
    """To the stack around it, and through that to another nested one."""
    around = {"Data": {"Type": NESTED}, **using({"Fn::GetAtt": ["Data", "Outputs.Table"]})}
    inner = part(nested("app", "Data"), T, Outputs={"Table": {"Value": {"Ref": "T"}}})
    assert told(joined([part("app", around), inner])) == ["T"]


def test_what_nobody_exports_is_not_guessed() -> None:
    """And a circle of imports ends."""
    circle = {"X": {"Value": {"Fn::ImportValue": "x"}, "Export": {"Name": "x"}}}
    for value in ({"Fn::ImportValue": "elsewhere"}, {"Fn::ImportValue": "x"}, "T"):
        assert told(joined([part("data", T, Outputs=circle), part("app", using(value))])) == []
