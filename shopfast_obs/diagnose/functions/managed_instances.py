"""Functions on Managed Instances (`CapacityProviderConfig`): they are paid by the instance, no CPU comes with their
memory, and their environments start before a request comes and serve several at once."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.facts import whole
from shopfast_obs.model.principals import service
from shopfast_obs.model.resources import FUNCTION_URL, PERMISSION, STATE_MACHINE, Resource

NO_SHARE = "it runs on Managed Instances, where no CPU comes with MemorySize"
NO_PRICE = "it runs on Managed Instances, which are paid by the instance and not by the GB-second"
NO_COLD_START = "it runs on Managed Instances, whose environments start before a request comes"
_SYNCHRONOUS = frozenset({"apigateway", "elasticloadbalancing", "cognito-idp"})


def is_managed(function: Resource) -> bool:
    """True for a function that a capacity provider runs."""
    return bool(function.properties.get("CapacityProviderConfig"))


def longest_timeout(function: Resource, context: Context) -> int:
    """The longest Timeout that a function may have, in seconds: on Managed Instances more, unless somebody waits."""
    usual = whole("lambda-max-timeout")
    return whole("lambda-max-timeout-managed") if is_managed(function) and not _awaited(function, context) else usual


def _awaited(function: Resource, context: Context) -> bool:
    """True where a URL, an API or a workflow calls the function and waits for its answer."""
    if context.naming(function, FUNCTION_URL, "TargetFunctionArn"):
        return True
    permissions = context.naming(function, PERMISSION, "FunctionName")
    if not _SYNCHRONOUS.isdisjoint(service(p.properties.get("Principal")) for p in permissions):
        return True
    machines = context.inventory.of_type(STATE_MACHINE)
    return any(function in context.references.named(str(m.properties.get("DefinitionString", ""))) for m in machines)
