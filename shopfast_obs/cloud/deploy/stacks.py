"""Creates, updates and deletes CloudFormation stacks, and picks up after a deployment that was cut short."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Literal

from shopfast_obs.cloud.deploy.assembly import Stack
from shopfast_obs.cloud.interface import StackStatus
from shopfast_obs.errors import DeployError

Outcome = Literal["created", "updated", "unchanged"]
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
# A stack in one of these was never whole: it can only be deleted.
NEVER_WHOLE = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "REVIEW_IN_PROGRESS", "DELETE_FAILED"}
HALF_ROLLED_BACK = "UPDATE_ROLLBACK_FAILED"  # CloudFormation updates no stack in this state
WAIT = 900.0  # seconds


class StackDeployer:
    """Deploys to one target through a CloudFormation client.

    `say` is told what is being waited for; `locate` turns the `s3://` address of an uploaded template into a URL;
    `before` is called before a stack is created or updated.
    """

    def __init__(
        self,
        cloudformation: Any,  # noqa: ANN401 - a boto3 client
        say: Callable[[str], None],
        locate: Callable[[str], str] = str,
        poll: float = 0.2,
        before: Callable[[], None] = lambda: None,
    ) -> None:
        self._api, self._say, self._locate, self._poll, self._before = cloudformation, say, locate, poll, before

    def status(self, name: str) -> StackStatus | None:
        """The stack as it is now, or None."""
        from botocore.exceptions import ClientError

        try:
            stack = self._api.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as problem:
            if "does not exist" in str(problem):
                return None
            raise
        if stack["StackStatus"] == "DELETE_COMPLETE":
            return None
        outputs = {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", ())}
        return StackStatus(name, stack["StackStatus"], outputs, stack.get("StackStatusReason", ""))

    def deploy(self, stack: Stack) -> Outcome:
        """Bring the stack to its template; raises DeployError with the first reason that CloudFormation gives."""
        now = self._settled(stack.name)
        if now is not None and now.status in NEVER_WHOLE:
            self._say(f"{stack.name} was never whole ({now.status}); removing it first")
            self.delete(stack.name)
            now = None
        if now is not None and now.status == HALF_ROLLED_BACK:
            raise DeployError(
                f"Stack {stack.name} is {now.status}: an update failed, and so did its rollback.",
                f"Finish it: aws cloudformation continue-update-rollback --stack-name {stack.name}; or begin anew: "
                "shopfast-obs destroy, then shopfast-obs deploy",
            )
        if now is None:
            self._say(f"creating {stack.name}")
            self._before()
            self._api.create_stack(**self._request(stack))
            self._finish(stack.name, "CREATE_COMPLETE")
            return "created"
        if now.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE") and self._same(stack):
            return "unchanged"
        self._say(f"updating {stack.name}")
        self._before()
        if not self._update(stack):
            return "unchanged"
        self._finish(stack.name, "UPDATE_COMPLETE")
        return "updated"

    def delete(self, name: str) -> bool:
        """Delete the stack and wait; False when there was none."""
        if self.status(name) is None:
            return False
        self._say(f"deleting {name}")
        self._api.delete_stack(StackName=name)
        gone = self._settled(name)
        if gone is not None:
            raise DeployError(f"Stack {name} could not be deleted: {gone.status} {gone.reason}".strip(), "Try again.")
        return True

    def _update(self, stack: Stack) -> bool:
        from botocore.exceptions import ClientError

        try:
            self._api.update_stack(**self._request(stack))
        except ClientError as problem:
            if "No updates are to be performed" in str(problem):
                return False
            raise
        return True

    def _request(self, stack: Stack) -> dict[str, Any]:
        # a template of more than 51,200 bytes is accepted only by its URL
        template = (
            {"TemplateURL": self._locate(stack.template_asset)}
            if stack.template_asset
            else {"TemplateBody": stack.template}
        )
        return {"StackName": stack.name, "Capabilities": CAPABILITIES, **template}

    def _same(self, stack: Stack) -> bool:
        deployed = self._api.get_template(StackName=stack.name)["TemplateBody"]
        if isinstance(deployed, str):
            deployed = json.loads(deployed)
        return bool(deployed == stack.parsed)

    def _settled(self, name: str) -> StackStatus | None:
        deadline = time.monotonic() + WAIT
        while True:
            now = self.status(name)
            if now is None or not now.status.endswith("_IN_PROGRESS") or now.status == "REVIEW_IN_PROGRESS":
                return now
            if time.monotonic() > deadline:
                raise DeployError(f"Stack {name} is still {now.status} after {WAIT:.0f} s.", "shopfast-obs status")
            self._say(f"{name}: {now.status}")
            time.sleep(self._poll)

    def _finish(self, name: str, wanted: str) -> None:
        now = self._settled(name)
        if now is None or now.status != wanted:
            status = "gone" if now is None else now.status
            raise DeployError(
                f"Stack {name} is {status}: {self._reason(name)}", "Mend the cause and run deploy again: it picks up."
            )

    def _reason(self, name: str) -> str:
        events = self._api.describe_stack_events(StackName=name).get("StackEvents", ())
        failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
        if not failed:
            return "no reason was given"
        first = failed[-1]  # events come newest first; the oldest failure is the cause
        return f"{first['LogicalResourceId']}: {first.get('ResourceStatusReason', first['ResourceStatus'])}"
