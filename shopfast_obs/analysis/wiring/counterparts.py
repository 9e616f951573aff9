"""What is deployed and what its template declares, held against each other: by the logical id in its stack."""

from __future__ import annotations

from shopfast_obs.model.references import nested, stack_name
from shopfast_obs.model.resources import NESTED, Inventory, Resource


class Counterparts:
    """Finds the declared resource of a deployed one. A nested stack is deployed under a name of CloudFormation's, and
    declared after the resource that makes it."""

    def __init__(self, deployed: Inventory, declared: Inventory) -> None:
        self._deployed = deployed
        self._declared = {(r.type, r.logical_id, r.stack): r for r in declared.resources if r.logical_id}
        self._makers = {stack_name(r.name): r for r in deployed.of_type(NESTED)}

    def of(self, resource: Resource) -> Resource | None:
        """The declared resource; None where the templates have none."""
        return self._declared.get((resource.type, resource.logical_id, self._stack(resource.stack)))

    def name(self, type_: str, name: str) -> str:
        """What the template calls the deployed resource of that type and name; the same name where none does."""
        resource = self._deployed.find(type_, name)
        declared = self.of(resource) if resource else None
        return declared.name if declared else name

    def _stack(self, deployed: str) -> str:
        maker = self._makers.get(deployed)
        return nested(self._stack(maker.stack), maker.logical_id) if maker else deployed
