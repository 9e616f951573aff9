"""moto's Lambda with what moto leaves out, and functions of all kinds in it."""

import io
import random
import threading
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from shopfast_obs.changes.live_functions import FunctionError
from shopfast_obs.cloud.changes.functions import LiveFunctions
from shopfast_obs.instrument.infrastructure import deployed_functions as planning
from shopfast_obs.model.changes import Plan
from shopfast_obs.model.overlay import Layer
from tests.aws_clients import client

REGION = "eu-west-1"


def refused(code: str) -> ClientError:
    """What botocore raises for an error of AWS."""
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "UpdateFunctionConfiguration")


class Locked:
    """A client of moto's, one call at a time: moto keeps its state in plain dictionaries."""

    lock = threading.RLock()

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not callable(found):
            return found

        def call(*arguments: Any, **parameters: Any) -> Any:
            with self.lock:
                return found(*arguments, **parameters)

        return call


@dataclass
class Lambda:
    """moto's client with what moto leaves out (revisions, tracing and log settings), and faults by function name."""

    client: Any
    more: dict[str, dict[str, Any]] = field(default_factory=dict)
    revisions: dict[str, str] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=dict)  # error codes of the next updates; `meddle`, `crash`
    updates: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:  # noqa: N803 - botocore's
        found: dict[str, Any] = self.client.get_function_configuration(FunctionName=FunctionName)
        revision = self.revisions.setdefault(FunctionName, str(uuid.uuid4()))
        logging = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{FunctionName}"}
        return {**found, "LoggingConfig": logging, **self.more.get(FunctionName, {}), "RevisionId": revision}

    def update_function_configuration(self, FunctionName: str, RevisionId: str = "", **settings: Any) -> None:  # noqa: N803
        self.updates += 1
        fault = self.faults[FunctionName].pop(0) if self.faults.get(FunctionName) else ""
        if fault == "meddle":
            self.client.update_function_configuration(FunctionName=FunctionName, Description="mine")
            self.revisions[FunctionName] = str(uuid.uuid4())
        elif fault == "crash":
            raise KeyboardInterrupt
        elif fault:
            raise refused(fault)
        if RevisionId and RevisionId != self.revisions[FunctionName]:
            raise refused("PreconditionFailedException")
        own: dict[str, Any] = {
            name: settings.pop(name) for name in ("TracingConfig", "LoggingConfig") if name in settings
        }
        self.client.update_function_configuration(FunctionName=FunctionName, **settings)
        self.more[FunctionName] = self.more.get(FunctionName, {}) | own
        self.revisions[FunctionName] = str(uuid.uuid4())


class World:
    """An account with functions of all kinds, and how they are."""

    def __init__(self, count: int) -> None:
        self.api = Lambda(Locked(client("lambda", REGION)))
        self.logs = Locked(client("logs", REGION))
        self.iam = Locked(client("iam"))
        role = self.iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("app.py", "def handler(event, context): return 1")
        dice = random.Random(4)
        own = [self._layer(f"own{n}", code.getvalue()) for n in (2, 1, 3)]
        self.layers: dict[Layer, str] = {
            "powertools": self._layer("AWSLambdaPowertoolsPythonV3", code.getvalue()),
            "runtime": self._layer("ShopfastObsRuntime", code.getvalue()),
        }
        self.names = [f"shop-{number:03d}" for number in range(count)]
        for name in self.names:
            self.api.client.create_function(
                FunctionName=name, Runtime="python3.11", Role=role, Handler=f"app.{dice.choice(['handler', 'main'])}",
                Code={"ZipFile": code.getvalue()}, Timeout=dice.randint(3, 60), MemorySize=dice.choice([128, 512]),
                Environment={"Variables": dict.fromkeys(dice.sample(["A", "POWERTOOLS_LOG_LEVEL", "C"], 2), "x")},
                Layers=own[: dice.randint(0, 3)], TracingConfig={"Mode": dice.choice(["Active", "PassThrough"])},
            )  # fmt: skip
            if dice.random() < 0.5:
                self.logs.create_log_group(logGroupName=f"/aws/lambda/{name}")
                if dice.random() < 0.5:
                    self.logs.put_retention_policy(logGroupName=f"/aws/lambda/{name}", retentionInDays=7)

    def _layer(self, name: str, code: bytes) -> str:
        made = self.api.client.publish_layer_version(LayerName=name, Content={"ZipFile": code})
        return str(made["LayerVersionArn"])

    def functions(self) -> LiveFunctions:
        """The functions through the APIs."""
        return LiveFunctions(self.clients.__getitem__, planning.image, FunctionError)

    @property
    def clients(self) -> dict[str, Any]:
        """What talks to the account."""
        return {"lambda": self.api, "logs": self.logs, "iam": self.iam}

    def plan(self, permitted: Mapping[str, bool] = MappingProxyType({})) -> Plan:
        """The plan for all of them; `permitted` says of roles whether they may send traces."""
        functions = [
            (self.api.get_function_configuration(c["FunctionName"]), days) for c, days in self.functions().all()
        ]
        return planning.plan(functions, self.layers, "local", planning.AccountState(permitted))

    def images(self) -> dict[str, dict[str, Any]]:
        """The settings of all functions."""
        return {name: self.functions().read(name)[0] for name in self.names}


class account:  # noqa: N801 - reads as a function
    """An account of moto's with so many functions."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "x")
        monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
        self._moto, self._count = mock_aws(), count

    def __enter__(self) -> World:
        self._moto.start()
        return World(self._count)

    def __exit__(self, *_: object) -> None:
        self._moto.stop()
