"""From the CDK app to a running application and back: synthesis, assets, stacks, data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from shopfast_obs.cloud.deploy import assembly, assets, frontend, project_hooks
from shopfast_obs.cloud.deploy.assembly import Stack
from shopfast_obs.cloud.deploy.cdk_command import CdkCli
from shopfast_obs.cloud.deploy.stacks import Outcome, StackDeployer
from shopfast_obs.cloud.interface import StackStatus, Target
from shopfast_obs.cloud.synthesis import synth
from shopfast_obs.cloud.target import LOCAL_ACCOUNT
from shopfast_obs.cloud.urls import reachable
from shopfast_obs.model.changes import Skipped
from shopfast_obs.model.records import record
from shopfast_obs.settings import Settings

# CDK's templates read the version of the bootstrap stack from here and refuse a cloud without one.
BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
BOOTSTRAP_VERSION = "30"


@record
class Published:
    """What became of the page; `reason` says why it is missing or not the newest, empty otherwise."""

    outcome: Literal["published", "unchanged", "missing"]
    reason: str = ""


@record
class Deployed:
    """What a deployment did: whether it synthesised, the outcome of each stack, the outputs, what the seed says.

    `page` is None for an application without one; else whether it is there, has changed, and is not the newest.
    """

    synthesised: bool
    stacks: Mapping[str, Outcome]
    outputs: Mapping[str, str]
    seed: Mapping[str, Any]
    page: Published | None = None

    @property
    def changed(self) -> bool:
        """True when anything that is deployed is different from before."""
        anew = self.page is not None and self.page.outcome == "published"
        return anew or any(outcome != "unchanged" for outcome in self.stacks.values())


def synthesise(settings: Settings, node: Path | None, say: Callable[[str], None]) -> bool:
    """Bring the assembly to what the sources say; False when they had not changed. Raises ProjectError."""
    project = synth.Project(
        settings.root, settings.app, settings.assembly_dir, node, settings.frontend_path, settings.overlay_path
    )
    return synth.synthesize(project, say)


class Deployment(ABC):
    """A project on a target. Subclasses say how stacks get there and away."""

    def __init__(
        self, settings: Settings, target: Target, client: Callable[[str], Any], say: Callable[[str], None]
    ) -> None:
        self._settings, self._target, self._client, self._say = settings, target, client, say

    def up(self, *, synthesised: bool) -> Deployed:
        """Bring everything to what the assembly says (new or not, for the record); raises ProjectError, DeployError."""
        page = self._page()
        done = self._deploy(assembly.read(self._settings.assembly_dir))
        outputs = self.outputs()
        published = self._publish(page, outputs) if page is not None else None
        return Deployed(synthesised, done, outputs, self._load(outputs), published)

    def down(self) -> list[str]:
        """Delete the stacks, last first; the names of those that were there."""
        deployer = StackDeployer(self._client("cloudformation"), self._say)
        bucket = self.outputs().get(frontend.BUCKET) if self._settings.frontend else None
        if bucket:
            frontend.withdraw(self._client("s3"), bucket)
        return [name for name in reversed(self._names()) if deployer.delete(name)]

    def stacks(self) -> list[StackStatus]:
        """The project's stacks that exist, in deployment order."""
        deployer = StackDeployer(self._client("cloudformation"), self._say)
        found = (deployer.status(name) for name in self._names())
        return [stack for stack in found if stack is not None]

    def outputs(self) -> dict[str, str]:
        """All outputs of the project's stacks, URLs in the form that this machine can open."""
        pairs = (pair for stack in self.stacks() for pair in stack.outputs.items())
        return {key: reachable(value, self._target) for key, value in pairs}

    @abstractmethod
    def _deploy(self, stacks: Sequence[Stack]) -> dict[str, Outcome]:
        """Bring the stacks to their templates."""

    def _names(self) -> list[str]:
        folder = self._settings.assembly_dir
        return [stack.name for stack in assembly.read(folder)] if folder.is_dir() else []

    def _page(self) -> frontend.Page | Skipped | None:
        """The built page; before anything is deployed, for it may not build."""
        source = self._settings.frontend_path
        return frontend.build(source, self._settings.cache_dir, self._say) if source else None

    def _publish(self, page: frontend.Page | Skipped, outputs: Mapping[str, str]) -> Published:
        if isinstance(page, Skipped):
            return Published("missing", page.reason)
        bucket = outputs.get(frontend.BUCKET)
        if bucket is None:
            return Published("missing", f"No stack has an output {frontend.BUCKET}.")
        self._say("publishing the page")
        anew = frontend.publish(self._client("s3"), bucket, page.folder)
        return Published("published" if anew else "unchanged", page.stale)

    def _load(self, outputs: Mapping[str, str]) -> Mapping[str, Any]:
        if not self._settings.seed:
            return {}
        self._say("loading data")
        load = project_hooks.function(self._settings.root, self._settings.seed)
        said: Mapping[str, Any] = load(self._client, outputs, self._say)
        return said


class LocalDeployment(Deployment):
    """A project on a local cloud, through CloudFormation itself: nothing needs to be installed for it."""

    def _deploy(self, stacks: Sequence[Stack]) -> dict[str, Outcome]:
        self._say("uploading assets")
        assets.publish(self._client("s3"), (a for stack in stacks for a in stack.assets), self._resolve)
        deployer = StackDeployer(self._client("cloudformation"), self._say, self._locate, before=self._bootstrap)
        return {stack.name: deployer.deploy(stack) for stack in stacks}

    def _locate(self, address: str) -> str:
        return f"{self._target.endpoint_url}/{self._resolve(address.removeprefix('s3://'))}"

    def _resolve(self, text: str) -> str:
        return text.replace("${AWS::AccountId}", LOCAL_ACCOUNT).replace("${AWS::Region}", self._target.region)

    def _bootstrap(self) -> None:
        self._client("ssm").put_parameter(
            Name=BOOTSTRAP_PARAMETER, Value=BOOTSTRAP_VERSION, Type="String", Overwrite=True
        )


class AwsDeployment(Deployment):
    """A project on AWS, through the CDK CLI: bootstrap, asset roles and change sets as every CDK user knows them."""

    def _deploy(self, stacks: Sequence[Stack]) -> dict[str, Outcome]:
        identity = self._client("sts").get_caller_identity()  # fails early, and clearly, without credentials
        self._say(f"deploying to account {identity['Account']}, {self._target.region}")
        before = self._versions()
        cli = CdkCli.installed(self._settings.state_dir / "cdk-cli", self._say)
        cli.deploy(self._settings.assembly_dir, self._target)
        after = self._versions()
        return {stack.name: _outcome(before.get(stack.name), after.get(stack.name)) for stack in stacks}

    def _versions(self) -> dict[str, object]:
        described = (self._client("cloudformation").describe_stacks(StackName=s.name) for s in self.stacks())
        return {d["Stacks"][0]["StackName"]: _version(d["Stacks"][0]) for d in described}


def _version(stack: Mapping[str, Any]) -> object:
    return stack.get("LastUpdatedTime", stack["CreationTime"])


def _outcome(before: object, after: object) -> Outcome:
    if before is None:
        return "created"
    return "unchanged" if before == after else "updated"
