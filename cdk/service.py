"""One ShopFast function: its code, its log group, its role, its place in the network."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import ArnFormat, Duration, RemovalPolicy, Stack
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


class Service(Construct):
    """A function under its own role, which may do what `allow` adds and nothing else."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        source: Path,
        network: Network,
        timeout: Duration,
        memory_mb: int,
        environment: Mapping[str, str],
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
        self.role = iam.Role(
            self,
            "Role",
            role_name=f"{name}-role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={"runtime": self._runtime_policy(name)},
        )
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=name,
            runtime=lambda_.Runtime.PYTHON_3_11,
            handler="handler.lambda_handler",
            code=lambda_.Code.from_asset(str(source), exclude=list(NOT_SHIPPED)),
            role=self.role,
            timeout=timeout,
            memory_size=memory_mb,
            environment=dict(environment),
            vpc=network.vpc,
            vpc_subnets=network.private,
            security_groups=[network.functions],
        )
        self.function.node.add_dependency(self.log_group)

    def _runtime_policy(self, name: str) -> iam.PolicyDocument:
        streams = Stack.of(self).format_arn(
            service="logs",
            resource="log-group",
            resource_name=f"/aws/lambda/{name}:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        return iam.PolicyDocument(
            statements=[
                iam.PolicyStatement(actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[streams]),
                iam.PolicyStatement(actions=list(INTERFACE_ACTIONS), resources=["*"]),
            ]
        )

    def allow(self, actions: Sequence[str], resources: Sequence[str]) -> None:
        """Let the function's role do that, and only to these resources."""
        self.role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))
