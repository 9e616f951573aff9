"""References that values hold in the place of names."""

import pytest

from shopfast_obs.model.references import is_open, readable, reference, unqualified


def test_a_reference_carries_its_stack() -> None:
    """So that it is not that of another stack with the same logical id."""
    assert reference("Hello", "a") == "${Hello@a}" != reference("Hello", "b")
    assert reference("Hello") == "${Hello}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/aws/lambda/${Hello@a}", "/aws/lambda/Notes/Hello"),
        ("${AWS::StackName@shop}-orders", "shop-orders"),
        ("${Other.Arn@a} in ${AWS::Region}", "Other.Arn in ${AWS::Region}"),
        ("plain", "plain"),
    ],
)
def test_readers_see_names(text: str, shown: str) -> None:
    """Without the stacks of references; what only AWS knows stays."""
    assert readable(text, {"${Hello@a}": "Notes/Hello"}) == shown


def test_a_template_of_its_own_stack_needs_no_stack() -> None:
    """Everywhere in the value."""
    said = {"Fn::Sub": ["${Hello@a}-${AWS::Region}", {"x": "${T.Arn@a}"}]}
    assert unqualified(said) == {"Fn::Sub": ["${Hello}-${AWS::Region}", {"x": "${T.Arn}"}]}


def test_what_only_the_deployment_knows_is_open() -> None:
    """A dollar alone is none."""
    assert is_open("a-${Hello}")
    assert not is_open("$5")
