"""Our reading of serverless.yml files of our own beside what osls packages of them here and now."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from tests.parse.dialects.framework import LOCKED, Framework, account, workers
from tests.parse.dialects.packaged import differences, template_at

pytestmark = pytest.mark.slow
SERVICES = sorted(path for path in (LOCKED / "services").iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[dict[str, Any]]]]:
    """The packages of all services, made one after the other on every core."""
    with account() as endpoint, ThreadPoolExecutor(workers()) as pool:
        framework = Framework(tmp_path_factory.mktemp("osls"), endpoint)
        place = tmp_path_factory.mktemp("packages")
        yield {service.name: pool.submit(framework.package, service, place / service.name) for service in SERVICES}


@pytest.mark.parametrize("name", [service.name for service in SERVICES])
def test_what_rules_read_is_what_osls_packages(name: str, packages: dict[str, Future[dict[str, Any]]]) -> None:
    """The same resources under the same logical ids, every property that a rule reads equal once it is resolved."""
    ours = template_at(LOCKED / "services" / name / "serverless.yml")
    assert list(differences(ours, packages[name].result())) == []
    assert [gap.what for gap in ours.gaps] == []


def test_there_are_forty_services_and_more() -> None:
    """Each of them for something else of the framework."""
    assert len(SERVICES) >= 40
