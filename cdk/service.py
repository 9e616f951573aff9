"""One ShopFast function: its code, its log group, its role, its place in the network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import names
from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct
from network import Network

# Lambda manages the interfaces itself; these actions know no resource (Lambda guide, "Giving Lambda functions access to
# resources in an Amazon VPC").
INTERFACE_ACTIONS = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)
NOT_SHIPPED = ("**/__pycache__", "**/*.pyc", "**/tests", "**/.pytest_cache", "**/.mypy_cache", "**/.ruff_cache")


@dataclass(frozen=True)
class Sizing:
    """What the function gets."""

    timeout: Duration
    memory_mb: int


def allow(actions: Sequence[str], *resources: str) -> iam.PolicyStatement:
    """The permission to do that to these resources."""
    return iam.PolicyStatement(actions=list(actions), resources=list(resources))


def sealed(role: iam.Role) -> iam.IRole:
    """The role as it is: nothing that is connected later may widen it, and its users depend on its ARN alone."""
    return iam.Role.from_role_arn(role, "Sealed", role.role_arn, mutable=False)


class Service(Construct):
    """A function under its own role, which may do what `permissions` say and nothing else."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        source: Path,
        network: Network,
        sizing: Sizing,
        environment: Mapping[str, str],
        permissions: Sequence[iam.PolicyStatement],
    ) -> None:
        super().__init__(scope, construct_id)
        # No retention: it was never chosen.
        self.log_group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{name}",
            retention=logs.RetentionDays.INFINITE,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=name,
            runtime=lambda_.Runtime.PYTHON_3_11,
            handler="handler.lambda_handler",
            code=lambda_.Code.from_asset(str(source), exclude=list(NOT_SHIPPED)),
            role=self._role(name, permissions),
            timeout=sizing.timeout,
            memory_size=sizing.memory_mb,
            environment=dict(environment),
            vpc=network.vpc,
            vpc_subnets=network.private,
            security_groups=[network.functions],
        )
        self.function.node.add_dependency(self.log_group)

    def _role(self, name: str, permissions: Sequence[iam.PolicyStatement]) -> iam.IRole:
        streams = names.arn(Stack.of(self), "logs", f"/aws/lambda/{name}:*", "log-group", ":")
        runtime = [
            allow(["logs:CreateLogStream", "logs:PutLogEvents"], streams),
            allow(INTERFACE_ACTIONS, "*"),
        ]
        role = iam.Role(
            self,
            "Role",
            role_name=f"{name}-role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={
                "runtime": iam.PolicyDocument(statements=runtime),
                "service": iam.PolicyDocument(statements=list(permissions)),
            },
        )
        return sealed(role)
