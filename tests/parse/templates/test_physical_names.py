"""Names as people and CloudFormation give them."""

import pytest

from shopfast_obs.parse.templates.physical_names import construct_path, construct_paths, holding


@pytest.mark.parametrize(
    ("part", "name", "there"),
    [
        ("orders", "/aws/lambda/shop-orders", True),
        ("/aws/lambda/", "/aws/lambda/shop-orders", True),
        ("Notes/F", "/aws/lambda/Notes-FC4345940-983C5A2038F4", True),
        ("Notes/Api/Handler", "/aws/lambda/Notes-ApiHandler5E7490E8-abcDEF123456", True),
        ("Notes/F", "/aws/lambda/Notes-Fetch1A2B3C4D-983C5A2038F4", False),
        ("Notes/F", "/aws/lambda/OtherNotes-FC4345940-983C5A2038F4", False),
    ],
)
def test_a_log_group_is_found_by_the_path_of_its_construct(part: str, name: str, *, there: bool) -> None:
    """Another construct whose name begins alike is another."""
    assert holding(part)(name) is there


def test_a_construct_goes_by_its_path() -> None:
    """What the construct library puts behind it is nobody's name."""
    for path in ("/Notes/F/Resource", "Notes/F", "/Notes/F/Default"):
        assert construct_path(path) == "Notes/F"


METADATA = {
    "/Api": [{"type": "aws:cdk:warning", "data": "x"}],
    "/Api/Put/Resource": [{"type": "aws:cdk:logicalId", "data": "Put1"}],
    "/Api/Mail.NestedStack/Mail.NestedStackResource": [{"type": "aws:cdk:logicalId", "data": "MailStack"}],
    "/Api/Mail/Put/Resource": [{"type": "aws:cdk:logicalId", "data": "Put1"}],
    "/Api/Mail/In.NestedStack/In.NestedStackResource": [{"type": "aws:cdk:logicalId", "data": "InStack"}],
    "/Api/Mail/In/Put/Resource": [{"type": "aws:cdk:logicalId", "data": "Put1"}],
}


def test_one_logical_id_is_another_construct_in_each_nested_stack() -> None:
    """The path of what makes a nested stack says which constructs are its own."""
    outer = construct_paths(METADATA)
    mail = outer.nested("MailStack")
    assert outer.own["Put1"] == "/Api/Put/Resource"
    assert mail.own["Put1"] == "/Api/Mail/Put/Resource"
    assert mail.nested("InStack").own == {"Put1": "/Api/Mail/In/Put/Resource"}
    assert outer.nested("Put1").own == {}
