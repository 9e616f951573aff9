"""DynamoDB's data path and one list of the story: processor time of the cloud alone, ours beside MiniStack's, in turns.

`--before FOLDER` measures another checkout of this project beside this one."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from bench._clouds import client, free_port, known, ministack
from shopfast_obs.localcloud import process
from starter import catalogue

ITEMS = 3_000
TABLE = "products"
SERVICE = Path(__file__).parents[1] / "starter" / "services" / "product-service"
START = "import sys; from pathlib import Path; from shopfast_obs.localcloud import process; "
START += "process.start(Path(sys.argv[1]), int(sys.argv[2]))"
STOP = START.replace("start(Path(sys.argv[1]), int(sys.argv[2]))", "stop(Path(sys.argv[1]))")
Work = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Cloud:
    """A cloud that is measured, by its name, and its processes: the one that listens, which is what is counted."""

    name: str
    url: str
    pid: int

    def seconds(self) -> float:
        """Processor time that the cloud has taken so far, without the execution environments of its functions."""
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)


@contextlib.contextmanager
def our_cloud(name: str, checkout: Path) -> Iterator[Cloud]:
    """The cloud of a checkout, with an empty state."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    environment = kept | {"PYTHONPATH": str(checkout)}
    with tempfile.TemporaryDirectory() as folder:
        state, port = str(Path(folder) / "cloud"), free_port()

        def run(code: str) -> None:
            subprocess.run([sys.executable, "-c", code, state, str(port)], env=environment, cwd=checkout, check=True)

        run(START)
        try:
            info = process.status(Path(state))
            assert info is not None
            known(info)
            yield Cloud(name, info.endpoint_url, info.pid)
        finally:
            run(STOP)


@contextlib.contextmanager
def stock() -> Iterator[Cloud]:
    """MiniStack by itself."""
    with ministack() as url:
        port = int(url.rpartition(":")[2])
        pid = next(c.pid for c in psutil.net_connections("tcp") if c.laddr.port == port and c.status == "LISTEN")
        assert pid is not None
        yield Cloud("MiniStack", url, pid)


def fill(cloud: Cloud) -> Any:  # noqa: ANN401 - boto3 has no types
    """A client of a table of 3,000 items of about 600 bytes."""
    dynamodb = client(cloud.url, "dynamodb")
    dynamodb.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    nested = {"M": {"a": {"N": "1"}, "b": {"L": [{"S": "x"}, {"S": "y"}]}}}
    for first in range(0, ITEMS, 25):
        items = [{"id": {"S": f"p{n}"}, "d": {"S": "word " * 120}, "m": nested} for n in range(first, first + 25)]
        dynamodb.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": item}} for item in items]})
    return dynamodb


def operations(dynamodb: Any) -> dict[str, tuple[int, Work]]:  # noqa: ANN401
    """What is measured, by name: how often in a turn, and the work."""
    key = {"id": {"S": "p17"}}
    small = {"TableName": "small", "Key": key}
    dynamodb.create_table(
        TableName="small",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.put_item(TableName="small", Item=key | {"stock": {"N": "7"}, "name": {"S": "a kettle"}})

    def scan() -> None:
        pages = list(dynamodb.get_paginator("scan").paginate(TableName=TABLE))
        assert sum(page["Count"] for page in pages) == ITEMS

    def update() -> None:
        dynamodb.update_item(
            **small, UpdateExpression="SET stock = stock + :n", ExpressionAttributeValues={":n": {"N": "1"}}
        )

    return {
        f"Scan of {ITEMS:,} items": (4, scan),
        "GetItem": (400, lambda: dynamodb.get_item(**small)),
        "UpdateItem": (400, update),
        "PutItem": (400, lambda: dynamodb.put_item(TableName="small", Item=key | {"stock": {"N": "7"}})),
    }


def measured(clouds: list[Cloud], turns: int) -> dict[str, dict[str, float]]:
    """Milliseconds of the cloud's processor for one operation, by operation and cloud: the least of the turns, in which
    the clouds alternate, because other work on the machine only adds."""
    work = {cloud.name: operations(fill(cloud)) for cloud in clouds}
    taken: dict[str, dict[str, list[float]]] = {}
    for turn in range(turns + 1):
        for operation in next(iter(work.values())):
            for cloud in clouds:
                times, do = work[cloud.name][operation]
                before = cloud.seconds()
                for _ in range(times):
                    do()
                spent = (cloud.seconds() - before) / times * 1000
                if turn:  # the first warms up
                    taken.setdefault(operation, {}).setdefault(cloud.name, []).append(spent)
    return {name: {who: min(values) for who, values in by.items()} for name, by in taken.items()}


def list_function(cloud: Cloud) -> str:
    """The address of the story's list on a cloud: the product service as it is, behind a Function URL."""
    catalogue_table = "catalogue"
    dynamodb, functions = client(cloud.url, "dynamodb"), client(cloud.url, "lambda")
    dynamodb.create_table(
        TableName=catalogue_table,
        KeySchema=[{"AttributeName": "productId", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "productId", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    items = [catalogue.TypeSerializer().serialize(item)["M"] for item in map(catalogue.product, range(1, ITEMS + 1))]
    for first in range(0, ITEMS, 25):
        puts = [{"PutRequest": {"Item": item}} for item in items[first : first + 25]]
        dynamodb.batch_write_item(RequestItems={catalogue_table: puts})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for source in sorted(SERVICE.glob("*.py")):
            archive.write(source, source.name)
    functions.create_function(
        FunctionName="list",
        Runtime="python3.11",
        Handler="handler.lambda_handler",
        Role="arn:aws:iam::000000000000:role/bench",
        Code={"ZipFile": buffer.getvalue()},
        MemorySize=1769,
        Timeout=30,
        Environment={"Variables": {"PRODUCTS_TABLE": catalogue_table}},
    )
    address = str(functions.create_function_url_config(FunctionName="list", AuthType="NONE")["FunctionUrl"])
    for action, condition in (
        ("lambda:InvokeFunctionUrl", {"FunctionUrlAuthType": "NONE"}),
        ("lambda:InvokeFunction", {"InvokedViaFunctionUrl": True}),
    ):
        name = action.rpartition(":")[2]
        functions.add_permission(FunctionName="list", StatementId=name, Action=action, Principal="*", **condition)
    identity = (urlsplit(address).hostname or "").partition(".")[0]
    return f"{cloud.url}/_aws/lambda-url/{identity}/products"


def fetch(url: str) -> float:
    """Seconds until the whole list is there."""
    begun = time.perf_counter()
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - a loopback address
        assert len(answer.read()) > 500 * ITEMS
    return time.perf_counter() - begun


def lists(clouds: list[Cloud], turns: int) -> None:
    """One list, Function URL to answer; then two at once beside one."""
    urls = {cloud.name: list_function(cloud) for cloud in clouds}
    for url in urls.values():
        with ThreadPoolExecutor(2) as shoppers:  # two environments that are warm
            list(shoppers.map(fetch, [url] * 4))
    spent: dict[str, list[float]] = {cloud.name: [] for cloud in clouds}
    alone: dict[str, list[float]] = {cloud.name: [] for cloud in clouds}
    twice: dict[str, list[float]] = {cloud.name: [] for cloud in clouds}
    for _ in range(turns):
        for cloud in clouds:
            before = cloud.seconds()
            alone[cloud.name] += [fetch(urls[cloud.name]) for _ in range(3)]
            spent[cloud.name].append((cloud.seconds() - before) / 3 * 1000)
            with ThreadPoolExecutor(2) as shoppers:
                twice[cloud.name] += shoppers.map(fetch, [urls[cloud.name]] * 2)
    for cloud in clouds:
        one, two = statistics.median(alone[cloud.name]), statistics.median(twice[cloud.name])
        print(
            f"one list of the story, {cloud.name:10} {min(spent[cloud.name]):8.1f} ms of the cloud's "
            f"processor; {one:.2f} s alone, {two:.2f} s with another at once, ratio {two / one:.2f}"
        )
    if len(clouds) == 2:
        ratio = min(spent["ours"]) / min(spent["before"])
        print(f"one list of the story, ours/before  ratio {ratio:.2f} (asked 0.25)")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--before", type=Path, help="another checkout of this project to measure beside this one")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--skip-lists", action="store_true")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        here = Path(__file__).parents[1]
        ours = [stack.enter_context(our_cloud("ours", here))]
        if options.before:
            ours.append(stack.enter_context(our_cloud("before", options.before.resolve())))
        theirs = stack.enter_context(stock())
        for operation, by in measured([*ours, theirs], options.turns).items():
            figures = "   ".join(f"{name} {value:7.2f} ms" for name, value in by.items())
            print(f"{operation:24} {figures}   ratio to MiniStack {by['ours'] / by['MiniStack']:.2f}", flush=True)
        if not options.skip_lists:
            lists(ours, options.turns)


if __name__ == "__main__":
    main()
