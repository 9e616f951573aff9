"""What is deployed finds what its template declares."""

from shopfast_obs.analysis.wiring.counterparts import Counterparts
from shopfast_obs.model.resources import FUNCTION, NESTED, QUEUE, Inventory, Resource

ARN = "arn:aws:cloudformation:eu-west-1:1:stack/Api-Mail-1ABC/7ea9"
DEPLOYED = Inventory(
    "local",
    (
        Resource(FUNCTION, "Api-Put7F-XYZ", "Put7F", "Api"),
        Resource(NESTED, ARN, "Mail", "Api"),
        Resource(FUNCTION, "Api-Mail-1ABC-Put7F-XYZ", "Put7F", "Api-Mail-1ABC"),
        Resource(FUNCTION, "by-hand"),
    ),
)
DECLARED = Inventory(
    "template",
    (
        Resource(FUNCTION, "Api/Put", "Put7F", "Api"),
        Resource(FUNCTION, "Api/Mail/Put", "Put7F", "Api-Mail"),
        Resource(QUEUE, "Api/Mail/Put", "Put7F", "Api-Mail-1ABC"),
    ),
)


def test_by_logical_id_in_its_stack_a_nested_one_by_what_makes_it() -> None:
    """A nested stack's own name is CloudFormation's; what no stack has goes by its own."""
    names = Counterparts(DEPLOYED, DECLARED)
    deployed = [resource.name for resource in DEPLOYED.of_type(FUNCTION)]
    assert [names.name(FUNCTION, name) for name in deployed] == ["Api/Put", "Api/Mail/Put", "by-hand"]
    assert names.of(DEPLOYED.resources[3]) is None
    assert names.name(QUEUE, "gone") == "gone"
