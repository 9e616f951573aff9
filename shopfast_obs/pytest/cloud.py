"""The local cloud as tests use it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shopfast_obs import extras, settings
from shopfast_obs.errors import CloudUnreachableError

if TYPE_CHECKING:
    from shopfast_obs.cloud.aws import AwsCloud
    from shopfast_obs.cloud.interface import Keys, Target


@dataclass(frozen=True)
class LocalCloud:
    """A local cloud that runs: its address, its region, and where its state lies."""

    endpoint_url: str
    region: str
    state: Path
    keys: Keys
    xray_address: str = ""

    @property
    def target(self) -> Target:
        """The cloud as commands and `AwsCloud` name it."""
        from shopfast_obs.cloud.interface import Target

        return Target("local", self.region, endpoint_url=self.endpoint_url, keys=self.keys)

    @cached_property
    def cloud(self) -> AwsCloud:
        """Everything that the cloud can be asked: inventory, traces, metrics, logs, alarms."""
        from shopfast_obs.cloud.aws import AwsCloud

        return AwsCloud(self.target, self.client)

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """A boto3 client for the cloud."""
        from shopfast_obs.cloud.session import session

        return session(self.target).client(service)

    def environment(self) -> dict[str, str]:
        """The variables with which any AWS client reaches the cloud."""
        daemon = {"AWS_XRAY_DAEMON_ADDRESS": self.xray_address} if self.xray_address else {}
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": self.keys.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.keys.secret_access_key,
            **daemon,
        }

    def now(self) -> float:
        """The time of the clock of metrics and alarms, in epoch seconds."""
        return time.time() + self.cloud.ahead

    def advance(self, seconds: float) -> None:
        """Move the clock of metrics and alarms forward, so that no test waits for the minutes of an alarm."""
        from shopfast_obs.cloud.clock import hurried

        hurried(self.target, seconds)

    def stop(self) -> None:
        """Stop the cloud."""
        from shopfast_obs.localcloud import process

        process.stop(self.state)


def start(state: Path) -> LocalCloud:
    """A local cloud on a free port, with the region and the version of boto3 that the project's settings name; raises
    MissingExtraError without the extra `local`, and CloudUnreachableError when it does not come up."""
    extras.require("local", what="The fixture local_cloud")
    from shopfast_obs.cloud.target import local_keys
    from shopfast_obs.localcloud import process

    project = settings.load()
    using = process.Using(project.runtime_boto3)
    info = process.start(state, 0, project.region, using=using)
    keys = local_keys(info.state)
    if keys is None:
        process.stop(info.state)
        raise CloudUnreachableError(f"The local cloud of {info.state} has no credentials.", "Run the tests again.")
    return LocalCloud(info.endpoint_url, project.region, info.state, keys, info.xray_address)
