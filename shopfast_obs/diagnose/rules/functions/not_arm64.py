"""Functions on the dearer processor."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.managed_instances import NO_PRICE, is_managed
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION, Resource

# Runtimes of Amazon Linux 1 have no arm64.
X86_ONLY = ("python2.7", "python3.6", "python3.7", "nodejs8.10", "nodejs10.x", "go1.x", "java8", "dotnetcore2.1",
            "ruby2.5", "provided")  # fmt: skip


def _neither(function: Resource, _: Context) -> str:
    """Why the processor of a function is no matter of configuration."""
    if function.properties.get("PackageType") == "Image":
        return "it is an image"
    if is_managed(function):
        return NO_PRICE
    runtime = function.properties.get("Runtime")
    return f"{runtime} runs on x86 only" if runtime in X86_ONLY else ""


RULE = Rule(
    "lambda-not-arm64",
    "The function runs on x86",
    Severity.INFO,
    (FUNCTION,),
    Property(
        "Architectures",
        lambda value: isinstance(value, list | tuple) and "arm64" in value,
        "{name} runs on x86: on arm64 the same GB-seconds cost a fifth less",
    ),
    spared=_neither,
    when="Architectures does not have arm64.",
    why="arm64 costs 20 % less a GB-second, and most Python code is as fast there.",
    remedy="`Architectures: [arm64]`, with layers made for it, after a test of what is compiled in the package.",
    limits="Whether every wheel of the package and every layer exists for arm64 is not looked at.",
    misleads="The price list is per GB-second, so nobody sees it in a single invocation.",
)
