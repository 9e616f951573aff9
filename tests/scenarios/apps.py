"""The two applications: ShopFast, and one that is not."""

import random
import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.scenarios.stage import Roles, post
from tests.story.conftest import Project, copy

HERE = Path(__file__).parent


def _order(outputs: Mapping[str, str]) -> int:
    wanted = [{"productId": f"p-{random.randint(1, 500):05d}", "quantity": 1}]
    body = {"customerId": "c-0001", "items": wanted, "paymentToken": "tok_visa", "requestId": str(uuid.uuid4())}
    return post(f"{outputs['ApiUrl']}orders", body)


def _parcel(outputs: Mapping[str, str]) -> int:
    return post(f"{outputs['Url'].rstrip('/')}/parcels", {"sender": "s-1", "town": "Ulm"})


SHOPFAST = Roles(
    web="shopfast-product-service",
    url="ProductsUrl",
    reads=("/products/p-00001", "/products/p-00002", "/products/p-00003"),
    writer="shopfast-order-service",
    write=_order,
    table="shopfast-products",
    worker="shopfast-order-service",
    queue="shopfast-order-queue",
    mail="shopfast-notification-handler",
    topic="shopfast-order-events",
    bus="shopfast-events",
    rule="shopfast-order-created",
    workflow="shopfast-order-workflow",
)
PARCELS = Roles(
    web="parcels-api",
    url="Url",
    reads=("/parcels?sender=s-1", "/parcels?sender=s-2"),
    writer="parcels-api",
    write=_parcel,
    table="parcels",
    worker="parcels-depot",
    queue="parcels-labels",
    mail="parcels-mail",
    topic="parcels-updates",
    bus="parcels-bus",
    rule="parcels-registered",
    workflow="parcels-delivery",
)


@dataclass(frozen=True)
class Application:
    """One application: its roles, how a copy of its project is made, and what `fix` needs to see."""

    name: str
    roles: Roles
    copy: Callable[[Path], Project]
    traffic: str


def _parcels(folder: Path) -> Project:
    ignored = shutil.ignore_patterns("__pycache__", ".shopfast")
    shutil.copytree(HERE / "parcels", folder, ignore=ignored, dirs_exist_ok=True)
    return Project(folder)


APPLICATIONS = (Application("shopfast", SHOPFAST, copy, "browse"), Application("parcels", PARCELS, _parcels, "send"))


def healthy(application: Application, folder: Path) -> None:
    """A project that was deployed, instrumented, watched and fixed by the commands that everybody has; stopped."""
    folder.mkdir(parents=True)
    project = application.copy(folder)
    project.run("deploy")
    project.run("instrument --apply")
    project.run("alarms apply")
    project.run(f"traffic --scenario {application.traffic} --duration 10")
    project.run("fix --apply")
    project.run("deploy")
    project.run("cloud stop")
