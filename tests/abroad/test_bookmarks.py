"""SAM with Globals, an alias that every trigger points to, and one folder for all handlers: an API and a schedule."""

from __future__ import annotations

import json
from typing import Any

import pytest
import urllib3

from tests.abroad.partner import Partner
from tests.abroad.templates import SAM, Abroad, Journey, lead
from tests.abroad.troubles import lose_the_target, refuse_capacity, refuse_to_run, restore_the_target

pytestmark = [pytest.mark.cloud, pytest.mark.slow, pytest.mark.xdist_group("cloud")]

FUNCTIONS = ("GetBookmarkFunction", "PutBookmarkFunction", "CheckLinksFunction")


def ask(project: Abroad, method: str, **more: Any) -> int:
    """The status of a request for one bookmark."""
    url = f"{project.endpoint}/_aws/execute-api/{project.physical('ServerlessRestApi')}/Prod/bookmarks/b-1"
    return urllib3.request(method, url, timeout=40, retries=False, **more).status


def use(project: Abroad) -> None:
    """A bookmark is saved and read, and the links are checked."""
    assert ask(project, "PUT", json={"url": "https://example.com"}) == 201
    assert ask(project, "GET") == 200
    check = project.client("lambda").invoke(FunctionName=project.physical("CheckLinksFunction"))
    assert json.load(check["Payload"]) == 1, check


class Troubles:
    """The safety service is slow and then refuses; the table has no capacity; nobody may run; a target is gone."""

    def __init__(self, project: Abroad, safety: Partner) -> None:
        self._project, self._safety = project, safety

    def begin(self) -> None:
        lose_the_target(self._project, self._project.physical("CheckLinksFunctionNightly"))

    def happen(self) -> None:
        project = self._project
        for self._safety.status, self._safety.seconds in ((200, 4.5), (503, 0.0)):
            ask(project, "PUT", json={"url": "https://example.com"})
            ask(project, "GET")
        self._safety.status, self._safety.seconds = 200, 8.5
        invoke = project.client("lambda").invoke
        invoke(FunctionName=project.physical("CheckLinksFunction"))
        self._safety.status, self._safety.seconds = 503, 0.0
        invoke(FunctionName=project.physical("CheckLinksFunction"))
        invoke(FunctionName=project.physical("CheckLinksFunction"), InvocationType="Event")  # repeated, then dropped
        refuse_capacity(project, project.physical("BookmarksTable"))
        refuse_to_run(project, *(project.physical(name) for name in FUNCTIONS))

    def end(self) -> None:
        self._safety.status, self._safety.seconds = 200, 0.0
        restore_the_target(self._project, self._project.physical("CheckLinksFunctionNightly"))


@pytest.mark.skipif(not SAM.exists(), reason="`make slow` installs the SAM CLI beside the other dependencies")
def test_bookmarks(project: Abroad, service: Partner) -> None:
    """Every alarm fires and recovers, but the schedule's, which comes at three in the morning."""
    project.by, project.parameters = "sam", {"SafetyUrl": service.url}
    journey = Journey(
        use=use,
        troubles=lambda project: Troubles(project, service),
        named=frozenset({"lambda-errors"}),
        not_drilled={"CheckLinksFunctionNightly-delivery-failures": "the schedule comes once a night, in real time"},
    )
    assert lead(project, journey)
