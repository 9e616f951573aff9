"""Outputs with the names that scripts depend on."""

from aws_cdk import CfnOutput, Stack
from constructs import Construct


def publish(stack: Stack, name: str, value: str) -> None:
    """One output of the stack, under exactly that name."""
    scope = stack.node.try_find_child("Outputs") or Construct(stack, "Outputs")
    CfnOutput(scope, name, value=value).override_logical_id(name)
